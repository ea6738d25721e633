"""S8: a saved snapshot of a million models, opened in a fresh process, beside building a dict of slots dataclasses.

The file is in the cache of the system, as the rows of the peer are in its memory before the clock starts; the peer
builds without the garbage collector, which is when it is fastest, and only the ten facts that a router needs.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benches.million import SIZE, anonymous, million
from benches.rounds import Race, Sampled

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_benchmark.fixture import BenchmarkFixture

    from benches.conftest import Report

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 5
PER_MODEL = 100
"""Bytes of anonymous memory, at most."""

OPEN = """
import sys
from time import perf_counter
import modeldex as mx
from benches.million import anonymous
path, key = sys.argv[1:]
before = anonymous() or 0
start = perf_counter()
registry = mx.Registry.open(path)
model = registry[key]
took = perf_counter() - start
opened = anonymous() or 0
assert model.id == key
start = perf_counter()
best = registry.best(requires=['vision', 'tools'], max_input_price=3, by='input_price')
asked_in = perf_counter() - start
assert best is not None
asked = anonymous() or 0
print(took, opened - before, asked_in, asked - before)
"""
BUILD = """
import gc, pickle, sys
from time import perf_counter
from benches.million import anonymous
from benches.peers import Offering
path, key = sys.argv[1:]
before = anonymous() or 0
with open(path, 'rb') as file:
    rows = pickle.load(file)
gc.disable()
start = perf_counter()
table = {row[0]: Offering(*row) for row in rows}
model = table[key]
took = perf_counter() - start
assert model.id == key
del rows
gc.enable()
print(took, (anonymous() or 0) - before)
"""


def run(program: str, path: Path, key: str) -> list[float]:
    """The figures that a fresh process prints."""
    command = [sys.executable, "-c", program, str(path), key]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """The snapshot file, the rows of the peer, and an id of both."""
    folder = tmp_path_factory.mktemp("million")
    big = million()
    big.registry.save(folder / "million.arrow", progress=False)
    rows = [astuple(row) for row in big.rows.values()]
    (folder / "rows.pickle").write_bytes(pickle.dumps(rows, protocol=5))
    return folder / "million.arrow", folder / "rows.pickle", rows[SIZE // 2][0]


def test_open(saved: tuple[Path, Path, str], benchmark: BenchmarkFixture, report: Report) -> None:
    file, rows, key = saved
    opened: list[list[float]] = []
    built: list[list[float]] = []

    def side(program: str, path: Path, kept: list[list[float]]) -> Callable[[], float]:
        def sample() -> float:
            kept.append(run(program, path, key))
            return kept[-1][0]

        return sample

    peer = "dict of slots dataclasses"
    race = Race(Sampled("modeldex", side(OPEN, file, opened)), Sampled(peer, side(BUILD, rows, built)))
    race.run(benchmark, ROUNDS)
    report("S8", f"open {SIZE:,} saved models and get one", race, peer, goal=50)
    first = median(opened, 2)
    report.shown("S8", f"the first question after opening {SIZE:,}", first, peer, median(built, 0))
    if anonymous() is None:
        report.unmeasured("S8", "anonymous memory a model", "", "no /proc/self/smaps_rollup here", goal=PER_MODEL)
        return
    report.figure("S8", "anonymous memory a model, opened, one got", median(opened, 1) / SIZE, unit="B", goal=PER_MODEL)
    its = median(built, 1) / SIZE
    report.shown(
        "S8", "anonymous memory a model, after the first question", median(opened, 3) / SIZE, peer, its, unit="B"
    )
    memory = million().memory
    if memory is not None:
        report.shown(
            "S8", "anonymous memory a model, all registered in this process", memory / SIZE, peer, its, unit="B"
        )


def median(runs: list[list[float]], at: int) -> float:
    figures: list[Any] = sorted(each[at] for each in runs)
    return float(figures[len(figures) // 2])
