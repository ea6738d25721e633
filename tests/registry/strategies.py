"""What hypothesis makes up: definitions, changes and questions, from few words so that they meet."""

from __future__ import annotations

import datetime
import os
import random
from decimal import Decimal
from typing import Any

from hypothesis import settings, strategies as st
from tests.registry.oracle import COUNTS, HIGH, MONEY, SCALES, Node, Question

import modeldex as mx

CASES = int(os.environ.get("MODELDEX_CASES") or 80)
"""Examples of each law; `MODELDEX_CASES=20000` for a long run."""
laws = settings(max_examples=CASES)

IDS = ("m0", "m1", "m2", "m3", "azure/gpt", "gpt", "al0", "é/模型 x")
ALIASES = ("al0", "al1", "m1", "gpt", "llama")
PROVIDERS = ("azure", "openai", "acme")
PRICES = (0, 1, 2.5, "0.15", "0.1005", "0.000000001", Decimal("3.000000001"), 3, 12.5, "9200000000")
LIMITS = (0, 1, 2.5, 0.15, Decimal("0.1005"), 3, 3.000000001, float("inf"), float("-inf"), 1e-9, 9.1e9)
SIZES = (0, 1, 4096, 128_000, 2**53)
DAYS = ("2024-02-29", "2025-06", "2025-06-01", "1969-12-31")
SCORES = (0.0, 0.5, 0.1, -1.0, 1e300, 5e-324)
CAPABILITIES = ("tools", "vision", "streaming", "structured_output")
STATUSES = ("preview", "active", "deprecated", "maintenance", "disabled", "retired")
BILLINGS = ("metered", "free", "free_tier", "plan", "unknown")


def optional(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=parts)


def some(words: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(words), max_size=3, unique=True)


numbers = st.sampled_from(SCORES)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "name": st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5),
    "base": st.sampled_from(["gpt", "llama"]),
    "owner": st.sampled_from(["meta", "openai"]),
    "mode": st.sampled_from(["chat", "embedding"]),
    "status": st.sampled_from(STATUSES),
    "billing": st.sampled_from(BILLINGS),
    "home": st.booleans(),
    "tags": some(("t1", "t2", "t3")),
    "capabilities": st.dictionaries(st.sampled_from(CAPABILITIES), st.booleans(), max_size=3),
    "released": st.sampled_from(DAYS),
    "latency_p50_ms": st.sampled_from([0.5, 100, 0.0]),
    "scores": st.dictionaries(st.sampled_from(["x", "y"]), numbers, max_size=2),
    "metadata": optional(fps=numbers, gpu=optional(count=st.integers(0, 3)), note=st.just("text"), on=st.just(True)),
    **{name: st.sampled_from(PRICES) for name in MONEY},
    **{name: st.sampled_from(SIZES) for name in COUNTS},
}
served = st.one_of(
    st.just({}),
    st.sampled_from(PROVIDERS).map(lambda word: {"provider": word}),
    st.lists(st.sampled_from(PROVIDERS), min_size=1, max_size=3, unique=True).map(lambda words: {"providers": words}),
)
aliased = st.one_of(st.just({}), some(ALIASES).map(lambda words: {"aliases": words}))


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    rest = draw(optional(**FIELDS))
    return {"id": draw(st.sampled_from(IDS)), **rest, **draw(served), **draw(aliased)}


class Stock(list[dict[str, Any]]):
    """Definitions that are shown by what they were made from: hundreds of rows are nothing to read."""

    def __init__(self, seed: int, size: int) -> None:
        super().__init__(rows_of(seed, size))
        self.origin = (seed, size)

    def __repr__(self) -> str:
        return f"Stock{self.origin}"


def rows_of(seed: int, size: int) -> list[dict[str, Any]]:
    """Many rows that state much: what hypothesis draws value by value is slow and mostly empty."""
    dice = random.Random(seed)
    found = []
    for place in range(size):
        row: dict[str, Any] = {"id": dice.choice([*IDS, f"n{place}", f"n{place}"])}
        for name, words in PLAIN.items():
            if dice.random() < 0.6:
                row[name] = dice.choice(words)
        for name, words in LISTS.items():
            if dice.random() < 0.6:
                row[name] = dice.sample(words, dice.randint(1, len(words)))
        if dice.random() < 0.7:
            row["capabilities"] = {name: dice.random() < 0.7 for name in dice.sample(CAPABILITIES, 3)}
        row["scores"] = {name: dice.choice(SCORES) for name in "xy" if dice.random() < 0.6}
        row["metadata"] = (
            {"fps": dice.choice(SCORES)} if dice.random() < 0.5 else {"gpu": {"count": dice.randint(0, 3)}}
        )
        if dice.random() < 0.1:
            row["aliases"] = dice.sample(ALIASES, 2)
        found.append(row)
    return found


PLAIN: dict[str, tuple[Any, ...]] = {
    "base": ("gpt", "llama"),
    "owner": ("meta", "openai"),
    "mode": ("chat", "chat", "embedding"),
    "status": ("active", "active", "active", *STATUSES),
    "billing": ("metered", "metered", "metered", *BILLINGS),
    "home": (True, False, False),
    "released": DAYS,
    "latency_p50_ms": (0.5, 100, 0.0),
    **dict.fromkeys(MONEY, PRICES),
    **dict.fromkeys(COUNTS, SIZES),
}
LISTS: dict[str, tuple[str, ...]] = {"tags": ("t1", "t2", "t3"), "providers": PROVIDERS}

stocks = st.one_of(
    st.builds(Stock, st.integers(0, 2**32), st.one_of(st.integers(0, 40), st.just(300))),
    st.lists(definitions(), max_size=6),
)


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=4, unique=True))
    found = {name: draw(st.one_of(st.none(), FIELDS[name])) for name in names}
    if "tags" not in found and draw(st.booleans()):
        found["+tags"] = draw(some(("t1", "t2", "t4")))
    return {**found, **draw(served)}


MEASURES = (
    *MONEY,
    *COUNTS,
    "latency_p50_ms",
    "released",
    "scores.x",
    "scores.y",
    "scores.z",
    "metadata.fps",
    "metadata.gpu.count",
)
"""Nobody states scores.z."""
AMOUNTS = (0, 0.00015, "0.00015", 0.1, 1, 1e-9, "0.000000000000001", "0.0001005", 9.2e9, 1e300, 10**40, -1, "1E-30",
           float("inf"), float("-inf"), 0.0030000000010000003, 0.29)  # fmt: skip
"""USD; some are costs of the prices above, some lie a little beside one."""
amounts = st.sampled_from(AMOUNTS).map(lambda usd: Decimal(usd) if isinstance(usd, str) else usd)
TERMS = {
    "provider": (*PROVIDERS, "azure_ai"),
    "tag": ("t1", "t2", "t4"),
    "capability": (*CAPABILITIES, "json_mode", "function_calling"),
    "lacks": ("tools", "vision"),
    "base": ("gpt", "llama"),
    "owner": ("meta", "openai"),
    "mode": ("chat", "embedding", "chat_completion", "rerank"),
    "status": (*STATUSES, "beta"),
    "billing": BILLINGS,
}
KEYWORDS = {"provider": "provider", "tag": "tag", "requires": "capability", "lacks": "lacks", "base": "base",
            "owner": "owner", "mode": "mode", "status": "status", "billing": "billing"}  # fmt: skip


def values_of(measure: str) -> st.SearchStrategy[Any]:
    if measure == "released":
        days = st.sampled_from([day for day in DAYS if len(day) == 10])
        return st.one_of(days, days.map(datetime.date.fromisoformat))
    if measure in MONEY:
        return st.sampled_from(LIMITS)
    return st.sampled_from(SIZES if measure in COUNTS else (*SCORES, 2, 100, Decimal("0.5")))


tokens = st.tuples(
    st.sampled_from([0, 1, 1000, 10**12]), st.sampled_from([0, 1, 300]), st.sampled_from([0, 0, 1, 2**40])
).map(lambda counts: (counts[0] + counts[2], counts[1], counts[2]))
"""Input tokens with the cached among them, output tokens, cached tokens."""


@st.composite
def leaves(draw: st.DrawFn) -> Node:
    facet = draw(st.sampled_from(sorted(TERMS)))
    kind = draw(st.sampled_from(["has", "has", "cmp", "cmp", "known", "cost"]))
    if kind == "cost":
        return ("cost", draw(tokens), draw(st.sampled_from(["<", "<=", ">", ">="])), draw(amounts))
    if kind == "has":
        terms = draw(st.lists(st.sampled_from(TERMS[facet]), max_size=3, unique=True))
        return ("has", facet, draw(st.sampled_from(["any", "all", "none"])), tuple(terms))
    measure = draw(st.sampled_from(MEASURES))
    if kind == "known":
        return ("known", draw(st.sampled_from([facet, measure])))
    return ("cmp", measure, draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="])), draw(values_of(measure)))


nodes = st.recursive(
    leaves(),
    lambda inner: st.one_of(
        inner.map(lambda node: ("not", node)),
        st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=5,
)


def field(name: str) -> Any:
    if name.startswith("scores."):
        return mx.f.scores[name.removeprefix("scores.")]
    if name.startswith("metadata."):
        found: Any = mx.f.metadata
        for key in name.removeprefix("metadata.").split("."):
            found = found[key]
        return found
    return getattr(mx.f, name)


def condition(node: Node) -> Any:
    """The same question as the registry is asked it."""
    match node:
        case ("has", facet, mode, terms):
            return getattr(field(facet), f"has_{mode}")(*terms)
        case ("cmp", measure, sign, value):
            name = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}[sign]
            return getattr(field(measure), f"__{name}__")(value)
        case ("cost", counts, sign, value):
            name = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge"}[sign]
            return getattr(mx.cost(*counts), f"__{name}__")(value)
        case ("known", name):
            return field(name).is_known()
        case ("not", inner):
            return ~condition(inner)
        case (word, inner):
            first, *rest = map(condition, inner)
            for each in rest:
                first = first & each if word == "and" else first | each
            return first
    raise AssertionError(node)


@st.composite
def keywords(draw: st.DrawFn) -> tuple[dict[str, Any], list[Node]]:
    """Keywords of a query, and what each says as a node."""
    asked: dict[str, Any] = {}
    said: list[Node] = []
    for name in draw(st.lists(st.sampled_from(sorted(KEYWORDS)), max_size=1)):
        facet = KEYWORDS[name]
        terms = draw(st.lists(st.sampled_from(TERMS[facet]), min_size=0, max_size=3, unique=True))
        mode = "all" if name in ("requires", "lacks") else "any"
        form = draw(st.sampled_from(["list", "tuple", "set", "any_of", "all_of", "none_of", "text", "none"]))
        if form == "none":
            asked[name] = None
            continue
        if form == "text":
            terms = terms[:1] or [TERMS[facet][0]]
            asked[name] = terms[0]
        elif form.endswith("_of"):
            mode = form.removesuffix("_of")
            asked[name] = getattr(mx, form)(*terms)
        else:
            asked[name] = {"list": list, "tuple": tuple, "set": set}[form](terms)
        said.append(("has", facet, mode, tuple(terms)))
    for measure in draw(st.lists(st.sampled_from(MEASURES[:7]), max_size=1)):
        side, value = draw(st.sampled_from(["min", "max"])), draw(values_of(measure))
        asked[f"{side}_{measure}"] = value
        said.append(("cmp", measure, ">=" if side == "min" else "<=", value))
    return asked, said


@st.composite
def weights(draw: st.DrawFn) -> tuple[tuple[str, float, tuple[float, float, bool] | None], ...]:
    """Field, weight, and a scale where the schema's is not taken."""
    names = draw(st.lists(st.sampled_from(MEASURES), min_size=1, max_size=4, unique=True))
    found = []
    for place, name in enumerate(names):
        weight = draw(st.sampled_from([0.3, 0.7, 1, 1e-300, *([0] if place else [])]))
        own = draw(st.booleans()) or name not in SCALES
        log = own and draw(st.booleans())
        ends = draw(st.sampled_from([(0.001, 7.0), (3.0, 1e-9), (5e-324, 1e300), (150.0, 1)])) if own else None
        found.append((name, weight, (ends[0] if log else -ends[0], ends[1], log) if ends else None))
    return tuple(found)


@st.composite
def keys(draw: st.DrawFn) -> tuple[Any, tuple[tuple[str, Any], bool]]:
    """One key for `by`, and how the twin reads it."""
    form = draw(st.sampled_from(["name", "highest", "lowest", "cost", "weighted"]))
    if form == "cost":
        given = draw(tokens)
        order = mx.cost(input_tokens=given[0], output_tokens=given[1], cached_tokens=given[2])
        return order, (("cost", given), False)
    if form == "weighted":
        terms = draw(weights())
        given = {name: mx.scale(*scale[:2], log=scale[2], weight=weight) if scale else weight
                 for name, weight, scale in terms}  # fmt: skip
        return mx.weighted(given), (("weighted", terms), True)
    measure = draw(st.sampled_from(MEASURES[:10] if form == "name" else MEASURES))
    key = ("money" if measure in MONEY else "number", measure)
    if form == "name":
        return measure, (key, measure in HIGH)
    return getattr(mx, form)(measure), (key, form == "highest")


@st.composite
def questions(draw: st.DrawFn) -> tuple[list[Any], dict[str, Any], Question]:
    """Positional conditions and keywords for the registry, and the question of the twin."""
    said = draw(st.one_of(st.just([]), st.lists(nodes, max_size=2)))
    asked, more = draw(keywords())
    question = Question(nodes=[*said, *more])
    found = draw(st.lists(keys(), max_size=3))
    if found:
        asked["by"] = found[0][0] if len(found) == 1 else [order for order, _ in found]
        question.keys = [key for _, key in found]
    question.prefers = draw(st.one_of(st.just([]), some(TERMS["provider"])))
    question.distinct = draw(st.sampled_from([None, None, "base", "owner", "mode"]))
    question.limit = draw(st.sampled_from([None, None, None, 0, 1, 2, 100]))
    question.exclude = draw(st.one_of(st.just([]), some((*IDS, *ALIASES))))
    for name in ("prefers", "distinct", "limit", "exclude"):
        if getattr(question, name) not in (None, []):
            asked[name] = getattr(question, name)
    return [condition(node) for node in said], asked, question
