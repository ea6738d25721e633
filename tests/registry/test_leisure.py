"""What takes long over many rows lets other threads run meanwhile."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import pytest

import modeldex as mx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZE = 70_000
"""More than one block of rows."""


@pytest.fixture(scope="module")
def registry() -> mx.Registry:
    registry = mx.Registry()
    registry.register_many(
        {"id": f"m{n}", "input_price": n % 977, "context_window": n % 1009, "capabilities": ["tools"] if n % 3 else []}
        for n in range(SIZE)
    )
    return registry


@pytest.fixture
def patience() -> Iterator[None]:
    """So long a turn that a thread which does not let go keeps the interpreter for itself."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    yield
    sys.setswitchinterval(before)


CALLS: dict[str, Callable[[mx.Registry, mx.Selection], object]] = {
    "select": lambda registry, _: registry.select(requires="tools", by="input_price"),
    "count": lambda registry, _: registry.count(mx.f.input_price <= 500),
    "prepared": lambda registry, _: registry.prepare(mx.f.input_price <= 500).select(),
    "prepared count": lambda registry, _: registry.prepare(mx.f.input_price <= 500).count(),
    "pick": lambda registry, _: registry.prepare(by="input_price").pick(near=3),
    "match": lambda registry, _: registry.prepare(max_input_price=mx.param("cap"), by="context_window").match(
        cap=list(range(10))
    ),
    "where": lambda _, found: found.where(requires="tools"),
    "sort": lambda _, found: found.sort("context_window", "-input_price"),
    "values": lambda _, found: found.values("input_price"),
    "and": lambda _, found: found & found,
    "or": lambda _, found: found | found,
    "minus": lambda _, found: found - found[:10],
    "stream": lambda _, found: found.__arrow_c_stream__(),
    "suggest": lambda registry, _: registry.suggest("m1234x"),
    "nearest": lambda registry, _: registry.nearest("m1234x", 10_000, 0.1),
    "names": lambda registry, _: registry.names(),
}


def is_let_in(ask: Callable[[], object]) -> bool:
    """Whether another thread runs while this one asks."""
    ran, gate = threading.Event(), threading.Lock()

    def wait() -> None:
        with gate:
            ran.set()

    with gate:
        thread = threading.Thread(target=wait)
        thread.start()
    # It could go on now, but only where this thread lets go of the interpreter, and opening the gate does not.
    for _ in range(50):
        ask()
        if ran.is_set():
            break
    found = ran.is_set()
    thread.join()
    return found


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize("name", CALLS)
def test_another_thread_runs_meanwhile(name: str, registry: mx.Registry) -> None:
    found = registry.select(status="any", billing="any")
    assert len(found) == SIZE
    assert is_let_in(lambda: CALLS[name](registry, found))


@pytest.mark.usefixtures("patience")
def test_a_thread_that_is_not_let_in_waits() -> None:
    """The test above would tell: over few rows nothing is let go of."""
    few = mx.Registry()
    few.register({"id": "m", "input_price": 1, "context_window": 1, "capabilities": ["tools"]})
    let_in = is_let_in(lambda: few.select(requires="tools", by="input_price"))
    assert not let_in or not hasattr(sys, "getswitchinterval")
