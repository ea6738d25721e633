from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from modeldex.cli.amounts import amount
from modeldex.cli.failure import WrongQuestionError
from modeldex.cli.order import ordering
from modeldex.cli.text import plain, price, tokens


@given(st.text())
def test_plain_text_is_one_line_that_steers_nothing(text: str) -> None:
    shown = plain(text)
    assert shown.isprintable()
    assert plain(shown) == shown


@given(st.integers(0, 10**12))
def test_tokens_are_short_and_near(count: int) -> None:
    shown = tokens(count)
    assert shown is not None
    assert len(shown) <= 7
    units = {"k": 10**3, "M": 10**6, "G": 10**9}
    meant = Decimal(shown.rstrip("kMG")) * units.get(shown[-1], 1)
    assert abs(meant - count) <= Decimal(count) / 20


@given(st.decimals(0, 10**6, places=9))
def test_prices_lose_nothing(usd: Decimal) -> None:
    shown = price(usd)
    assert shown is not None
    assert Decimal(shown) == usd
    assert len(shown.partition(".")[2]) >= 2


@given(st.integers(0, 10**15))
def test_counts_are_read_back(count: int) -> None:
    for written in (str(count), f"{count:,}", f"{count:_}", f"{count:,d}"):
        assert amount(written, kind="count", option="--x") == count


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("128k", "count", 128_000),
        ("1.5M", "count", 1_500_000),
        ("70b", "count", 70_000_000_000),
        ("1e6", "count", 1_000_000),
        (".5", "number", 0.5),
        ("-2", "number", -2.0),
        ("0.075", "money", Decimal("0.075")),
        ("2026-02", "date", datetime.date(2026, 2, 1)),
        ("2026-02-03", "date", datetime.date(2026, 2, 3)),
    ],
)
def test_amounts(text: str, kind: str, expected: object) -> None:
    assert amount(text, kind=kind, option="--x") == expected


@pytest.mark.parametrize("text", ["", "k", "nan", "inf", "1..2", "1k5", "0x10", "½", "1e9999", "٣"])
@pytest.mark.parametrize("kind", ["count", "number", "money", "date"])
def test_what_is_no_amount(text: str, kind: str) -> None:
    with pytest.raises(WrongQuestionError, match="--x"):
        amount(text, kind=kind, option="--x")


@pytest.mark.parametrize("text", ["cost(1200,300,100)", "cost:1200,300,100", "cost( 1.2k, 300, 100 )"])
def test_orders_by_cost(text: str) -> None:
    assert ordering(text).cost == (1200, 300, 100)


def test_orders_by_field() -> None:
    assert (ordering("input_price").by, ordering("input_price").field) == ("input_price", "input_price")
    assert ordering("highest(metadata.fps)").field == "metadata.fps"


@pytest.mark.parametrize(
    "text", ["price(3)", "cost()", "cost(1,2,3,4)", "cost(a)", "cost(-1,3)", "cost(1,1,2)", "cost(1e30)"]
)
def test_what_is_no_order(text: str) -> None:
    with pytest.raises(WrongQuestionError):
        ordering(text)
