"""A view is asked everything that a registry is: each answer is that of a registry made of what the view shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given, strategies as st
from tests.registry.strategies import laws, questions, stocks
from tests.registry.test_oracle import filled
from tests.registry.test_view_oracle import alone, change, made, steps, views

import modeldex as mx

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.registry.oracle import Question

    Asked = tuple[list[Any], dict[str, Any], Question]

pytestmark = pytest.mark.filterwarnings("ignore::modeldex.CoverageWarning")

COST = mx.cost(input_tokens=1_000, output_tokens=300)
WEIGHTED = mx.weighted({
    "input_price": 0.3, "scores.x": mx.scale(-1, 1, weight=0.7), "metadata.fps": mx.scale(0, 1, weight=0.1),
})  # fmt: skip


def taught(registry: mx.Registry) -> mx.Registry:
    """The registry after it heard of every name that any model of these tests states."""
    registry.register({"id": "?", "scores": {"x": 1, "y": 1}, "metadata": {"fps": 1, "gpu": {"count": 1}}})
    registry.remove("?")
    return registry


def learned(view: mx.Registry) -> mx.Registry:
    """A registry made from scratch of what a view shows, that knows the names that hidden models state too."""
    scratch = taught(mx.Registry())
    scratch.register_many([dict(model.document) for model in view.values()])
    return scratch


def ids_of(answer: Any) -> Any:
    return answer.id if isinstance(answer, mx.Model) else answer


def told(registry: mx.Registry, asked: Asked, model: str | None) -> Any:
    conditions, keywords, _ = asked
    answer = registry.why_not(*([model] if model else []), *conditions, **keywords)
    # The terms of a model are told in the order in which the registry first heard of them.
    return [sorted(line.replace(",", "").split()) for line in str(answer).splitlines()], bool(answer)


def matched(registry: mx.Registry, keywords: dict[str, Any]) -> tuple[list[str | None], list[float]]:
    given = mx.param("given")
    query = registry.prepare(mx.f.input_price <= mx.param("most"), by=mx.cost(given, 300), **keywords)
    sizes = [0, 1, 1_000, 10**6] * 12
    found = query.match(given=sizes, most=[0, 0.15, 2.5, 1e9, 3, 12.5] * 8)
    one_by_one = [
        query.best(given=size, most=most) for size, most in zip(sizes, [0, 0.15, 2.5, 1e9, 3, 12.5] * 8, strict=True)
    ]
    assert found.ids() == [ids_of(model) for model in one_by_one]
    return found.ids(), np.nan_to_num(found.keys, nan=-1).tolist()


def numbers_of(registry: mx.Registry, field: str) -> list[float | None]:
    """A name that nobody ever stated gives a list of None, one that is unknown of these NaN."""
    values = registry.select(status="any").values(field)
    return [None if value is None or np.isnan(value) else value for value in values]


ANSWERS: dict[str, Callable[[mx.Registry], Any]] = {
    "pareto": lambda registry: registry.select(status="any").pareto("input_price", "scores.x").ids(),
    "pareto of three": lambda registry: registry.select().pareto("input_price", "output_price", "context_window").ids(),
    "weighted": lambda registry: registry.select(by=WEIGHTED, limit=7).ids(),
    "best weighted": lambda registry: ids_of(registry.best(by=WEIGHTED)),
    "several keys": lambda registry: registry.select(by=["context_window", "input_price"], status="any").ids(),
    "cost": lambda registry: registry.select(COST <= 0.002, by=COST).ids(),
    "not that cost": lambda registry: registry.select(~(COST <= 0.002), status="any").ids(),
    "text": lambda registry: registry.select(where="input_price <= 3 | tag(t1)").ids(),
    "cost as text": lambda registry: registry.count(where="cost(input_tokens=1000, output_tokens=300) < 0.01"),
    "distinct": lambda registry: registry.select(distinct="base", by="input_price", status="any").ids(),
    "picks": lambda registry: [
        ids_of(registry.prepare(by="input_price").pick(seed=seed, near=0.5)) for seed in range(9)
    ],
    "matches": lambda registry: matched(registry, {"tag": ["t1", "t2"]}),
    "all matches": lambda registry: matched(registry, {}),
    "requests": lambda registry: registry.match(
        [{"by": COST}, {"by": "input_price", "requires": "tools"}, {"by": WEIGHTED}] * 20
    ).ids(),
    "values": lambda registry: numbers_of(registry, "input_price"),
    "own values": lambda registry: numbers_of(registry, "scores.x"),
    "words": lambda registry: registry.select(status="any").values("tag"),
    "coverage": lambda registry: {name: share for name, share in registry.coverage().items() if share},
    "suspended": lambda registry: registry.suspended(),
}


def answer(registry: mx.Registry, ask: Callable[[mx.Registry], Any]) -> Any:
    """What it answers; where it does not know a word, nothing."""
    try:
        return ask(registry)
    except (mx.UnknownTermError, mx.UnknownFieldError) as error:
        return type(error)


def agree(view: mx.Registry, asked: Asked, *, usable: bool) -> None:
    scratch = learned(view)
    assert scratch.ids() == view.ids()
    for name, ask in ANSWERS.items():
        expected = answer(scratch, ask)
        if not isinstance(expected, type):
            assert answer(view, ask) == expected, name
    # What is spoken of with a word of a hidden model cannot be asked of the other one.
    conditions, keywords, question = asked
    keywords = {name: value for name, value in keywords.items() if name != "exclude"}
    if usable:
        for model in (None, *view.ids()[:3]):
            expected = answer(
                scratch, lambda registry, model=model: told(registry, (conditions, keywords, question), model)
            )
            if not isinstance(expected, type):
                assert told(view, (conditions, keywords, question), model) == expected
    assert pa.table(view).equals(pa.table(scratch))
    assert view.select(status="any")[:5].to_arrow().equals(scratch.select(status="any")[:5].to_arrow())
    assert not view.snapshot.diff(scratch.snapshot).updated
    assert len(scratch.snapshot.diff(view.snapshot)) == 0


def differs(earlier: mx.Snapshot, later: mx.Snapshot) -> Any:
    found = later.diff(earlier)
    return sorted(found.added), sorted(found.removed), {id: dict(fields) for id, fields in found.updated.items()}


@laws
@given(stocks, st.data(), questions(), steps)
def test_a_view_answers_as_a_registry_made_of_what_it_shows(
    written: list[dict[str, Any]], data: st.DataObject, asked: Asked, changed: list[tuple[str, Any]]
) -> None:
    registry, base = filled(written)
    taught(registry)
    drawn = data.draw(views(base))
    view = made(registry, drawn)
    assume(view is not None)
    assert view is not None
    # A model whose alias leads to one of the view's own still says in its document that it has it.
    if not all(view[alias] is model for model in view.values() for alias in model.aliases):
        return
    before, whole = (view.snapshot, alone(view).snapshot), (registry.snapshot, alone(registry).snapshot)
    agree(view, asked, usable=not drawn[2].look().unheard(asked[2]))
    assert differs(whole[0], before[0]) == differs(whole[1], before[1])
    assert differs(before[0], whole[0]) == differs(before[1], whole[1])
    for step in changed:
        change(registry, base, step)
    if not all(view[alias] is model for model in view.values() for alias in model.aliases):
        return
    agree(view, asked, usable=not drawn[2].look().unheard(asked[2]))
    assert differs(before[0], view.snapshot) == differs(before[1], alone(view).snapshot)
    assert differs(view.snapshot, before[0]) == differs(alone(view).snapshot, before[1])


@laws
@given(stocks, st.data(), st.randoms(use_true_random=False))
def test_who_is_suspended_in_the_base_is_left_out_of_its_views(
    written: list[dict[str, Any]], data: st.DataObject, dice: Any
) -> None:
    registry, base = filled(written)
    view = made(registry, data.draw(views(base)))
    assume(view is not None)
    assert view is not None
    prepared = view.prepare(by="input_price", status="any")
    before = prepared.best()
    ids = registry.ids()
    suspended = dice.sample(ids, len(ids) // 2)
    for id in suspended:
        registry.suspend(id, seconds=1000)
    own = {model.id for model in view.values() if model.id not in ids}
    left = [id for id in view.ids() if id in own or id not in suspended]
    assert view.select(status="any").ids() == left
    assert set(view.suspended()) == set(view.ids()) - set(left)
    expected = view.best(by="input_price", status="any")
    assert prepared.best() is expected
    assert prepared.match().ids() == [ids_of(expected)]
    for id in suspended:
        registry.resume(id)
    assert prepared.best() is before
    assert view.suspended() == {}
