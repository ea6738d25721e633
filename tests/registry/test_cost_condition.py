"""What a call costs, as a condition: `mx.cost(...) <= 0.01`."""

from __future__ import annotations

import pickle
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, strategies as st
from tests.registry.strategies import laws

import modeldex as mx


def priced(**prices: dict[str, Any]) -> mx.Registry:
    registry = mx.Registry()
    for name, stated in prices.items():
        registry.register({"id": name, "billing": "metered", **stated})
    return registry


@laws
@given(st.integers(0, 10**15), st.integers(1, 10**9), st.integers(-2, 2), st.sampled_from(["<", "<=", ">", ">="]))
def test_it_is_exact_to_the_femtodollar(price: int, tokens: int, off: int, sign: str) -> None:
    registry = priced(m={"input_price": Decimal(price).scaleb(-9)})
    call = mx.cost(input_tokens=tokens)
    limit = Decimal(price * tokens + off).scaleb(-15)
    name = {"<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}[sign]
    expected = {"<": off > 0, "<=": off >= 0, ">": off < 0, ">=": off <= 0}[sign]
    assert registry.count(getattr(call, name)(limit)) == expected
    assert registry.prepare(getattr(call, name)(mx.param("cap"))).count(cap=limit) == expected
    # Between two femtodollars.
    beyond = limit + Decimal("1e-16")
    assert (
        registry.count(getattr(call, name)(beyond))
        == {"<": off >= 0, "<=": off >= 0, ">": off < 0, ">=": off < 0}[sign]
    )


def test_a_float_is_the_decimal_that_it_prints_as() -> None:
    for text in ("0.29", "0.1", "0.07", "1.1", "4.35"):
        registry = priced(m={"input_price": text})
        call = mx.cost(input_tokens=1_000_000)
        limit = float(text)
        assert Fraction(limit) != Fraction(text)
        assert registry.count(call <= limit) == registry.count(call >= limit) == 1
        assert registry.count(call < limit) == registry.count(call > limit) == 0


def test_unknown_costs_meet_no_comparison() -> None:
    registry = priced(unknown={}, half={"input_price": 1}, whole={"input_price": 1, "output_price": 1})
    call = mx.cost(input_tokens=10, output_tokens=10)
    assert registry.select(call <= 1e9).ids() == registry.select(call >= 0).ids() == ["whole"]
    assert registry.select(~(call <= 1e9)).ids() == ["unknown", "half"]
    assert registry.select(mx.cost(input_tokens=10) <= 1).ids() == ["half", "whole"]
    assert registry.select(mx.cost() <= 0).ids() == ["unknown", "half", "whole"]
    assert registry.select(call <= float("inf")).ids() == ["whole"]
    assert registry.select(call < float("-inf")).ids() == []


def test_everywhere_a_condition_goes() -> None:
    registry = priced(cheap={"input_price": 1, "tags": ["t"]}, dear={"input_price": 100}, free={"input_price": 0})
    cheap = mx.cost(input_tokens=1_000) <= Decimal("0.001")
    assert registry.select(cheap).ids() == ["cheap", "free"]
    assert registry.select(mx.cost(input_tokens=1_000) <= 0.001).ids() == ["cheap", "free"]
    assert registry.select(Decimal("0.001") > mx.cost(input_tokens=1_000)).ids() == ["free"]
    assert registry.count(cheap & mx.f.tags.has("t")) == 1
    assert registry.count(~cheap | mx.f.tags.has("t")) == 2
    assert registry.best(cheap, by=mx.highest("input_price")) is registry["cheap"]
    assert registry.select().where(cheap, limit=1).ids() == ["cheap"]
    assert registry.select().best(~cheap) is registry["dear"]
    route = registry.prepare(mx.cost(input_tokens=mx.param("tokens")) <= mx.param("cap"), by=mx.highest("input_price"))
    assert route.params == ("tokens", "cap")
    assert route.best(tokens=1_000, cap=1) is registry["dear"]
    assert route.best(tokens=1_000, cap=Decimal("0.001")) is registry["cheap"]
    assert route.ids(tokens=10**9, cap=0) == ["free"]
    reversed_cap = registry.prepare(mx.param("cap") > mx.cost(input_tokens=1_000_000))
    assert reversed_cap.ids(cap=100) == ["cheap", "free"]
    query = pickle.loads(pickle.dumps(registry.prepare(cheap))).bind(registry)
    assert query.ids() == ["cheap", "free"]
    registry.update("dear", input_price=0.5)
    assert query.best() is registry["cheap"]
    assert query.count() == 3


def test_a_remembered_answer_follows_the_prices() -> None:
    registry = priced(a={"input_price": 5, "output_price": 1}, b={"input_price": 5})
    query = registry.prepare(mx.cost(input_tokens=1_000_000) <= 3)
    assert query.best() is None
    registry.update("b", input_price=3)
    assert query.best() is registry["b"]
    registry.update("a", output_price=2)
    assert query.best() is registry["b"]


def test_as_a_value() -> None:
    call = mx.cost(input_tokens=1_200, output_tokens=300)
    condition = call <= 0.01
    assert condition.node == ("cost", (1_200, 300, 0), "<=", 0.01)
    assert condition == (call <= 0.01)
    assert hash(condition) == hash(call <= 0.01)
    assert condition != (call < 0.01)
    assert pickle.loads(pickle.dumps(condition)) == condition
    assert repr(condition) == "Condition(cost(input_tokens=1200, output_tokens=300) <= 0.01)"
    assert call == mx.cost(1_200, 300)
    assert call != 0.01
    assert hash(call) == hash(mx.cost(1_200, 300))
    with pytest.raises(TypeError, match="never with and"):
        bool(condition)


def test_what_is_no_comparison_is_refused() -> None:
    call = mx.cost(input_tokens=1)
    for value in (None, True, "1", b"1", [1], (1,), {}, float("nan")):
        with pytest.raises(mx.InvalidConditionError, match="cost"):
            call <= value  # type: ignore[operator]  # noqa: B015
    with pytest.raises(TypeError):
        call <= mx.cost(input_tokens=2)  # type: ignore[operator]  # noqa: B015
    for order in (mx.highest("input_price"), mx.lowest("input_price"), mx.weighted({"scores.x": 1})):
        with pytest.raises(TypeError, match=r"mx\.cost"):
            order <= 3  # noqa: B015
    registry = priced(m={"input_price": 1})
    for value in (object(), Decimal("NaN"), 1j):
        with pytest.raises((mx.InvalidConditionError, TypeError, ValueError)):
            registry.count(call <= value)  # type: ignore[operator]
    with pytest.raises(mx.InvalidConditionError, match="prepare"):
        registry.count(call <= mx.param("cap"))
    route = registry.prepare(call <= mx.param("cap"))
    for value in (None, "1", True, float("nan")):
        with pytest.raises(mx.InvalidConditionError, match="cap"):
            route.best(cap=value)
    from modeldex.conditions import Condition

    broken: list[Any] = [("cost",), ("cost", 3, "<=", 1), ("cost", (1, 2), "<=", 1), ("cost", (1, 2, 3, 4), "<=", 1),
                         ("cost", (1, 0, 2), "<=", 1), ("cost", ("1", 0, 0), "<=", 1), ("cost", (1, 0, 0), "==", 1),
                         ("cost", (1, 0, 0), 4, 1), ("cost", (1, 0, 0), "<=", "1"), ("cost", (-1, 0, 0), "<=", 1)]  # fmt: skip
    for node in broken:
        with pytest.raises((ValueError, TypeError, IndexError, OverflowError)):
            registry.count(Condition(node))
