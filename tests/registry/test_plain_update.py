"""The quick way of an update equals the slow one: document, attributes, numbers, terms, answers, errors."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from tests.registry.strategies import BILLINGS, CASES, DAYS, PRICES, SCORES, STATUSES, definitions

import modeldex as mx
from modeldex.schema import Higher, Lower, Schema

pytestmark = pytest.mark.filterwarnings("ignore::modeldex.CoverageWarning")

ODD = (None, True, "7", -1, -0.0, 0, 0.0, float("nan"), float("inf"), 2**53 + 1, 10**400, Decimal("0.1"), [], {}, b"x")
NUMBERS = (0, 1, 5, 0.1, 1e-7, 2.5, 3.0, 1e16, 123456789.123456789, 1e300, 5e-324, 2**53, *ODD)
AMOUNTS = (*PRICES, 0.15, 1e-7, 1e-9, 1e-10, 9e9, 1e10, 12.5, 0.1005, *ODD)
WORDS = (*STATUSES, "beta", "GA", "", 5, None, "Active")


def values(name: str) -> st.SearchStrategy[Any]:
    if name.endswith("_price"):
        return st.one_of(st.sampled_from(AMOUNTS), st.floats(0, 100), st.integers(0, 100))
    if name in ("status", "quality_tier", "mode", "billing"):
        return st.sampled_from((*WORDS, *BILLINGS, "best", "cheap", "chat", "embedding"))
    if name == "scores":
        keys = st.sampled_from(["x", "y", "coding", "new"])
        return st.one_of(st.dictionaries(keys, st.sampled_from((*SCORES, *ODD)), max_size=2), st.sampled_from(ODD))
    if name == "metadata":
        keys = st.sampled_from(["fps", "note", "on", "gpu", "gpu.count", "new", "ü", 'q"'])
        inside = st.one_of(st.sampled_from(NUMBERS), st.just({"count": 2}), st.just("text"))
        return st.one_of(st.dictionaries(keys, inside, max_size=2), st.sampled_from(ODD))
    if name in ("released", "retires_on"):
        return st.sampled_from((*DAYS, *ODD))
    return st.one_of(st.sampled_from(NUMBERS), st.integers(0, 10**6), st.floats(0, 1e9))


FIELDS = (
    "latency_p50_ms", "latency_p99_ms", "tokens_per_second", "rate_limit_rpm", "rate_limit_tpm", "context_window",
    "experts", "input_price", "output_price", "cache_read_price", "cache_write_price", "status", "quality_tier",
    "mode", "billing", "scores", "metadata", "released", "retires_on", "speed", "loss", "grade", "nonsense",
)  # fmt: skip
OWN = Schema.default().extend(
    measures={"speed": Higher, "loss": Lower},
    facets=[mx.schema.Facet(name="grade", vocabulary=Schema.default().fields["quality_tier"].vocabulary)],
)


@st.composite
def updates(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from(FIELDS), min_size=1, max_size=3, unique=True))
    return {name: draw(values(name)) for name in names}


class Slowly(dict[str, Any]):
    """A mapping whose texts are of a class of their own: the quick way leaves them to the slow one."""

    def __init__(self, changes: dict[str, Any]) -> None:
        super().__init__({Name(name): value for name, value in changes.items()})


class Name(str):
    __slots__ = ()


def seen(registry: mx.Registry, name: str) -> dict[str, Any]:
    """All that can be seen of a model and of the registry it is in."""
    model = registry[name]
    known = {measure: count for measure, count in registry.measures().items() if count}
    found = {}
    for measure, kind in ((measure, model.value(measure)) for measure in known):
        selection = registry.select(mx.f[measure].is_known(), status="any", billing="any")
        found[measure] = (selection.ids(), selection.values(measure), repr(kind))
    return {
        "document": repr(model.document),
        "fingerprint": registry.snapshot.fingerprint,
        "known": known,
        "numbers": repr(found),
        "terms": {facet: registry.terms(facet) for facet in ("status", "quality_tier", "mode", "billing")},
        "cost": repr(model.cost(input_tokens=10**9, output_tokens=1, cached_tokens=1)),
    }


def outcome(registry: mx.Registry | mx.Edit, name: str, changes: dict[str, Any]) -> str | None:
    try:
        registry.update(name, changes)
    except mx.ModeldexError as error:
        return f"{type(error).__name__}: {error}"
    return None


def agree(definition: dict[str, Any], changes: list[dict[str, Any]], schema: Schema) -> None:
    quick, slow, batch = mx.Registry(schema), mx.Registry(schema), mx.Registry(schema)
    for registry in (quick, slow, batch):
        registry.register({"id": "before", "status": "active", "input_price": 1, "scores": {"x": 1}})
        registry.register(definition | {"id": "m"})
    with batch.edit() as edit:
        for change in changes:
            told = outcome(slow, "m", Slowly(change))
            assert outcome(quick, "m", dict(change)) == told
            assert outcome(edit, "m", dict(change)) == told
    assert seen(quick, "m") == seen(slow, "m") == seen(batch, "m")


@settings(max_examples=CASES * 3)
@given(definition=definitions(), changes=st.lists(updates(), min_size=1, max_size=4), own=st.booleans())
def test_any_update_of_any_definition(definition: dict[str, Any], changes: list[dict[str, Any]], own: bool) -> None:
    agree(definition, changes, OWN if own else Schema.default())


def test_updates_of_shipped_models() -> None:
    """Many models as they are shipped, with plain changes: those that the quick way is for."""
    dice = random.Random(7)
    quick, slow = mx.Registry(), mx.Registry()
    ids = dice.sample(list(mx.models), max(150, CASES * 2))
    for name in ids:
        definition = {**mx.models[name].document, "aliases": None}
        for registry in (quick, slow):
            registry.register(definition)
    plain: dict[str, Any] = {
        "latency_p50_ms": lambda: dice.random() * 1000,
        "tokens_per_second": lambda: dice.randint(0, 300),
        "rate_limit_rpm": lambda: dice.randint(0, 10**6),
        "input_price": lambda: dice.choice([0.15, 3, 2.5, 0, 1e-9, round(dice.random() * 20, 6)]),
        "output_price": lambda: round(dice.random() * 60, 4),
        "cache_read_price": lambda: dice.choice([0, 0.1]),
        "status": lambda: dice.choice(STATUSES),
        "quality_tier": lambda: dice.choice(["best", "cheap", "balanced", "unknown"]),
    }
    for name in ids:
        changes = {field: plain[field]() for field in dice.sample(sorted(plain), dice.randint(1, 3))}
        known = mx.models[name].scores
        if known and dice.random() < 0.5:
            changes["scores"] = {dice.choice(sorted(known)): dice.random()}
        assert quick.update(name, changes).document == slow.update(name, Slowly(changes)).document
    assert quick.snapshot.fingerprint == slow.snapshot.fingerprint
    assert quick.measures() == slow.measures()
    for measure in ("input_price", "latency_p50_ms", "rate_limit_rpm"):
        assert quick.select(by=measure).ids() == slow.select(by=measure).ids()
    assert quick.terms("status") == slow.terms("status")


def test_a_plain_update_never_asks_the_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is to be quick must be quick: not a matter of time but of who is asked."""
    registry = mx.Registry()
    registry.register({"id": "m", "input_price": 2, "scores": {"coding": 0.5}, "metadata": {"fps": 3, "a": {"b": 1}}})
    registry.update("m", latency_p50_ms=1.0)

    def never(*_: object) -> None:
        raise AssertionError("asked")

    monkeypatch.setattr(Schema, "patch", never)
    monkeypatch.setattr(Schema, "compile", never)
    registry.update("m", latency_p50_ms=120, latency_p99_ms=900.5, tokens_per_second=80, rate_limit_rpm=500)
    registry.update("m", {"input_price": 2.5, "status": "maintenance"}, quality_tier="best")
    registry.update("m", scores={"coding": 0.75}, metadata={"fps": 31.5})
    with registry.edit() as edit:
        for place in range(100):
            edit.update("m", output_price=place + 1)
    model = registry["m"]
    assert (model.latency_p50_ms, model.tokens_per_second, model.input_price) == (120.0, 80.0, 2.5)
    assert (model.status, model.quality_tier, model.billing) == ("maintenance", "best", "metered")
    assert (model.scores["coding"], model.metadata["fps"], model.metadata["a"]["b"]) == (0.75, 31.5, 1)
    assert model.output_price == 100.0
    assert registry.select(min_latency_p50_ms=120, status="any").ids() == ["m"]
    assert registry.select().ids() == []
    for change in ({"input_price": 0}, {"latency_p50_ms": None}, {"status": "GA"}, {"scores": {"new": 1}}):
        with pytest.raises(AssertionError, match="asked"):
            registry.update("m", change)


def test_what_was_unknown_on_purpose_is_no_longer_when_it_is_stated() -> None:
    registry = mx.Registry()
    registry.register({"id": "m", "unknown": {"latency_p50_ms": "never measured", "license": "not said"}})
    registry.update("m", latency_p50_ms=5)
    assert dict(registry["m"].unknown) == {"license": "not said"}
    registry.register({"id": "free", "input_price": 0, "output_price": 0})
    assert registry.update("free", input_price=1).billing == "metered"
    assert registry.update("free", input_price=0).billing == "free"
