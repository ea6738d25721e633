"""A saved file is a table that others read: every column says what the registry says."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

import modeldex as mx

pa = pytest.importorskip("pyarrow")
ipc = pytest.importorskip("pyarrow.ipc")
pl = pytest.importorskip("polars")
duckdb = pytest.importorskip("duckdb")

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ODD = [
    {"id": "é/ü", "aliases": ["中"], "name": "한", "provider": "é", "tags": ["a", "ä"], "input_price": "0.123456789"},
    {"id": "bare"},
    {"id": "own", "metadata": {"fps": 29.97, "deep": {"n": -3}}, "scores": {"house": 0.1}, "released": "2025-06"},
    {"id": "large", "description": "text " * 50_000, "context_window": 2**53, "output_price": 9_000},
]


def written(model: mx.Model) -> dict[str, Any]:
    return json.loads(json.dumps(dict(model.document), default=lambda value: dict(value) if hasattr(value, "items") else list(value)))  # fmt: skip


@pytest.fixture(scope="module")
def registry() -> mx.Registry:
    """Every tenth of the shipped models, with what is rare among them: more than one block of rows."""
    registry = mx.Registry()
    registry.register_many([*(written(model) for model in list(mx.models.values())[::10]), *ODD])
    return registry


@pytest.fixture(scope="module")
def file(registry: mx.Registry, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("readers") / "models.arrow"
    registry.save(path)
    return path


def rows_of_pyarrow(path: Path) -> list[dict[str, Any]]:
    with pa.memory_map(str(path)) as source:
        return ipc.open_file(source).read_all().to_pylist()  # type: ignore[no-any-return]


def rows_of_polars(path: Path) -> list[dict[str, Any]]:
    return pl.read_ipc(path).rows(named=True)  # type: ignore[no-any-return]


def rows_of_polars_lazily(path: Path) -> list[dict[str, Any]]:
    return pl.scan_ipc(path).collect().rows(named=True)  # type: ignore[no-any-return]


def rows_of_duckdb(path: Path) -> list[dict[str, Any]]:
    table = ipc.open_file(str(path)).read_all()
    with duckdb.connect() as connection:
        found = connection.register("models", table).execute("select * from models")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


READERS = [rows_of_pyarrow, rows_of_polars, rows_of_polars_lazily, rows_of_duckdb]


def words(value: Any) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else sorted(value)


def check(name: str, shown: Any, model: mx.Model, measures: Mapping[str, int]) -> None:
    if name == "document":
        document = json.loads(shown, parse_float=str, parse_int=str)
        assert document["id"] == model.id
        assert mx.Registry().register(json.loads(shown)).id == model.id
        return
    value = model.value(name)
    if name == "id":
        assert shown == value
    elif name not in measures:
        assert isinstance(shown, list)
        assert sorted(shown) == words(value), name
    elif value is None:
        assert shown is None, name
    elif isinstance(shown, Decimal):
        assert float(shown) == value, name
    else:
        assert type(shown) in {int, float, datetime.date}
        assert shown == value, name


@pytest.mark.parametrize("read", READERS)
def test_every_column_is_what_the_registry_says(read: Any, registry: mx.Registry, file: Path) -> None:
    rows, measures = read(file), registry.measures()
    assert [row["id"] for row in rows] == list(registry)
    columns = set(rows[0])
    assert {"id", "document", "provider", "capability", "lacks", "input_price", "released"} <= columns
    # Measures that are not declared have a column where one row in 64 states them.
    stated = {name for name, count in measures.items() if count * 64 >= len(registry)}
    assert stated <= columns
    for row, model in zip(rows, registry.values(), strict=True):
        assert set(row) == columns
        for name, shown in row.items():
            check(name, shown, model, measures)


@pytest.mark.parametrize("read", READERS)
def test_terms_are_those_that_a_question_finds(read: Any, registry: mx.Registry, file: Path) -> None:
    rows = read(file)
    for facet in ("provider", "capability", "lacks", "mode", "status", "billing", "tag", "parameter", "input"):
        terms = registry.terms(facet)
        assert {term for row in rows for term in row[facet]} == set(terms)
        for term in terms:
            found = registry.select(mx.f[facet].has(term), **({} if facet == "status" else {"status": "any"})).ids()
            assert [row["id"] for row in rows if term in row[facet]] == list(found)


def test_money_is_exact(registry: mx.Registry, file: Path) -> None:
    rows = {row["id"]: row for row in rows_of_pyarrow(file)}
    assert rows["é/ü"]["input_price"] == Decimal("0.123456789")
    for model in registry.values():
        price = json.loads(rows[model.id]["document"], parse_float=Decimal, parse_int=Decimal).get("input_price")
        assert rows[model.id]["input_price"] == (None if price is None else Decimal(price))


@pytest.mark.parametrize("models", [[], ODD[:1], ODD])
def test_few_models_and_none(models: list[dict[str, Any]], tmp_path: Path) -> None:
    registry, path = mx.Registry(), tmp_path / "few.arrow"
    registry.register_many(models)
    registry.save(path)
    for read in READERS:
        assert [row["id"] for row in read(path)] == [model["id"] for model in models]


def test_the_shipped_catalogue() -> None:
    import importlib.resources

    with importlib.resources.as_file(importlib.resources.files("modeldex") / "catalogue.arrow") as path:
        frame = pl.read_ipc(path)
        assert frame["id"].to_list() == list(mx.models)
        assert frame.equals(pl.from_arrow(ipc.open_file(str(path)).read_all()))
