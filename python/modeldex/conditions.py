"""Conditions as data, and the machinery behind ``mx.f``.

``mx.f.context_window >= 128_000`` builds a :class:`Condition`; nothing is evaluated here. The one slot of a
condition, ``node``, is a plain tuple that the engine compiles:

====================================================  ==========================================
``("term", facet, "any" | "all" | "none", terms)``    the row has any / all / none of the terms
``("term", name, "keyword", terms)``                  as ``select(name=terms)`` reads them
``("term", ..., terms, True)``                        the same; a term that is not there is no error
``("cmp", measure, "<" "<=" ">" ">=" "==" "!=", x)``  the measure compares so with the value
``("cost", (in, out, cached), "<" "<=" ">" ">=", x)``  a call of so many tokens costs so many USD
``("known", field)``, ``("unknown", field)``          anything / nothing is stated
``("and", nodes)``, ``("or", nodes)``, ``("not", n)``  combinations
====================================================  ==========================================

Imports nothing at run time, because a program that asks its first question pays for this module.
"""

from __future__ import annotations

from .errors import InvalidConditionError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime
    from decimal import Decimal
    from typing import Never, TypeAlias

    from ._core import Param

    Node: TypeAlias = tuple[object, ...]
    Number: TypeAlias = int | float | Decimal | Param
    Day: TypeAlias = datetime.date | str | Param

__all__ = [
    "Condition",
    "DateField",
    "FacetField",
    "FieldSpace",
    "Group",
    "GroupField",
    "MeasureField",
    "OwnField",
]


class Condition:
    """One question about a model, combined with ``&``, ``|`` and ``~``; immutable, hashable, picklable.

    A condition is a set of rows: ``~`` is the complement, so a row whose field is unknown matches it.
    """

    __slots__ = ("node",)
    node: Node

    def __init__(self, node: Node) -> None:
        object.__setattr__(self, "node", node)

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError(f"a condition is immutable: {name!r} cannot be set")

    def __reduce__(self) -> tuple[type[Condition], tuple[Node]]:
        return (Condition, (self.node,))

    def __and__(self, other: Condition) -> Condition:
        return _combined("and", self, other)

    def __or__(self, other: Condition) -> Condition:
        return _combined("or", self, other)

    def __invert__(self) -> Condition:
        # Twice is not at all, so that a loop of negations does not nest.
        return Condition(self.node[1] if self.node[0] == "not" else ("not", self.node))  # type: ignore[arg-type]

    def __bool__(self) -> Never:
        raise TypeError(
            "a condition has no truth value: combine conditions with & | ~ (each in parentheses), "
            "never with and, or, not, nor by chaining as in 1 < x < 2"
        )

    def __eq__(self, other: object) -> bool:
        return self.node == other.node if isinstance(other, Condition) else NotImplemented

    def __hash__(self) -> int:
        # Not the hash of the node: CPython follows nested tuples without a check and dies of a deep one.
        leaves: list[object] = []
        left: list[object] = [self.node]
        while left:
            part = left.pop()
            if isinstance(part, tuple):
                leaves.append(len(part))
                left.extend(part)
            else:
                leaves.append(part)
        return hash(tuple(leaves))

    def __str__(self) -> str:
        """The text that `modeldex.parse` reads an equal condition from."""
        try:
            return _written(self)
        except (InvalidConditionError, TypeError, ValueError, RecursionError):
            return f"{self.node!r:.120}" if len(self.node) < 2 else f"({self.node[0]!r:.60}, …)"

    def __repr__(self) -> str:
        return f"Condition({self})"


def _written(condition: Condition) -> str:
    from .grammar import write

    return write(condition)


def _combined(word: str, left: Condition, right: Condition) -> Condition:
    if not isinstance(right, Condition):
        return NotImplemented
    # Flat, so that a chain of a thousand terms is one node and not a thousand levels deep.
    parts: list[Node] = []
    for side in (left.node, right.node):
        parts.extend(side[1] if side[0] == word else (side,))  # type: ignore[arg-type]
    return Condition((word, tuple(parts)))


class _Field:
    """What every field can be asked: whether anything is stated at all."""

    __slots__ = ("name",)
    name: str
    _use = "compare it, mx.f.{0} >= ..., or ask .is_known()"

    # Without these, `in` and `for` would fall back to __getitem__ and never end.
    __iter__ = None

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "name", name)

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError(f"a field is immutable: {name!r} cannot be set")

    def __reduce__(self) -> tuple[type[_Field], tuple[str]]:
        return (type(self), (self.name,))

    def is_known(self) -> Condition:
        """Anything is stated, a stated no or zero included."""
        return Condition(("known", self.name))

    def is_unknown(self) -> Condition:
        """Nothing is stated."""
        return Condition(("unknown", self.name))

    def __contains__(self, item: object) -> Never:
        raise TypeError(f"write mx.f.{self.name}.has(...) instead of `in`")

    if not TYPE_CHECKING:  # mypy must go on refusing attributes that are not declared

        def __getattr__(self, name: str) -> Never:
            raise _no_attribute(self, name, self._use)

    def __bool__(self) -> Never:
        raise TypeError(f"a field has no truth value: compare it, or write mx.f.{self.name}.is_known()")

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.name))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


def _number(name: str, value: object) -> object:
    if value is None:
        raise InvalidConditionError(f"{name} cannot be compared with None; write .is_unknown() or .is_known()", name)
    if isinstance(value, (bool, str, bytes, list, tuple, set, frozenset, dict)):
        raise InvalidConditionError(f"{name} is a number and cannot be compared with {value!r:.60}", name)
    if isinstance(value, float) and value != value:  # noqa: PLR0124 - math is not imported for this
        raise InvalidConditionError(f"{name} cannot be compared with NaN; write .is_unknown()", name)
    return value


def _day(name: str, value: object) -> object:
    if isinstance(value, str):
        import datetime

        text = value + "-01" if len(value) == 7 else value
        try:
            return datetime.date.fromisoformat(text) if len(text) == 10 else _no_day(name, value)
        except ValueError:
            return _no_day(name, value)
    if isinstance(value, (int, float)):
        return _no_day(name, value)
    if hasattr(value, "date"):
        return _no_day(name, value)
    return _number(name, value)


def _no_day(name: str, value: object) -> Never:
    raise InvalidConditionError(
        f"{name} is a date: write a datetime.date, '2026-12-31' or '2026-12', not {value!r:.60}", name
    )


def _term(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise InvalidConditionError(f"a term of {name} is a text, not {value!r:.60}", name)
    return value


def _cmp(name: str, sign: str, value: object) -> Condition:
    return Condition(("cmp", name, sign, value))


def cost_compared(tokens: tuple[int | Param, int | Param, int | Param], sign: str, value: object) -> Condition:
    """What ``mx.cost(...) <= 0.01`` makes: input, output and cached tokens, the comparison, an amount in USD."""
    return Condition(("cost", tokens, sign, _number("cost", value)))


class MeasureField(_Field):
    """A number of a model: ``mx.f.context_window >= 128_000``. A model that does not state it never matches."""

    __slots__ = ()
    __hash__ = _Field.__hash__

    def __lt__(self, other: Number) -> Condition:
        return _cmp(self.name, "<", _number(self.name, other))

    def __le__(self, other: Number) -> Condition:
        return _cmp(self.name, "<=", _number(self.name, other))

    def __gt__(self, other: Number) -> Condition:
        return _cmp(self.name, ">", _number(self.name, other))

    def __ge__(self, other: Number) -> Condition:
        return _cmp(self.name, ">=", _number(self.name, other))

    def __eq__(self, other: Number) -> Condition:  # type: ignore[override]
        return _cmp(self.name, "==", _number(self.name, other))

    def __ne__(self, other: Number) -> Condition:  # type: ignore[override]
        return _cmp(self.name, "!=", _number(self.name, other))


class DateField(_Field):
    """A date of a model: ``mx.f.retires_on >= date(2027, 1, 1)``, or ``"2027-01-01"``, or ``"2027-01"`` (its first day)."""

    __slots__ = ()
    __hash__ = _Field.__hash__

    def __lt__(self, other: Day) -> Condition:
        return _cmp(self.name, "<", _day(self.name, other))

    def __le__(self, other: Day) -> Condition:
        return _cmp(self.name, "<=", _day(self.name, other))

    def __gt__(self, other: Day) -> Condition:
        return _cmp(self.name, ">", _day(self.name, other))

    def __ge__(self, other: Day) -> Condition:
        return _cmp(self.name, ">=", _day(self.name, other))

    def __eq__(self, other: Day) -> Condition:  # type: ignore[override]
        return _cmp(self.name, "==", _day(self.name, other))

    def __ne__(self, other: Day) -> Condition:  # type: ignore[override]
        return _cmp(self.name, "!=", _day(self.name, other))


class FacetField(_Field):
    """A set of terms of a model: ``mx.f.capabilities.has("vision")``, ``mx.f.provider == "openai"``."""

    __slots__ = ()
    _use = "ask it for terms, mx.f.{0}.has(...)"
    __hash__ = _Field.__hash__

    def has(self, term: str) -> Condition:
        """The model has this term."""
        return Condition(("term", self.name, "any", (_term(self.name, term),)))

    def has_any(self, *terms: str) -> Condition:
        """The model has at least one of the terms; none given matches nothing."""
        return Condition(("term", self.name, "any", tuple(_term(self.name, term) for term in terms)))

    def has_all(self, *terms: str) -> Condition:
        """The model has every one of the terms; none given matches everything."""
        return Condition(("term", self.name, "all", tuple(_term(self.name, term) for term in terms)))

    def has_none(self, *terms: str) -> Condition:
        """The model is not stated to have any of the terms."""
        return Condition(("term", self.name, "none", tuple(_term(self.name, term) for term in terms)))

    def __eq__(self, other: str) -> Condition:  # type: ignore[override]
        return self.has(other)

    def __ne__(self, other: str) -> Condition:  # type: ignore[override]
        return self.has_none(other)


class OwnField(FacetField):
    """A field known only by name, as of an extended schema: whether it is a facet or a measure, its use says."""

    __slots__ = ()
    __hash__ = _Field.__hash__

    def _compared(self, sign: str, value: object) -> Condition:
        return _cmp(self.name, sign, _number(self.name, value))

    def __lt__(self, other: Number | datetime.date) -> Condition:
        return self._compared("<", other)

    def __le__(self, other: Number | datetime.date) -> Condition:
        return self._compared("<=", other)

    def __gt__(self, other: Number | datetime.date) -> Condition:
        return self._compared(">", other)

    def __ge__(self, other: Number | datetime.date) -> Condition:
        return self._compared(">=", other)

    def __eq__(self, other: str | Number | datetime.date) -> Condition:  # type: ignore[override]
        return self.has(other) if isinstance(other, str) else self._compared("==", other)

    def __ne__(self, other: str | Number | datetime.date) -> Condition:  # type: ignore[override]
        return self.has_none(other) if isinstance(other, str) else self._compared("!=", other)


class GroupField(MeasureField):
    """A number inside a group; nested mappings go on: ``mx.f.metadata["gpu"]["count"]``."""

    __slots__ = ()
    _use = "compare it with a number, ask .is_known(), or go on in brackets: [{1!r}]"
    __hash__ = _Field.__hash__

    def __getitem__(self, key: str) -> GroupField:
        return GroupField(f"{self.name}.{_key(self.name, key)}")


class Group:
    """Numbers under names of one's own: ``mx.f.scores["coding"] >= 0.8``, ``mx.f.metadata["fps"] > 30``."""

    __slots__ = ("name",)
    name: str
    __iter__ = None

    def __init__(self, name: str) -> None:
        self.name = name

    def __getitem__(self, key: str) -> GroupField:
        return GroupField(f"{self.name}.{_key(self.name, key)}")

    def __contains__(self, item: object) -> Never:
        raise TypeError(f"write mx.f.{self.name}[...].is_known() instead of `in`")

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Never:
            raise _no_attribute(self, name, "write mx.f.{0}[{1!r}]")

    def __repr__(self) -> str:
        return f"Group({self.name!r})"


def _no_attribute(field: _Field | Group, name: str, use: str) -> AttributeError:
    """What would be right where an attribute is not there; copying and pickling look for names that are not, too."""
    if name.startswith("__") or name == "name":
        return AttributeError(name)
    import difflib

    near = difflib.get_close_matches(name, [known for known in dir(type(field)) if known[0] != "_"], n=1)
    hint = f"did you mean .{near[0]}?" if near else use.format(field.name, name[:64])
    # Without `obj`, so that the interpreter adds no suggestion of its own to this one.
    return AttributeError(f"{field!r} has no {name!r:.64}; {hint}")


def _key(group: str, key: object) -> str:
    if not isinstance(key, str) or not key:
        raise TypeError(f"mx.f.{group}[...] takes a non-empty text, not {key!r:.60}")
    return key


class FieldSpace:
    """What ``mx.f`` is, without the declared fields (they are generated into :class:`modeldex.fields.Fields`)."""

    __slots__ = ()

    def __getitem__(self, name: str) -> OwnField:
        """A field of an extended schema, by name; whether it exists is checked when the question is asked."""
        if type(name) is not str or not name:
            raise TypeError(f"mx.f[...] takes the name of a field, not {name!r:.60}")
        return OwnField(name)

    if not TYPE_CHECKING:  # mypy must go on refusing attributes that are not declared
        __iter__ = None

        def __getattr__(self, name: str) -> Never:
            if name.startswith("__"):
                raise AttributeError(name)
            import difflib

            near = difflib.get_close_matches(name, [known for known in dir(type(self)) if known[0] != "_"], n=3)
            hint = f"; did you mean {' or '.join(f'mx.f.{known}' for known in near)}?" if near else ""
            raise AttributeError(
                f"mx.f.{name} is no declared field{hint} (a field of your own is mx.f[{name!r}])",
                name=name,
                obj=self,
            )

    def __repr__(self) -> str:
        return "mx.f"
