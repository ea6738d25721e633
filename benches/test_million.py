"""S3 and S5 among a million models, beside a list comprehension, a covering index and sets of rows.

Copies cost the same, so it is the price of an answer that must be that of the peers, not its id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import modeldex as mx
from benches import peers
from benches.million import SIZE, million
from benches.rounds import Call, Race, agree
from benches.test_best import ORDERS, SHOWN, ad_hoc, conditions, which

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_benchmark.fixture import BenchmarkFixture

    from benches.conftest import Report
    from benches.peers import Offering, Order

ROUNDS = 7
"""A scan of a million rows takes a tenth of a second."""


def price(order: Order) -> Callable[[Any], int]:
    """What orders an answer: a whole number, so that it does not depend on the order of additions."""
    tokens = (1, 0) if order == "input_price" else (peers.INPUT, peers.OUTPUT)

    def of(answer: Any) -> int:
        row = million().rows[str(which(answer))]
        return round((tokens[0] * row.input_price + (tokens[1] * row.output_price if tokens[1] else 0)) * 1e9)

    return of


def servable() -> list[Offering]:
    return [row for row in million().rows.values() if row.status not in peers.OFF]


@pytest.mark.parametrize("order", ORDERS)
def test_best(order: Order, benchmark: BenchmarkFixture, report: Report) -> None:
    big, rows = million(), servable()
    route = big.registry.prepare(**conditions(order))
    found = route.best()
    assert found is not None
    ours, scan = ad_hoc(big.registry, order), peers.scan(rows, order)
    index = peers.Sqlite(rows, order).call()
    names = {"table": big.rows, "key": (found.id + " ")[:-1]}
    prepared = Call("prepared", "route.best()", {"route": route}, unroll=20)
    lookup = Call("dict", "table[key]", names, unroll=20)
    agree([ours, scan, index], key=price(order))
    agree([prepared, lookup], key=which)
    race = Race(ours, scan, index, prepared, lookup).run(benchmark, ROUNDS)
    what = f"cheapest that fits, ad hoc, {SHOWN[order]}, {SIZE:,}"
    report("S3", what, race, scan.name, goal=300)
    report("S3", what, race, index.name, goal=4)
    what = f"cheapest that fits, prepared, {SHOWN[order]}, {SIZE:,}"
    report("S3", what, race, "dict", ours="prepared", kind="at most", goal=4)


def test_prepared_with_values(benchmark: BenchmarkFixture, report: Report) -> None:
    """The cap comes with the request."""
    given = {**conditions("input_price"), "max_input_price": mx.param("cap")}
    route = million().registry.prepare(**given)
    ours = Call("modeldex", "route.best(cap=cap)", {"route": route, "caps": peers.CAPS}, over="cap in caps")
    scan = peers.scan(servable(), "input_price")
    agree([ours, scan], key=price("input_price"))
    race = Race(ours, scan).run(benchmark, ROUNDS)
    what = f"cheapest that fits, prepared, its cap at the call, {SIZE:,}"
    report("S3", what, race, scan.name)
    report.figure("S3", what, race.median("modeldex"), unit="s", goal=1e-6)


def test_all_with_vision(benchmark: BenchmarkFixture, report: Report) -> None:
    big = million()
    rows = list(big.rows.values())
    vision = {at for at, row in enumerate(rows) if row.vision}
    ready = [rows[at] for at in sorted(vision)]
    models = big.registry.select(requires="vision", status="any").models()
    calls = [
        Call("modeldex", "registry.select(requires='vision', status='any').models()", {"registry": big.registry}),
        Call("set of rows", "list(map(get, sorted(vision)))", {"get": rows.__getitem__, "vision": vision}),
        # Both are the floor; the list of models keeps all of them alive, as whoever asks again and again does.
        Call("copy of a ready list of models", "ready.copy()", {"ready": models}),
        Call("copy of a ready list of rows", "ready.copy()", {"ready": ready}),
    ]
    agree(calls, key=lambda found: [model.id for model in found])
    race = Race(*calls).run(benchmark, ROUNDS)
    what = f"all {len(ready):,} models with vision as a list"
    report("S5", what, race, "set of rows", goal=3)
    report("S5", what, race, "copy of a ready list of models", kind="at most", goal=1.5)
    report("S5", what, race, "copy of a ready list of rows", kind="at most", goal=1.5)
