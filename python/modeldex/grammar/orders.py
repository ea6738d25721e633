"""Reading an order: a field, `cost(...)`, `weighted(...)`, `highest(...)`, `lowest(...)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .conditions import tokens_of_a_call
from .reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from modeldex._core import Order

__all__ = ["ORDERS", "key", "order"]

ORDERS = ("cost", "weighted", "highest", "lowest")


def order(text: str) -> str | Order:
    """One key of an order as text: a field, `cost(...)`, `weighted(...)`, `highest(...)`, `lowest(...)`.

    Raises:
        InvalidConditionError: it is none of these.
    """
    reader = Reader(text)
    found = key(reader)
    if not reader.at("end"):
        raise reader.wrong(f"expected the end of the order, found {reader.shown()}")
    return found


def key(reader: Reader) -> str | Order:
    """One key: a field by name, or an order that is called."""
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
    options = _options(reader, opened.start)
    make = getattr(_core, "scale", None)
    if make is None:
        raise reader.wrong("scale(...) is no scale here", start)
    try:
        return make(*ends, **options)
    except (TypeError, ValueError) as error:
        raise reader.wrong(f"this is no scale: {error}", start) from None


def _options(reader: Reader, opened: int) -> dict[str, Any]:
    """`log=true, weight=0.7)`, in any order."""
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
    reader.close(opened, "a comma or )")
    return options
