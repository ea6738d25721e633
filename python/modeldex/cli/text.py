"""Values as a person reads them. A catalogue is written by strangers: nothing of it reaches a terminal unescaped."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Final

from rich.text import Text

__all__ = ["UNKNOWN", "cell", "dollars", "number", "plain", "price", "tokens", "unknown"]

UNKNOWN: Final = "–"  # noqa: RUF001 - a dash, which no number looks like
_THOUSAND: Final = 1_000


def plain(text: str) -> str:
    r"""Return `text` on one line, without characters that steer a terminal or turn the direction of reading.

    >>> plain("evil\x1b[31m\nname")
    'evil�[31m name'
    """
    return "".join(letter if letter.isprintable() else "�" for letter in " ".join(text.split()))


def cell(value: object, style: str = "") -> Text:
    """Return `value` for a table: rich's markup in it stays text, None is a dim dash."""
    return unknown() if value is None or value == "" else Text(plain(str(value)), style=style)


def unknown() -> Text:
    """Return what stands for an unknown value; it is never a 0."""
    return Text(UNKNOWN, style="dim")


def tokens(count: float | None) -> str | None:
    """Return a count of tokens in three digits or so.

    >>> [tokens(count) for count in (512, 4_096, 128_000, 131_072, 1_000_000, 1_048_576, None)]
    ['512', '4.1k', '128k', '131k', '1M', '1.05M', None]
    """
    if count is None:
        return None
    scaled, unit, digits = Decimal(str(count)), "", 0
    for letter, places in (("k", 1), ("M", 2), ("G", 2)):
        # 999,600 is a million to three digits, not "1000k".
        if round(scaled, 0) < _THOUSAND:
            break
        scaled, unit, digits = scaled / _THOUSAND, letter, places
    if unit == "k" and scaled >= 100:
        digits = 0
    return f"{_short(round(scaled, digits))}{unit}"


def price(usd: float | Decimal | None) -> str | None:
    """Return a price in USD with two decimals, or as many as it has.

    >>> [price(usd) for usd in (2.5, 0.075, 0, 30, None)]
    ['2.50', '0.075', '0.00', '30.00', None]
    """
    if usd is None:
        return None
    exact = Decimal(str(usd)).normalize()
    exponent = exact.as_tuple().exponent
    return f"{exact:.2f}" if not isinstance(exponent, int) or exponent >= -2 else f"{exact:f}"


def dollars(usd: Decimal | None) -> str | None:
    """Return an amount of USD, to the last digit it has and at least to the cent.

    >>> dollars(Decimal("0.006000"))
    '$0.006'
    """
    shown = price(usd)
    return None if shown is None else f"${shown}"


def number(value: float | datetime.date | None) -> str | None:
    """Return a measure of any kind: thousands are separated, needless digits are left out.

    >>> number(128000), number(0.8125), number(1e-07)
    ('128,000', '0.8125', '0.0000001')
    """
    if value is None:
        return None
    if isinstance(value, datetime.date):
        return value.isoformat()
    return f"{_short(Decimal(str(value))):,f}"


def _short(value: Decimal) -> Decimal:
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()
