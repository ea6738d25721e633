"""S3: the cheapest metered model with vision, tools, a large context and a price cap."""

from __future__ import annotations

import statistics
import time
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

import modeldex as mx
from benches import peers
from benches.rounds import Call, Race, Sampled, agree

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_benchmark.fixture import BenchmarkFixture

    from benches.conftest import Report
    from benches.peers import Offering, Order

ORDERS = ["input_price", "cost"]
ASKED = "by input_price", "by mx.cost(1200, 300)"
SHOWN = dict(zip(ORDERS, ASKED, strict=True))
BY = {"input_price": "'input_price'", "cost": "cost(1200, 300)"}
CHANGES = 40
"""How many changes a round makes, each followed by one question."""


@pytest.fixture(scope="module")
def rows() -> list[Offering]:
    return peers.offerings(mx.models.values())


def ad_hoc(registry: mx.Registry, order: Order) -> Call:
    text = (
        "registry.best(requires=['vision', 'tools'], min_context_window=200_000, max_input_price=cap,"
        f" billing='metered', by={BY[order]})"
    )
    return Call("modeldex", text, {"registry": registry, "cost": mx.cost, "caps": peers.CAPS}, over="cap in caps")


def conditions(order: Order) -> dict[str, Any]:
    by = "input_price" if order == "input_price" else mx.cost(peers.INPUT, peers.OUTPUT)
    return {
        "requires": ["vision", "tools"],
        "min_context_window": peers.CONTEXT,
        "max_input_price": peers.CAPS[0],
        "billing": "metered",
        "by": by,
    }


def which(answer: Any) -> str | None:
    """The id, whatever it came in."""
    if isinstance(answer, tuple):
        answer = answer[0]
    return answer if isinstance(answer, str | None) else answer.id


def rivals(order: Order, report: Report, goal: float) -> list[Call]:
    """The scans of other registries, each checked against ours on its own rows: they do not have all of ours."""
    made: list[Call] = []
    for name in ("litellm", "liter-llm"):
        try:
            if name == "litellm":
                call, definitions = peers.litellm_scan(order), peers.litellm_rows()
            else:
                models = peers.liter_models()
                call, definitions = peers.liter_scan(models, order), peers.liter_rows(models)
        except ImportError as error:
            report.unmeasured("S3", f"cheapest that fits, ad hoc, {SHOWN[order]}", name, str(error), goal=goal)
            continue
        twin = mx.Registry()
        twin.register_many(definitions)
        agree([ad_hoc(twin, order), call], key=which)
        made.append(call)
    return made


@pytest.mark.parametrize("order", ORDERS)
def test_ad_hoc(order: Order, rows: list[Offering], benchmark: BenchmarkFixture, report: Report) -> None:
    ours = ad_hoc(mx.models, order)
    scans = [
        peers.scan(rows, order),
        peers.polars_filter(rows, order),
        peers.polars_masks(rows, order),
        peers.duckdb(rows, order),
    ]
    index = peers.Sqlite(rows, order).call()
    agree([ours, *scans, index], key=which)
    scans += rivals(order, report, goal=300)
    race = Race(ours, *scans, index).run(benchmark)
    for scan in scans:
        report("S3", f"cheapest that fits, ad hoc, {SHOWN[order]}", race, scan.name, goal=300)
    report("S3", f"cheapest that fits, ad hoc, {SHOWN[order]}", race, index.name, goal=4)


@pytest.mark.parametrize("order", ORDERS)
def test_prepared(order: Order, rows: list[Offering], benchmark: BenchmarkFixture, report: Report) -> None:
    route = mx.models.prepare(**conditions(order))
    found = route.best()
    assert found is not None
    assert found.id == which(peers.scan(rows, order).answers()[0])
    table = {row.id: row for row in rows}
    ours = Call("modeldex", "route.best()", {"route": route}, unroll=20)
    lookup = Call("dict", "table[key]", {"table": table, "key": (found.id + " ")[:-1]}, unroll=20)
    agree([ours, lookup], key=which)
    race = Race(ours, lookup).run(benchmark)
    report("S3", f"cheapest that fits, prepared, {SHOWN[order]}", race, "dict", kind="at most", goal=4)


def test_prepared_with_values(rows: list[Offering], benchmark: BenchmarkFixture, report: Report) -> None:
    """Context and tokens come with the request; there is no index for an order that changes with every call."""
    tokens, out = mx.param("tokens"), mx.param("out")
    by = mx.cost(input_tokens=tokens, output_tokens=out)
    route = mx.models.prepare(**{**conditions("cost"), "min_context_window": tokens, "by": by})
    requests = [(1_000 * step * step, 50 * (17 - step)) for step in range(2, 18)]
    ours = Call(
        "modeldex",
        "route.best(tokens=tokens, out=out)",
        {"route": route, "requests": requests},
        over="tokens, out in requests",
    )
    fits = "row.vision and row.tools and row.context_window >= tokens and row.input_price <= 3.0 and row.billing == 'metered'"
    rank = "lambda row: tokens * row.input_price + out * row.output_price"
    scan = Call(
        "list comprehension",
        f"min([row for row in rows if {fits}], key={rank})",
        {"rows": rows, "requests": requests},
        over="tokens, out in requests",
    )
    prices = {row.id: (row.input_price, row.output_price) for row in rows}
    for (input, output), mine, its in zip(requests, ours.answers(), scan.answers(), strict=True):
        assert mine is not None
        costs = [input * prices[id][0] + output * prices[id][1] for id in (mine.id, its.id)]
        # Equal exactly, two models may differ by a rounding of the scan's floats.
        assert costs[0] == pytest.approx(costs[1], rel=1e-12)
    race = Race(ours, scan).run(benchmark)
    report("S3", "cheapest that fits, prepared, with its values at the call", race, "list comprehension")
    report.figure(
        "S3", "cheapest that fits, prepared, with its values at the call", race.median("modeldex"), unit="s", goal=1e-6
    )


class After:
    """What an expression costs right after a change; the change itself, and the clock, are taken off."""

    def __init__(self, expression: str, names: dict[str, Any], change: Callable[[], None]) -> None:
        source = (
            f"def run(change, clock, {', '.join(names)}):\n"
            "    change()\n"
            "    first = clock()\n"
            "    start = clock()\n"
            f"    {expression}\n"
            "    end = clock()\n"
            "    return (end - start) - (start - first)\n"
        )
        space: dict[str, Any] = {}
        exec(compile(source, "<after>", "exec"), space)
        self.run, self.names, self.change = space["run"], names, change

    def __call__(self) -> float:
        took = [self.run(self.change, time.perf_counter_ns, **self.names) for _ in range(CHANGES)]
        return float(max(statistics.median(took), 1)) * 1e-9


@pytest.mark.parametrize("change", ["unrelated", "related"])
def test_prepared_after_a_change(
    change: str, rows: list[Offering], benchmark: BenchmarkFixture, report: Report
) -> None:
    registry = mx.Registry.load("bundled")
    route = registry.prepare(**conditions("input_price"))
    first = route.best()
    assert first is not None
    turns = count()
    # Above the cap and back: the answer is another one after every change.
    prices = (str(peers.CAPS[0] + 1), str(first.document["input_price"]))
    index = peers.Sqlite(rows, "input_price")

    def update() -> None:
        turn = next(turns)
        if change == "unrelated":
            registry.update(first.id, latency_p50_ms=100 + turn % 50)
        else:
            registry.update(first.id, input_price=prices[turn % 2])

    def update_index() -> None:
        index.cursor.execute("UPDATE model SET input_price = ? WHERE id = ?", (prices[next(turns) % 2], first.id))

    check(registry, route, update, moves=change == "related")
    table = {row.id: row for row in rows}
    names = {"table": table, "key": (first.id + " ")[:-1]}
    sides = [
        Sampled("modeldex", After("route.best()", {"route": route}, update)),
        Sampled("dict", After("table[key]", names, update)),
    ]
    if change == "related":
        question = {"execute": index.cursor.execute, "query": index.query, "given": (peers.CONTEXT, peers.CAPS[0])}
        sides.append(Sampled("sqlite3", After("execute(query, given).fetchone()", question, update_index)))
    race = Race(*sides).run(benchmark)
    report(
        "S3",
        f"cheapest that fits, prepared, right after a change that is {change}",
        race,
        "dict",
        kind="at most",
        goal=4,
    )
    if change == "related":
        report("S3", "cheapest that fits, prepared, right after a change that is related", race, "sqlite3")


def check(registry: mx.Registry, route: mx.Query, update: Callable[[], None], *, moves: bool) -> None:
    """After each of some changes the answer is that of a scan, and it changes if it should."""
    found = set()
    for _ in range(4):
        update()
        answer = route.best()
        scanned = peers.scan(peers.offerings(registry.values()), "input_price").answers()[0]
        assert answer is not None
        assert answer.id == scanned.id
        found.add(answer.id)
    assert len(found) == (2 if moves else 1)
