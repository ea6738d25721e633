"""S1 and S2: a model by its id beside a dict, an attribute beside a slot."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

import modeldex as mx
from benches.million import SIZE, million
from benches.peers import Offering, offering
from benches.rounds import Call, Race, agree

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from benches.conftest import Report

MANY = 200_000
SIZES = ["catalogue", f"{SIZE:,}"]


def tables(size: str) -> tuple[mx.Registry, dict[str, Offering]]:
    """A registry, and the same as a dict of slots dataclasses."""
    if size == "catalogue":
        return mx.models, {model.id: offering(model) for model in mx.models.values()}
    big = million()
    return big.registry, big.rows


def distinct(text: str) -> str:
    """An equal text that is another object."""
    other = (text + " ")[:-1]
    assert other == text
    assert other is not text
    return other


def picked(ids: list[str]) -> list[str]:
    chosen = random.Random(7).choices(ids, k=MANY)
    return [distinct(id) for id in chosen]


def sides(registry: mx.Registry, rows: dict[str, Offering], keys: list[str]) -> tuple[Call, Call]:
    ours = Call("modeldex", "table[key]", {"table": registry, "keys": keys}, over="key in keys")
    return ours, Call("dict", "table[key]", {"table": rows, "keys": keys}, over="key in keys")


@pytest.mark.parametrize("size", SIZES)
def test_random_ids(size: str, benchmark: BenchmarkFixture, report: Report) -> None:
    registry, rows = tables(size)
    calls = sides(registry, rows, picked(list(rows)))
    agree(calls, key=lambda found: found.id)
    race = Race(*calls).run(benchmark)
    report("S1", f"registry[id], {MANY:,} random ids, {size}", race, "dict", kind="at most", goal=2)


@pytest.mark.parametrize("size", SIZES)
def test_hot_id(size: str, benchmark: BenchmarkFixture, report: Report) -> None:
    registry, rows = tables(size)
    key = distinct(list(rows)[len(rows) // 2])
    names = {"key": key}
    calls = (
        Call("modeldex", "table[key]", {"table": registry, **names}, unroll=20),
        Call("dict", "table[key]", {"table": rows, **names}, unroll=20),
    )
    agree(calls, key=lambda found: found.id)
    race = Race(*calls).run(benchmark)
    report("S1", f"registry[id], one hot id, {size}", race, "dict", kind="at most", goal=2)


def test_texts_just_made(benchmark: BenchmarkFixture, report: Report) -> None:
    """A text that came with a request has not been hashed yet; the dict hashes it, too."""
    registry, rows = tables("catalogue")
    chosen = picked(list(rows))[:1_000]
    agree(sides(registry, rows, chosen), key=lambda found: found.id)

    def made() -> dict[str, list[str]]:
        return {"keys": [distinct(id) for id in chosen]}

    calls = [
        Call(name, "table[key]", {"table": table}, over="key in keys", fresh=made)
        for name, table in (("modeldex", registry), ("dict", rows))
    ]
    race = Race(*calls).run(benchmark)
    report("S1", "registry[id], texts never hashed before, catalogue", race, "dict", kind="at most", goal=2)


def test_attribute(benchmark: BenchmarkFixture, report: Report) -> None:
    model = mx.models["openai/gpt-4o"]
    row = offering(model)
    calls = [
        Call(name, "model.context_window", {"model": one}, unroll=50)
        for name, one in (("modeldex", model), ("slots dataclass", row))
    ]
    agree(calls)
    race = Race(*calls).run(benchmark)
    report("S2", "model.context_window", race, "slots dataclass", kind="at most", goal=1.5)
