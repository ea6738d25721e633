"""Why a model is no answer to a question, or why there is no answer: what `Registry.why_not` tells.

The engine says which conditions hold; here they are put into words. Imported when first asked.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from ._core import Model, Order, Param
from .conditions import Condition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .conditions import Node

__all__ = ["Reason", "Relaxation", "WhyNot", "filled", "of_all", "of_model"]

SHOWN = 8
"""Terms that a line names; `Reason.seen` has all of them."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition that a model fails."""

    condition: str
    """As it was asked: ``requires='vision'``."""
    field: str
    """The facet or measure that it speaks of; empty for a combination."""
    seen: Any
    """What the model states: the number or date of a measure, the terms of a facet; None or () where it states nothing."""
    wanted: str
    """What the condition asks for: ``>= 200000``, ``openai or azure``."""
    default: bool = False
    """Whether nobody asked this, but it holds unless the question speaks of the field."""
    parts: tuple[Reason, ...] = ()
    """Of a combination the parts that stand in the way."""
    note: str = ""

    def __str__(self) -> str:
        return "\n".join(_lines(self, ""))


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Conditions without which there would be an answer."""

    without: tuple[str, ...]
    """The conditions to leave out, as they were asked."""
    models: int
    """How many models meet all the others."""
    example: Model
    """The first of them, in the order of registration."""

    def __str__(self) -> str:
        models = "1 model fits" if self.models == 1 else f"{self.models:,} models fit"
        return f"without {' and '.join(self.without)}: {models}, such as {self.example.id}"


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a model is no answer (``reasons``), or why nothing is (``relaxations``). False where nothing stands in the way."""

    model: Model | None
    """The model that was asked about; None where the question was why there is no answer at all."""
    conditions: tuple[str, ...]
    """Every condition of the question, the defaults included, as it was asked."""
    reasons: tuple[Reason, ...] = ()
    """The conditions that the model fails."""
    relaxations: tuple[Relaxation, ...] = ()
    """The smallest sets of conditions whose removal gives an answer, those that give most models first; at most 20."""
    sets: int = 0
    """How many smallest sets there are."""

    def __bool__(self) -> bool:
        if self.model is not None:
            return bool(self.reasons)
        return not (self.relaxations and not self.relaxations[0].without)

    def __str__(self) -> str:
        if self.model is not None:
            if not self.reasons:
                return f"{self.model.id} fits"
            count = f"{len(self.reasons)} of {len(self.conditions)} conditions"
            lines = [line for reason in self.reasons for line in _lines(reason, "  ")]
            return "\n".join([f"{self.model.id} fails {count}:", *lines])
        if not self.relaxations:
            return "the registry has no models"
        if not self:
            first = self.relaxations[0]
            count = "1 model fits" if first.models == 1 else f"{first.models:,} models fit"
            return f"{count}, such as {first.example.id}"
        more = self.sets - len(self.relaxations)
        tail = [f"  and {more:,} more sets of {len(self.relaxations[0].without)}"] if more else []
        return "\n".join(["nothing fits; it would", *(f"  {each}" for each in self.relaxations), *tail])

    def __repr__(self) -> str:
        if self.model is not None:
            named = "; ".join(reason.condition for reason in self.reasons) or "it fits"
            return f"<WhyNot {self.model.id}: {named}>"
        return f"<WhyNot: {self.relaxations[0] if self else str(self)}>" if self.relaxations else f"<WhyNot: {self}>"

    def _repr_html_(self) -> str:
        from .notebook import why_not

        return why_not(self)


def _lines(reason: Reason, indent: str) -> list[str]:
    default = " (by default)" if reason.default else ""
    if reason.parts:
        inner = [line for part in reason.parts for line in _lines(part, indent + "  ")]
        return [f"{indent}{reason.condition}{default}: wanted {reason.wanted}", *inner]
    seen = _seen(reason.field, reason.seen)
    note = f" ({reason.note})" if reason.note else ""
    return [f"{indent}{reason.condition}{default}: {seen}{note}, wanted {reason.wanted}"]


def _seen(field: str, seen: object) -> str:
    if not field:
        return str(seen)
    if seen is None or seen == ():
        return f"{field} is not stated"
    if isinstance(seen, tuple):
        more = f", ... ({len(seen)} in all)" if len(seen) > SHOWN else ""
        return f"{field} is {', '.join(map(str, seen[:SHOWN]))}{more}"
    return f"{field} is {_number(seen)}"


def _number(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


ALWAYS = {
    "known": "anything stated",
    "unknown": "nothing stated",
    "order": "known, since the order is by it",
    "exclude": "any that is not excluded",
    "suspended": "a model that is not suspended",
    "and": "all of these",
    "or": "any of these",
    "not": "not this",
}


def _wanted(node: Node) -> str:
    match node:
        case ("term", _, how, terms):
            return _terms(str(how), cast("tuple[str, ...]", terms))
        case ("cmp", _, sign, value):
            return f"{sign} {_number(value)}"
        case ("cost", _, sign, value):
            return f"{sign} {value} USD"
        case _:
            return ALWAYS[str(node[0])]


def _terms(how: str, terms: tuple[str, ...]) -> str:
    if not terms:
        return "nothing, since no term is named" if how == "any" else "anything, since no term is named"
    if how == "none":
        return f"none of {', '.join(terms)}" if len(terms) > 1 else f"not {terms[0]}"
    return (" or " if how == "any" else " and ").join(terms)


def _written(node: Node, keyword: str | None) -> str:
    """The condition as it was asked."""
    match node:
        case ("suspended",):
            return "not suspended"
        case _ if keyword is None:
            return str(Condition(node))
        case ("term", _, "none", terms):
            return f"{keyword}=none_of({', '.join(map(repr, terms))})"  # type: ignore[call-overload]
        case ("term", _, _, (term,)):
            return f"{keyword}={term!r}"
        case ("term", _, _, terms):
            return f"{keyword}={list(terms)!r}"  # type: ignore[call-overload]
        case ("cmp", _, _, value):
            return f"{keyword}={_number(value)}"
        case ("exclude", names):
            return f"{keyword}={[getattr(name, 'id', name) for name in _several(names)]!r:.200}"
        case _:
            return f"{keyword}={node[1]!r:.200}"


def _field(node: Node, unknown: Sequence[str]) -> str:
    match node:
        case ("order", _):
            return " and ".join(unknown)
        case ("cost", *_):
            return "cost"
        case (("term" | "cmp" | "known" | "unknown"), name, *_):
            return str(name)
        case _:
            return ""


def _reason(
    model: Model, told: Any, keyword: str | None = None, *, default: bool = False, unknown: Sequence[str] = ()
) -> Reason:
    node, plain, terms, inner = told
    field, seen, note = _field(plain, unknown), terms, ""
    if terms is None:
        match node:
            case (("cmp" | "known" | "unknown"), name, *_):
                seen = model.value(name)
            case ("cost", (input, output, cached), *_):
                cost = model.cost(input_tokens=input, output_tokens=output, cached_tokens=cached)
                seen = cost.usd if cost.known else None
            case ("exclude", _):
                seen = "excluded"
            case ("suspended",):
                seen = "suspended"
            case _:
                pass
    if plain[0] == "term" and field == "capability" and any(model.supports(term) is False for term in plain[3]):
        note = "stated not to"
    parts = tuple(_reason(model, part) for part in inner)
    return Reason(_written(node, keyword), field, seen, _wanted(plain), default, parts, note)


def of_model(model: Model, asked: Sequence[tuple[Node, str | None, bool]], failing: Iterable[Any]) -> WhyNot:
    """What stands between a model and the question; what is failing comes with its place among what was asked."""
    reasons = []
    for place, told, unknown in failing:
        _, keyword, default = asked[place]
        reasons.append(_reason(model, told, keyword, default=default, unknown=unknown))
    return WhyNot(model, _conditions(asked), tuple(reasons))


def of_all(
    asked: Sequence[tuple[Node, str | None, bool]], found: Iterable[tuple[Sequence[int], int, Model]], sets: int
) -> WhyNot:
    """What stands between the question and an answer."""
    conditions = _conditions(asked)
    made = (Relaxation(tuple(conditions[place] for place in without), rows, one) for without, rows, one in found)
    return WhyNot(None, conditions, (), tuple(made), sets)


def _conditions(asked: Iterable[tuple[Node, str | None, bool]]) -> tuple[str, ...]:
    return tuple(_written(node, keyword) + (" (by default)" if default else "") for node, keyword, default in asked)


def filled(
    conditions: Iterable[Condition], keywords: Mapping[str, Any], values: Mapping[str, Any]
) -> tuple[list[Condition], dict[str, Any]]:
    """The conditions and keywords of a prepared query with the values of one call in the place of its parameters."""
    made = {name: _filled(value, values) for name, value in keywords.items()}
    tried = values.get("exclude")
    if tried is not None:
        before = made.get("exclude") or ()
        made["exclude"] = [*_several(before), *_several(tried)]
    return [Condition(_filled(condition.node, values)) for condition in conditions], made


def _several(value: Any) -> Iterable[Any]:
    return (value,) if isinstance(value, (str, Model)) else value


def _filled(value: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(value, Param):
        return values[value.name]
    if isinstance(value, tuple):
        return tuple(_filled(part, values) for part in value)
    if isinstance(value, Order):
        make, parts = cast("tuple[Any, tuple[Any, ...]]", value.__reduce__())
        return make(*_filled(parts, values))
    return value
