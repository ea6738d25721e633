"""S5: all models with vision, as a list of models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import modeldex as mx
from benches.peers import offering
from benches.rounds import Call, Race, agree

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from benches.conftest import Report


def test_all_with_vision(benchmark: BenchmarkFixture, report: Report) -> None:
    rows = [offering(model) for model in mx.models.values()]
    vision = {at for at, row in enumerate(rows) if row.vision}
    ready = [rows[at] for at in sorted(vision)]
    models = [model for model, row in zip(mx.models.values(), rows, strict=True) if row.vision]
    calls = [
        Call("modeldex", "registry.select(requires='vision', status='any').models()", {"registry": mx.models}),
        Call("set of rows", "list(map(get, sorted(vision)))", {"get": rows.__getitem__, "vision": vision}),
        # The floor: what the list itself costs, once for our objects and once for theirs.
        Call("copy of a ready list of models", "ready.copy()", {"ready": models}),
        Call("copy of a ready list of rows", "ready.copy()", {"ready": ready}),
    ]
    agree(calls, key=lambda models: [model.id for model in models])
    race = Race(*calls).run(benchmark)
    what = f"all {len(ready):,} models with vision as a list"
    report("S5", what, race, "set of rows", goal=3)
    report("S5", what, race, "copy of a ready list of models", kind="at most", goal=1.5)
    report("S5", what, race, "copy of a ready list of rows", kind="at most", goal=1.5)
