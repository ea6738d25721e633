"""Reading a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from modeldex.conditions import Condition

from .reader import CLAUSES, MODES, Name, Reader

if TYPE_CHECKING:
    from modeldex._core import Param
    from modeldex.conditions import Node

__all__ = ["condition", "parse", "tokens_of_a_call"]

DEEPEST: Final = 64
"""Parentheses within each other; the registry refuses conditions that are nested deeper."""
_COUNTS: Final = ("input_tokens", "output_tokens", "cached_tokens")
_JOINTS: Final = {"and": "&", "or": "|", "not": "~"}


def parse(text: str) -> Condition:
    """The condition that a text says.

    >>> import modeldex as mx
    >>> mx.parse("input_price <= 3 & requires(vision, tools)")
    Condition(input_price <= 3 & requires(vision, tools))
    >>> mx.parse("scores.coding >= 0.8 & ~(tag == beta)") == (mx.f.scores["coding"] >= 0.8) & ~(mx.f.tag == "beta")
    True

    Only the shape is checked: a field or term that does not exist is the registry's error, when it is asked.

    Raises:
        InvalidConditionError: it is no condition; the message shows where and says what would be right.
    """
    reader = Reader(text)
    if reader.at("end"):
        raise reader.wrong("expected a condition such as input_price <= 3 & requires(vision), found nothing")
    node = condition(reader)
    if reader.at("word", *CLAUSES):
        raise reader.wrong(f"{reader.next.value!r} belongs to a whole query: Query.from_text reads one")
    if not reader.at("end"):
        raise astray(reader)
    return Condition(node)


def condition(reader: Reader, depth: int = 0) -> Node:
    """A condition: terms of `|`, each of `&`, each perhaps behind `~`."""
    return _chain(reader, "or", "|", depth)


def astray(reader: Reader) -> Exception:
    """The error for what stands behind a condition that is whole."""
    word = reader.next.value
    if word in _JOINTS:
        return reader.wrong(f"write {_JOINTS[word]} for {word!r}")
    if reader.at("sign"):
        return reader.wrong("comparisons do not chain: write x >= 1 & x <= 3")
    return reader.wrong(f"expected & or | or the end, found {reader.shown()}")


def _chain(reader: Reader, word: str, joint: str, depth: int) -> Node:
    parts: list[Node] = []
    while True:
        part = _chain(reader, "and", "&", depth) if word == "or" else _unary(reader, depth)
        # Flat, as `&` and `|` make it in Python.
        parts.extend(part[1] if part[0] == word else (part,))  # type: ignore[arg-type]
        if not reader.passed("mark", joint):
            return parts[0] if len(parts) == 1 else (word, tuple(parts))
        if reader.at("mark", joint):
            raise reader.wrong(f"write {joint} once")


def _unary(reader: Reader, depth: int) -> Node:
    negated = False
    while reader.passed("mark", "~"):
        negated = not negated
    node = _atom(reader, depth)
    if not negated:
        return node
    return node[1] if node[0] == "not" else ("not", node)  # type: ignore[return-value]


def _atom(reader: Reader, depth: int) -> Node:
    opened = reader.next
    if reader.passed("mark", "("):
        if depth >= DEEPEST:
            raise reader.wrong(f"parentheses are nested more than {DEEPEST} deep", opened.start)
        node = condition(reader, depth + 1)
        if not reader.at("mark", ")") and not reader.at("end"):
            raise astray(reader)
        reader.close(opened.start, "& or | or )")
        return node
    if reader.at("word", *_JOINTS):
        raise reader.wrong(f"write {_JOINTS[opened.value]} for {opened.value!r}")
    if reader.at("word", *CLAUSES):
        raise reader.wrong(f"expected a condition, found {opened.value!r}; a field of this name is written in quotes")
    name = reader.name("a condition")
    if reader.at("mark", "("):
        return _cost(reader) if name.plain and name.text == "cost" else _call(reader, name)
    if reader.at("word", "is"):
        return _stated(reader, name)
    if reader.at("sign"):
        return _compared(reader, name)
    return _unfinished(reader, name)


def _unfinished(reader: Reader, name: Name) -> Node:
    if reader.at("mark", "="):
        raise reader.wrong("write == to compare")
    if reader.at("word", "in", "has", "not"):
        raise reader.wrong(f"write terms in parentheses: {name.text[:40]}(one, other) or {name.text[:40]}.none_of(one)")
    raise reader.wrong(f"expected a comparison, (terms), is known or is unknown, found {reader.shown()}")


def _stated(reader: Reader, name: Name) -> Node:
    reader.take()
    if not reader.at("word", "known", "unknown"):
        raise reader.wrong(f"expected known or unknown, found {reader.shown()}")
    return (reader.take().value, name.text)


def _compared(reader: Reader, name: Name) -> Node:
    sign = reader.take().value
    token = reader.next
    if token.kind not in ("word", "text", "param"):
        raise reader.wrong(f"expected a number, a date or a $parameter, found {reader.shown()}")
    reader.take()
    value = reader.value(token)
    if value is not None:
        return ("cmp", name.text, sign, value)
    if token.kind == "word" and token.value.lower() == "nan":
        raise reader.wrong("nothing compares with NaN: write is unknown", token.start)
    if sign in ("==", "!="):
        return ("term", name.text, "any" if sign == "==" else "none", (token.value,))
    what = "a date is written without quotes" if token.kind == "text" else "a number is 128000, 128k, 0.8 or 1e-3"
    raise reader.wrong(f"expected a number, a date or a $parameter behind {sign}; {what}", token.start)


def _call(reader: Reader, name: Name) -> Node:
    text, mode = name.text, "keyword"
    head, dot, tail = text.rpartition(".")
    if dot and name.tail and tail in MODES:
        text, mode = head, MODES[tail]
    opened = reader.take()
    terms: list[str] = []
    missing = False
    while not reader.at("mark", ")"):
        token = reader.next
        term = reader.term()
        if token.kind == "word" and reader.passed("mark", "="):
            missing = _flag(reader, token.value, token.start)
            break
        terms.append(term)
        if not reader.passed("mark", ","):
            break
        if reader.at("mark", ")"):
            raise reader.wrong("expected a term, found ')'")
    reader.close(opened.start, "a comma or ) after a term; one with a space is written in quotes")
    return ("term", text, mode, tuple(terms), True) if missing else ("term", text, mode, tuple(terms))


def _flag(reader: Reader, name: str, start: int) -> bool:
    if name != "missing_ok":
        raise reader.wrong(f"{name[:40]!r} is no option of terms; the only one is missing_ok=true", start)
    return reader.flag(name)


def _cost(reader: Reader) -> Node:
    counts = tokens_of_a_call(reader)
    if not reader.at("sign", "<", "<=", ">", ">="):
        raise reader.wrong(f"expected <=, <, >= or > and an amount in USD behind cost(...), found {reader.shown()}")
    sign = reader.take().value
    token = reader.next
    value = reader.value(token)
    if value is None or hasattr(value, "toordinal"):
        raise reader.wrong(f"expected an amount in USD such as 0.01, found {reader.shown()}")
    reader.take()
    return ("cost", counts, sign, value)


def tokens_of_a_call(reader: Reader) -> tuple[int | Param, int | Param, int | Param]:
    """The arguments of `cost(...)`: by name, or input, output, cached tokens in this order."""
    opened = reader.take()
    found: dict[str, Any] = {}
    while not reader.at("mark", ")"):
        token = reader.take()
        name = _COUNTS[len(found)] if len(found) < len(_COUNTS) else ""
        if token.kind == "word" and reader.passed("mark", "="):
            name = token.value
            if name not in _COUNTS:
                raise reader.wrong(f"{name[:40]!r} is no argument of cost: {', '.join(_COUNTS)}", token.start)
            token = reader.take()
        if not name or name in found:
            raise reader.wrong(f"cost takes {', '.join(_COUNTS)}, each once", token.start)
        value = reader.value(token)
        if value is None or isinstance(value, float) or hasattr(value, "toordinal"):
            raise reader.wrong(f"{name} is a whole number of tokens or a $parameter", token.start)
        found[name] = value
        if not reader.passed("mark", ","):
            break
    reader.close(opened.start, "a comma or )")
    counts = tuple(found.get(name, 0) for name in _COUNTS)
    _checked(reader, counts, opened.start)
    return counts


def _checked(reader: Reader, counts: tuple[Any, ...], start: int) -> None:
    from modeldex import _core

    try:
        _core.cost(*counts)
    except (TypeError, ValueError, OverflowError) as error:
        raise reader.wrong(f"this is no cost: {error}", start) from None
