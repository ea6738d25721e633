"""S4: how many models have three capabilities, beside sets and pyroaring."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest

import modeldex as mx
from benches.million import SIZE, million, shipped
from benches.rounds import Call, Race, agree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_benchmark.fixture import BenchmarkFixture

    from benches.conftest import Report

WORDS = ("vision", "tools", "reasoning", "structured_output", "prompt_caching")
TRIPLES = [list(triple) for triple in combinations(WORDS, 3)]
"""Ten questions in turn, so that nobody can answer from memory."""
# The goal at 10,000 rows, and at 1,000,000, where memory is the limit.
SIZES = {"catalogue": 20, f"{SIZE:,}": 2}


def postings(models: Iterable[mx.Model]) -> dict[str, list[int]]:
    """The rows of each capability."""
    found: dict[str, list[int]] = {word: [] for word in WORDS}
    for row, model in enumerate(models):
        for word in model.capabilities:
            if word in found:
                found[word].append(row)
    return found


def tables(size: str) -> tuple[mx.Registry, dict[str, list[int]]]:
    if size == "catalogue":
        return mx.models, postings(mx.models.values())
    rows, registry, step = postings(shipped()), million().registry, len(mx.models)
    turns = range(0, len(registry), step)
    return registry, {
        word: [at + row for at in turns for row in found if at + row < len(registry)] for word, found in rows.items()
    }


@pytest.mark.parametrize("size", SIZES)
def test_count(size: str, benchmark: BenchmarkFixture, report: Report) -> None:
    registry, rows = tables(size)
    asked = {"registry": registry, "triples": TRIPLES}
    queries = [registry.prepare(requires=triple, status="any") for triple in TRIPLES]
    sets = {word: set(found) for word, found in rows.items()}
    calls = [
        Call("modeldex", "registry.count(requires=triple, status='any')", asked, over="triple in triples"),
        Call("prepared", "query.count()", {"queries": queries}, over="query in queries"),
        Call("sets", "len(a & b & c)", {"triples": named(sets)}, over="a, b, c in triples"),
    ]
    try:
        from pyroaring import BitMap
    except ImportError as error:
        report.unmeasured("S4", f"count of 3 terms, ad hoc, {size}", "pyroaring", str(error), goal=SIZES[size])
    else:
        # As it comes, and at its best for terms as dense as these: words instead of runs.
        for name, optimize in (("pyroaring", True), ("pyroaring, optimize=False", False)):
            bitmaps = named({word: BitMap(found, optimize=optimize) for word, found in rows.items()})
            text = "(a & b).intersection_cardinality(c)"
            calls.append(Call(name, text, {"triples": bitmaps}, over="a, b, c in triples"))
    agree(calls)
    race = Race(*calls).run(benchmark)
    for call in calls[2:]:
        report("S4", f"count of 3 terms, ad hoc, {size}", race, call.name, goal=SIZES[size])
    for call in calls[3:]:
        what = f"count of 3 terms, prepared, {size}"
        report("S4", what, race, call.name, ours="prepared", goal=SIZES[size])


def named(found: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [tuple(found[word] for word in triple) for triple in TRIPLES]
