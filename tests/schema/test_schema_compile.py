"""The compiled row: terms, numbers and the canonical document, against the plainest reading of the definition."""

from __future__ import annotations

import datetime
import json
import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, strategies as st

from modeldex.schema import Definition, Schema
from modeldex.schema.markers import Facet, Flag, Measure

SCHEMA = Schema.default()
WORDS = SCHEMA.vocabulary()

GPT = {
    "id": "openai/gpt-4o",
    "name": "GPT-4o",
    "base": "gpt-4o",
    "owner": "openai",
    "provider": "openai",
    "home": True,
    "mode": "chat_completion",
    "endpoints": ["/v1/chat/completions", "responses"],
    "modalities": {"output": "text", "input": ["text", "images"]},
    "capabilities": {"structured_outputs": True, "function_calling": True, "reasoning": False, "supports_vision": True},
    "supported_parameters": {"temperature": [0, 2], "top_k": False},
    "context_window": 128_000,
    "input_price": 2.5,
    "output_price": "10.00",
    "rates": [{"unit": "input_token", "usd": 1.25, "when": {"tier": "batch"}}, {"unit": "image", "usd": "0.040"}],
    "service_tiers": ["batch"],
    "scores": {"coding": 0.9},
    "released": "2024-05-13",
    "knowledge_cutoff": "2023-10",
    "metadata": {"fps": 30, "gpu": {"count": 2, "name": "x", "on": True, "list": [1]}},
}


def document(row: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(row.document)
    return loaded


def test_one_definition_whole() -> None:
    row = SCHEMA.compile(GPT)
    assert row.id == "openai/gpt-4o"
    assert row.aliases == []
    assert sorted(row.terms) == sorted(
        [
            ("base", "gpt-4o"),
            ("owner", "openai"),
            ("provider", "openai"),
            ("home", "yes"),
            ("mode", "chat"),
            ("endpoint", "chat_completions"),
            ("endpoint", "responses"),
            ("input", "text"),
            ("input", "image"),
            ("output", "text"),
            ("capability", "tools"),
            ("capability", "vision"),
            ("capability", "structured_output"),
            ("capability", "json_mode"),
            ("lacks", "reasoning"),
            ("parameter", "temperature"),
            ("billing", "metered"),
            ("service_tier", "batch"),
        ]
    )
    assert dict(row.numbers) == {
        "context_window": 128_000,
        "input_price": 2_500_000_000,
        "output_price": 10_000_000_000,
        "scores.coding": 0.9,
        "released": 19856,
        "knowledge_cutoff": 19631,
        "metadata.fps": 30.0,
        "metadata.gpu.count": 2.0,
    }
    assert row.document.decode() == (
        '{"id":"openai/gpt-4o","name":"GPT-4o","base":"gpt-4o","owner":"openai","provider":"openai","home":true,'
        '"mode":"chat","endpoints":["chat_completions","responses"],'
        '"modalities":{"input":["text","image"],"output":["text"]},'
        '"capabilities":{"tools":true,"vision":true,"json_mode":true,"structured_output":true,"reasoning":false},'
        '"supported_parameters":{"temperature":[0,2],"top_k":false},"context_window":128000,'
        '"billing":"metered","input_price":2.5,"output_price":10,'
        '"rates":[{"unit":"input_token","usd":"1.25","per":1000000,"when":{"tier":"batch"}},'
        '{"unit":"image","usd":"0.04","per":1}],"service_tier":["batch"],"scores":{"coding":0.9},'
        '"released":"2024-05-13","knowledge_cutoff":"2023-10",'
        '"metadata":{"fps":30,"gpu":{"count":2,"list":[1],"name":"x","on":true}},'
        '"derived":{"billing":"price","capabilities.json_mode":"structured_output"}}'
    )


def test_the_least_definition_is_an_id() -> None:
    assert SCHEMA.compile({"id": "m"}) == ("m", [], [], [], b'{"id":"m"}')
    assert SCHEMA.compile(Definition(id="m", mode="chat")) == SCHEMA.compile({"id": "m", "mode": "chat"})


def test_the_order_and_the_spelling_of_what_was_written_do_not_matter() -> None:
    turned = dict(reversed(GPT.items())) | {
        "capabilities": {"vision": True, "thinking": False, "response_schema": True, "tool_use": True},
        "mode": "chat",
    }
    assert SCHEMA.compile(turned).document == SCHEMA.compile(GPT).document


def turned(value: Any) -> Any:
    """The same content with every mapping the other way round."""
    if isinstance(value, list):
        return [turned(item) for item in value]
    return {key: turned(value[key]) for key in reversed(value)} if isinstance(value, dict) else value


def test_the_order_of_keys_is_no_content_at_any_depth() -> None:
    written = {
        "id": "m",
        "modalities": {"input": ["text"], "output": ["text"]},
        "capabilities": {"tools": True, "structured_output": True, "vision": False},
        "supported_parameters": {"top_p": {"min": 0, "max": 1}, "seed": True},
        "input_price": 1,
        "rates": [{"unit": "image", "usd": "1", "when": {"size": "x", "tier": "batch"}}],
        "latency": {"p99": {"b": 1, "a": 2}, "p50": 1},
        "scores": {"b": 1, "a": 2},
        "deployment": {"z": 1, "y": [{"b": 1, "a": 2}]},
        "metadata": {"b": {"d": [{"f": 1, "e": 2}], "c": 1}, "a": 1},
        "source": {"y": {"b": 1, "a": 2}, "x": 1},
        "unknown": {"output_price": "why", "name": "why"},
        "derived": {"mode": "x", "base": "y"},
    }
    other = turned(written)
    assert list(other) != list(written)
    assert SCHEMA.compile(other) == SCHEMA.compile(written)
    found = document(SCHEMA.compile(other))
    assert list(found["metadata"]["b"]["d"][0]) == ["e", "f"]
    assert list(found["derived"]) == ["base", "billing", "capabilities.json_mode", "mode"]


@pytest.mark.parametrize(
    ("stated", "billing", "derived"),
    [
        ({}, None, None),
        ({"input_price": 0}, "free", {"billing": "price"}),
        ({"input_price": 0, "output_price": 0.5}, "metered", {"billing": "price"}),
        ({"rates": [{"unit": "image", "usd": "0.04"}]}, "metered", {"billing": "price"}),
        ({"rates": [{"unit": "image", "usd": "0"}]}, "free", {"billing": "price"}),
        ({"input_price": 0, "billing": "free_tier"}, "free_tier", None),
        ({"input_price": 1, "billing": "subscription"}, "plan", None),
        ({"input_price": 0, "unknown": {"billing": "nobody says"}}, None, None),
    ],
)
def test_billing_is_stated_or_follows_from_a_price(
    stated: dict[str, Any], billing: str | None, derived: dict[str, str] | None
) -> None:
    found = document(SCHEMA.compile({"id": "m", **stated}))
    assert found.get("billing") == billing
    assert found.get("derived") == derived


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        (["structured_output"], {"json_mode": True, "structured_output": True}),
        ({"structured_output": True, "json_mode": False}, {"json_mode": False, "structured_output": True}),
        ({"structured_output": False}, {"structured_output": False}),
        ("tools", {"tools": True}),
        ({"tools": True, "function_calling": True}, {"tools": True}),
    ],
)
def test_structured_output_implies_json_mode_unless_it_is_stated(capabilities: Any, expected: dict[str, bool]) -> None:
    found = document(SCHEMA.compile({"id": "m", "capabilities": capabilities}))
    assert found["capabilities"] == expected
    assert list(found["capabilities"]) == list(expected)


def test_providers_name_the_first_one_provider() -> None:
    row = SCHEMA.compile({"id": "m", "providers": ["azure", "openai", "azure"]})
    assert row.terms == [("provider", "azure"), ("provider", "openai")]
    assert document(row) == {"id": "m", "provider": "azure", "providers": ["azure", "openai"]}
    row = SCHEMA.compile({"id": "m", "provider": "openai", "providers": ["azure", "openai"]})
    assert document(row) == {"id": "m", "provider": "openai", "providers": ["openai", "azure"]}
    row = SCHEMA.compile({"id": "m", "providers": ["openai"]})
    assert document(row) == {"id": "m", "provider": "openai"}


def test_an_alias_that_is_the_id_is_no_alias() -> None:
    assert SCHEMA.compile({"id": "m", "aliases": ["m", "n", "n"]}).aliases == ["n"]


def test_a_million_context_costs_no_precision_and_the_document_is_plain_text() -> None:
    row = SCHEMA.compile(
        {"id": "m", "input_price": 1e-9, "output_price": "1e-7", "cache_read_price": 12345678.123456789}
    )
    assert b'"input_price":0.000000001,"output_price":0.0000001,' in row.document


AMOUNTS = st.integers(0, 2**63 - 1).map(lambda femto: Decimal(femto).scaleb(-9)) | st.decimals(
    min_value=0, max_value=100_000, places=9
)


@given(AMOUNTS)
def test_law_money_is_exact(amount: Decimal) -> None:
    exact = Fraction(str(amount)) * 10**9
    assert exact.denominator == 1
    for written in (amount, str(amount), f"{amount:f}", *([int(amount)] if amount == int(amount) else [])):
        row = SCHEMA.compile({"id": "m", "input_price": written})
        assert row.numbers == [("input_price", int(exact))]
        text = row.document.decode().split('"input_price":')[1].split(",")[0].rstrip("}")
        assert Fraction(text) * 10**9 == exact
        assert "e" not in text.lower()


@given(st.floats(0, 1e6, allow_nan=False))
def test_law_a_float_price_means_its_shortest_text(price: float) -> None:
    exact = Fraction(repr(price)) * 10**9
    if exact.denominator == 1:
        assert SCHEMA.compile({"id": "m", "input_price": price}).numbers == [("input_price", int(exact))]
    else:
        with pytest.raises(ValueError, match="9 decimals"):
            SCHEMA.compile({"id": "m", "input_price": price})


@given(st.dates())
def test_law_dates_are_days_since_1970(day: datetime.date) -> None:
    for written in (day, day.isoformat()):
        row = SCHEMA.compile({"id": "m", "retires_on": written})
        assert row.numbers == [("retires_on", (day - datetime.date(1970, 1, 1)).days)]
        assert document(row)["retires_on"] == day.isoformat()
    month = day.isoformat()[:7]
    row = SCHEMA.compile({"id": "m", "retires_on": month})
    assert row.numbers == [("retires_on", (day.replace(day=1) - datetime.date(1970, 1, 1)).days)]
    assert document(row)["retires_on"] == month


def _terms(facet: str) -> st.SearchStrategy[str]:
    words = next(each for each in WORDS["facets"] if each["name"] == facet)
    return (
        st.sampled_from([*words["terms"], *words["synonyms"]])
        if words["closed"]
        else st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=12)
    )


NAMES = (
    st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=20).map(str.strip).filter(bool)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | NAMES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES.filter(lambda key: "." not in key), inner, max_size=3)
    ),
    max_leaves=6,
)


def _strategy(name: str) -> st.SearchStrategy[Any]:  # noqa: C901 - one branch a kind of field
    match SCHEMA.fields[name]:
        case Flag():
            return st.booleans()
        case Facet(name="capability"):
            return st.lists(_terms("capability"), max_size=6)
        case Facet(name=facet, many=True):
            return st.lists(_terms(facet), max_size=4)
        case Facet(name=facet):
            return _terms(facet)
        case Measure(kind="count"):
            return st.integers(0, 2**53)
        case Measure(kind="money"):
            return AMOUNTS
        case Measure(kind="date"):
            return st.dates() | st.from_regex(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])", fullmatch=True)
        case Measure():
            return st.floats(0, allow_infinity=False) | st.integers(0, 10**6)
        case _ if name == "modalities":
            return st.fixed_dictionaries({}, optional={"input": st.lists(_terms("input")), "output": _terms("output")})
        case _ if name == "scores":
            return st.dictionaries(
                NAMES, st.floats(allow_nan=False, allow_infinity=False) | st.integers(-9, 9), max_size=3
            )
        case _ if name in ("metadata", "source", "latency"):
            return st.dictionaries(NAMES.filter(lambda key: "." not in key), JSON, max_size=3)
    return {
        "aliases": st.lists(NAMES, max_size=3),
        "rates": st.lists(
            st.fixed_dictionaries(
                {"unit": NAMES, "usd": st.decimals(0, 1000, places=9).map(str)},
                optional={"when": st.just({"tier": "x"})},
            ),
            max_size=2,
        ),
        "base_url": st.just("https://example.org/v1"),
        "zoo_url": st.just("https://example.org/zoo"),
        "api_key_env": st.from_regex(r"[A-Z]{1,9}_KEY", fullmatch=True) | st.just(["A_KEY", "B_KEY"]),
        "unknown": st.just({"rates": "why"}),
        "derived": st.just({"name": "id"}),
        "deployment": JSON,
    }.get(name, NAMES)


DEFINITIONS = st.fixed_dictionaries(
    {"id": NAMES},
    optional={name: _strategy(name) for name in SCHEMA.fields if name not in ("id", "extends", "providers")},
).filter(lambda each: not ("unknown" in each and "rates" in each))


@given(DEFINITIONS)
def test_law_a_document_compiles_to_itself(definition: dict[str, Any]) -> None:
    row = SCHEMA.compile(definition)
    again = SCHEMA.compile(json.loads(row.document, parse_float=Decimal))
    assert again == row


@given(DEFINITIONS)
def test_law_only_declared_facets_measures_and_terms_come_out(definition: dict[str, Any]) -> None:
    row = SCHEMA.compile(definition)
    facets = {facet["name"]: facet for facet in WORDS["facets"]}
    measures = {measure["name"] for measure in WORDS["measures"]}
    assert list(dict.fromkeys(row.terms)) == row.terms
    for facet, term in row.terms:
        assert not facets[facet]["closed"] or term in facets[facet]["terms"]
        assert term not in facets[facet]["synonyms"]
    for name, number in row.numbers:
        assert name in measures or name.startswith(("scores.", "metadata."))
        assert math.isfinite(number)
    assert len({name for name, _ in row.numbers}) == len(row.numbers)
    assert list(document(row)) == [name for name in SCHEMA.fields if name in document(row)]
