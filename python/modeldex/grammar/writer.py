"""Writing conditions and queries as the text that reads back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set as AbstractSet
from typing import TYPE_CHECKING, Any, Final

from modeldex.errors import InvalidConditionError

from .conditions import DEEPEST
from .literals import literal, looks_like_value, write_value
from .reader import CLAUSES, MODES, RESERVED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modeldex._core import Order
    from modeldex.conditions import Condition, Node

__all__ = ["listed", "order_parts", "whole", "write", "write_query"]

_WORD: Final = re.compile(r"\w[\w.\-/:+@]*")
_PART: Final = re.compile(r"\w[\w\-/:+@]*")
_ESCAPES: Final = {"\n": r"\n", "\t": r"\t", "\r": r"\r", '"': r"\"", "\\": r"\\"}
_ENDS: Final = {"min_": ">=", "max_": "<="}
_COUNTS: Final = ("input_tokens", "output_tokens", "cached_tokens")


def write(condition: Condition) -> str:
    """The text of a condition: `parse` reads an equal one.

    Equal means ``==`` but for exact fractions (a Decimal, or an int beyond every float): they read back as the number
    that the registry compares with, so that the answers are equal.

    Raises:
        InvalidConditionError: nested deeper than a registry takes, or made by hand of what no field makes.
    """
    return _node(condition.node, 0)


def write_query(conditions: Iterable[Condition], keywords: Mapping[str, Any]) -> str:
    """The text of a query: `parse_query` reads one that has equal answers.

    >>> write_query((), {"requires": ["vision"], "min_context_window": 128_000, "by": "input_price", "limit": 5})
    'requires(vision) & context_window >= 128000 by input_price limit 5'
    """
    asked = {name: value for name, value in keywords.items() if value is not None}
    said = [_within(condition.node, 0) for condition in conditions]
    said += [_keyword(name, value) for name, value in asked.items() if name not in CLAUSES]
    if len(said) == 1 and not any(name not in CLAUSES for name in asked):
        said = [_node(condition.node, 0) for condition in conditions]
    clauses = [f"{name} {_clause(name, asked[name])}" for name in CLAUSES if name in asked and _asks(asked[name])]
    return " ".join([part for part in (" & ".join(said), *clauses) if part])


def _within(node: Node, depth: int) -> str:
    """A part of a conjunction."""
    text = _node(node, depth + (node[0] == "or"))
    return f"({text})" if node[0] == "or" else text


def _node(node: Any, depth: int) -> str:
    if depth > DEEPEST:
        raise InvalidConditionError(f"conditions are nested more than {DEEPEST} deep")
    match node:
        case ("term", str() as name, str() as mode, terms):
            return _terms(name, mode, terms, missing_ok=False)
        case ("term", str() as name, str() as mode, terms, missing_ok):
            return _terms(name, mode, terms, missing_ok=bool(missing_ok))
        case ("cmp", str() as name, str() as sign, value):
            return f"{write_name(name)} {sign} {write_value(value)}"
        case ("known" | "unknown" as word, str() as name):
            return f"{write_name(name)} is {word}"
        case ("cost", counts, str() as sign, value):
            return f"{_call(counts)} {sign} {write_value(value)}"
        case ("not", tuple() as inner):
            text = _node(inner, depth + 1)
            return f"~{text}" if _is_call(inner) else f"~({text})"
        case ("and" | "or" as word, parts) if parts:
            if len(parts) == 1:
                return _node(parts[0], depth)
            joint = " & " if word == "and" else " | "
            return joint.join(_joined(word, part, depth) for part in parts)
    raise InvalidConditionError(f"a condition of this kind has no text: {node[:1]!r:.60}")


def _joined(word: str, part: Node, depth: int) -> str:
    # `&` binds tighter than `|`; the same word inside itself is made by hand alone, and reads back flat.
    if part[0] in ("and", "or") and len(part[1]) > 1 and not (word == "or" and part[0] == "and"):  # type: ignore[arg-type]
        return f"({_node(part, depth + 1)})"
    return _node(part, depth)


def _is_call(node: Node) -> bool:
    return node[0] == "term" and not _is_comparison(node)


def _is_comparison(node: Node) -> bool:
    return len(node) == 4 and node[2] in ("any", "none") and len(node[3]) == 1  # type: ignore[arg-type]


def _terms(name: str, mode: str, terms: Iterable[str], *, missing_ok: bool) -> str:
    given = (terms,) if isinstance(terms, str) else tuple(terms)
    if len(given) == 1 and not missing_ok and mode in ("any", "none"):
        sign = "==" if mode == "any" else "!="
        return f"{write_name(name)} {sign} {write_term(given[0], alone=True)}"
    inside = ", ".join([*map(write_term, given), *(("missing_ok=true",) if missing_ok else ())])
    head = write_name(name, called=True)
    return f"{head}({inside})" if mode == "keyword" else f"{head}.{mode}_of({inside})"


def _keyword(name: str, value: Any) -> str:
    from modeldex import _core

    if isinstance(value, _core.Terms):
        return _terms(name, value.mode, value.terms, missing_ok=value.missing_ok)
    sign = _ENDS.get(name[:4])
    if sign is not None and not isinstance(value, (list, tuple, AbstractSet)):
        if isinstance(value, str):
            value = literal(value)
        if value is not None:
            return f"{write_name(name[4:])} {sign} {write_value(value)}"
    if isinstance(value, (str, list, tuple, AbstractSet)):
        return _terms(name, "keyword", listed(value), missing_ok=False)
    raise InvalidConditionError(f"{name}= has no text for {value!r:.60}", name)


def listed(value: Any) -> list[Any]:
    """The items of a keyword that takes one or several; those of a set in alphabetical order."""
    if isinstance(value, AbstractSet):
        return sorted(value, key=str)
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _asks(value: Any) -> bool:
    return not (isinstance(value, (list, tuple, AbstractSet)) and not value)


def _clause(name: str, value: Any) -> str:
    if name == "limit":
        return write_value(value)
    if name == "distinct":
        return write_name(value)
    if name in ("by", "sort"):
        return ", ".join(_key(each, literal_minus=name == "sort") for each in listed(value))
    return ", ".join(write_term(str(getattr(each, "id", each))) for each in listed(value))


def _key(key: Any, *, literal_minus: bool) -> str:
    if isinstance(key, str):
        minus = literal_minus and key.startswith("-")
        return "-" * minus + write_name(key[minus:], called=True)
    word, given = order_parts(key)
    if word == "cost":
        return _call(given)
    if word == "weighted":
        inside = ", ".join(f"{write_name(name)}={_weight(weight)}" for name, weight in given.items())
        return f"weighted({inside})"
    return f"{word}({write_name(given)})"


def _weight(weight: Any) -> str:
    if not hasattr(weight, "best"):
        return write_value(whole(weight))
    worst, best, share = (write_value(whole(number)) for number in (weight.worst, weight.best, weight.weight))
    log = ", log=true" if weight.log else ""
    return f"scale({worst}, {best}{log}{'' if share == '1' else f', weight={share}'})"


def whole(number: float) -> float:
    """A float without a fraction as an int, which reads more easily and is equal."""
    return int(number) if number == int(number) else number


def order_parts(order: Order) -> tuple[str, Any]:
    """What an order was made by, and of: `cost` three counts, `weighted` a mapping, `highest` and `lowest` a field."""
    reduced: Any = order.__reduce__()
    make, arguments = reduced[:2]
    word = str(getattr(make, "__name__", make))
    return word, tuple(arguments) if word == "cost" else arguments[0]


def _call(counts: Any) -> str:
    pairs = [(name, count) for name, count in zip(_COUNTS, counts, strict=True) if count != 0]
    return f"cost({', '.join(f'{name}={write_value(count)}' for name, count in pairs)})"


def write_name(name: str, *, called: bool = False) -> str:
    """The name of a field; pieces that are no words stand in quotes."""
    pieces = name.split(".")
    written = [piece if _PART.fullmatch(piece) else _quoted(piece) for piece in pieces]
    if name in RESERVED or looks_like_value(name):
        written[0] = _quoted(pieces[0])
    if called and pieces[-1] in MODES:
        written[-1] = _quoted(pieces[-1])
    return ".".join(written)


def write_term(term: str, *, alone: bool = False) -> str:
    """A term or an id; alone behind a sign it must not look like a number."""
    plain = _WORD.fullmatch(term) and not (alone and looks_like_value(term))
    return term if plain else _quoted(term)


def _quoted(text: str) -> str:
    # What does not show is escaped, so that a text can be logged, printed and copied.
    return f'"{"".join(map(_letter, text))}"'


def _letter(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter.isprintable():
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"
