"""Exact money: USD per token as published -> USD per 1M tokens, or per unit, as decimal text."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, localcontext

MILLION = 1_000_000
FEMTO = Decimal("1e-15")  # USD; the finest amount the engine counts in


def plain(value: Decimal | int) -> str:
    """Decimal text without exponent or trailing zeros: `Decimal("2.50E+1")` -> `"25"`."""
    text = format(Decimal(value), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text or "0"


def rounded(usd: Decimal | int) -> tuple[Decimal, bool]:
    """One unit's price rounded half-even to femtodollars, and whether that changed it."""
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(usd)
        result = exact.quantize(FEMTO, rounding=ROUND_HALF_EVEN)
        return result, result != exact


def text(usd: Decimal | int, per: int) -> tuple[str, bool]:
    """The price of `per` units as decimal text, and whether rounding changed it.

    `text(Decimal("0.0000025"), 1_000_000)` is `("2.5", False)`.
    """
    one, changed = rounded(usd)
    with localcontext() as context:
        context.prec = 60
        return plain(one * per), changed
