"""Readers: each takes what somebody wrote for one field and returns the canonical value, or raises `Faults`.

Strict on purpose: ``"12"`` is no number of tokens and ``true`` is no 1, because a value that was guessed
right once is guessed wrong the next time.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .faults import Faults, Path, fault, is_secret, nearest, shown

if TYPE_CHECKING:
    from .vocabularies import Vocabulary

LONGEST_NAME = 512
"""Bytes of UTF-8 in an id, an alias or a term."""
LARGEST_COUNT = 2**53
"""Above this a float64 column would no longer hold every whole number."""
DEEPEST = 64
"""Levels of nesting in a document."""
MOST_VALUES = 100_000
"""Values in a document."""
LARGEST_BITS = 1023
"""Bits of a whole number that a float64 still reaches."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_DAY = re.compile(r"\d{4}-\d{2}(-\d{2})?", re.ASCII)
_ENVIRONMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}", re.ASCII)
# A variable's name is words; forty characters of mixed case and digits without a break are a key.
_OPAQUE = re.compile(r"(?=[^_]*[0-9])(?=[^_]*[a-z])[A-Za-z0-9]{24,}", re.ASCII)
_USERINFO = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*:[^/?#]*@")

Reader = Callable[[Any], Any]


def read_text(value: object) -> str:
    """Any text; an empty one says nothing and is refused."""
    if not isinstance(value, str):
        raise fault(f"is {shown(value)}; write a text")
    if not value:
        raise fault("is empty; leave it out where it is unknown")
    if _LONE_SURROGATE.search(value):
        raise fault("holds half a surrogate pair; write valid Unicode")
    return value if type(value) is str else str.__str__(value)


def read_name(value: object) -> str:
    """An id, an alias or a term: not empty, at most 512 bytes of UTF-8, without control characters."""
    if not isinstance(value, str):
        raise fault(f"is {shown(value)}; write a text")
    if not value or value.isspace():
        raise fault("is empty; write at least one visible character")
    if len(value) > LONGEST_NAME // 4 and len(value.encode("utf-8", "surrogatepass")) > LONGEST_NAME:
        raise fault(f"is longer than {LONGEST_NAME} bytes of UTF-8; write a shorter one")
    if not value.isprintable():
        if _CONTROL.search(value):
            raise fault(f"holds a control character ({shown(value)}); write visible characters only")
        if _LONE_SURROGATE.search(value):
            raise fault("holds half a surrogate pair; write valid Unicode")
    return value if type(value) is str else str.__str__(value)


def term_reader(vocabulary: Vocabulary, noun: str) -> Callable[[object], str]:
    """Reads one term: its canonical spelling, or a fault that names the nearest."""
    canonical, closed = vocabulary.canonical, vocabulary.closed

    def read_term(value: object) -> str:
        term = canonical.get(value) if isinstance(value, str) else None
        if term is not None:
            return term
        name = read_name(value)
        if closed:
            raise fault(f"{shown(name)} is no known {noun}{nearest(name, vocabulary.terms, vocabulary.synonyms)}")
        return name

    return read_term


def list_reader(read: Callable[[object], str]) -> Callable[[object], list[str]]:
    """Reads a list of texts (a single text is a list of one), without repetitions, in the order written."""

    def read_list(value: object) -> list[str]:
        if isinstance(value, str):
            return [read(value)]
        if not isinstance(value, (list, tuple, set, frozenset)):
            raise fault(f"is {shown(value)}; write a list of texts")
        # A set has no order of its own, and equal definitions must become equal documents.
        items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        try:
            return list(dict.fromkeys(map(read, items)))
        except Faults:
            pass  # once more, slowly, to find every fault
        found: dict[str, None] = {}
        faults: list[tuple[Path, str]] = []
        for place, item in enumerate(items):
            try:
                found[read(item)] = None
            except Faults as error:
                faults.extend(((place, *path), message) for path, message in error.faults)
        if faults:
            raise Faults(faults)
        return list(found)

    return read_list


def each(value: object, what: str, read: Callable[[str, Any], None]) -> None:
    """Runs ``read(key, value)`` over a mapping with text keys, unknown (None) values left out, all faults collected."""
    if type(value) is not dict and not isinstance(value, Mapping):
        raise fault(f"is {shown(value)}; write {what}")
    faults: list[tuple[Path, str]] = []
    for key, item in value.items():
        if item is None:
            continue
        if not isinstance(key, str) or not key:
            faults.append(((), f"has the key {shown(key)}; write keys as non-empty texts"))
            continue
        try:
            read(key, item)
        except Faults as error:
            faults.extend(((key, *path), message) for path, message in error.faults)
    if faults:
        raise Faults(faults)


def read_bool(value: object) -> bool:
    """True or false, nothing that merely looks like it."""
    if isinstance(value, bool):
        return value
    raise fault(f"is {shown(value)}; write true or false")


def read_count(value: object) -> int:
    """A whole number of 0 or more and at most 2**53."""
    if isinstance(value, bool) or not isinstance(value, int):
        if isinstance(value, float) and not math.isfinite(value):
            raise fault(f"is {shown(value)}; leave it out where it is unknown")
        raise fault(f"is {shown(value)}; write a whole number")
    if value < 0:
        raise fault(f"is negative ({shown(value)}); write 0 or more")
    if value > LARGEST_COUNT:
        raise fault(f"is {shown(value)}, above the largest number that is held exactly ({LARGEST_COUNT})")
    return int(value)


def read_number(value: object) -> float:
    """A finite number; a Decimal becomes the nearest float."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise fault(f"is {shown(value)}; write a number")
    try:
        number = nearest_float(value)
    except OverflowError:
        raise fault(f"is {shown(value)}, above the largest float") from None
    if not math.isfinite(number):
        raise fault(f"is {shown(value)}; write a finite number, or leave it out where it is unknown")
    return number


def nearest_float(value: float | Decimal) -> float:
    """``float(value)``, also of a signalling NaN, which would raise."""
    return math.nan if isinstance(value, Decimal) and value.is_nan() else float(value)


def read_positive(value: object) -> float:
    """A finite number of 0 or more."""
    number = read_number(value)
    if number < 0:
        raise fault(f"is negative ({shown(value)}); write 0 or more")
    return number


def read_day(value: object) -> str:
    """``YYYY-MM-DD``, ``YYYY-MM`` (meaning its first day; the text is kept) or a date."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    if not isinstance(value, str) or _DAY.fullmatch(value) is None:
        raise fault(f"is {shown(value)}; write a date as YYYY-MM-DD or YYYY-MM")
    try:
        ordinal(value)
    except ValueError:
        raise fault(f"is {shown(value)}, a day that does not exist; write YYYY-MM-DD or YYYY-MM") from None
    return value


_EPOCH = datetime.date(1970, 1, 1).toordinal()


def ordinal(day: str) -> int:
    """Days since 1970-01-01 of a text that `read_day` returned."""
    full = day if len(day) == len("YYYY-MM-DD") else day + "-01"
    return datetime.date.fromisoformat(full).toordinal() - _EPOCH


def read_url(value: object) -> str:
    """An address (placeholders such as ``${REGION}`` are fine) without a password in it."""
    text = read_name(value)
    if _USERINFO.match(text) or is_secret(text):
        raise fault("holds credentials; write the address alone, keys are named in api_key_env")
    return text


def read_variable(value: object) -> str:
    """The name of an environment variable; a key itself is refused and never repeated."""
    if isinstance(value, str) and (is_secret(value) or _OPAQUE.search(value)):
        raise fault("looks like a key; write the name of the environment variable that holds it")
    if not isinstance(value, str) or _ENVIRONMENT.fullmatch(value) is None:
        # Not shown: what is no name may well be a key of a kind we do not recognise.
        raise fault("is no name of an environment variable; write one such as OPENAI_API_KEY, never the key")
    return value


def read_document(value: object) -> Any:
    """Anything JSON can hold: copied, tuples as lists, dates as texts; no NaN, no secrets, bounded in depth and size."""
    copy = _Copy()
    result = copy.of(value, ())
    if copy.faults:
        raise Faults(copy.faults)
    return result


def read_mapping(value: object) -> dict[str, Any]:
    """A mapping from texts to anything JSON can hold."""
    if not isinstance(value, Mapping):
        raise fault(f"is {shown(value)}; write a mapping")
    copy: dict[str, Any] = read_document(value)
    return copy


class _Copy:
    """One copy in progress: the faults so far and how many values may still come (aliases can multiply without end)."""

    __slots__ = ("faults", "left")

    def __init__(self) -> None:
        self.faults: list[tuple[Path, str]] = []
        self.left = MOST_VALUES

    def of(self, value: object, path: Path) -> object:
        if isinstance(value, str):
            return self.text(value, path)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, (int, float, Decimal)):
            return self.number(value, path)
        if type(value) is dict or isinstance(value, (list, tuple, Mapping)):
            return self.nest(value, path)
        if isinstance(value, (datetime.date, datetime.time)):
            return value.isoformat()
        self.fault(path, f"is {shown(value)}; write what JSON can hold")
        return None

    def fault(self, path: Path, message: str) -> None:
        self.faults.append((path, message))

    def text(self, value: str, path: Path) -> str:
        if is_secret(value):
            self.fault(path, "looks like a key; name the environment variable that holds it instead")
        elif _LONE_SURROGATE.search(value):
            self.fault(path, "holds half a surrogate pair; write valid Unicode")
        return value if type(value) is str else str.__str__(value)

    def number(self, value: float | Decimal, path: Path) -> float:
        if isinstance(value, int):
            # The column is float64, and a reader of the document must not be made to parse a megabyte of digits.
            if value.bit_length() > LARGEST_BITS:
                self.fault(path, f"is {shown(value)}, above the largest float")
            return int(value)
        number = nearest_float(value)
        if not math.isfinite(number):
            self.fault(path, f"is {shown(value)}; write a finite number, or null where it is unknown")
        return number

    def nest(self, value: Mapping[object, object] | Sequence[object], path: Path) -> object:
        self.left -= len(value)
        if self.left < 0 or len(path) >= DEEPEST:
            # Said once: what is too much is too much in many places.
            if self.left > -MOST_VALUES:
                self.fault(path[:3], f"holds more than {MOST_VALUES} values or {DEEPEST} levels of them")
            self.left = -2 * MOST_VALUES
            return None
        if not isinstance(value, Mapping):
            return [self.of(item, (*path, place)) for place, item in enumerate(value)]
        copy = {}
        for key, item in value.items():
            if not isinstance(key, str):
                self.fault(path, f"has the key {shown(key)}; write keys as texts")
            elif is_secret(key) or _LONE_SURROGATE.search(key):
                self.fault(path, "has a key that looks like a secret or is no valid Unicode")
            else:
                copy[str.__str__(key)] = self.of(item, (*path, key))
        return copy
