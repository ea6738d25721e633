"""Types and sizes at their borders: nothing overflows in silence, nothing is cut, nothing is mixed up."""

from __future__ import annotations

from decimal import Decimal

import pytest

import modeldex as mx

MOST = 2**64 - 1


def test_an_empty_registry_answers_everything() -> None:
    registry = mx.Registry()
    assert len(registry) == 0
    assert (registry.select().ids(), registry.ids(), registry.best(by="input_price")) == ([], [], None)
    assert registry.count(requires="vision", min_context_window=1) == 0
    query = registry.prepare(requires="vision", by=mx.cost(input_tokens=mx.param("tokens")))
    assert (query.best(tokens=1), query.count(tokens=1), query.ids(tokens=1)) == (None, 0, [])
    assert registry.why_not(requires="vision").relaxations == ()
    assert registry.select(sort="-context_window", prefers="openai", distinct="base", limit=3).models() == []


def test_costs_are_exact_where_64_bits_are_not_enough() -> None:
    registry = mx.Registry()
    # The most that fits into a cell: 9,223,372,036.854775807 USD per 1M tokens.
    most = Decimal("9223372036.854775807")
    model = registry.register({"id": "m", "input_price": str(most), "output_price": str(most)})
    cost = model.cost(input_tokens=MOST)
    assert cost.femtodollars == (2**63 - 1) * MOST
    assert cost.usd == Decimal(f"{cost.femtodollars}e-15")
    with pytest.raises(OverflowError, match="128 bits"):
        assert model.cost(input_tokens=MOST, output_tokens=MOST).femtodollars
    assert registry.best(by=mx.cost(MOST, MOST)) is model
    with pytest.raises(OverflowError):
        model.cost(input_tokens=MOST + 1)
    with pytest.raises(mx.InvalidModelError, match="input_price"):
        registry.register({"id": "n", "input_price": "9223372036.854775808"})
    assert registry.count(mx.f.input_price >= 9.2e9) == 1


def test_numbers_at_the_ends_of_a_float() -> None:
    registry = mx.Registry()
    ends = {"tiny": 5e-324, "huge": 1.7976931348623157e308, "zero": -0.0, "low": -1.7976931348623157e308}
    for name, value in ends.items():
        registry.register({"id": name, "scores": {"x": value}})
    assert registry.select(sort="scores.x").ids() == ["low", "zero", "tiny", "huge"]
    assert registry.select(mx.f.scores["x"] > 0).ids() == ["tiny", "huge"]
    assert registry.count(mx.f.scores["x"] >= float("-inf")) == 4
    assert registry.count(mx.f.scores["x"] <= 10**400) == 4
    with pytest.raises(mx.InvalidModelError, match="scores"):
        registry.register({"id": "n", "scores": {"x": float("inf")}})


def test_a_facet_with_one_term_a_model_and_a_term_on_every_model() -> None:
    registry = mx.Registry()
    count = 5_000
    registry.register_many({"id": f"m{at}", "tags": [f"only {at}", "all"], "base": f"b{at}"} for at in range(count))
    assert registry.count(tag="all") == count
    assert registry.count(tag=mx.none_of("all")) == 0
    assert all(registry.select(tag=f"only {at}").ids() == [f"m{at}"] for at in range(0, count, 97))
    assert len(registry.terms("tag")) == count + 1
    assert registry.select(tag=mx.any_of(*(f"only {at}" for at in range(0, count, 2)))).ids() == [
        f"m{at}" for at in range(0, count, 2)
    ]
    assert len(registry.select(distinct="base")) == count
    assert registry.coverage()["tag"] == 1.0
    registry.remove("m7")
    assert registry.count(tag="only 7") == 0
    assert registry.count(tag="all") == count - 1


NAMES = [
    "模型/大",
    "é",
    "e\u0301",
    "🦙/llama",
    "العربية",
    "ﬁne",
    "ß",
    "İstanbul",
    "a b",
    "x" * 512,
    "é" * 256,
    "🦙" * 128,
]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_names_that_are_not_ascii_or_as_long_as_may_be(name: str) -> None:
    """Two texts that look alike are two names; 512 bytes of UTF-8 are allowed."""
    registry = mx.Registry()
    registry.register_many({"id": other, "context_window": at} for at, other in enumerate(NAMES))
    registry.register({"id": "aliased", "aliases": [f"alias {name}"[:100]], "tags": [name], "scores": {name[:50]: 1.0}})
    assert registry[name].context_window == NAMES.index(name)
    assert registry.select(tag=name).ids() == ["aliased"]
    assert registry.count(mx.f.scores[name[:50]] >= 1) == 1
    assert registry[f"alias {name}"[:100]].id == "aliased"


@pytest.mark.parametrize("name", ["x" * 513, "é" * 257, "🦙" * 129, "x" * 1_000_000], ids=range(4))
def test_names_over_the_limit(name: str) -> None:
    registry = mx.Registry()
    for definition in ({"id": name}, {"id": "m", "aliases": [name]}, {"id": "m", "tags": [name]}):
        with pytest.raises(mx.InvalidModelError, match="512"):
            registry.register(definition)
    assert len(registry) == 0
    assert registry.get(name) is None
    assert name not in registry
    assert not registry.resolve(name)
    with pytest.raises(mx.ModelNotFoundError) as missed:
        registry[name]
    assert len(str(missed.value)) < 1_000
    with pytest.raises(mx.UnknownTermError) as unknown:
        registry.select(tag=name)
    assert len(str(unknown.value)) < 1_000
