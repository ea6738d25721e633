"""What a call costs: exact to the last femtodollar, and unknown where a price that it needs is unknown."""

from __future__ import annotations

import itertools
import pickle
from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given, strategies as st
from tests.registry.strategies import laws

import modeldex as mx

MILLION = 1_000_000
prices = st.one_of(st.none(), st.decimals(0, 5_000_000_000, places=9), st.sampled_from([Decimal(0), Decimal("1e-9")]))
amounts = st.one_of(st.integers(0, 3), st.integers(0, 2**40), st.just(2**62))


def priced(*given: Any) -> mx.Model:
    names = ("input_price", "output_price", "cache_read_price")
    stated = {name: str(price) for name, price in zip(names, given, strict=False) if price is not None}
    return mx.Registry().register({"id": "m", "billing": "metered", **stated})


@laws
@given(st.tuples(prices, prices, prices), st.tuples(amounts, amounts, amounts))
def test_cost_is_exact(given_prices: tuple[Decimal | None, ...], tokens: tuple[int, int, int]) -> None:
    (plain, out, read), (new, output, cached) = given_prices, tokens
    with localcontext(prec=100):
        check_cost(plain, out, read, tokens=(new, output, cached))


def check_cost(
    plain: Decimal | None, out: Decimal | None, read: Decimal | None, *, tokens: tuple[int, int, int]
) -> None:
    new, output, cached = tokens
    cost = priced(plain, out, read).cost(input_tokens=new + cached, output_tokens=output, cached_tokens=cached)
    parts: dict[str, Decimal | None] = {}
    for name, price, amount in (("input", plain, new), ("output", out, output), ("cached", read, cached)):
        parts[name] = Decimal(0) if not amount else None if price is None else price * amount / MILLION
    assert dict(cost.breakdown) == parts
    if None in parts.values():
        assert not cost.known
        assert cost.femtodollars is None
        with pytest.raises(mx.UnknownPriceError, match=r"test \.known") as unknown:
            _ = cost.usd
        assert len(unknown.value.parts) == list(parts.values()).count(None)
        assert unknown.value.id == "m"
        return
    assert cost.known
    assert cost.usd == sum(part for part in parts.values() if part is not None)
    assert cost.femtodollars == cost.usd * 10**15
    assert isinstance(cost.usd, Decimal)


def test_the_cached_tokens_are_part_of_the_input() -> None:
    model = priced(2, 8, "0.5")
    assert model.cost(input_tokens=MILLION).usd == 2
    assert model.cost(input_tokens=MILLION, cached_tokens=MILLION).usd == Decimal("0.5")
    assert model.cost(input_tokens=MILLION, cached_tokens=400_000).usd == Decimal("1.4")
    assert dict(model.cost(input_tokens=MILLION, cached_tokens=400_000, output_tokens=1).breakdown) == {
        "input": Decimal("1.2"),
        "output": Decimal("0.000008"),
        "cached": Decimal("0.2"),
    }


def test_unknown_is_never_zero() -> None:
    nothing = priced()
    assert nothing.cost().usd == 0
    assert nothing.cost().known
    for call in ({"input_tokens": 1}, {"output_tokens": 1}, {"input_tokens": 1, "cached_tokens": 1}):
        assert not nothing.cost(**call).known
    assert priced(1, 1).cost(input_tokens=2, cached_tokens=1).breakdown["cached"] is None
    free = mx.Registry().register({"id": "m", "input_price": 0, "output_price": 0})
    assert free.cost(input_tokens=10**9, output_tokens=10**9).usd == 0
    plan = mx.Registry().register({"id": "m", "billing": "plan"})
    assert not plan.cost(input_tokens=1).known


def test_tokens_are_whole_numbers_of_zero_or_more() -> None:
    model = priced(1, 1, 1)
    for odd in (1.0, "1", None, b"1", [1], Decimal(1), float("nan"), True, False):
        for name in ("input_tokens", "output_tokens"):
            with pytest.raises(TypeError):
                model.cost(**{name: odd})
        for name in ("input_tokens", "output_tokens"):
            with pytest.raises(TypeError):
                mx.cost(**{name: odd})
    for outside in (-1, 2**64, 10**400):
        with pytest.raises((OverflowError, ValueError)):
            model.cost(input_tokens=outside)
        with pytest.raises((OverflowError, ValueError)):
            mx.cost(input_tokens=outside)
    for make in (model.cost, mx.cost):
        with pytest.raises(ValueError, match="cached_tokens"):
            make(input_tokens=1, cached_tokens=2)
    with pytest.raises(TypeError):
        model.cost(1)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        model.cost(input=1)  # type: ignore[call-arg]


def test_no_number_of_tokens_is_too_many() -> None:
    """The largest price times the largest number of tokens, twice: more than 128 bits hold."""
    dear = priced("9223372036", "9223372036")
    cost = dear.cost(input_tokens=2**64 - 1, output_tokens=2**64 - 1)
    try:
        assert cost.femtodollars == 2 * 9_223_372_036 * 10**9 * (2**64 - 1)
    except Exception as error:  # noqa: BLE001 - an error is fine, a panic (no Exception) is not
        assert isinstance(error, (OverflowError, mx.ModeldexError))  # noqa: PT017


def test_a_cost_made_by_hand_does_not_panic() -> None:
    for parts in ([2**126] * 3, [2**127 - 1, 1, 1], [-1, 0, 0], [None] * 3, [2**128, 0, 0], [1, 2], ["1", 2, 3]):
        try:
            cost = mx.Cost("m", parts)  # type: ignore[arg-type]
            assert cost.known is (None not in parts)
            repr(cost)
        except (OverflowError, ValueError, TypeError):
            pass


def test_equality_hash_repr_and_pickle() -> None:
    cost = priced(1).cost(input_tokens=3)
    assert cost == priced(1).cost(input_tokens=3) == pickle.loads(pickle.dumps(cost))
    assert hash(cost) == hash(priced(1).cost(input_tokens=3))
    assert cost != priced(1).cost(input_tokens=4)
    assert cost != priced().cost(input_tokens=3)
    assert repr(cost) == "<Cost 0.000003 USD of 'm'>"
    assert repr(priced().cost(input_tokens=3)) == "<Cost unknown of 'm'>"
    for name in ("usd", "known", "id"):
        with pytest.raises(AttributeError):
            setattr(cost, name, 0)
    with pytest.raises(TypeError):
        cost.breakdown["input"] = Decimal(0)  # type: ignore[index]


CALLS = [
    (1_200, 300, 0),
    (0, 0, 0),
    (1, 0, 0),
    (0, 1, 0),
    (100_000, 1, 90_000),
    (10**12, 10**12, 10**12),
]


@pytest.mark.parametrize("call", CALLS)
def test_order_by_cost_agrees_with_the_cost_of_each(call: tuple[int, int, int]) -> None:
    tokens = dict(zip(("input_tokens", "output_tokens", "cached_tokens"), call, strict=True))
    ordered = mx.models.select(by=mx.cost(**tokens))
    assert len(ordered) > 9_000
    costs = [model.cost(**tokens).femtodollars for model in ordered]
    known = list(itertools.takewhile(lambda cost: cost is not None, costs))
    assert known == sorted(known)
    assert set(costs[len(known) :]) <= {None}
    best = mx.models.best(by=mx.cost(**tokens))
    assert best is ordered[0]
    query = mx.models.prepare(by=mx.cost(mx.param("new"), mx.param("out"), mx.param("read")))
    assert query.best(new=call[0], out=call[1], read=call[2]) is best


def test_parameters_of_a_cost_are_numbers_of_tokens() -> None:
    query = mx.models.prepare(by=mx.cost(mx.param("a"), output_tokens=300, cached_tokens=mx.param("b")))
    assert query.params == ("a", "b")
    for odd in (-1, 1.5, float("inf"), 2**60):
        with pytest.raises(mx.InvalidConditionError, match="number of tokens"):
            query.best(a=odd, b=0)
    with pytest.raises(ValueError, match="cached_tokens"):
        query.best(a=1, b=2)
