"""A view answers as a registry of its own would that was made of what it shows, whatever becomes of its base."""

from __future__ import annotations

import pickle
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st
from tests.registry.oracle import Question, Twin
from tests.registry.strategies import (
    ALIASES,
    IDS,
    changes,
    condition,
    definitions,
    laws,
    nodes,
    questions,
    some,
    stocks,
)
from tests.registry.test_oracle import filled
from tests.registry.view_oracle import ViewTwin

import modeldex as mx

pytestmark = pytest.mark.filterwarnings("ignore::modeldex.CoverageWarning")

SHARES = (Decimal(0), Decimal("0.2"), Decimal("0.5"), Decimal("0.333333333"), Decimal(1))
PATTERNS = ("m*", "*/gpt", "n1*", "*")


def is_taken(base: Any, own: list[dict[str, Any]]) -> bool:
    twin = Twin()
    twin.rows = dict(base.rows)
    return not all(twin.put(written, replace=False) for written in own)


@st.composite
def views(draw: st.DrawFn, base: Twin | ViewTwin) -> tuple[list[Any], dict[str, Any], ViewTwin]:
    """What a view of this is made with, and its twin."""
    shown = base.look() if isinstance(base, ViewTwin) else base
    ids = list(shown.rows)
    keywords: dict[str, Any] = {}
    twin = ViewTwin(base)
    names = [*ids[:8], *PATTERNS]
    if draw(st.booleans()):
        twin.allow = draw(st.lists(st.sampled_from(names), max_size=4))
        keywords["allow"] = twin.allow
    if draw(st.booleans()):
        twin.deny = draw(st.lists(st.sampled_from(names), max_size=3))
        keywords["deny"] = twin.deny
    if draw(st.booleans()):
        share = draw(st.sampled_from(SHARES))
        given_share: Any = draw(st.sampled_from([share, float(share), str(share)]))
        twin.discount = share
        if draw(st.booleans()):
            twin.discount = {"azure": share, "openai": Decimal("0.1")}
            given_share = {"azure_ai": given_share, "openai": 0.1}
        keywords["discount"] = given_share
    if ids and draw(st.booleans()):
        patched = draw(st.lists(st.sampled_from(ids[:8]), max_size=3, unique=True))
        twin.overrides = {name: draw(changes()) for name in patched}
        keywords["overrides"] = twin.overrides
    if draw(st.booleans()):
        twin.own = draw(st.lists(definitions(), max_size=3, unique_by=lambda each: each["id"]))
        keywords["models"] = twin.own
    twin.nodes = draw(st.lists(nodes, max_size=1))
    return [condition(node) for node in twin.nodes], keywords, twin


def made(registry: mx.Registry, drawn: tuple[list[Any], dict[str, Any], ViewTwin]) -> mx.Registry | None:
    conditions, keywords, twin = drawn
    base = twin.base.look() if isinstance(twin.base, ViewTwin) else twin.base
    faults: list[type[Exception]] = [mx.InvalidModelError] if is_taken(base, twin.own) else []
    if twin.look().unheard(Question(nodes=twin.nodes)):
        faults += [mx.UnknownTermError, mx.UnknownFieldError]
    if faults:
        with pytest.raises(tuple(faults)):
            registry.view(*conditions, **keywords)
        return None
    return registry.view(*conditions, **keywords)


def check(view: mx.Registry, twin: ViewTwin, asked: tuple[list[Any], dict[str, Any], Question]) -> None:
    shown = twin.look()
    assert list(view) == view.ids() == list(shown.rows)
    assert len(view) == len(shown.rows)
    for name in (*IDS, *ALIASES, "n1", "n2"):
        found = shown.lookup(name)
        assert (name in view) == isinstance(found, str), name
        if isinstance(found, str):
            assert view[name] is view[found] is view.get(name)
            assert view[name].id == found
        elif isinstance(found, int):
            with pytest.raises(mx.AmbiguousNameError) as error:
                view[name]
            assert error.value.count == found
        else:
            with pytest.raises(mx.ModelNotFoundError):
                view[name]
    for facet in ("provider", "tag", "base", "billing", "status"):
        counts: dict[str, int] = {}
        for row in shown.rows.values():
            for term in dict.fromkeys(row.terms[facet]):
                counts[term] = counts.get(term, 0) + 1
        assert view.terms(facet) == counts
    known = view.measures()
    for name in ("input_price", "scores.x", "metadata.fps"):
        assert known.get(name, 0) == sum(name in row.numbers for row in shown.rows.values())
    for row in list(shown.rows.values())[:20]:
        model = view[row.id]
        assert model.input_price == row.numbers.get("input_price")
        assert model.document.get("output_price") == row.numbers.get("output_price")
        assert set(model.tags) == set(row.terms["tag"])
        assert model.billing == next(iter(row.terms["billing"]), None)
    suggested = view.suggest("gpt", 50)
    assert set(suggested) <= set(shown.rows)
    conditions, keywords, question = asked
    if shown.unheard(question):
        return
    assert view.select(*conditions, **keywords).ids() == shown.select(question)
    assert view.count(*conditions, **keywords) == shown.count(question)
    best = view.best(*conditions, **keywords)
    assert (best and best.id) == shown.best(question)


def alone(view: mx.Registry) -> mx.Registry:
    """A registry made from scratch of what a view shows."""
    registry = mx.Registry()
    registry.register_many([dict(model.document) for model in view.values()])
    return registry


steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), definitions()),
        st.tuples(st.just("update"), st.tuples(st.sampled_from(IDS), changes())),
        st.tuples(st.just("remove"), st.sampled_from(IDS)),
    ),
    max_size=5,
)


def change(registry: mx.Registry, twin: Twin, step: tuple[str, Any]) -> None:
    """A change of the base, where it is allowed."""
    match step:
        case ("put", written):
            if twin.put(written, replace=True):
                registry.register(written, replace=True)
        case ("update", (name, changed)):
            if name in twin.rows and twin.put(twin.patched(name, changed), replace=True):
                registry.update(name, changed)
        case (_, name):
            if name in twin.rows:
                del twin.rows[name]
                registry.remove(name)


@laws
@given(stocks, st.data(), questions(), steps)
def test_a_view_is_what_it_shows(
    written: list[dict[str, Any]],
    data: st.DataObject,
    asked: tuple[list[Any], dict[str, Any], Question],
    changed: list[tuple[str, Any]],
) -> None:
    registry, base = filled(written)
    drawn = data.draw(views(base))
    view = made(registry, drawn)
    if view is None:
        return
    twin, inner = drawn[2], None
    checked = [(view, twin)]
    if data.draw(st.booleans()):
        more = data.draw(views(twin))
        inner = made(view, more)
        if inner is not None:
            checked.append((inner, more[2]))
    prepared = None if twin.look().unheard(asked[2]) else view.prepare(*asked[0], **asked[1])
    # Looked at between all changes, or after the last one alone.
    often = data.draw(st.booleans())
    for step in changed:
        if often:
            compare(checked, asked, prepared)
        change(registry, base, step)
    compare(checked, asked, prepared)
    own = {each["id"] for each in twin.own}
    for row in twin.look().rows.values():
        there = base.rows.get(row.id)
        if there is not None and row.id not in twin.overrides and row.prices == there.prices:
            assert (view[row.id] is registry[row.id]) == (row.id not in own)
    copies_are_equal(view)


def compare(
    checked: list[tuple[mx.Registry, ViewTwin]],
    asked: tuple[list[Any], dict[str, Any], Question],
    prepared: mx.Query | None,
) -> None:
    for view, twin in checked:
        check(view, twin, asked)
    if prepared is not None:
        shown = checked[0][1].look()
        best = prepared.best()
        assert (best and best.id) == shown.best(asked[2])
        assert prepared.ids() == shown.select(asked[2])


def copies_are_equal(view: mx.Registry) -> None:
    copied = pickle.loads(pickle.dumps(view))
    assert copied.ids() == view.ids() == view.frozen().ids()
    assert copied.snapshot.fingerprint == view.snapshot.fingerprint
    # A model whose alias leads to one of the view's own still says in its document that it has it.
    if all(view[alias] is model for model in view.values() for alias in model.aliases):
        assert alone(view).snapshot.fingerprint == view.snapshot.fingerprint


@laws
@given(stocks, some(IDS))
def test_two_ways_to_say_the_same(written: list[dict[str, Any]], denied: list[str]) -> None:
    registry, base = filled(written)
    denied = [name for name in denied if name in base.rows]
    left = [name for name in base.rows if name not in denied]
    assert registry.view(deny=denied).ids() == registry.view(allow=left).ids() == left
