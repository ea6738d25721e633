"""Many requests at once are answered as one after the other."""

from __future__ import annotations

import datetime
import pickle
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from tests.registry.strategies import MEASURES, MONEY, field, keys, keywords, laws, stocks, values_of
from tests.registry.test_oracle import filled

import modeldex as mx

pytestmark = pytest.mark.filterwarnings("ignore::modeldex.CoverageWarning")


@st.composite
def batches(draw: st.DrawFn) -> tuple[dict[str, Any], list[Any], dict[str, list[Any]]]:
    """Keywords and conditions with parameters, and a column for each."""
    asked, _ = draw(keywords())
    size = draw(st.sampled_from([1, 5, 40]))
    columns: dict[str, list[Any]] = {}
    conditions: list[Any] = []

    def column(values: st.SearchStrategy[Any]) -> mx.Param:
        name = f"p{len(columns)}"
        some = draw(st.lists(values, min_size=1, max_size=6))
        dice = draw(st.randoms(use_true_random=False))
        columns[name] = [dice.choice(some) for _ in range(size)]
        return mx.param(name)

    for measure in draw(st.lists(st.sampled_from(MEASURES), max_size=3)):
        value, number = column(values_of(measure)), field(measure)
        made = [number >= value, number > value, number <= value, number < value, number == value, ~(number <= value)]
        conditions.append(draw(st.sampled_from(made)))
    if draw(st.booleans()):
        cached = column(st.sampled_from([0, 0, 1, 2**40])) if draw(st.booleans()) else 0
        given = column(st.sampled_from([2**41, 10**13, 2**52]) if cached else st.sampled_from([0, 1, 1200, 10**12]))
        asked["by"] = mx.cost(given, draw(st.sampled_from([0, 300])) or column(st.sampled_from([0, 300])), cached)
    else:
        found = draw(st.lists(keys(), max_size=2))
        asked["by"] = [order for order, _ in found] or None
    asked["prefers"] = draw(st.sampled_from([None, ["azure"], ["acme", "openai"]]))
    asked["exclude"] = draw(st.sampled_from([None, "m0", ["m1", "gpt"]]))
    return asked, conditions, columns


@laws
@given(stocks, batches())
def test_each_answer_is_that_of_best(
    written: list[dict[str, Any]], batch: tuple[dict[str, Any], list[Any], dict[str, list[Any]]]
) -> None:
    registry, _ = filled(written)
    asked, conditions, columns = batch
    try:
        query = registry.prepare(*conditions, **asked)
    except (mx.UnknownTermError, mx.UnknownFieldError):
        return
    matches = query.match(**columns)
    size = max(map(len, columns.values()), default=1)
    assert len(matches) == len(matches.rows) == len(matches.keys) == size
    for at in range(size):
        best = query.best(**{name: values[at] for name, values in columns.items()})
        assert matches[at] is best
        assert (matches.rows[at] == -1) == (best is None)
        expected = key(best, asked["by"], {name: values[at] for name, values in columns.items()})
        assert matches.keys[at] == expected or (np.isnan(expected) and np.isnan(matches.keys[at]))
    assert list(matches) == [matches[at] for at in range(size)]
    assert matches.ids() == [model and model.id for model in matches]
    assert set(matches.models.ids()) == set(matches.ids()) - {None}
    assert matches.models.ids() == [id for id in registry if id in set(matches.ids())]


def key(model: mx.Model | None, by: Any, values: dict[str, Any]) -> float:
    """The first key as a model shows it."""
    first = by[0] if isinstance(by, list) else by
    if model is None or first is None:
        return float("nan")
    if isinstance(first, mx.Order) and repr(first).startswith("cost"):
        given = eval(f"dict{repr(first).removeprefix('cost')}", {"param": values.__getitem__})
        return float(model.cost(**given).usd)
    value = model.value(repr(first).replace("'", '"').split('"')[1])
    return float((value - datetime.date(1970, 1, 1)).days if isinstance(value, datetime.date) else value)


@pytest.fixture
def registry() -> mx.Registry:
    registry = mx.Registry()
    for id, price, size, day in [
        ("a", 1, 1000, "2025-01-01"),
        ("b", 2, 2000, "2026-01-01"),
        ("c", 3, 4000, "2027-01-01"),
        ("d", None, None, None),
    ]:
        registry.register(
            {"id": id, "input_price": price, "output_price": price, "context_window": size, "retires_on": day}
        )
    return registry


def test_columns_of_every_kind(registry: mx.Registry) -> None:
    route = registry.prepare(min_context_window=mx.param("size"), by="input_price")
    wanted = ["a", "b", "c", None]
    for column in (
        [500, 1500, 2500, 5000],
        (500, 1500.0, 2500, Decimal(5000)),
        np.array([500, 1500, 2500, 5000], dtype=np.uint16),
        np.array([500, 1500, 2500, 5000], dtype=np.float32),
        np.array([500, 1500, 2500, 5000], dtype=">i8"),
        np.array([500, 0, 1500, 0, 2500, 0, 5000, 0])[::2],
        np.array([5000, 2500, 1500, 500])[::-1],
        np.array([500, 1500, Fraction(2500), 10**400], dtype=object),
        np.ma.masked_array([500, 1500, 2500, 5000], mask=False),
    ):
        matches = route.match(size=column)
        assert matches.ids() == wanted
        assert matches.rows.tolist() == [0, 1, 2, -1]
        assert matches.rows.dtype == np.int32
        assert matches.keys.tolist()[:3] == matches.prices.tolist()[:3] == [1.0, 2.0, 3.0]
        assert matches[1:3] == [registry["b"], registry["c"]]
        assert matches[-1] is None
        assert matches[-2] is registry["c"]
    for one in (1500, 1500.0, np.int64(1500), np.array(1500), np.float32(1500)):
        assert route.match(size=one).ids() == ["b"]
    assert route.match(size=[]).ids() == []
    assert len(route.match(size=np.array([]))) == 0
    two = registry.prepare(min_context_window=mx.param("size"), max_input_price=mx.param("cap"))
    assert two.match(size=[500, 1500], cap=1).ids() == ["a", None]
    assert two.match(size=0, cap=1, exclude="a").ids() == [None]
    assert registry.prepare(by="context_window").match().ids() == ["c"]


def test_dates(registry: mx.Registry) -> None:
    route = registry.prepare(mx.f.retires_on >= mx.param("day"), by=mx.lowest("retires_on"))
    days = ["2024-05-05", "2025-06-01", "2027-01-01", "2028-01-01"]
    for column in (
        days,
        [datetime.date.fromisoformat(day) for day in days],
        np.array(days, dtype="datetime64[D]"),
        np.array(days, dtype="datetime64[ns]"),
        np.array(days),
    ):
        matches = route.match(day=column)
        assert matches.ids() == ["a", "b", "c", None]
    assert route.match(day="2026-01").ids() == ["b"]
    with pytest.raises(TypeError, match="money"):
        _ = route.match(day="2026-01").prices
    for wrong in (np.array([1.0]), np.array([1]), [1]):
        with pytest.raises(mx.InvalidConditionError, match="request 0"):
            route.match(day=wrong)
    with pytest.raises(mx.InvalidConditionError, match="request 1"):
        route.match(day=np.array(["2024-01-01", "NaT"], dtype="datetime64[D]"))


def test_limits_of_costs_and_weighted_sums(registry: mx.Registry) -> None:
    cost = mx.cost(input_tokens=mx.param("tokens"), output_tokens=mx.param("out"))
    route = registry.prepare(cost <= mx.param("usd"), by="context_window")
    tokens, caps = [10**6, 10**6, 10**6, 1, 0], [1, Decimal("2.5"), "x", 0, 0]
    caps[2] = 3.0
    for usd in (caps, np.array([1, 2.5, 3.0, 0, 0])):
        matches = route.match(tokens=tokens, out=0, usd=usd)
        expected = [route.best(tokens=count, out=0, usd=float(cap)) for count, cap in zip(tokens, caps, strict=True)]
        assert list(matches) == expected
    assert route.match(tokens=tokens, out=0, usd=2).ids() == ["b", "b", "b", "c", "c"]
    # To the femtodollar: one less than a token of the cheapest is nothing.
    assert route.match(tokens=1, out=0, usd=[Decimal("0.000001"), Decimal("0.000000999999999")]).ids() == ["a", None]
    with pytest.raises(mx.InvalidConditionError, match="request 1"):
        route.match(tokens=1, out=0, usd=[1.0, float("nan")])
    weighted = registry.prepare(by=mx.weighted({"input_price": 1.0}), max_input_price=mx.param("cap"))
    assert weighted.match(cap=[1.5] * 40 + [0]).ids() == ["a"] * 40 + [None]
    assert weighted.pick(cap=9, seed=1, near=0) is weighted.best(cap=9)


def test_what_is_no_column(registry: mx.Registry) -> None:
    route = registry.prepare(
        min_context_window=mx.param("size"),
        by=mx.cost(input_tokens=mx.param("tokens"), cached_tokens=mx.param("cached")),
    )
    good = {"size": [1, 2, 3], "tokens": [1, 2, 3], "cached": 0}
    assert route.match(**good).ids() == ["a", "a", "a"]
    for name, value, message in [
        ("size", [1, None, 3], "request 1"),
        ("size", [1, True, 3], "request 1"),
        ("size", [1, 2, "x"], "request 2"),
        ("size", np.array([1, 2, np.nan]), "request 2: size is not a number"),
        ("size", np.ma.masked_array([1, 2, 3], mask=[0, 1, 0]), "request 1: size is masked"),
        ("size", np.array([True, False, True]), "request 0"),
        ("size", np.array([1j, 2, 3]), "request 0"),
        ("size", np.ones((3, 1)), "2 dimensions"),
        ("size", float("nan"), "a number"),
        ("size", True, "a number"),
        ("tokens", [1, -2, 3], "request 1: .*number of tokens"),
        ("tokens", np.array([1, 2, 3.5]), "request 2: .*number of tokens"),
        ("tokens", np.array([1, 2, 2.0**60]), "request 2"),
        ("cached", 2, "request 0: cached_tokens"),
        ("cached", [0, 0, 4], "request 2: cached_tokens"),
    ]:
        with pytest.raises(mx.InvalidConditionError, match=message):
            route.match(**{**good, name: value})
    with pytest.raises(ValueError, match="size has 3, tokens has 2"):
        route.match(size=[1, 2, 3], tokens=[1, 2], cached=0)
    with pytest.raises(mx.UnknownFieldError, match="tokens"):
        route.match(**good, token=3)
    with pytest.raises(TypeError, match="needs cached="):
        route.match(size=[1], tokens=[1])
    with pytest.raises(TypeError, match="keywords only"):
        route.match([1])  # type: ignore[call-arg]
    with pytest.raises(mx.InvalidConditionError, match="a number, not <object"):
        route.match(**{**good, "size": object()})


def test_matches_are_a_value(registry: mx.Registry) -> None:
    matches = registry.prepare(min_context_window=mx.param("size"), by="input_price").match(size=[500, 1500, 9999])
    again = pickle.loads(pickle.dumps(matches))
    assert again.ids() == matches.ids() == ["a", "b", None]
    assert again.prices.tolist()[:2] == [1.0, 2.0]
    for array in (matches.rows, matches.keys, again.rows):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    assert repr(matches) == "<Matches of 3 requests: 2 answered by 2 models>"
    first = registry["a"]
    registry.remove("a")
    assert matches[0] is first
    for wrong in (3, -4, 10**9):
        with pytest.raises(IndexError):
            matches[wrong]
    with pytest.raises(TypeError):
        type(matches)()
    with pytest.raises(TypeError, match="no matches"):
        mx._core._matches(matches.models, np.array([5], dtype=np.int32), np.array([1.0]), True)


def test_a_large_batch_is_one_of_the_shipped_catalogue() -> None:
    dice = np.random.default_rng(7)
    size = 200_000
    columns = {
        "tokens": dice.integers(1, 900_000, size),
        "out": dice.integers(0, 3, size) * 1000,
        "cap": dice.random(size) * 4,
    }
    route = mx.models.prepare(
        requires=["vision", "tools"],
        min_context_window=mx.param("tokens"),
        max_input_price=mx.param("cap"),
        by=mx.cost(input_tokens=mx.param("tokens"), output_tokens=mx.param("out")),
    )
    matches = route.match(**columns)
    for at in range(0, size, 997):
        given = {name: column[at].item() for name, column in columns.items()}
        best = route.best(**given)
        assert matches[at] is best
        if best is not None:
            assert matches.prices[at] == float(best.cost(input_tokens=given["tokens"], output_tokens=given["out"]).usd)


def test_values_are_arrays(registry: mx.Registry) -> None:
    found = registry.select(status="any")
    prices = found.values("input_price")
    assert prices.dtype == np.float64
    assert prices.tolist()[:3] == [1.0, 2.0, 3.0]
    assert np.isnan(prices[3])
    prices[np.isnan(prices)] = 0.0
    assert np.isnan(found.values("input_price")[3]), "each array is its caller's own"
    days = found.values("retires_on")
    assert days.dtype == np.dtype("datetime64[D]")
    assert days[:3].tolist() == [model.retires_on for model in found[:3]]
    assert np.isnat(days[3])
    assert found.values("id") == found.ids()
    assert registry.select(max_input_price=0).values("input_price").shape == (0,)
    assert set(MONEY) <= set(registry.measures())
    for name in ("input_price", "context_window", "output_price"):
        shown = [getattr(model, name) for model in mx.models.values()]
        expected = np.array([np.nan if value is None else value for value in shown], dtype=float)
        np.testing.assert_array_equal(mx.models.select(status="any").values(name), expected)
