"""A model: its attributes, what it supports, what it equals, and that nothing of it can be changed."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st
from tests.registry.strategies import laws

import modeldex as mx

if TYPE_CHECKING:
    from decimal import Decimal

FULL: dict[str, Any] = {
    "id": "house/llm",
    "name": "House <b>LLM</b>",
    "version": "2",
    "description": "<script>alert(1)</script> & more",
    "tags": ["x", "<i>"],
    "providers": ["azure", "openai"],
    "mode": "chat",
    "modalities": {"input": ["text", "image"], "output": ["text"]},
    "capabilities": {"tools": True, "vision": False},
    "supported_parameters": {"temperature": {"min": 0, "max": 2}, "seed": True, "stop": False},
    "context_window": 128_000,
    "input_price": "0.123456789",
    "output_price": 1,
    "rates": [{"unit": "image", "usd": "0.04", "per": 1, "when": {"size": "1024x1024"}}],
    "released": "2025-06",
    "retires_on": "2027-01-31",
    "scores": {"coding": 0.5},
    "metadata": {"gpu": {"count": 2}, "a.b": 3, "list": [1, {"k": None}], "text": "t", "yes": True},
    "api_key_env": ["A_KEY", "B_KEY"],
    "source": {"somebody": {"said": [1, 2]}},
    "unknown": {"cache_read_price": "nobody says"},
}


def made(**fields: Any) -> mx.Model:
    registry = mx.Registry()
    return registry.register({"id": "m", **fields})


@pytest.fixture
def model() -> mx.Model:
    return mx.Registry().register(FULL)


def test_attributes_are_what_was_written(model: mx.Model) -> None:
    assert model.id == "house/llm"
    assert model.providers == ("azure", "openai")
    assert model.provider == "azure"
    assert model.tags == ("x", "<i>")
    assert dict(model.modalities) == {"input": ("text", "image"), "output": ("text",)}
    assert model.supported_parameters["temperature"]["max"] == 2
    assert (model.input_price, model.output_price, model.cache_read_price) == (0.123456789, 1.0, None)
    assert type(model.output_price) is float
    assert model.rates[0]["when"] == {"size": "1024x1024"}
    assert model.released == datetime.date(2025, 6, 1)
    assert model.retires_on == datetime.date(2027, 1, 31)
    assert model.document["released"] == "2025-06"
    assert model.api_key_env == ("A_KEY", "B_KEY")
    assert model.metadata["list"] == (1, {"k": None})
    assert model.unknown["cache_read_price"] == "nobody says"
    assert model.source["somebody"]["said"] == (1, 2)
    assert model.billing == "metered"
    assert dict(model.derived) == {"billing": "price"}


def test_what_nobody_stated_is_none_or_empty() -> None:
    model = made()
    assert dict(model.document) == {"id": "m"}
    for name in dir(model):
        value = getattr(model, name)
        if name.startswith("_") or callable(value) or name in ("id", "document"):
            continue
        assert value is None or len(value) == 0, name


def test_a_value_of_every_kind_by_name(model: mx.Model) -> None:
    for name, value in {
        "input_price": 0.123456789,
        "scores.coding": 0.5,
        "metadata.gpu.count": 2,
        "metadata.a.b": 3,
        "metadata.text": "t",
        "released": datetime.date(2025, 6, 1),
        "tag": ("x", "<i>"),
        "tags": ("x", "<i>"),
        "capabilities": {"tools"},
        "scores.nobody": None,
        "cache_read_price": None,
    }.items():
        assert model.value(name) == value, name
    for wrong in ("input_prize", "", "scores", "x" * 1_000_000, "__class__", "document", "\0"):
        if wrong == "scores":
            assert model.value(wrong) == {"coding": 0.5}
            continue
        with pytest.raises(mx.UnknownFieldError):
            model.value(wrong)
    with pytest.raises(mx.UnknownFieldError, match="input_price"):
        model.value("input_prize")


def test_a_value_of_a_facet_is_what_the_facet_holds(model: mx.Model) -> None:
    """A facet that is only part of a field must not be answered with the whole of it."""
    assert set(model.value("lacks")) == {"vision"}
    assert set(model.value("input")) == {"text", "image"}
    assert set(model.value("output")) == {"text"}


def test_supports_says_yes_no_or_nothing(model: mx.Model) -> None:
    assert model.supports("tools") is model.supports("function_calling") is True
    assert model.supports("vision") is model.supports("image_input") is False
    assert model.supports("streaming") is None
    for wrong in ("toolz", "", "x" * 1_000_000, "\ud800"):
        with pytest.raises(mx.UnknownTermError):
            model.supports(wrong)
    with pytest.raises(mx.UnknownTermError, match="'tools'"):
        model.supports("toolz")


def test_nothing_of_a_model_can_be_changed(model: mx.Model) -> None:
    mappings = (model.metadata, model.metadata["gpu"], model.scores, model.document, model.modalities, model.source)
    for mapping in mappings:
        assert isinstance(mapping, Mapping)
        with pytest.raises(TypeError):
            mapping["new"] = 1  # type: ignore[index]
        assert not hasattr(mapping, "update")
    for name in ("id", "context_window", "metadata", "released", "document", "new"):
        with pytest.raises(AttributeError):
            setattr(model, name, 1)
        with pytest.raises(AttributeError):
            delattr(model, name)
    with pytest.raises(AttributeError):
        model.capabilities.anything = 1  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        model.capabilities._synonyms = {}  # type: ignore[misc]
    for make in (mx.Model, mx.Selection, mx.Query, mx.Resolution, mx.Snapshot, mx.Edit, mx.Order):
        with pytest.raises(TypeError):
            make()


def test_what_was_written_can_be_changed_afterwards() -> None:
    written = copy.deepcopy(FULL)
    registry = mx.Registry()
    model = registry.register(written)
    before = copy.deepcopy(dict(written))
    written["tags"].append("later")
    written["metadata"]["gpu"]["count"] = 9
    assert model.tags == ("x", "<i>")
    assert model.metadata["gpu"]["count"] == 2
    assert registry.best(mx.f.metadata["gpu"]["count"] == 2) is model
    assert before == FULL


def test_equality_is_of_id_and_content() -> None:
    first, second = mx.Registry().register(FULL), mx.Registry().register(copy.deepcopy(FULL))
    assert first is not second
    assert first == second
    assert hash(first) == hash(second)
    assert {first: 1}[second] == 1
    assert first != mx.Registry().register({**FULL, "name": "other"})
    assert first != mx.Registry().register({**FULL, "id": "other"})
    for odd in (None, "house/llm", FULL, 1, object()):
        assert first != odd
    for order in ("__lt__", "__le__", "__gt__", "__ge__"):
        assert getattr(first, order)(second) is NotImplemented


def test_repr_is_short_and_html_is_escaped(model: mx.Model) -> None:
    assert repr(model) == "<Model 'house/llm' context_window=128000 input_price=0.123456789 output_price=1.0>"
    html = model._repr_html_()
    assert "House &lt;b&gt;LLM&lt;/b&gt;" in html
    assert "<script" not in html
    assert "<i>" not in html
    big = made(description="<" * 1_000_000)
    assert len(big._repr_html_()) < 100_000
    evil = mx.Registry().register({"id": "<img src=x onerror=alert(1)>"})
    assert "<img" not in evil._repr_html_()


@laws
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_shown_as_it_was_written(number: float) -> None:
    model = made(scores={"x": number}, metadata={"x": number})
    assert model.scores["x"] == model.value("scores.x") == number
    assert model.metadata["x"] == number


@laws
@given(st.integers(-(2**1000), 2**1000))
def test_a_whole_number_of_metadata_stays_one(number: int) -> None:
    found = made(metadata={"x": number}).metadata["x"]
    assert found == number
    assert type(found) is int


@laws
@given(st.decimals(0, 9_000_000_000, places=9))
def test_a_price_is_exact_in_cost_and_nearest_when_shown(price: Decimal) -> None:
    model = made(input_price=str(price))
    assert model.input_price == float(price)
    assert model.cost(input_tokens=1_000_000).usd == price


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)


def frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(frozen, value))
    return {key: frozen(item) for key, item in value.items()} if isinstance(value, dict) else value


def thawed(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(thawed, value))
    return {key: thawed(item) for key, item in value.items()} if isinstance(value, Mapping) else value


@laws
@given(st.dictionaries(texts, values, max_size=4))
def test_metadata_comes_back_whole(metadata: dict[str, Any]) -> None:
    try:
        model = made(metadata=metadata)
    except mx.InvalidModelError as error:
        assert {problem.path.partition(".")[0] for problem in error.problems} == {"metadata"}  # noqa: PT017
        return
    assert thawed(model.metadata) == frozen(metadata)
