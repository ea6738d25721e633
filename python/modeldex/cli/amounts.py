"""Amounts as people type them: `128k`, `1M`, `0.80`, `2026-01`."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from modeldex.cli.failure import WrongQuestionError
from modeldex.grammar.literals import UNITS

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Amount", "amount", "count"]

Amount = int | float | Decimal | datetime.date

LARGEST: Final = 10**15
_NUMBER: Final = re.compile(
    r"(?P<digits>[+-]?[0-9][0-9_,]*(\.[0-9]+)?(e[+-]?[0-9]{1,3})?|[+-]?\.[0-9]+)(?P<unit>[kmgbt]?)",
    re.IGNORECASE,
)


def amount(text: str, *, kind: str, option: str) -> Amount:
    """Read `text` as a value of a measure of `kind` (`count`, `number`, `money` or `date`).

    >>> amount("128k", kind="count", option="--min-context-window")
    128000
    >>> amount("2.5", kind="money", option="--max-input-price")
    Decimal('2.5')
    >>> amount("2026-01", kind="date", option="--min-released")
    datetime.date(2026, 1, 1)

    Raises:
        WrongQuestionError: the text is not such a value; the message names the option and an example.
    """
    return _READERS[kind](text.strip(), option)


def count(text: str, *, option: str) -> int:
    """Read a count of tokens or the like: a whole number, 0 or more.

    Raises:
        WrongQuestionError: it is not one.
    """
    return _count(text.strip(), option)


def _exact(text: str, option: str, example: str) -> Decimal:
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise WrongQuestionError(f"{option}: {text!r} is not a number; write it like {example}")
    return Decimal(re.sub("[_,]", "", found["digits"])) * UNITS.get(found["unit"].lower(), 1)


def _count(text: str, option: str) -> int:
    exact = _exact(text, option, "128000, 128k or 1M")
    if exact != exact.to_integral_value() or not 0 <= exact <= LARGEST:
        raise WrongQuestionError(f"{option}: {text!r} is not a whole number from 0 to {LARGEST:,}")
    return int(exact)


def _number(text: str, option: str) -> float:
    return float(_exact(text, option, "0.8 or 250"))


def _money(text: str, option: str) -> Decimal:
    return _exact(text, option, "2.50 (USD, for token prices per 1M tokens)")


def _date(text: str, option: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(f"{text}-01" if re.fullmatch("[0-9]{4}-[0-9]{2}", text) else text)
    except ValueError:
        raise WrongQuestionError(f"{option}: {text!r} is not a date; write it like 2026-01-31 or 2026-01") from None


_READERS: Final[dict[str, Callable[[str, str], Amount]]] = {
    "count": _count,
    "date": _date,
    "money": _money,
    "number": _number,
}
