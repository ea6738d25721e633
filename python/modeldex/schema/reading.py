"""Readers: each takes what somebody wrote for one field and returns the canonical value, or raises `Faults`.

Strict on purpose: ``"12"`` is no number of tokens and ``true`` is no 1, because a value that was guessed
right once is guessed wrong the next time.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set as AbstractSet
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

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
TOO_MUCH = f"holds more than {MOST_VALUES} values or {DEEPEST} levels of them"
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
_Item = TypeVar("_Item")


def read_text(value: object) -> str:
    """Any text; an empty one says nothing and is refused."""
    if not isinstance(value, str):
        raise fault(f"is {shown(value)}; write a text")
    if not value:
        raise fault("is empty; leave it out where it is unknown")
    if _LONE_SURROGATE.search(value):
        raise fault("holds half a surrogate pair; write valid Unicode")
    return exact(value)


def read_name(value: object) -> str:
    """An id, an alias or a term: 1 to 512 bytes of UTF-8, no control characters, no white space at its ends."""
    if not isinstance(value, str):
        raise fault(f"is {shown(value)}; write a text")
    name = exact(value)
    why = unfit(name)
    if why is not None:
        raise fault(why)
    return name


def exact(value: str) -> str:
    """The same text as a plain `str`: a subclass may do anything when it is compared, hashed or printed."""
    return value if type(value) is str else str.__str__(value)


def unfit(name: str) -> str | None:
    """Why this is no name that the engine takes, or None where it is one."""
    if not name or name.isspace():
        return "is empty; write at least one visible character"
    if len(name) > LONGEST_NAME // 4 and len(name.encode("utf-8", "surrogatepass")) > LONGEST_NAME:
        return f"is longer than {LONGEST_NAME} bytes of UTF-8; write a shorter one"
    if not name.isprintable():
        if _CONTROL.search(name):
            return f"holds a control character ({shown(name)}); write visible characters only"
        if _LONE_SURROGATE.search(name):
            return "holds half a surrogate pair; write valid Unicode"
    if name.strip() != name:
        return f"begins or ends with white space ({shown(name)}); write it without"
    return None


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
        items = in_order(value) if isinstance(value, (set, frozenset)) else value
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


def in_order(values: AbstractSet[Any]) -> list[Any]:
    """The texts of a set sorted: a set has no order of its own, and equal definitions must become equal documents."""
    return sorted(values, key=lambda value: exact(value) if isinstance(value, str) else "")


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
        if _LONE_SURROGATE.search(key):
            faults.append(((), f"has the key {shown(key)} with half a surrogate pair; write valid Unicode"))
            continue
        name = exact(key)
        try:
            read(name, item)
        except Faults as error:
            faults.extend(((name, *path), message) for path, message in error.faults)
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
    return exact(value)


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
    return exact(value)


def read_document(value: object) -> Any:
    """Anything JSON can hold: copied, tuples as lists, dates as texts, keys sorted; no NaN, no secrets, bounded in size."""
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

    __slots__ = ("faults", "full", "left")

    def __init__(self) -> None:
        self.faults: list[tuple[Path, str]] = []
        self.full = False
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
        return exact(value)

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
        if len(path) >= DEEPEST:
            self.too_much(path)
            return None
        if not isinstance(value, Mapping):
            return [self.of(item, (*path, place)) for place, item in enumerate(self.counted(value, path))]
        copy: dict[str, object] = {}
        for key, item in self.counted(value.items(), path):
            if not isinstance(key, str):
                self.fault(path, f"has the key {shown(key)}; write keys as texts")
            elif is_secret(key) or _LONE_SURROGATE.search(key):
                self.fault(path, "has a key that looks like a secret or is no valid Unicode")
            else:
                plain = exact(key)
                copy[plain] = self.of(item, (*path, plain))
        # The order of keys is no content, and equal definitions must become equal documents.
        return {key: copy[key] for key in sorted(copy)}

    def counted(self, items: Iterable[_Item], path: Path) -> Iterator[_Item]:
        # Counted one by one: a mapping of somebody's own may be longer than it says.
        for item in items:
            self.left -= 1
            if self.left < 0:
                self.too_much(path)
                return
            yield item

    def too_much(self, path: Path) -> None:
        # Said once: what is too much is too much in many places.
        if not self.full:
            self.fault(path[:3], TOO_MUCH)
        self.full = True
        self.left = 0
