"""Queries as mappings and as texts: what they say, and that they read back with equal answers."""

from __future__ import annotations

import contextlib
import datetime
import json
import pickle
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st
from tests.registry.strategies import laws, questions, rows_of

import modeldex as mx
from modeldex import Query
from modeldex._core import _query

if TYPE_CHECKING:
    from tests.registry.oracle import Question

MODELS = [
    {"id": "a/x", "provider": "a", "base": "x", "input_price": 1, "output_price": 1, "context_window": 128_000,
     "capabilities": ["tools", "vision"], "released": "2026-01-01", "tags": ["beta"]},
    {"id": "b/x", "provider": "b", "base": "x", "input_price": 2, "output_price": 1, "context_window": 200_000,
     "capabilities": ["tools"], "released": "2026-02-01", "metadata": {"my key": 3}},
    {"id": "b/y", "provider": "b", "base": "y", "input_price": 3, "output_price": 0, "context_window": 1_000_000,
     "capabilities": ["tools", "vision"], "scores": {"coding": 0.9}},
    {"id": "c/y", "provider": "c", "base": "y", "input_price": 3, "output_price": 0, "status": "retired"},
]  # fmt: skip


@pytest.fixture
def registry() -> mx.Registry:
    registry = mx.Registry()
    registry.register_many(MODELS)
    return registry


def both(query: Query, registry: mx.Registry) -> list[Query]:
    """The query, and what reads back from its text and from its mapping, bound and not."""
    data = query.to_dict()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    text = str(query)
    made = [Query.from_dict(data, registry), Query.from_text(text, registry), registry.prepare(**data)]
    unbound = [Query.from_dict(data), Query.from_text(text), pickle.loads(pickle.dumps(query))]
    made += [each.bind(registry) for each in unbound]
    assert {str(each) for each in [made[1], unbound[1]]} == {text}
    assert [each.to_dict() for each in (made[0], unbound[0])] == [data, data]
    return [query, *made]


@pytest.mark.filterwarnings("ignore::modeldex.CoverageWarning")
@given(st.integers(0, 2**32), questions())
@laws
def test_a_query_reads_back_with_equal_answers(seed: int, question: tuple[list[Any], dict[str, Any], Question]) -> None:
    registry = mx.Registry()
    for definition in rows_of(seed, 30):
        with contextlib.suppress(mx.InvalidModelError):
            registry.register(definition, replace=True)
    conditions, keywords, _ = question
    try:
        query = registry.prepare(*conditions, **keywords)
    except (mx.UnknownTermError, mx.UnknownFieldError) as error:
        text = str(_query(tuple(conditions), keywords))
        with pytest.raises(type(error)):
            Query.from_text(text, registry)
        return
    asked = both(query, registry)
    assert [each.ids() for each in asked] == [query.ids()] * len(asked)
    assert [each.best() for each in asked] == [query.best()] * len(asked)


TEXTS = [
    ("", ["a/x", "b/x", "b/y"]),
    ("requires(vision)", ["a/x", "b/y"]),
    ("requires(vision) & input_price <= 2", ["a/x"]),
    ("status(any)", ["a/x", "b/x", "b/y", "c/y"]),
    ("status(any) & ~provider == b", ["a/x", "c/y"]),
    ("status == retired", ["c/y"]),
    ("~status == retired & provider(b, c)", ["b/x", "b/y"]),
    ("tag.none_of(beta)", ["b/x", "b/y"]),
    ("tag.any_of(gone, missing_ok=true)", []),
    ("tag.all_of(beta, gone, missing_ok=true)", []),
    ("tag.none_of(gone, missing_ok=true)", ["a/x", "b/x", "b/y"]),
    ("requires.any_of(vision)", ["a/x", "b/y"]),
    ("capabilities(vision)", ["a/x", "b/y"]),
    ('metadata."my key" > 2', ["b/x"]),
    ("released >= 2026-02", ["b/x"]),
    ("released is unknown", ["b/y"]),
    ("by input_price", ["a/x", "b/x", "b/y"]),
    ("by context_window", ["b/y", "b/x", "a/x"]),
    ("by highest(scores.coding), input_price", ["b/y", "a/x", "b/x"]),
    ("by cost(1000, 1k)", ["a/x", "b/x", "b/y"]),
    ("by cost(output_tokens=1) prefers b", ["b/y", "b/x", "a/x"]),
    ("sort -input_price", ["b/y", "b/x", "a/x"]),
    ('sort -metadata."my key", -input_price', ["b/x", "b/y", "a/x"]),
    ("distinct base by input_price", ["a/x", "b/y"]),
    ("limit 1 by input_price exclude a/x", ["b/x"]),
    ("requires(tools) by input_price prefers b, a distinct provider limit 5 exclude b/x", ["a/x", "b/y"]),
]


@pytest.mark.parametrize(("text", "ids"), TEXTS, ids=[text for text, _ in TEXTS])
def test_text_asks(registry: mx.Registry, text: str, ids: list[str]) -> None:
    query = Query.from_text(text, registry)
    for each in both(query, registry):
        assert each.ids() == ids


MAPPINGS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["a/x", "b/x", "b/y"]),
    ({"where": "input_price <= 2", "requires": ["tools"]}, ["a/x", "b/x"]),
    ({"where": ["input_price <= 2", "provider == b"]}, ["b/x"]),
    ({"where": mx.f.provider == "a"}, ["a/x"]),
    ({"where": None, "requires": None, "requires_nothing": None}, ["a/x", "b/x", "b/y"]),
    ({"requires": "vision", "min_context_window": "200k"}, ["b/y"]),
    ({"min_context_window": 200_000, "max_context_window": "inf"}, ["b/x", "b/y"]),
    ({"max_input_price": Decimal("1.5")}, ["a/x"]),
    ({"min_released": "2026-02"}, ["b/x"]),
    ({"min_released": datetime.date(2026, 2, 1)}, ["b/x"]),
    ({"tag": {"none_of": "beta"}}, ["b/x", "b/y"]),
    ({"tag": {"any_of": ["gone", "beta"], "missing_ok": True}}, ["a/x"]),
    ({"status": "any"}, ["a/x", "b/x", "b/y", "c/y"]),
    ({"by": "input_price", "limit": 2}, ["a/x", "b/x"]),
    ({"by": {"cost": {"input_tokens": 1000, "output_tokens": "1k"}}}, ["a/x", "b/x", "b/y"]),
    ({"by": {"cost": [0, 1000]}, "prefers": ["b"]}, ["b/y", "b/x", "a/x"]),
    ({"by": "cost(0, 1000)", "prefers": "b"}, ["b/y", "b/x", "a/x"]),
    ({"by": {"highest": "input_price"}}, ["b/y", "b/x", "a/x"]),
    ({"by": [{"highest": "scores.coding"}, {"lowest": "input_price"}]}, ["b/y", "a/x", "b/x"]),
    ({"sort": ["-input_price"], "exclude": ["b/y"]}, ["b/x", "a/x"]),
    ({"sort": "-input_price", "exclude": "b/y", "distinct": "base"}, ["b/x"]),
]


@pytest.mark.parametrize(("data", "ids"), MAPPINGS, ids=[str(data)[:60] for data, _ in MAPPINGS])
def test_mapping_asks(registry: mx.Registry, data: dict[str, Any], ids: list[str]) -> None:
    if "requires_nothing" in data:
        # None asks nothing, but what it is asked of must be there when a registry hears it.
        data = {name: value for name, value in data.items() if name != "requires_nothing"}
    assert registry.prepare(**data).ids() == ids
    assert registry.select(**data).ids() == ids
    for each in both(Query.from_dict(data, registry), registry):
        assert each.ids() == ids


def test_parameters_are_written_with_a_dollar(registry: mx.Registry) -> None:
    data = {
        "where": "context_window >= $window | provider == c",
        "max_input_price": "$usd",
        "min_released": "$day",
        "by": {"cost": {"input_tokens": "$tokens", "output_tokens": 1}},
    }
    given = {"window": 150_000, "usd": 2.5, "day": datetime.date(2026, 1, 1), "tokens": 10}
    query = Query.from_dict(data, registry)
    assert query.params == ("window", "usd", "day", "tokens")
    for each in both(query, registry):
        assert each.ids(**given) == ["b/x"]
    with pytest.raises(TypeError, match="needs window="):
        query.best()
    with pytest.raises(mx.InvalidConditionError, match="param"):
        registry.select(**data)  # type: ignore[arg-type]


REFUSED: list[tuple[Any, str]] = [
    ([], "is a mapping, not list"),
    ({1: 2}, "a key of a query is a text"),
    ({"where": 3}, "where takes a text"),
    ({"where": "x <"}, r"expected a number"),
    ({"min_context_window": "much"}, "min_context_window takes a number such as 128000"),
    ({"max_released": "2026-13"}, "no day of the calendar"),
    ({"tag": {"some_of": ["a"]}}, "has one of any_of, all_of, none_of"),
    ({"tag": {"any_of": ["a"], "all_of": ["b"]}}, "has one of any_of, all_of, none_of"),
    ({"tag": {"any_of": [3]}}, "takes texts as terms"),
    ({"tag": {"any_of": ["a"], "missing_ok": "yes"}}, "missing_ok"),
    ({"by": {"cheapest": 3}}, "cost, weighted, highest, lowest"),
    ({"by": {}}, "cost, weighted, highest, lowest"),
    ({"by": {"cost": {"tokens": 3}}}, "input_tokens, output_tokens, cached_tokens"),
    ({"by": {"cost": {"input_tokens": "1.5"}}}, "cost cannot be read"),
    ({"by": {"cost": {"input_tokens": 1, "cached_tokens": 2}}}, "cannot be more"),
    ({"by": {"highest": 3}}, "highest cannot be read"),
    ({"by": "cost(a)"}, "whole number of tokens"),
    ({"by": 3}, "by takes a field or an order"),
    ({"sort": [None]}, "sort takes a field or an order"),
    ({"limit": "5"}, "limit takes a whole number"),
    ({"limit": True}, "limit takes a whole number"),
    ({"distinct": ["base"]}, "distinct takes a text"),
    ({"requires": 3}, "requires takes a text or a list of texts"),
    ({"requires": ["vision", 3]}, "requires takes a text or a list of texts"),
    ({"min_context_window": True}, "min_context_window takes a number"),
    ({"min_context_window": float("nan")}, "min_context_window takes a number"),
    ({"exclude": [3]}, "exclude takes"),
]


@pytest.mark.parametrize(("data", "said"), REFUSED, ids=[str(data)[:50] for data, _ in REFUSED])
def test_a_wrong_shape_is_refused_when_read(data: Any, said: str) -> None:
    with pytest.raises(mx.InvalidConditionError, match=said):
        Query.from_dict(data)


NAMES = [
    "where",
    "by",
    "sort",
    "limit",
    "distinct",
    "prefers",
    "exclude",
    "requires",
    "tag",
    "min_experts",
    "min_released",
]
JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(),
        st.sampled_from(["$x", "128k", "2026-12", "base"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["any_of", "missing_ok", "cost", "highest", "input_tokens", "scale"]), inner, max_size=2
        ),
    ),
    max_leaves=4,
)


@pytest.mark.filterwarnings("ignore::modeldex.CoverageWarning")
@given(st.dictionaries(st.one_of(st.sampled_from(NAMES), st.text()), JSON, max_size=3))
@laws
def test_any_mapping_is_read_or_refused(data: dict[str, Any]) -> None:
    try:
        query = Query.from_dict(data)
    except mx.InvalidConditionError:
        return
    assert Query.from_dict(query.to_dict()).to_dict() == query.to_dict()
    assert str(Query.from_text(str(query))) == str(query)
    with contextlib.suppress(mx.ModeldexError):
        query.bind(mx.models)


CLAUSES = [
    ("by", "expected a field or an order, found the end"),
    ("by cheap(3)", "an order is a field, cost"),
    ("by input_price by output_price", "'by' stands twice"),
    ("by input_price & tag == x", "conditions come before by"),
    ("limit many", "whole number"),
    ("limit 1.5", "whole number"),
    ("limit -1", "whole number"),
    ("limit $n", "whole number"),
    ("tag == x order input_price", "expected & or |"),
    ("by input_price limit 3 please", "expected a comma, by, sort"),
    ("by cost(1", "not closed"),
    ("by highest(input_price, x)", "expected "),
    ("prefers", "expected a term"),
    ("sort -3", "the field comes first"),
    ("distinct", "expected a facet"),
]


@pytest.mark.parametrize(("text", "said"), CLAUSES)
def test_a_wrong_clause_is_refused(text: str, said: str) -> None:
    with pytest.raises(mx.InvalidConditionError, match=said.replace("|", r"\|").replace("(", r"\(")):
        Query.from_text(text)


def test_what_does_not_exist_is_the_registrys_error(registry: mx.Registry) -> None:
    wrong = {
        "reqires(vision)": (mx.UnknownFieldError, "requires"),
        "reqires.any_of(vision)": (mx.UnknownFieldError, "did you mean|is no"),
        "requires(vison)": (mx.UnknownTermError, "did you mean 'vision'"),
        "input_prise <= 3": (mx.UnknownFieldError, "did you mean 'input_price'"),
        "input_price(3)": (mx.InvalidConditionError, "max_input_price="),
        "input_price <= 2026-01-01": (mx.InvalidConditionError, "takes a number"),
        "released <= 3": (mx.InvalidConditionError, "takes a date"),
        "by input_prise": (mx.UnknownFieldError, "did you mean 'input_price'"),
        "prefers opnai": (mx.UnknownTermError, "opnai"),
    }
    for text, (kind, said) in wrong.items():
        query = Query.from_text(text)
        with pytest.raises(kind, match=said):
            query.bind(registry)
    with pytest.raises(mx.UnknownFieldError, match="did you mean"):
        Query.from_dict({"reqires": ["vision"]}, registry)
    with pytest.raises(mx.ModeldexError, match="bound to no registry"):
        Query.from_text("tag == x").best()


def test_own_words_are_called_by_their_keywords() -> None:
    from modeldex import Schema

    schema = Schema.default().extend(facets=["squad"])
    registry = mx.Registry(schema)
    registry.register({"id": "m", "squad": ["red"]})
    for text in ("squad(red)", "squad == red", "squad.all_of(red)", "~squad(blue, missing_ok=true)"):
        assert Query.from_text(text, registry).ids() == ["m"], text
    assert str(registry.prepare(squad=["red"])) == "squad(red)"


def test_where_is_a_keyword_of_every_question(registry: mx.Registry) -> None:
    text = "input_price <= 2 & provider == b"
    assert registry.select(where=text).ids() == ["b/x"]
    assert registry.count(mx.f.tag == "beta", where=text) == 0
    assert registry.best(where=[text, mx.f.base == "x"]) is registry["b/x"]
    assert registry.select().where(where=text).ids() == ["b/x"]
    with pytest.raises(mx.InvalidConditionError, match="at column"):
        registry.select(where="input_price <=")
    with pytest.raises(TypeError, match=r"mx\.f"):
        registry.select(where=3)  # type: ignore[arg-type]


def test_why_not_understands_what_is_written(registry: mx.Registry) -> None:
    plain = registry.why_not("b/x", mx.f.input_price <= 1, tag=mx.any_of("beta"), min_context_window=128_000)
    written = registry.why_not("b/x", where="input_price <= 1", tag={"any_of": ["beta"]}, min_context_window="128k")  # type: ignore[typeddict-item]
    assert [str(reason) for reason in written.reasons] == [str(reason) for reason in plain.reasons]
    assert len(written.reasons) == 2
    assert not registry.why_not("b/x", where=["input_price <= 2", mx.f.provider == "b"])


WEIGHTED = [
    mx.weighted({"scores.coding": 0.7, "input_price": 0.3}),
    mx.weighted({"scores.coding": 1, "metadata.my key": mx.scale(0, 60, weight=0.7)}),
    mx.weighted({"released": mx.scale("2020-01", "2026-12-31"), "input_price": mx.scale(100, 1, log=True)}),
]


@pytest.mark.parametrize("by", WEIGHTED, ids=str)
def test_weighted_sums_read_back(registry: mx.Registry, by: mx.Order) -> None:
    query = registry.prepare(by=by, requires="tools")
    for each in both(query, registry):
        assert each.ids() == query.ids()
        assert each.to_dict()["by"] == query.to_dict()["by"]
    assert Query.from_dict({"by": query.to_dict()["by"]}, registry).ids() == registry.select(by=by).ids()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("by weighted()", "expected a field"),
        ("by weighted(input_price)", "expected = and a weight"),
        ("by weighted(input_price=cheap)", "expected a weight"),
        ("by weighted(input_price=-1)", "no order"),
        ("by weighted(input_price=0)", "no order"),
        ("by weighted(x=scale(1))", "the best number"),
        ("by weighted(x=scale(1, 1))", "no scale"),
        ("by weighted(x=scale(1, $a))", "expected the worst and the best"),
        ("by weighted(x=scale(0, 1, lag=true))", "log=true, weight=number"),
        ("by weighted(x=scale(0, 1, log=1))", "true or false"),
        ("by weighted(x=scale(0, 1, weight=1, weight=2))", "log=true, weight=number"),
        ("by weighted(x=scale(0, 1)", "not closed"),
    ],
)
def test_a_wrong_weighted_sum_is_refused(text: str, said: str) -> None:
    with pytest.raises(mx.InvalidConditionError, match=said):
        Query.from_text(text)


@pytest.mark.parametrize(
    "scale", [{"scale": [1]}, {"scale": "1, 2"}, {"scale": [0, 1], "lag": True}, {"weight": 1}, {"scale": [0, "x"]}]
)
def test_a_wrong_scale_is_refused(scale: dict[str, Any]) -> None:
    with pytest.raises(mx.InvalidConditionError):
        Query.from_dict({"by": {"weighted": {"x": scale}}})


def test_a_cost_is_a_condition(registry: mx.Registry) -> None:
    asked = mx.cost(input_tokens=1_000, output_tokens=1_000) <= 0.003
    assert mx.parse("cost(1000, 1k) <= 0.003") == asked
    assert str(asked) == "cost(input_tokens=1000, output_tokens=1000) <= 0.003"
    assert registry.select(asked).ids() == ["a/x", "b/x", "b/y"]
    query = Query.from_text("cost(input_tokens=$tokens) < $usd by input_price", registry)
    for each in both(query, registry):
        assert each.ids(tokens=1_000, usd=0.002) == ["a/x"]
