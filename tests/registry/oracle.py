"""The slow twin of a registry: a dict of rows, and every question answered by looking at all of them.

It shares nothing with the package. A condition is data here, so that one strategy makes both the question that
the registry is asked and the one that the twin answers.
"""

from __future__ import annotations

import datetime
import operator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

Node = tuple[Any, ...]
"""("has", facet, any|all|none, terms), ("cmp", measure, sign, value), ("cost", tokens, sign, value), ("known", name),
("not", node), ("and"|"or", nodes)."""

DECLARED = {
    "mode": {"chat", "embedding", "rerank"},
    "status": {"preview", "active", "deprecated", "maintenance", "disabled", "retired"},
    "billing": {"metered", "free", "free_tier", "plan", "unknown"},
    "capability": {"tools", "vision", "streaming", "structured_output", "json_mode"},
    "lacks": {"tools", "vision", "streaming", "structured_output", "json_mode"},
    # No closed facet, but what a declared synonym leads to is known.
    "provider": {"azure", "openai"},
}
SYNONYMS = {"azure_ai": "azure", "function_calling": "tools", "beta": "preview", "chat_completion": "chat"}
MONEY = ("input_price", "output_price", "cache_read_price")
COUNTS = ("context_window", "max_output_tokens")
HIGH = {"context_window", "max_output_tokens", "released", "scores.x", "scores.y", "scores.z"}
"""Where more is better; elsewhere less is."""
SCALES = {
    **dict.fromkeys(MONEY, (100, 0.01, True)),
    "context_window": (1024, 1_048_576, True),
    "max_output_tokens": (256, 131_072, True),
    "latency_p50_ms": (60_000, 100, True),
    "released": (18_262, 21_915, False),
    "scores.x": (0, 1, False),
    "scores.y": (0, 1, False),
    "scores.z": (0, 1, False),
}
"""Worst, best, whether ratios count: what the schema declares."""
SIGNS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def worth(value: Any, worst: float, best: float, log: bool) -> Any:
    """The formula of `mx.scale`, in numpy; of one value or an array."""

    def measured(x: Any) -> Any:
        mantissa, exponent = np.frexp(np.asarray(x, dtype=np.float64))
        return exponent + 2.0 * (mantissa - 1.0) if log else np.asarray(x, dtype=np.float64)

    clipped = np.clip(np.asarray(value, dtype=np.float64), min(worst, best), max(worst, best))
    return (measured(clipped) - measured(worst)) / (measured(best) - measured(worst))


def usd(value: Any) -> Any:
    """An amount, exact: a float is the decimal that it prints as."""
    if isinstance(value, float):
        return value if value in (float("inf"), float("-inf")) else Fraction(Decimal(repr(value)))
    return Fraction(value)


def numbers_of(value: Any, prefix: str) -> dict[str, float]:
    found = {}
    for key, item in value.items():
        if isinstance(item, dict):
            found |= numbers_of(item, f"{prefix}{key}.")
        elif not isinstance(item, (bool, str, list)):
            found[prefix + key] = float(item)
    return found


def ordinal(day: str) -> int:
    return datetime.date.fromisoformat(day if len(day) == 10 else day + "-01").toordinal()


class Row:
    """One model: its terms by facet, its numbers by measure."""

    def __init__(self, written: dict[str, Any]) -> None:
        self.written = written
        self.id: str = written["id"]
        self.aliases = [alias for alias in written.get("aliases", []) if alias != self.id]
        stated = dict(written.get("capabilities", {}))
        if stated.get("structured_output"):
            stated.setdefault("json_mode", True)
        self.stated = stated
        providers = written.get("providers") or ([written["provider"]] if "provider" in written else [])
        self.terms: dict[str, list[str]] = {
            "provider": list(dict.fromkeys(SYNONYMS.get(each, each) for each in providers)),
            "tag": written.get("tags", []),
            "capability": [name for name, yes in stated.items() if yes],
            "lacks": [name for name, yes in stated.items() if not yes],
            "home": ["yes"] if written.get("home") else [],
        }
        for name in ("base", "owner", "mode", "status"):
            self.terms[name] = [written[name]] if name in written else []
        self.prices = {name: Decimal(str(written[name])) for name in MONEY if name in written}
        billing = written.get("billing")
        if billing is None and self.prices:
            billing = "metered" if any(self.prices.values()) else "free"
        self.terms["billing"] = [billing] if billing else []
        self.numbers: dict[str, float] = {name: float(price) for name, price in self.prices.items()}
        self.numbers |= {name: float(written[name]) for name in (*COUNTS, "latency_p50_ms") if name in written}
        if "released" in written:
            self.numbers["released"] = ordinal(written["released"])
        self.numbers |= numbers_of(written.get("scores", {}), "scores.")
        self.numbers |= numbers_of(written.get("metadata", {}), "metadata.")

    def cost(self, tokens: tuple[int, int, int]) -> Fraction | None:
        """USD, or nothing where a price that is needed is unknown."""
        total = Fraction(0)
        for name, amount in zip(MONEY, (tokens[0] - tokens[2], tokens[1], tokens[2]), strict=True):
            if amount:
                if name not in self.prices:
                    return None
                total += Fraction(self.prices[name]) * amount / 1_000_000
        return total

    def key(self, key: tuple[str, Any]) -> tuple[bool, Any] | None:
        """What sorts ascending, or nothing where it is unknown."""
        kind, what = key
        if kind == "cost":
            return self.cost(what)
        if kind == "weighted":
            total = np.float64(0.0)
            for name, weight, scale in what:
                if weight and name not in self.numbers:
                    return None
                days = 719_163 if name == "released" else 0
                total += weight * worth(self.numbers[name] - days, *(scale or SCALES[name])) if weight else 0.0
            return total
        number = self.numbers.get(what)
        if kind == "money":  # exact, not as shown
            number = self.prices.get(what)
        return number

    def holds(self, node: Node) -> bool:
        match node:
            case ("has", facet, mode, terms):
                mine = self.terms[facet]
                wanted = [SYNONYMS.get(term, term) in mine for term in terms]
                return {"any": any(wanted), "all": all(wanted), "none": not any(wanted)}[mode]
            case ("cmp", measure, sign, value):
                number = self.numbers.get(measure)
                if measure == "released":
                    value = value if isinstance(value, str) else value.isoformat()
                    value = ordinal(value)
                return number is not None and SIGNS[sign](number, float(value))
            case ("cost", tokens, sign, value):
                cost = self.cost(tokens)
                return cost is not None and SIGNS[sign](cost, usd(value))
            case ("known", name):
                return bool(self.terms[name]) if name in self.terms else name in self.numbers
            case ("not", inner):
                return not self.holds(inner)
            case ("and", nodes):
                return all(self.holds(inner) for inner in nodes)
            case ("or", nodes):
                return any(self.holds(inner) for inner in nodes)
        raise AssertionError(node)


def named(node: Node) -> set[tuple[str, str]]:
    """The facets, terms and measures that a condition speaks of."""
    match node:
        case ("has", facet, _, terms):
            return {("facet", facet), *((facet, SYNONYMS.get(term, term)) for term in terms)}
        case ("cmp", measure, _, _):
            return {("measure", measure)}
        case ("cost", *_):
            return set()
        case ("known", name):
            return {("facet" if name in FACETS else "measure", name)}
        case ("not", inner):
            return named(inner)
        case (_, nodes):
            return set().union(*(named(inner) for inner in nodes)) if nodes else set()
    raise AssertionError(node)


FACETS = {"provider", "tag", "capability", "lacks", "base", "owner", "mode", "status", "billing", "home"}


@dataclass
class Question:
    """What is asked, as the twin reads it; `keys` are ("money" | "number" | "cost", what) and whether descending."""

    nodes: list[Node] = field(default_factory=list)
    keys: list[tuple[tuple[str, Any], bool]] = field(default_factory=list)
    prefers: list[str] = field(default_factory=list)
    distinct: str | None = None
    limit: int | None = None
    exclude: list[str] = field(default_factory=list)


class Twin:
    """What a registry must be. A dict keeps its order as the registry must: replacing keeps the place."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.words: set[tuple[str, str]] = set()
        """Every term and measure that was ever published: no misspelling from then on."""
        self.suspended: set[str] = set()

    def copy(self) -> Twin:
        twin = Twin()
        twin.rows, twin.words, twin.suspended = dict(self.rows), set(self.words), set(self.suspended)
        return twin

    def remove(self, name: str) -> None:
        del self.rows[name]
        self.suspended.discard(name)

    def replaced(self, found: list[dict[str, Any]]) -> Twin | None:
        """What it becomes when exactly these are in it, or None where they cannot be together."""
        fresh = Twin()
        if not all(fresh.put(each, replace=False) for each in found):
            return None
        there = {name: fresh.rows[name] for name in self.rows if name in fresh.rows}
        fresh.rows = {**there, **fresh.rows}
        fresh.words |= self.words
        fresh.suspended = self.suspended & fresh.rows.keys()
        return fresh

    def put(self, written: dict[str, Any], *, replace: bool) -> bool:
        """Whether the change is allowed; if so it is made."""
        row = Row(written)
        others = [other for other in self.rows.values() if other.id != row.id]
        if row.id in self.rows and not replace:
            return False
        if any(row.id in other.aliases for other in others):
            return False
        if any(alias == other.id or alias in other.aliases for alias in row.aliases for other in others):
            return False
        self.rows[row.id] = row
        self.words |= {(facet, term) for facet, terms in row.terms.items() for term in terms}
        self.words |= {("measure", name) for name in row.numbers}
        return True

    def patched(self, name: str, changes: dict[str, Any]) -> dict[str, Any]:
        written = dict(self.rows[name].written)
        if "provider" in changes:
            written.pop("providers", None)
        if "providers" in changes:
            written.pop("provider", None)
        return merged(written, changes)

    def lookup(self, text: str) -> str | int | None:
        """The id that a text leads to, how many it may mean, or nothing."""
        if text in self.rows:
            return text
        for row in self.rows.values():
            if text in row.aliases:
                return row.id
        offerings = [row for row in self.rows.values() if text in row.terms["base"]]
        home = [row for row in offerings if row.terms["home"]]
        only = home if len(home) == 1 else offerings if not home and len(offerings) == 1 else []
        return only[0].id if only else len(offerings) or None

    def unheard(self, question: Question) -> bool:
        """Whether the question speaks of a term or measure that is none of this registry."""
        spoken = set().union(*(named(node) for node in question.nodes)) if question.nodes else set()
        spoken |= {("provider", SYNONYMS.get(term, term)) for term in question.prefers}
        spoken |= {("measure", what) for (kind, what), _ in question.keys if kind not in ("cost", "weighted")}
        # What a group takes in is no misspelling: nobody states it yet.
        spoken = {(kind, name) for kind, name in spoken if not name.startswith(("scores.", "metadata."))}
        declared = {("measure", name) for name in (*MONEY, *COUNTS, "latency_p50_ms", "released")}
        declared |= {(facet, term) for facet, terms in DECLARED.items() for term in terms}
        return any(kind != "facet" and (kind, name) not in self.words | declared for kind, name in spoken)

    def matching(self, question: Question, rows: list[Row], *, defaults: bool) -> list[Row]:
        nodes = list(question.nodes)
        spoken = {name for node in nodes for kind, name in named(node) if kind == "facet"}
        if defaults and "status" not in spoken:
            nodes.append(("has", "status", "none", ("maintenance", "disabled", "retired")))
        kind, what = question.keys[0][0] if question.keys else ("", ())
        money = kind in ("money", "cost")
        money |= kind == "weighted" and any(weight and name in MONEY for name, weight, _ in what)
        if defaults and money and "billing" not in spoken:
            nodes.append(("has", "billing", "any", ("metered", "free")))
        excluded = {self.lookup(each) for each in question.exclude} | self.suspended
        return [row for row in rows if row.id not in excluded and all(row.holds(node) for node in nodes)]

    def ordered(self, question: Question, rows: list[Row]) -> list[Row]:
        preferred = [SYNONYMS.get(term, term) for term in question.prefers]

        def rank(row: Row) -> int:
            ranks = [preferred.index(term) for term in row.terms["provider"] if term in preferred]
            return min(ranks, default=len(preferred))

        if question.keys or preferred:
            # Equals keep the order that they come in.
            rows = sorted(rows, key=rank)
        for key, descending in reversed(question.keys):
            known = [row for row in rows if row.key(key) is not None]
            known.sort(key=lambda row, key=key, sign=-1 if descending else 1: sign * row.key(key))
            rows = known + [row for row in rows if row.key(key) is None]
        return rows

    def cut(self, question: Question, rows: list[Row]) -> list[Row]:
        if question.distinct:
            seen: set[str] = set()
            kept = []
            for row in rows:
                term = next(iter(row.terms[question.distinct]), None)
                if term is None or term not in seen:
                    kept.append(row)
                seen.add(term or "")
            rows = kept
        return rows[: question.limit]

    def select(self, question: Question, rows: list[Row] | None = None) -> list[str]:
        """The ids, in order; among some rows, without the defaults."""
        among = list(self.rows.values()) if rows is None else rows
        found = self.matching(question, among, defaults=rows is None)
        return [row.id for row in self.cut(question, self.ordered(question, found))]

    def count(self, question: Question) -> int:
        return len(self.matching(question, list(self.rows.values()), defaults=True))

    def pareto(self, keys: list[tuple[tuple[str, Any], bool]], rows: list[Row]) -> list[str]:
        """The ids of those that no other beats; a number is turned round where more is better."""
        known = {}
        for row in rows:
            values = [row.key(key) for key, _ in keys]
            if None not in values:
                known[row.id] = [-value if high else value for value, (_, high) in zip(values, keys, strict=True)]
        return [
            name
            for name, own in known.items()
            if not any(
                other != own and all(one <= mine for one, mine in zip(other, own, strict=True))
                for other in known.values()
            )
        ]

    def best(self, question: Question, rows: list[Row] | None = None) -> str | None:
        among = list(self.rows.values()) if rows is None else rows
        found = self.ordered(question, self.matching(question, among, defaults=rows is None))
        known = (row for row in found if all(row.key(key) is not None for key, _ in question.keys))
        return next((row.id for row in known), None)


def merged(old: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Mappings merge, lists are replaced, ``+name`` adds, None unsets."""
    result = dict(old)
    for name, value in changes.items():
        if name.startswith("+"):
            there = list(result.get(name[1:], []))
            result[name[1:]] = there + [each for each in value if each not in there]
        elif value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            result[name] = merged(result.get(name, {}), value)
        else:
            result[name] = value
    return result
