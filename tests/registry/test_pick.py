"""A weighted choice among near-equals: as its slow twin says, and as often as the weights say."""

from __future__ import annotations

import os
import pickle
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, strategies as st
from tests.registry.strategies import laws, stocks
from tests.registry.test_oracle import filled

import modeldex as mx

pytestmark = pytest.mark.filterwarnings("ignore::modeldex.CoverageWarning")


def weights(models: list[mx.Model], field: str, near: float) -> dict[str, float]:
    """What the docstring says, for models whose key is known, best first."""
    if not models:
        return {}
    best = models[0].value(field)
    span = near * abs(best)
    found = {}
    for model in models:
        distance = abs(model.value(field) - best)
        if distance == 0 or (span > 0 and distance <= span * (1 + 1e-9)):
            found[model.id] = 1 - (distance / span / 2 if distance else 0)
    return found


@laws
@given(
    stocks,
    st.sampled_from(["input_price", "context_window", "scores.x"]),
    st.sampled_from([0, 0.1, 0.5, 3.0]),
    st.data(),
)
def test_only_near_equals_are_picked(
    written: list[dict[str, Any]], field: str, near: float, data: st.DataObject
) -> None:
    registry, _ = filled(written)
    prefers = data.draw(st.sampled_from([None, ["azure"], ["acme", "openai"]]))
    try:
        query = registry.prepare(by=field, prefers=prefers, exclude="m0")
    except (mx.UnknownTermError, mx.UnknownFieldError):
        return
    models = [model for model in query.select() if model.value(field) is not None]
    possible = weights(models, field, near)
    for term in prefers or []:
        kept = {id: weight for id, weight in possible.items() if term in registry[id].providers}
        if kept:
            possible = kept
            break
    seeds = data.draw(
        st.lists(st.one_of(st.integers(), st.text(max_size=4), st.binary(max_size=4)), min_size=1, max_size=20)
    )
    for seed in seeds:
        picked = query.pick(seed=seed, near=near)
        assert (picked is None) == (not possible)
        assert picked is None or picked.id in possible
        assert query.pick(near=near, seed=seed) is picked
    if near == 0 and possible and not prefers:
        assert {query.pick(seed=seed, near=0).value(field) for seed in range(20)} == {query.best().value(field)}  # type: ignore[union-attr]


@pytest.fixture
def registry() -> mx.Registry:
    registry = mx.Registry()
    for id, price in [("a", "1.0"), ("b", "1.02"), ("c", "1.05"), ("d", "1.1"), ("e", "1.11"), ("f", None)]:
        registry.register(
            {"id": id, "input_price": price, "context_window": 1000, "provider": "openai" if id in "bd" else "azure"}
        )
    return registry


def test_the_choice_is_as_likely_as_its_weight(registry: mx.Registry) -> None:
    query = registry.prepare(by="input_price")
    expected = weights([registry[id] for id in "abcde"], "input_price", 0.1)
    assert list(expected) == ["a", "b", "c", "d"]
    assert [round(weight, 6) for weight in expected.values()] == [1.0, 0.9, 0.75, 0.5]
    size = 40_000
    for pick in (lambda n: query.pick(seed=n), lambda n: query.pick(seed=f"request {n}"), lambda _: query.pick()):
        counts = Counter(pick(n).id for n in range(size))  # type: ignore[no-untyped-call]
        total = sum(expected.values())
        square = sum(
            (counts[id] - size * weight / total) ** 2 / (size * weight / total) for id, weight in expected.items()
        )
        assert set(counts) == set(expected)
        # 3 degrees of freedom; a good generator fails this once in 10 million runs.
        assert square < 35, counts


PICKED: dict[Any, str] = {
    0: "b", 1: "a", -1: "c", 2**70: "c", "": "a", "1": "a", "é": "c", b"": "c", b"1": "a", "request 7": "d", b"\xff": "a",
}  # fmt: skip


def test_the_same_seed_is_the_same_pick_everywhere(registry: mx.Registry) -> None:
    query = registry.prepare(by="input_price")
    # Written down once: another platform or version must give the same.
    assert {seed: query.pick(seed=seed).id for seed in PICKED} == PICKED  # type: ignore[union-attr]
    again = pickle.loads(pickle.dumps(query)).bind(registry)
    assert {seed: again.pick(seed=seed).id for seed in PICKED} == PICKED
    # True is no number here, and 1.0 is none either.
    for wrong in (True, 1.0, ["x"], object()):
        with pytest.raises(TypeError, match="a seed is an int"):
            query.pick(seed=wrong)  # type: ignore[arg-type]


def test_prefers_exclude_and_values(registry: mx.Registry) -> None:
    query = registry.prepare(min_context_window=mx.param("tokens"), by="input_price", prefers=["openai"])
    assert {query.pick(tokens=10, seed=n).id for n in range(50)} == {"b", "d"}  # type: ignore[union-attr]
    assert {query.pick(tokens=10, seed=n, exclude="b").id for n in range(20)} == {"d"}  # type: ignore[union-attr]
    assert {query.pick(tokens=10, seed=n, exclude=["b", "d"]).id for n in range(50)} == {"a", "c"}  # type: ignore[union-attr]
    assert query.pick(tokens=10**6) is None
    # By no order all are equals; by two, each in turn.
    assert {registry.prepare().pick(seed=n).id for n in range(99)} == set("abcdef")  # type: ignore[union-attr]
    both = registry.prepare(by=["context_window", "input_price"])
    assert {both.pick(seed=n, near=0.03).id for n in range(50)} == {"a", "b"}  # type: ignore[union-attr]
    cost = registry.prepare(by=mx.cost(input_tokens=mx.param("tokens")))
    assert {cost.pick(seed=n, tokens=10**6, near=0.02).id for n in range(50)} == {"a", "b"}  # type: ignore[union-attr]
    assert {cost.pick(seed=n, tokens=0).id for n in range(99)} == set("abcde")  # type: ignore[union-attr]


def test_minus_zero_is_zero(registry: mx.Registry) -> None:
    """Whoever was not equal was infinitely near, and the weights ran over."""
    query = registry.prepare(by="input_price")
    for seed in range(20):
        assert query.pick(near=-0.0, seed=seed) is query.pick(near=0.0, seed=seed)


def test_what_cannot_be_picked_by(registry: mx.Registry) -> None:
    query = registry.prepare(min_context_window=mx.param("tokens"), by="input_price")
    for near in (-0.1, float("nan"), float("inf"), "0.1", True, None):
        with pytest.raises(mx.InvalidConditionError, match="near"):
            query.pick(tokens=1, near=near)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="needs tokens="):
        query.pick()
    with pytest.raises(mx.UnknownFieldError, match="tokens"):
        query.pick(token=1)
    with pytest.raises(TypeError, match="keywords only"):
        query.pick(1)  # type: ignore[misc]
    for name in ("seed", "near", "exclude"):
        with pytest.raises(ValueError, match="cannot be a parameter"):
            mx.param(name)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks are what this is about")
def test_children_of_a_fork_choose_for_themselves(registry: mx.Registry) -> None:
    query = registry.prepare(by="input_price")
    query.pick()
    drawn = []
    for _ in range(4):
        out, into = os.pipe()
        if os.fork() == 0:
            os.write(into, "".join(query.pick().id for _ in range(40)).encode())  # type: ignore[union-attr]
            os._exit(0)
        os.close(into)
        drawn.append(os.read(out, 100))
        os.close(out)
        os.wait()
    assert len(set(drawn)) == 4
