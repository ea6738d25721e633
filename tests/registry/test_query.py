"""A prepared query is compiled once and always answers for the registry as it is."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

import modeldex as mx


@pytest.fixture
def registry() -> mx.Registry:
    registry = mx.Registry()
    registry.register_many(
        {
            "id": f"m{place}",
            "context_window": place,
            "tags": ["t"],
            "released": f"2025-0{place + 1}-01",
            "input_price": place,
        }
        for place in range(5)
    )
    return registry


def name(model: mx.Model | None) -> str | None:
    return model and model.id


def test_it_follows_every_change(registry: mx.Registry) -> None:
    query = registry.prepare(tag="t", by="context_window")
    assert name(query.best()) == "m4"
    registry.update("m0", context_window=9)
    assert name(query.best()) == "m0"
    registry.update("m0", name="renamed")
    assert query.best() is registry["m0"]
    registry.update("m0", tags=[])
    assert name(query.best()) == "m4"
    registry.remove("m4")
    assert name(query.best()) == "m3"
    registry.register({"id": "new", "context_window": 100, "tags": ["t"]})
    assert name(query.best()) == "new"
    registry.update("new", status="retired")
    assert (name(query.best()), query.ids(), query.count()) == ("m3", ["m3", "m2", "m1"], 3)


def test_a_term_that_disappears_selects_nothing_until_it_is_back(registry: mx.Registry) -> None:
    registry.register({"id": "rare", "tags": ["rare"]})
    query = registry.prepare(tag="rare")
    assert name(query.best()) == "rare"
    registry.remove("rare")
    assert query.best() is None
    assert query.count() == 0
    registry.register({"id": "rare again", "tags": ["rare"]})
    assert query.ids() == ["rare again"]


def test_an_exclusion_is_of_names_and_holds_for_ever(registry: mx.Registry) -> None:
    query = registry.prepare(by="context_window", exclude=["m4", "later"])
    assert name(query.best()) == "m3"
    registry.remove("m4")
    registry.register({"id": "m4", "context_window": 4})
    registry.register({"id": "later", "context_window": 10})
    assert query.ids() == ["m3", "m2", "m1", "m0"]
    assert name(query.best()) == "m3"
    assert query.bind(registry).ids() == ["m3", "m2", "m1", "m0"]


def test_what_was_handed_over_may_be_changed_or_used_up(registry: mx.Registry) -> None:
    tags, excluded = ["t"], (each for each in ["m4"])
    query = registry.prepare(tag=tags, exclude=excluded, by="context_window")
    tags.append("nonsense")
    assert name(query.best()) == "m3"
    assert name(query.bind(registry).best()) == "m3"
    assert "nonsense" not in repr(query)


def test_exclude_at_each_call(registry: mx.Registry) -> None:
    query = registry.prepare(by="context_window")
    best = query.best()
    assert best is not None
    for form in (best, "m4", [best], {"m4"}, (each for each in [best, "m3", "gone"])):
        assert name(query.best(exclude=form)) in ("m3", "m2")  # type: ignore[arg-type]
    assert query.select(exclude=["m4"]).ids() == query.ids(exclude="m4") == ["m3", "m2", "m1", "m0"]
    assert query.count(exclude=["m4", "m4", "gone"]) == 4
    assert query.best(exclude=registry) is None
    assert query.best(exclude=None) is query.best(exclude=[]) is best
    for odd in (5, True, [None], object()):
        with pytest.raises((TypeError, mx.InvalidConditionError)):
            query.best(exclude=odd)  # type: ignore[arg-type]


def test_parameters(registry: mx.Registry) -> None:
    query = registry.prepare(
        mx.f.released <= mx.param("day"),
        min_context_window=mx.param("low"),
        max_context_window=mx.param("high"),
        by="input_price",
    )
    assert query.params == ("day", "low", "high")
    everything: dict[str, Any] = {"day": datetime.date(2025, 12, 31), "low": 1, "high": 3}
    assert query.ids(**everything) == ["m1", "m2", "m3"]
    assert query.ids(**everything | {"day": "2025-02-15"}) == ["m1"]
    assert query.ids(**everything | {"low": float("-inf"), "high": float("inf")}) == ["m0", "m1", "m2", "m3", "m4"]
    assert query.ids(**everything | {"low": 4}) == []
    for missing in everything:
        with pytest.raises(TypeError, match=missing):
            query.best(**{key: value for key, value in everything.items() if key != missing})
    with pytest.raises(mx.UnknownFieldError, match="'high'"):
        query.best(**everything, hihg=3)
    for odd in (None, "3", True, float("nan"), [], object(), b"3", 1j):
        with pytest.raises(mx.InvalidConditionError, match="low"):
            query.best(**everything | {"low": odd})
    for odd in (None, "2025-13", 3, True, float("nan"), []):
        with pytest.raises(mx.InvalidConditionError, match="day"):
            query.best(**everything | {"day": odd})
    with pytest.raises(TypeError, match="keywords"):
        query.best(1, 2, 3)  # type: ignore[misc]
    assert query.ids(**everything | {"high": 10**400}) == ["m1", "m2", "m3", "m4"]


def test_one_parameter_at_two_places(registry: mx.Registry) -> None:
    query = registry.prepare(min_context_window=mx.param("x"), max_input_price=mx.param("x"))
    assert query.params == ("x",)
    assert query.ids(x=2) == ["m2"]
    assert query.ids(x=2.5) == []


def test_parameters_stand_for_numbers_only(registry: mx.Registry) -> None:
    for asked in ({"tag": mx.param("x")}, {"limit": mx.param("x")}, {"by": mx.param("x")}, {"distinct": mx.param("x")}):
        with pytest.raises(mx.InvalidConditionError):
            registry.prepare(**asked)  # type: ignore[arg-type]
    for ask in (registry.select, registry.best, registry.count, registry.select().where):
        with pytest.raises(mx.InvalidConditionError, match="prepare"):
            ask(min_context_window=mx.param("x"))


def test_bind_to_another_registry(registry: mx.Registry) -> None:
    query = registry.prepare(tag="t", by="context_window")
    other = mx.Registry()
    with pytest.raises(mx.UnknownTermError):
        query.bind(other)
    other.register({"id": "x", "context_window": 1, "tags": ["t"]})
    assert name(query.bind(other).best()) == "x"
    assert name(query.best()) == "m4"
    for odd in (None, 5, "x", {}):
        with pytest.raises(TypeError):
            query.bind(odd)  # type: ignore[arg-type]


def test_a_query_may_be_prepared_before_the_first_model() -> None:
    registry = mx.Registry()
    query = registry.prepare(requires="tools", by="context_window")
    assert query.best() is None
    assert query.ids() == []
    registry.register({"id": "m", "capabilities": ["tools"], "context_window": 1})
    assert name(query.best()) == "m"


def test_nothing_of_a_query_can_be_changed(registry: mx.Registry) -> None:
    query = registry.prepare(tag="t")
    for attribute in ("params", "best", "new"):
        with pytest.raises(AttributeError):
            setattr(query, attribute, 1)
    assert repr(query) == "<Query tag='t'>"


def test_what_an_excluded_name_leads_to_is_asked_each_time() -> None:
    registry = mx.Registry()
    registry.register_many(
        [{"id": "a/b", "base": "b", "home": True, "input_price": 1}, {"id": "c/b", "base": "b", "input_price": 2}]
    )
    query = registry.prepare(by="input_price", exclude=["b"])
    assert name(query.best()) == "c/b"
    with registry.edit() as edit:
        edit.update("a/b", home=False)
        edit.update("c/b", home=True)
    assert name(query.best()) == name(registry.best(by="input_price", exclude=["b"])) == "a/b"


@pytest.mark.parametrize("text", ["exclude", "", "a b", "\ud800"])
def test_a_parameter_is_what_a_keyword_can_be(text: str) -> None:
    with pytest.raises(ValueError, match="parameter"):
        mx.param(text)
