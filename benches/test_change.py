"""S9: one change among a million models, and what readers lose meanwhile.

Prices and latencies change in the saved catalogue, opened, after a question of each kind, so that every index that a
change must keep is there. Models are registered in the one that was made in memory, and removed again. Bytes copied by a change are counted in the engine's own test:
`cargo test --release -p modeldex-engine --test change_cost -- --ignored --nocapture`.
"""

from __future__ import annotations

import random
import statistics
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

import modeldex as mx
from benches.million import SIZE, copies, million
from benches.rounds import Race, Sampled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_benchmark.fixture import BenchmarkFixture

    from benches.conftest import Report

ROUNDS = 5
CHANGES = 4_000
"""Of each kind in a round."""
MEDIAN, RARE = 20e-6, 1e-3
"""Seconds that the median and the slowest but one in a thousand may take."""
RATE = 1_000
"""Changes a second beside readers."""
LOSS = 1.11
"""Readers lose under a tenth: a read takes at most so many times as long."""
SECONDS = 1.0


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> mx.Registry:
    """One of its own: the other benchmarks ask the large catalogue as it was."""
    path = tmp_path_factory.mktemp("change") / "million.arrow"
    million().registry.save(path, progress=False)
    # Its rows are made here, before the models that are registered later.
    assert len(million().rows) == SIZE
    opened = mx.Registry.open(path)
    opened.update(next(iter(opened)), latency_p50_ms=300)
    for by in ("input_price", "latency_p50_ms", mx.cost(1200, 300)):
        opened.best(requires=["vision", "tools"], min_context_window=200_000, billing="metered", by=by)
    return opened


class Changes:
    """A kind of change: every one that was made is kept with its time."""

    def __init__(self, name: str, change: Callable[[Any], object], given: Iterator[Any]) -> None:
        self.name, self.change, self.given = name, change, given
        self.took: list[float] = []

    def sample(self) -> float:
        took = []
        for _ in range(CHANGES):
            one = next(self.given)
            start = time.perf_counter()
            self.change(one)
            took.append(time.perf_counter() - start)
        self.took += took
        return statistics.median(took)

    def rare(self) -> float:
        return sorted(self.took)[len(self.took) * 999 // 1000]


def rebuilt() -> float:
    """The dict and the sets of rows, made anew, as who keeps an index of sets must when something has changed."""
    rows = list(million().rows.values())
    start = time.perf_counter()
    table = {row.id: row for row in rows}
    sets: dict[tuple[str, str | bool | None], set[int]] = {}
    for at, row in enumerate(rows):
        for name in ("provider", "mode", "billing", "status", "vision", "tools"):
            sets.setdefault((name, getattr(row, name)), set()).add(at)
    order = sorted(range(len(rows)), key=[row.input_price for row in rows].__getitem__)
    took = time.perf_counter() - start
    assert len(table) == len(order) == SIZE
    return took


def test_change(registry: mx.Registry, benchmark: BenchmarkFixture, report: Report) -> None:
    # The rows are handed over compiled, as the large catalogue was made: what the schema takes to check one is not
    # a matter of size.
    ids = registry.ids()
    dice = random.Random(9)
    priced = [id for id in dice.sample(ids, min(SIZE, 20_000)) if registry[id].billing == "metered"]

    def prices() -> Iterator[tuple[str, float]]:
        while True:
            yield dice.choice(priced), dice.randrange(1, 1_000) / 100

    def latencies() -> Iterator[tuple[str, int]]:
        while True:
            yield dice.choice(ids), dice.randrange(50, 5_000)

    kinds = [
        Changes("register", million().registry.register, copies(SIZE)),
        Changes("price", lambda one: registry.update(one[0], input_price=one[1]), prices()),
        Changes("latency", lambda one: registry.update(one[0], latency_p50_ms=one[1]), latencies()),
    ]
    before = len(million().registry)
    peer = "rebuilding the index"
    race = Race(*(Sampled(kind.name, kind.sample) for kind in kinds), Sampled(peer, rebuilt)).run(benchmark, ROUNDS)
    assert len(million().registry) == before + len(kinds[0].took)
    added = million().registry.ids()[before:]
    with million().registry.edit() as edit:
        for id in added:
            edit.remove(id)
    whats = {"register": "register one model", "price": "update one price", "latency": "update one latency"}
    for kind in kinds:
        what = f"{whats[kind.name]} among {SIZE:,}"
        report("S9", what, race, peer, ours=kind.name)
        report.figure("S9", f"{what}, median", race.median(kind.name), unit="s", goal=MEDIAN)
        report.figure("S9", f"{what}, p99.9 of {len(kind.took):,}", kind.rare(), unit="s", goal=RARE)


class Writer(threading.Thread):
    """Changes a price or a latency `RATE` times a second until it is stopped."""

    def __init__(self, registry: mx.Registry, ids: list[str]) -> None:
        super().__init__()
        self.registry, self.ids = registry, ids
        self.made, self.stopped = 0, threading.Event()

    def run(self) -> None:
        start = time.perf_counter()
        while not self.stopped.wait(1 / RATE):
            # Whoever waits for the interpreter comes late, and makes up for it.
            while self.made < (time.perf_counter() - start) * RATE:
                id = self.ids[self.made % len(self.ids)]
                self.registry.update(id, latency_p50_ms=50 + self.made % 1_000)
                self.made += 1


def test_readers(registry: mx.Registry, benchmark: BenchmarkFixture, report: Report) -> None:
    """A thread that gets models and asks a prepared question, alone and beside a writer."""
    ids = random.Random(10).sample(registry.ids(), min(SIZE, 10_000))
    route = registry.prepare(requires=["vision", "tools"], max_input_price=3, billing="metered", by="input_price")
    rates: list[float] = []

    def read() -> float:
        """Seconds each, over so many seconds."""
        asked, start = 0, time.perf_counter()
        while (took := time.perf_counter() - start) < SECONDS:
            for id in ids:
                registry[id]
                route.best()
            asked += len(ids)
        return took / asked

    def beside() -> float:
        writer = Writer(registry, ids)
        writer.start()
        start = time.perf_counter()
        took = read()
        rates.append(writer.made / (time.perf_counter() - start))
        writer.stopped.set()
        writer.join()
        return took

    race = Race(Sampled("beside a writer", beside), Sampled("alone", read)).run(benchmark, ROUNDS)
    what = f"a get and a prepared best() while {statistics.median(rates):,.0f} changes a second are made"
    report("S9", what, race, "alone", ours="beside a writer", kind="at most", goal=LOSS)
