"""Selections and registries as other libraries read them: every column beside the models."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import duckdb
import polars
import pyarrow as pa
import pytest
from hypothesis import given
from tests.registry.strategies import laws, stocks
from tests.registry.test_oracle import filled

import modeldex as mx

pytestmark = pytest.mark.filterwarnings("ignore::modeldex.CoverageWarning")

KEYWORDS = {"provider": "provider", "tag": "tag", "capability": "requires", "lacks": "lacks", "base": "base"}


def terms_of(registry: mx.Registry, facet: str) -> dict[str, set[str]]:
    """The terms of each model, asked term by term."""
    found: dict[str, set[str]] = {id: set() for id in registry}
    for term in registry.terms(facet):
        for id in registry.select(**{KEYWORDS[facet]: [term]}, status="any").ids():  # type: ignore[misc]
            found[id].add(term)
    return found


def plain(value: Any) -> Any:
    """A frozen document as JSON reads it."""
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, tuple) else value


def check(table: pa.Table, models: list[mx.Model], registry: mx.Registry) -> None:
    """Every column of the table beside these models."""
    assert table.column("id").to_pylist() == [model.id for model in models]
    documents = [json.loads(text) for text in table.column("document").to_pylist()]
    assert documents == [plain(model.document) for model in models]
    assert table.column_names[0] == "id"
    assert table.column_names[-1] == "document"
    stated = {name for name, count in registry.measures().items() if count}
    seen = set()
    for name in table.column_names[1:-1]:
        kind, values = table.schema.field(name).type, table.column(name).to_pylist()
        if pa.types.is_list(kind):
            assert all(len(set(terms)) == len(terms) for terms in values)
            if name in KEYWORDS:
                expected = terms_of(registry, name)
                assert [set(terms) for terms in values] == [expected[model.id] for model in models]
            continue
        seen.add(name)
        shown = [model.value(name) for model in models]
        if pa.types.is_decimal(kind):
            assert all(value is None or isinstance(value, Decimal) for value in values)
            values = [value if value is None else float(value) for value in values]
        assert values == shown
    assert seen <= stated
    assert {name for name in stated if registry.measures()[name] * 64 >= len(registry)} <= seen


@laws
@given(stocks)
def test_a_table_has_what_the_models_show(written: list[dict[str, Any]]) -> None:
    registry, _ = filled(written)
    check(pa.table(registry), list(registry.values()), registry)
    selected = registry.select(by="input_price")[::-1]
    check(selected.to_arrow(), selected.models(), registry)


def test_the_shipped_catalogue() -> None:
    registry = mx.models
    table = pa.table(registry)
    assert table.num_rows == len(registry)
    models = list(registry.values())
    for name in ("context_window", "input_price", "output_price", "released", "knowledge_cutoff"):
        values = table.column(name).to_pylist()
        shown = [getattr(model, name) for model in models]
        assert [float(value) if isinstance(value, Decimal) else value for value in values] == shown
    selected = registry.select(requires="vision", by="input_price")
    assert selected.to_arrow().column("id").to_pylist() == selected.ids()
    # The columns are those of the file, whatever was selected.
    assert selected.to_arrow().schema == table.schema == registry.select(min_context_window=2**52).to_arrow().schema


def test_polars_duckdb_and_pandas() -> None:
    found = mx.models.select(requires=["vision", "tools"], by="input_price", limit=300)
    prices = found.values("input_price").tolist()
    frame = found.to_polars()
    assert isinstance(frame, polars.DataFrame)
    assert frame["id"].to_list() == found.ids()
    assert frame["input_price"].cast(polars.Float64).to_list() == prices
    assert frame["provider"].to_list() == [list(model.providers) for model in found]
    rows = duckdb.sql("SELECT id, input_price, context_window FROM found").fetchall()
    assert [row[0] for row in rows] == found.ids()
    assert [float(row[1]) for row in rows] == prices
    assert [row[2] for row in rows] == [model.context_window for model in found]
    registry = mx.models
    (count,) = duckdb.sql(
        "SELECT count(*) FROM registry WHERE list_contains(capability, 'vision') AND list_contains(capability, 'tools')"
    ).fetchall()[0]
    assert count == registry.count(requires=["vision", "tools"], status="any")
    assert polars.from_arrow(registry).struct.unnest()["id"].to_list() == registry.ids()
    pandas = found.to_pandas()
    assert pandas["id"].tolist() == found.ids()
    assert [float(price) for price in pandas["input_price"]] == prices


def test_a_stream_outlives_what_it_was_made_from() -> None:
    registry = mx.Registry()
    registry.register_many([{"id": f"m{n}", "input_price": n} for n in range(20_000)])
    reader = pa.RecordBatchReader.from_stream(registry)
    first = reader.read_next_batch()
    assert 0 < first.num_rows < 20_000, "in parts"
    registry.remove("m19999")
    registry.update("m19998", input_price=0)
    del registry
    gc.collect()
    rest = reader.read_all()
    assert rest.column("id").to_pylist()[-1] == "m19999"
    assert rest.column("input_price").to_pylist()[-2] == Decimal(19_998)
    assert first.num_rows + rest.num_rows == 20_000
    # Nobody has to take the stream.
    capsule = mx.models.select(limit=3).__arrow_c_stream__()
    assert "arrow_array_stream" in repr(capsule)
    del capsule
    mx.models.select(limit=3).__arrow_c_stream__(requested_schema=None)


def test_nothing_at_all() -> None:
    empty = mx.Registry()
    assert pa.table(empty).num_rows == 0
    assert "id" in pa.table(empty).column_names
    assert empty.select().to_polars().is_empty()
    assert mx.models.select(limit=0).to_arrow().num_rows == 0


@pytest.mark.parametrize(
    ("method", "library", "extra"),
    [("arrow", "pyarrow", "arrow"), ("polars", "polars", "polars"), ("pandas", "pandas", "pandas")],
)
def test_a_library_that_is_missing(method: str, library: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ImportError, match=rf"{library}.*pip install 'modeldex\[{extra}\]'"):
        getattr(mx.models.select(limit=1), f"to_{method}")()
