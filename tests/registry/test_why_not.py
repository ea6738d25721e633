"""Why a model is no answer, and which conditions leave none, beside every subset of the conditions."""

from __future__ import annotations

import datetime
import itertools
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st
from tests.registry.oracle import MONEY, Node, Question, Row, Twin
from tests.registry.strategies import laws, questions, stocks

import modeldex as mx

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.filterwarnings("ignore::modeldex.CoverageWarning")
OFF = ("maintenance", "disabled", "retired")


def apart(node: Node) -> list[Node]:
    match node:
        case ("and", nodes):
            return [part for inner in nodes for part in apart(inner)]
        case ("not", ("not", inner)):
            return apart(inner)
        case ("has", facet, ("all" | "none") as mode, terms):
            return [("has", facet, mode, (term,)) for term in terms]
    return [node]


def checks_of(question: Question, twin: Twin) -> list[Callable[[Row], bool]]:
    """Each condition of a question alone, as the twin reads it."""
    nodes = [part for node in question.nodes for part in apart(node)]
    spoken = {name for node in question.nodes for name in facets_of(node)}
    if "status" not in spoken:
        nodes.append(("has", "status", "none", OFF))
    kind, what = question.keys[0][0] if question.keys else ("", ())
    money = kind in ("money", "cost")
    money |= kind == "weighted" and any(weight and name in MONEY for name, weight, _ in what)
    if money and "billing" not in spoken:
        nodes.append(("has", "billing", "any", ("metered", "free")))
    # What asks nothing of anybody is no condition.
    nodes = [node for node in nodes if node[0] != "has" or node[3] or node[2] == "any"]
    tests: list[Callable[[Row], bool]] = [lambda row, node=node: row.holds(node) for node in nodes]
    excluded = {twin.lookup(name) for name in question.exclude}
    if any(isinstance(name, str) for name in excluded):
        tests.append(lambda row: row.id not in excluded)
    tests += [lambda row, key=key: row.key(key) is not None for key, _ in question.keys]
    return tests


def facets_of(node: Node) -> set[str]:
    match node:
        case ("has", facet, _, _):
            return {facet}
        case ("known", name):
            return {name}
        case ("not", inner):
            return facets_of(inner)
        case ("and" | "or", nodes):
            return set().union(*map(facets_of, nodes))
    return set()


def smallest(rows: list[Row], tests: list[Callable[[Row], bool]]) -> list[tuple[int, str]]:
    """How many rows each of the smallest sets that can be left out gives, and the first; every subset is tried."""
    held = [[test(row) for test in tests] for row in rows]
    for size in range(len(tests) + 1):
        found = []
        for left_out in itertools.combinations(range(len(tests)), size):
            kept = [at for at in range(len(tests)) if at not in left_out]
            fits = [row.id for row, holds in zip(rows, held, strict=True) if all(holds[at] for at in kept)]
            if fits:
                found.append((len(fits), fits[0]))
        if found:
            return sorted(found)
    return []


@laws
@given(stocks, questions(), st.integers(0, 400))
def test_reasons_and_smallest_sets(
    written: list[dict[str, Any]], asked: tuple[list[Any], dict[str, Any], Question], at: int
) -> None:
    registry, twin = mx.Registry(), Twin()
    for definition in written:
        if twin.put(definition, replace=True):
            registry.register(definition, replace=True)
    conditions, keywords, question = asked
    if twin.unheard(question):
        with pytest.raises((mx.UnknownTermError, mx.UnknownFieldError)):
            registry.why_not(*conditions, **keywords)
        return
    rows = list(twin.rows.values())
    # A key by a cost of nothing needs no price.
    tests = checks_of(question, twin)
    if len(tests) <= 12:
        why = registry.why_not(*conditions, **keywords)
        assert bool(why) is (registry.best(*conditions, **keywords) is None)
        assert why.sets >= len(why.relaxations)
        if why.sets <= 20:
            assert sorted((each.models, each.example.id) for each in why.relaxations) == smallest(rows, tests)
        for each in why.relaxations:
            assert set(each.without) <= set(why.conditions)
        assert str(why)
        assert repr(why)
        assert why._repr_html_()
    if rows:
        row = rows[at % len(rows)]
        why = registry.why_not(row.id, *conditions, **keywords)
        assert why.model is registry[row.id]
        assert len(why.reasons) == sum(not test(row) for test in tests)
        assert bool(why) is bool(why.reasons)
        assert all(reason.condition in str(why) for reason in why.reasons)
        assert registry.prepare(*conditions, **keywords).why_not(row.id) == why
        assert pickle.loads(pickle.dumps(why)) == why
        assert why._repr_html_()


@pytest.fixture
def registry() -> mx.Registry:
    made = mx.Registry()
    made.register_many(
        [
            {"id": "acme/small", "provider": "acme", "context_window": 16_385, "input_price": 0.5,
             "capabilities": {"tools": True, "vision": False}, "tags": ["beta", "old"], "retires_on": "2026-01-31"},
            {"id": "azure/large", "provider": "azure", "context_window": 400_000, "capabilities": ["vision", "tools"],
             "status": "retired", "input_price": 3},
            {"id": "home/plan", "provider": "home", "capabilities": ["vision"], "billing": "plan"},
        ]
    )  # fmt: skip
    return made


def reasons(why: mx.WhyNot) -> list[tuple[str, str, Any, str, bool]]:
    return [(each.condition, each.field, each.seen, each.wanted, each.default) for each in why.reasons]


def test_each_failing_condition_with_what_was_seen_and_wanted(registry: mx.Registry) -> None:
    why = registry.why_not(
        "acme/small", requires=["vision", "tools"], min_context_window=200_000, max_input_price=0.25,
        provider=["azure", "home"], tag=mx.none_of("beta", "old"), min_retires_on=datetime.date(2026, 6, 1),
    )  # fmt: skip
    assert why
    assert reasons(why) == [
        ("requires='vision'", "capability", ("tools",), "vision", False),
        ("min_context_window=200000", "context_window", 16_385, ">= 200000", False),
        ("max_input_price=0.25", "input_price", 0.5, "<= 0.25", False),
        ("provider=['azure', 'home']", "provider", ("acme",), "azure or home", False),
        ("tag=none_of('beta')", "tag", ("beta", "old"), "not beta", False),
        ("tag=none_of('old')", "tag", ("beta", "old"), "not old", False),
        ("min_retires_on=2026-06-01", "retires_on", datetime.date(2026, 1, 31), ">= 2026-06-01", False),
    ]
    assert why.reasons[0].note == "stated not to"
    assert "context_window is 16385, wanted >= 200000" in str(why)
    assert "fails 7 of 9 conditions" in str(why)


def test_the_defaults_are_reasons(registry: mx.Registry) -> None:
    assert reasons(registry.why_not("azure/large", requires="vision")) == [
        ("status=none_of('maintenance', 'disabled', 'retired')", "status", ("retired",),
         "none of maintenance, disabled, retired", True)
    ]  # fmt: skip
    assert reasons(registry.why_not("home/plan", by="input_price")) == [
        ("by='input_price'", "input_price", None, "known, since the order is by it", False),
        ("billing=['metered', 'free']", "billing", ("plan",), "metered or free", True),
    ]
    assert not registry.why_not("azure/large", status="any")
    assert not registry.why_not("azure/large", status=["retired"])


def test_an_unknown_key_and_an_exclusion_are_reasons(registry: mx.Registry) -> None:
    why = registry.why_not(registry["home/plan"], by=[mx.cost(10, 10), "context_window"], billing="any",
                           exclude="home/plan")  # fmt: skip
    assert [(each.field, each.seen) for each in why.reasons] == [
        ("input_price and output_price", None), ("context_window", None), ("", "excluded"),
    ]  # fmt: skip
    assert "input_price and output_price is not stated" in str(why)
    assert not registry.why_not("acme/small", sort="-input_price")


def test_a_suspended_model_is_no_answer(registry: mx.Registry) -> None:
    registry.suspend("acme/small", seconds=600)
    assert reasons(registry.why_not("acme/small", requires="tools")) == [
        ("not suspended", "", "suspended", "a model that is not suspended", False)
    ]
    why = registry.why_not(requires="tools", provider="acme")
    assert [(each.without, each.example.id) for each in why.relaxations] == [(("not suspended",), "acme/small")]
    registry.resume("acme/small")
    assert not registry.why_not("acme/small", requires="tools")


def test_nested_conditions_are_one_with_the_parts_inside(registry: mx.Registry) -> None:
    either = (mx.f.context_window >= 200_000) | ~mx.f.capabilities.has_all("tools")
    why = registry.why_not("acme/small", either, mx.f.input_price.is_unknown() & mx.f.output_price.is_known())
    first, *others = why.reasons
    assert [part.field for part in first.parts] == ["context_window", ""]
    assert first.parts[1].parts[0].seen == ("tools",)
    assert first.wanted == "any of these"
    assert [(each.field, each.seen, each.wanted) for each in others] == [
        ("input_price", 0.5, "nothing stated"), ("output_price", None, "anything stated"),
    ]  # fmt: skip
    assert str(why).count("\n") == 6


def test_a_question_written_as_text(registry: mx.Registry) -> None:
    asked = mx.parse("requires(vision, tools) & (status(any) | provider(azure))")
    assert reasons(registry.why_not("acme/small", asked)) == [
        ("requires(vision)", "capability", ("tools",), "vision", False)
    ]
    either = mx.parse("requires(vision, tools) | context_window > 1M")
    (first,) = registry.why_not("acme/small", either).reasons
    assert [(part.field, part.seen, part.wanted) for part in first.parts] == [
        ("capability", ("tools",), "vision and tools"), ("context_window", 16_385, "> 1000000"),
    ]  # fmt: skip


def test_without_a_model_the_smallest_sets(registry: mx.Registry) -> None:
    why = registry.why_not(requires=["vision", "tools"], provider="acme", min_context_window=100_000)
    assert why
    assert [(each.without, each.models, each.example.id) for each in why.relaxations] == [
        (("requires='vision'", "min_context_window=100000"), 1, "acme/small"),
        (("provider='acme'", "status=none_of('maintenance', 'disabled', 'retired') (by default)"), 1, "azure/large"),
    ]
    assert "without requires='vision' and min_context_window=100000: 1 model fits, such as acme/small" in str(why)
    answered = registry.why_not(requires="tools")
    assert not answered
    assert answered.relaxations[0].without == ()
    assert str(answered) == "1 model fits, such as acme/small"
    assert not registry.why_not(mx.f.input_price < 1)
    assert not registry.why_not(None, mx.f.input_price < 1)


def test_an_empty_registry_has_nothing_to_leave_out() -> None:
    why = mx.Registry().why_not(requires="vision")
    assert why
    assert (why.relaxations, str(why)) == ((), "the registry has no models")


def test_a_prepared_query_with_the_values_of_one_call(registry: mx.Registry) -> None:
    query = registry.prepare(
        mx.f.context_window >= mx.param("tokens"), requires="tools", by=mx.cost(input_tokens=mx.param("tokens"))
    )
    assert not query.why_not("acme/small", tokens=10_000)
    why = query.why_not("acme/small", tokens=20_000, exclude=[registry["acme/small"]])
    assert [each.condition for each in why.reasons] == [
        "context_window >= 20000", "exclude=['acme/small']",
    ]  # fmt: skip
    assert query.why_not(tokens=10**9).relaxations[0].models == 1
    with pytest.raises(TypeError, match="tokens="):
        query.why_not("acme/small")
    with pytest.raises(mx.UnknownFieldError, match="tokns"):
        query.why_not("acme/small", tokns=3)
    assert registry.why_not("acme/small", exclude=iter(["acme/small"]))  # type: ignore[typeddict-item]
    with pytest.raises(TypeError, match="takes a model"):
        query.why_not("acme/small", 3, tokens=3)


def test_what_is_wrong_with_the_question_is_said_as_everywhere(registry: mx.Registry) -> None:
    with pytest.raises(mx.ModelNotFoundError, match="acme/small"):
        registry.why_not("acme/smal")
    with pytest.raises(mx.UnknownTermError, match="vision"):
        registry.why_not("acme/small", requires="vison")
    with pytest.raises(mx.UnknownFieldError, match="requires"):
        registry.why_not("acme/small", requirs="vision")
    with pytest.raises(mx.InvalidConditionError, match="text"):
        registry.why_not(3)
    with pytest.raises(mx.InvalidConditionError, match="whole number"):
        registry.why_not("acme/small", limit=-1)
    with pytest.raises(TypeError, match=r"mx\.f"):
        registry.why_not("acme/small", "vision")
    with pytest.warns(mx.CoverageWarning, match="tokens_per_second") as warned:
        registry.why_not("acme/small", mx.f.tokens_per_second > 3, by="tokens_per_second")
    assert len(warned) <= 2


def test_hostile_names_are_escaped_in_a_notebook(registry: mx.Registry) -> None:
    registry.register({"id": "<script>", "tags": ["<b>"], "provider": "acme"})
    html = registry.why_not("<script>", tag=mx.none_of("<b>"))._repr_html_()
    assert "<script>" not in html
    assert "&lt;b&gt;" in html
    assert "<script>" not in registry.why_not(min_context_window=10**9)._repr_html_()


def test_coverage_is_the_share_that_states_a_field(registry: mx.Registry) -> None:
    registry.update("acme/small", metadata={"gpu": {"count": 2}}, scores={"x": 1.0})
    coverage = registry.coverage()
    assert {name: share for name, share in coverage.items() if share} == {
        "tag": pytest.approx(1 / 3), "provider": 1.0, "capability": 1.0, "lacks": pytest.approx(1 / 3),
        "billing": 1.0, "status": pytest.approx(1 / 3), "context_window": pytest.approx(2 / 3),
        "input_price": pytest.approx(2 / 3), "retires_on": pytest.approx(1 / 3), "scores.x": pytest.approx(1 / 3),
        "metadata.gpu.count": pytest.approx(1 / 3),
    }  # fmt: skip
    assert list(coverage)[:3] == ["base", "owner", "family"]
    assert list(registry.measures()) == [name for name in coverage if name in registry.measures()]
    assert "home" not in coverage
    assert set(mx.Registry().coverage().values()) == {0.0}


@laws
@given(stocks)
def test_coverage_beside_the_twin(written: list[dict[str, Any]]) -> None:
    registry, twin = mx.Registry(), Twin()
    for definition in written:
        if twin.put(definition, replace=True):
            registry.register(definition, replace=True)
    coverage, count = registry.coverage(), len(twin.rows) or 1
    for name in ("provider", "tag", "capability", "lacks", "base", "mode", "status", "billing"):
        assert coverage[name] == sum(bool(row.terms[name]) for row in twin.rows.values()) / count
    for name in registry.measures():
        assert coverage[name] == sum(name in row.numbers for row in twin.rows.values()) / count
