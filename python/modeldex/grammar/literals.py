"""Values as words: ``128k``, ``0.80``, ``1_000_000``, ``2026-12-31``, ``$tokens``."""

from __future__ import annotations

import datetime
import math
import operator
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from modeldex.errors import InvalidConditionError

if TYPE_CHECKING:
    from modeldex._core import Param

__all__ = ["UNITS", "Value", "literal", "looks_like_value", "param", "write_value"]

Value: TypeAlias = "int | float | datetime.date | Param"
_LONGEST: Final = 400
"""Characters of a number: the largest that a column can hold has 309."""
UNITS: Final = {
    "k": 1_000,
    "m": 1_000_000,
    "g": 1_000_000_000,
    "b": 1_000_000_000,
    "t": 1_000_000_000_000,
}
"""What a letter behind a number multiplies it by."""
_NUMBER: Final = re.compile(
    r"(?P<digits>[-+]?(?:[0-9][0-9_]*(?:\.[0-9]+)?|\.[0-9]+))(?:(?P<power>[eE][-+]?[0-9]+)|(?P<unit>[kKmMgGbBtT]))?"
)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?")
_OTHERS: Final = {"inf": math.inf, "+inf": math.inf, "-inf": -math.inf}


def literal(word: str) -> Value | None:
    """The number, date or parameter that a word is, None where it is none.

    Whole numbers are ints, others the nearest float; k, M, G (or B), T multiply; a month is its first day.

    >>> [literal(word) for word in ("128k", "0.80", "1_000", "2026-12", "gpt-4o")]
    [128000, 0.8, 1000, datetime.date(2026, 12, 1), None]

    Raises:
        InvalidConditionError: it looks like one and is not: a month 13, a number of a thousand digits.
    """
    if word in _OTHERS:
        return _OTHERS[word]
    if word.startswith("$"):
        return param(word[1:])
    if _DATE.fullmatch(word):
        try:
            return datetime.date.fromisoformat(word if len(word) == 10 else f"{word}-01")
        except ValueError:
            raise InvalidConditionError(f"{word} is no day of the calendar; a date is 2026-12-31 or 2026-12") from None
    found = _NUMBER.fullmatch(word)
    if found is None:
        return None
    if len(word) > _LONGEST:
        raise InvalidConditionError(f"a number has at most {_LONGEST} characters, this one {len(word):,}")
    digits = found["digits"].replace("_", "")
    if found["unit"]:
        exact = Decimal(digits) * UNITS[found["unit"].lower()]
        return int(exact) if exact == exact.to_integral_value() else float(exact)
    if found["power"] or "." in digits:
        return float(digits + (found["power"] or ""))
    return int(digits)


def looks_like_value(word: str) -> bool:
    """Whether a word is a value, or looks so much like one that a name of this spelling is quoted."""
    return word in _OTHERS or word.lower() == "nan" or bool(_DATE.fullmatch(word) or _NUMBER.fullmatch(word))


def param(name: str) -> Param:
    """The parameter of this name.

    Raises:
        InvalidConditionError: it cannot be a parameter.
    """
    from modeldex import _core

    try:
        return _core.Param(name)
    except (ValueError, UnicodeError):
        raise InvalidConditionError(
            f"a parameter is $ and a name such as $tokens (never $exclude), not ${name[:64]}"
        ) from None


def write_value(value: Any) -> str:
    """The word of a number, date or parameter; `literal` reads an equal one, or for an exact fraction its float.

    >>> [write_value(value) for value in (128_000, 0.1, Decimal("2.50"), datetime.date(2026, 12, 1))]
    ['128000', '0.1', '2.5', '2026-12-01']
    """
    from modeldex import _core

    if isinstance(value, _core.Param):
        return f"${value.name}"
    if isinstance(value, datetime.date):
        return datetime.date(value.year, value.month, value.day).isoformat()
    try:
        number = operator.index(value)
    except TypeError:
        return repr(float(value))
    try:
        float(number)
    except OverflowError:
        # Beyond every number that is stated, as the registry reads it too.
        return "inf" if number > 0 else "-inf"
    return str(number)
