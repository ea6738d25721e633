"""Reading a whole query: a condition, and its clauses in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modeldex.conditions import Condition

from .conditions import astray, condition, tokens_of_a_call
from .reader import CLAUSES, Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from modeldex._core import Order

__all__ = ["ORDERS", "order", "parse_query"]

ORDERS = ("cost", "weighted", "highest", "lowest")


def parse_query(text: str) -> tuple[tuple[Condition, ...], dict[str, Any]]:
    """The conditions and keywords of `registry.prepare` that a text says.

    >>> parse_query("requires(vision) by input_price prefers openai, azure limit 5")
    ((Condition(requires(vision)),), {'by': 'input_price', 'prefers': ('openai', 'azure'), 'limit': 5})

    Raises:
        InvalidConditionError: it is no query; the message shows where and says what would be right.
    """
    reader = Reader(text)
    conditions: tuple[Condition, ...] = ()
    if not (reader.at("end") or reader.at("word", *CLAUSES)):
        conditions = (Condition(condition(reader)),)
    keywords: dict[str, Any] = {}
    while not reader.at("end"):
        if not reader.at("word", *CLAUSES):
            raise _no_clause(reader, keywords)
        clause = reader.take()
        if clause.value in keywords:
            raise reader.wrong(f"{clause.value!r} stands twice", clause.start)
        keywords[clause.value] = _READERS[clause.value](reader)
    return conditions, keywords


def order(text: str) -> str | Order:
    """One key of an order as text: a field, `cost(...)`, `weighted(...)`, `highest(...)`, `lowest(...)`.

    Raises:
        InvalidConditionError: it is none of these.
    """
    reader = Reader(text)
    found = _key(reader)
    if not reader.at("end"):
        raise reader.wrong(f"expected the end of the order, found {reader.shown()}")
    return found


def _no_clause(reader: Reader, keywords: dict[str, Any]) -> Exception:
    if not keywords:
        return astray(reader)
    if reader.at("mark", "&", "|"):
        return reader.wrong("conditions come before by, sort, prefers, distinct, limit and exclude")
    return reader.wrong(f"expected a comma, {', '.join(CLAUSES)} or the end, found {reader.shown()}")


def _one_or_several(found: list[Any]) -> Any:
    return found[0] if len(found) == 1 else tuple(found)


def _key(reader: Reader) -> str | Order:
    start = reader.next
    name = reader.name("a field or an order")
    if not reader.at("mark", "("):
        return name.text
    if not (name.plain and name.text in ORDERS):
        raise reader.wrong(f"an order is a field, {', '.join(f'{word}(...)' for word in ORDERS)}", start.start)
    return _order(reader, name.text, start.start)


def _order(reader: Reader, word: str, start: int) -> Order:
    from modeldex import _core

    make: Callable[..., Order] | None = getattr(_core, word, None)
    if make is None:
        raise reader.wrong(f"{word}(...) is no order here", start)
    if word == "cost":
        return make(*tokens_of_a_call(reader))
    opened = reader.take()
    given: Any = dict(reader.items(lambda: _weight(reader))) if word == "weighted" else reader.name().text
    reader.close(opened.start, "a comma or )" if word == "weighted" else ")")
    try:
        return make(given)
    except (TypeError, ValueError) as error:
        raise reader.wrong(f"this is no order: {error}", start) from None


def _weight(reader: Reader) -> tuple[str, Any]:
    name = reader.name().text
    if not reader.passed("mark", "="):
        raise reader.wrong(f"expected = and a weight, found {reader.shown()}")
    if reader.at("word", "scale"):
        return name, _scale(reader)
    return name, _number(reader, "a weight such as 0.7, or scale(worst, best)")


def _number(reader: Reader, expected: str) -> float:
    value = reader.value(reader.next)
    if not isinstance(value, (int, float)):
        raise reader.wrong(f"expected {expected}, found {reader.shown()}")
    reader.take()
    return value


def _scale(reader: Reader) -> Any:
    """`scale(worst, best, log=true, weight=0.7)`."""
    from modeldex import _core

    start = reader.take().start
    opened = reader.next
    if not reader.passed("mark", "("):
        raise reader.wrong(f"expected scale(worst, best), found {reader.shown()}")
    ends = []
    for _ in range(2):
        value = reader.value(reader.next)
        if value is None or isinstance(value, _core.Param):
            raise reader.wrong(f"expected the worst and the best number or date, found {reader.shown()}")
        ends.append(value)
        reader.take()
        if not reader.passed("mark", ",") and len(ends) == 1:
            raise reader.wrong(f"expected a comma and the best number, found {reader.shown()}")
    options: dict[str, Any] = {}
    while not reader.at("mark", ")"):
        option = reader.next
        if not reader.at("word", "log", "weight") or option.value in options:
            raise reader.wrong(f"expected log=true, weight=number or ), found {reader.shown()}")
        reader.take()
        if not reader.passed("mark", "="):
            raise reader.wrong(f"expected =, found {reader.shown()}")
        options[option.value] = reader.flag("log") if option.value == "log" else _number(reader, "a weight such as 0.7")
        if not reader.passed("mark", ","):
            break
    reader.close(opened.start, "a comma or )")
    try:
        return _core.scale(*ends, **options)
    except (TypeError, ValueError) as error:
        raise reader.wrong(f"this is no scale: {error}", start) from None


def _sort_key(reader: Reader) -> str | Order:
    token = reader.next
    if token.kind == "word" and token.value[0] == "-":
        # The sign is a part of the key: what follows it is a name, as anywhere.
        reader.tokens[reader.place] = token._replace(value=token.value[1:], start=token.start + 1)
        return "-" + reader.name().text
    if reader.passed("mark", "-"):
        return "-" + reader.name().text
    return _key(reader)


def _limit(reader: Reader) -> int:
    token = reader.next
    value = reader.value(token)
    if type(value) is not int or value < 0:
        raise reader.wrong(f"expected a whole number, 0 or more, found {reader.shown()}")
    reader.take()
    return value


_READERS: dict[str, Callable[[Reader], Any]] = {
    "by": lambda reader: _one_or_several(reader.items(lambda: _key(reader))),
    "sort": lambda reader: _one_or_several(reader.items(lambda: _sort_key(reader))),
    "prefers": lambda reader: tuple(reader.items(reader.term)),
    "distinct": lambda reader: reader.name("a facet").text,
    "limit": _limit,
    "exclude": lambda reader: tuple(reader.items(reader.term)),
}
