"""Requests of any shapes at once are answered as `best` answers each."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import polars
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st
from tests.registry.strategies import laws, questions, stocks
from tests.registry.test_oracle import filled

import modeldex as mx

if TYPE_CHECKING:
    from tests.registry.oracle import Question

pytestmark = pytest.mark.filterwarnings("ignore::modeldex.CoverageWarning")


@laws
@given(stocks, st.lists(questions(), max_size=6), st.lists(st.integers(0, 5), max_size=30))
def test_each_answer_is_that_of_best(
    written: list[dict[str, Any]], asked: list[tuple[list[Any], dict[str, Any], Question]], order: list[int]
) -> None:
    registry, twin = filled(written)
    usable = [keywords for _, keywords, question in asked if not twin.unheard(question)]
    requests = [usable[at % len(usable)] for at in order] if usable else []
    try:
        expected = [registry.best(**request) for request in requests]
    except (mx.UnknownTermError, mx.UnknownFieldError):
        return
    matches = registry.match(requests)
    assert list(matches) == expected
    assert matches.models.ids() == [id for id in registry if id in set(matches.ids())]


@pytest.fixture
def registry() -> mx.Registry:
    registry = mx.Registry()
    for id, price, size, words in [
        ("a", 1, 1000, ["tools"]),
        ("b", 2, 2000, ["tools", "vision"]),
        ("c", 3, 4000, ["vision"]),
    ]:
        registry.register({
            "id": id, "input_price": price, "output_price": 4 - price, "context_window": size,
            "capabilities": words, "released": f"202{price}-01-01", "provider": "openai" if id == "b" else "azure",
        })  # fmt: skip
    return registry


REQUESTS: list[dict[str, Any]] = [
    {"requires": "vision", "by": "input_price"},
    {"requires": ["tools"], "by": "input_price", "min_context_window": 1500},
    {"requires": ["tools"], "by": "input_price", "min_context_window": 999, "max_input_price": None},
    {"by": mx.cost(input_tokens=10, output_tokens=1000)},
    {"by": mx.cost(input_tokens=1000, output_tokens=10)},
    {"input_tokens": 1000, "output_tokens": 10},
    {"input_tokens": np.int64(10), "output_tokens": 1000, "cached_tokens": 0, "min_context_window": 4000.0},
    {"min_released": datetime.date(2022, 6, 1), "by": "context_window"},
    {"min_released": "2022-06", "exclude": "c"},
    {"requires": {"tools", "vision"}, "prefers": ("openai",)},
    {"provider": mx.none_of("azure")},
    {},
]


def plain(request: dict[str, Any]) -> dict[str, Any]:
    """The keywords of `best`."""
    tokens = {name: int(request[name]) for name in request if name.endswith("_tokens")}
    kept = {name: value for name, value in request.items() if name not in tokens}
    return {**kept, "by": mx.cost(**tokens)} if tokens else kept


def test_rows_of_many_shapes(registry: mx.Registry) -> None:
    requests = [request for turn in range(40) for request in (REQUESTS if turn % 2 else REQUESTS[::-1])]
    matches = registry.match(requests)
    assert list(matches) == [registry.best(**plain(request)) for request in requests]
    assert registry.match(iter(requests)).ids() == registry.match(tuple(requests)).ids() == matches.ids()
    assert registry.match(REQUESTS[:2]).prices.tolist() == [2.0, 2.0]
    assert len(registry.match([])) == 0
    assert registry.match([])[:] == []


def test_tables(registry: mx.Registry) -> None:
    sizes, caps = [500, 1500, 3000, 500], [9.0, 9.0, 9.0, 0.5]
    columns = {"min_context_window": sizes, "max_input_price": caps}
    wanted = ["a", "b", "c", None]
    structured = np.array(
        list(zip(sizes, caps, strict=True)), dtype=[("min_context_window", "i4"), ("max_input_price", "f8")]
    )
    for table in (
        columns,
        {name: np.array(values) for name, values in columns.items()},
        structured,
        pa.table(columns),
        polars.DataFrame(columns),
        polars.DataFrame(columns).to_pandas(),
    ):
        assert registry.match(table).ids() == wanted
    by = {**columns, "by": "input_price"}
    assert registry.match(by).prices.tolist()[:3] == [1.0, 2.0, 3.0]
    words = {"requires": [["vision"], ["tools"], None, ["vision", "tools"]], "min_context_window": [None, 1500, 9, 9]}
    assert registry.match(words).ids() == ["b", "b", "a", "b"]
    assert (
        registry.match(polars.DataFrame(words)).ids() == registry.match(pa.table(words)).ids() == ["b", "b", "a", "b"]
    )
    tokens = {"input_tokens": np.array([10, 1000]), "output_tokens": np.array([1000, 10]), "requires": "tools"}
    assert registry.match(tokens).ids() == ["b", "a"]
    masked = {"min_context_window": np.ma.masked_array([1500, 1500], mask=[0, 1])}
    assert registry.match(masked).ids() == ["b", "a"]
    days = {"min_released": np.array(["2021-06-01", "2022-06-01"], dtype="datetime64[D]")}
    assert registry.match(days).ids() == registry.match(pa.table(days)).ids() == ["b", "c"]
    assert registry.match({"requires": "vision"}).ids() == ["b"]
    assert registry.match({"min_context_window": []}).ids() == []
    assert registry.match({}).ids() == ["a"]


def test_a_wrong_request_is_named(registry: mx.Registry) -> None:
    for requests, message in [
        ([{}, {"requires": "visoin"}], "request 1: .*vision"),
        ([{}, {"requres": "vision"}], "request 1: .*requires"),
        ([{}, {"min_context_window": 1}, {"min_context_window": True}], "request 2: .*number"),
        ([{}, {"min_context_window": 1}, {"min_context_window": float("nan")}], "request 2: .*number"),
        ([{"input_tokens": 1}, {"input_tokens": -1}], "request 1: .*number of tokens"),
        ([{"input_tokens": 1, "cached_tokens": 2}], "request 0: cached_tokens"),
        ([{"input_tokens": 1, "by": "input_price"}], "request 0: .*not both"),
        ([{"requires": [["x"]]}], "request 0"),
        ([{"requires": {"x": {}}}], "request 0: requires takes a text"),
        ([{"by": mx.cost(input_tokens=mx.param("tokens"))}], "request 0"),
        ({"min_context_window": np.array([1, 2, np.nan])}, "request 2: .*number"),
        ({"requires": ["vision", "tools", "visoin"]}, "request 2: .*vision"),
        ({"min_nothing": [1]}, "request 0"),
    ]:
        with pytest.raises(mx.InvalidConditionError, match=message):
            registry.match(requests)
    for requests, message in [
        (["vision"], "request 0: a request is a mapping"),
        ([{}, None], "request 1: a request is a mapping"),
        ("vision", "mappings"),
        (7, "mappings"),
        ([{1: 2}], "request 0: a keyword is a text"),
    ]:
        with pytest.raises(TypeError, match=message):
            registry.match(requests)
    with pytest.raises(ValueError, match="'min_context_window' has 1, 'max_input_price' has 2"):
        registry.match({"min_context_window": [1], "max_input_price": [1, 2]})


def test_a_million_rows_of_numbers_are_one_shape() -> None:
    dice = np.random.default_rng(3)
    size = 100_000
    table = {
        "input_tokens": dice.integers(1, 10**5, size),
        "output_tokens": 300,
        "max_input_price": dice.random(size),
        "requires": "vision",
    }
    matches = mx.models.match(table)
    for at in range(0, size, 4999):
        tokens, cap = int(table["input_tokens"][at]), float(table["max_input_price"][at])  # type: ignore[index]
        assert matches[at] is mx.models.best(
            requires="vision", max_input_price=cap, by=mx.cost(input_tokens=tokens, output_tokens=300)
        )


def test_the_suspended_answer_nothing(registry: mx.Registry) -> None:
    assert registry.match([{"by": "input_price"}, {}]).ids() == ["a", "a"]
    registry.suspend("a", seconds=60)
    assert registry.match([{"by": "input_price"}, {"exclude": "b"}]).ids() == ["b", "c"]
    assert registry.match({"min_context_window": [1, 1500]}).ids() == ["b", "b"]
    registry.resume("a")
    assert registry.match([{"by": "input_price"}]).ids() == ["a"]
