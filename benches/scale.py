"""Cost against size, from 100 to 1,000,000 models: `python -m benches.scale` writes it beside the record of the day.

A figure is the median of some rounds; there are no goals here, and the peers (a dict, a list comprehension over slots
dataclasses) are there to be seen beside.
"""

from __future__ import annotations

import gc
import json
import random
import statistics
import sys
import time
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import modeldex as mx
from benches import peers
from benches.machine import machine
from benches.million import SIZE, Catalogue, catalogue, copies
from benches.record import FOLDER, amount
from benches.rounds import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SIZES = [size for size in (100, 1_000, 10_000, 100_000, 1_000_000) if size <= SIZE]
ROUNDS = 7
CHANGES = 2_000
KEYS = 10_000
ASKED: dict[str, Any] = {"requires": ["vision", "tools"], "min_context_window": 200_000, "billing": "metered"}


def each(change: Callable[[Any], object], given: Iterable[Any]) -> float:
    """The median time of one change."""
    took = []
    for one in given:
        start = time.perf_counter()
        change(one)
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def calls(made: Catalogue) -> list[Call]:
    """What is asked of a catalogue."""
    registry, rows = made.registry, list(made.rows.values())
    keys = [(id + " ")[:-1] for id in random.Random(3).choices(registry.ids(), k=KEYS)]
    fixed = registry.prepare(**ASKED, max_input_price=3, by="input_price")
    given = registry.prepare(**ASKED, max_input_price=mx.param("cap"), by="input_price")
    scan = peers.scan([row for row in rows if row.status not in peers.OFF], "input_price")
    best = "registry.best(**asked, max_input_price=cap, by='input_price')"
    count = "registry.count(requires=['vision', 'tools', 'reasoning'])"
    # The least catalogue may have no model under the lowest cap, and min of nothing is an error.
    scan = Call(scan.name, scan.expression[:-1] + ", default=None)", scan.names, scan.over)
    return [
        Call("get", "registry[key]", {"registry": registry, "keys": keys}, over="key in keys"),
        Call("dict", "rows[key]", {"rows": made.rows, "keys": keys}, over="key in keys"),
        Call("prepared best", "route.best()", {"route": fixed}, unroll=20),
        Call(
            "prepared best, a value given", "route.best(cap=cap)", {"route": given, "caps": peers.CAPS}, "cap in caps"
        ),
        Call("best", best, {"registry": registry, "asked": ASKED, "caps": peers.CAPS}, over="cap in caps"),
        Call("count of three terms", count, {"registry": registry}),
        scan,
    ]


def measured(size: int) -> dict[str, float]:
    """Seconds of each kind of work at one size."""
    made = catalogue(size)
    found: dict[str, float] = {}
    gc.collect()
    gc.disable()
    for call in calls(made):
        call.calibrate()
        found[call.name] = statistics.median(call.measure() for _ in range(ROUNDS))
    registry, dice = made.registry, random.Random(4)
    chosen = dice.choices(registry.ids(), k=CHANGES)
    found["update"] = each(lambda key: registry.update(key, latency_p50_ms=dice.randrange(50, 5_000)), chosen)
    found["register"] = each(registry.register, list(islice(copies(size), min(CHANGES, max(size // 10, 50)))))
    gc.enable()
    return found


def main() -> int:
    results: dict[str, list[float]] = {}
    for size in SIZES:
        found = measured(size)
        for name, seconds in found.items():
            results.setdefault(name, []).append(seconds)
        print(f"{size:>9,}", *(f"{name} {amount(seconds, 's')}" for name, seconds in found.items()), sep="  ")
        gc.collect()
    date = datetime.now(tz=UTC).date().isoformat()
    whole = {"date": date, "machine": machine(), "sizes": SIZES, "seconds": results}
    path = FOLDER / f"{date}-scale.json"
    path.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
