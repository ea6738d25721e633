"""Money without rounding: decimal text to whole femtodollars (1e-15 USD) and back.

A price of 1 USD per 1,000,000 tokens is 1e-6 USD a token, which is 10**9 femtodollars; nine decimals of such a
price are exact. Binary floats are read by their shortest text, which is what the author wrote.
"""

from __future__ import annotations

import math
import re
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow

from .faults import fault, shown

FEMTO_PER_PRICE = 10**9
"""Femtodollars a token in one USD per 1M tokens."""
FEMTO_PER_USD = 10**15
LARGEST = 2**63 - 1
"""What the engine's i64 holds."""

_TEXT = re.compile(r"(-?)[0-9]{1,40}(?:\.[0-9]{1,60})?(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
# Wide enough for every amount that anybody means; what does not fit is refused, never rounded.
_EXACT = Context(prec=200, traps=[Inexact, InvalidOperation, Overflow])


def read_amount(value: object) -> Decimal:
    """A number or a decimal text as an exact, finite Decimal of 0 or more; a `Faults` otherwise."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise fault(f"is {shown(value)}; write a number or a decimal text such as '2.50'")
    if isinstance(value, float):
        if not math.isfinite(value):
            raise fault(f"is {shown(value)}; write a finite number, or leave it out where it is unknown")
        amount = Decimal(repr(float(value)))
    elif isinstance(value, str):
        if _TEXT.fullmatch(value) is None:
            raise fault(f"is {shown(value)}; write a number or a decimal text such as '2.50', without sign or currency")
        amount = Decimal(value)
    else:
        amount = Decimal(value)
        if not amount.is_finite():
            raise fault(f"is {shown(value)}; write a finite number, or leave it out where it is unknown")
    if amount < 0:
        raise fault(f"is negative ({shown(value)}); write 0 or more")
    return amount.copy_abs()  # -0 is 0


def scaled(amount: Decimal, factor: int, largest: int = LARGEST) -> int | None:
    """``amount * factor`` if that is a whole number up to ``largest``, else None; exact and bounded in time."""
    # Comparing first keeps 1e999 from becoming an integer of a thousand digits.
    if amount > largest:
        return None
    try:
        whole = _EXACT.multiply(amount, factor)
    except ArithmeticError:
        return None
    return int(whole) if whole <= largest and whole == whole.to_integral_value() else None


def read_price(value: object) -> Decimal:
    """USD per 1M tokens, exact to 1 femtodollar a token and at most what i64 holds (9,223,372,036 USD)."""
    amount = read_amount(value)
    if scaled(amount, FEMTO_PER_PRICE) is None:
        if amount > LARGEST // FEMTO_PER_PRICE:
            raise fault(f"is {shown(value)}; the largest price is {LARGEST // FEMTO_PER_PRICE} USD per 1M tokens")
        raise fault(f"is {shown(value)}; a price has at most 9 decimals (1 femtodollar a token)")
    return amount


def femtodollars(price: Decimal) -> int:
    """Femtodollars a token of a price that `read_price` let through."""
    return int(_EXACT.multiply(price, FEMTO_PER_PRICE))


def plain(femto: int) -> str:
    """Femtodollars a token as the plain decimal text of USD per 1M tokens: 2500000000 is ``2.5``."""
    whole, rest = divmod(femto, FEMTO_PER_PRICE)
    return f"{whole}.{rest:09d}".rstrip("0") if rest else str(whole)


def plain_text(amount: Decimal) -> str:
    """A Decimal as plain decimal text without exponent or trailing zeros."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
