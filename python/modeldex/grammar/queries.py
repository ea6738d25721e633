"""Reading a whole query: a condition, and its clauses in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modeldex.conditions import Condition

from .conditions import astray, condition
from .orders import key
from .reader import CLAUSES, Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from modeldex._core import Order

__all__ = ["parse_query"]


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


def _no_clause(reader: Reader, keywords: dict[str, Any]) -> Exception:
    if not keywords:
        return astray(reader)
    if reader.at("mark", "&", "|"):
        return reader.wrong("conditions come before by, sort, prefers, distinct, limit and exclude")
    return reader.wrong(f"expected a comma, {', '.join(CLAUSES)} or the end, found {reader.shown()}")


def _one_or_several(found: list[Any]) -> Any:
    return found[0] if len(found) == 1 else tuple(found)


def _sort_key(reader: Reader) -> str | Order:
    token = reader.next
    if token.kind == "word" and token.value[0] == "-":
        # The sign is a part of the key: what follows it is a name, as anywhere.
        reader.tokens[reader.place] = token._replace(value=token.value[1:], start=token.start + 1)
        return "-" + reader.name().text
    if reader.passed("mark", "-"):
        return "-" + reader.name().text
    return key(reader)


def _limit(reader: Reader) -> int:
    token = reader.next
    value = reader.value(token)
    if type(value) is not int or value < 0:
        raise reader.wrong(f"expected a whole number, 0 or more, found {reader.shown()}")
    reader.take()
    return value


_READERS: dict[str, Callable[[Reader], Any]] = {
    "by": lambda reader: _one_or_several(reader.items(lambda: key(reader))),
    "sort": lambda reader: _one_or_several(reader.items(lambda: _sort_key(reader))),
    "prefers": lambda reader: tuple(reader.items(reader.term)),
    "distinct": lambda reader: reader.name("a facet").text,
    "limit": _limit,
    "exclude": lambda reader: tuple(reader.items(reader.term)),
}
