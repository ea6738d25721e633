"""Changes from inside: while a definition is read, a warning told, an object dropped, a subscriber called."""

from __future__ import annotations

import gc
import random
import sys
import threading
import warnings
import weakref
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

import modeldex as mx


@pytest.fixture
def registry() -> mx.Registry:
    registry = mx.Registry()
    registry.register_many({"id": f"m{place}", "latency_p50_ms": 1, "tags": ["t"]} for place in range(5))
    return registry


class Sneaky(Mapping[str, Any]):
    """A mapping of somebody's own that does something whenever it is read."""

    def __init__(self, fields: dict[str, Any], act: Any) -> None:
        self.fields = fields
        self.act = act

    def __getitem__(self, name: str) -> Any:
        self.act()
        return self.fields[name]

    def __iter__(self) -> Iterator[str]:
        self.act()
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)


def test_a_definition_that_changes_the_registry_while_it_is_read(registry: mx.Registry) -> None:
    def act() -> None:
        registry.update("m0", **{"+tags": [f"t{registry.snapshot.version}"]}, latency_p50_ms=registry.snapshot.version)

    registry.register({"id": "base", "name": "n"})
    registry.register(Sneaky({"id": "new", "extends": "base"}, act))
    registry.register_many([Sneaky({"id": "new 2", "metadata": Sneaky({"a": 1}, act)}, act)])
    registry.update("m1", Sneaky({"latency_p50_ms": 5}, act))
    with registry.edit() as edit:
        edit.register(Sneaky({"id": "new 3"}, act))
        edit.update("m2", Sneaky({"name": "n", "metadata": Sneaky({"a": 1}, act)}, act))
    registry.replace_all([*({"id": name} for name in registry), Sneaky({"id": "new 4"}, act)])
    assert {"new", "new 2", "new 3", "new 4"} <= set(registry)


def test_an_update_that_was_overtaken_by_what_it_runs_keeps_both(registry: mx.Registry) -> None:
    left = [3]

    def act() -> None:
        if left[0]:
            left[0] -= 1
            registry.update("m0", **{"+tags": [f"inside {left[0]}"]})

    registry.update("m0", name="outside", metadata=Sneaky({"a": 1}, act))
    assert registry["m0"].name == "outside"
    assert registry["m0"].tags == ("t", "inside 2", "inside 1", "inside 0")


def test_what_is_read_may_fail_or_stop_half_way(registry: mx.Registry) -> None:
    before = registry.snapshot

    def some(then: Any) -> Iterator[dict[str, Any]]:
        yield {"id": "x"}
        then()

    def fail() -> None:
        raise ZeroDivisionError

    for change in (registry.register_many, registry.replace_all):
        with pytest.raises(ZeroDivisionError):
            change(some(fail))
        assert registry.snapshot.diff(before).added == ()
    registry.register_many(some(lambda: registry.register({"id": "inside"})))
    assert list(registry)[-2:] == ["inside", "x"]


def test_a_change_in_a_warning(registry: mx.Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(*_: object, **__: object) -> None:
        registry.update("m0", name="told", latency_p50_ms=9)
        registry.remove("m1")
        registry.suspend("m2", seconds=60)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        monkeypatch.setattr(warnings, "showwarning", told)
        registry.select(min_experts=1)
    assert registry["m0"].name == "told"
    assert registry.select().ids() == ["m0", "m3", "m4"]


def test_a_change_when_an_object_is_dropped(registry: mx.Registry) -> None:
    """The last reference to a model is often the registry's own, let go by the change that replaces it."""
    done: list[str] = []

    def gone(name: str) -> None:
        done.append(name)
        registry.update(name, tokens_per_second=len(done))
        registry.register({"id": f"for {name}"})

    kept = [weakref.ref(registry[name], lambda _, name=name: gone(name)) for name in ("m0", "m1", "m2")]
    registry.update("m0", name="n")
    registry.update("m1", latency_p50_ms=3)
    with registry.edit() as edit:
        edit.update("m2", latency_p50_ms=3)
        edit.remove("m3")
    assert [ref() for ref in kept] == [None] * 3
    assert done == ["m0", "m1", "m2"]
    assert [registry[name].tokens_per_second for name in done] == [1.0, 2.0, 3.0]
    assert list(registry) == ["m0", "m1", "m2", "m4", "for m0", "for m1", "for m2"]


def test_a_change_in_the_collector(registry: mx.Registry) -> None:
    class Cycle:
        def __init__(self) -> None:
            self.me = self

        def __del__(self) -> None:
            registry.update("m0", latency_p50_ms=2)
            registry.suspend("m1", seconds=60)
            registry.resume("m1")

    before = gc.get_threshold()
    seen: list[mx.Change] = []
    registry.subscribe(seen.append)
    gc.set_threshold(1)
    try:
        for place in range(50):
            Cycle()
            registry.update("m0", latency_p50_ms=place)
            registry.update("m0", name=f"n{place}")
            registry.select().models()
            with registry.edit() as edit:
                Cycle()
                edit.update("m4", latency_p50_ms=place)
                edit.register({"id": f"new {place}"})
    finally:
        gc.set_threshold(*before)
    assert registry["m4"].latency_p50_ms == 49.0
    assert [change.since for change in seen[1:]] == [change.version for change in seen[:-1]]


@pytest.mark.timeout(120)
def test_threads_do_everything_at_once(registry: mx.Registry) -> None:  # noqa: C901, PLR0915 - each does one thing
    """What holds at the end: every change told once, numbers as the last writer left them, nothing stuck."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    seen: list[mx.Change] = []
    registry.subscribe(seen.append)
    errors: list[BaseException] = []
    stop = threading.Event()

    def loop(work: Any) -> None:
        dice = random.Random(id(work))
        try:
            while not stop.is_set():
                work(dice)
        except BaseException as error:  # noqa: BLE001 - it is raised below
            errors.append(error)
            stop.set()

    def feed(dice: random.Random) -> None:
        number = dice.random()
        assert registry.update("m0", latency_p50_ms=number).latency_p50_ms == number

    def batch(dice: random.Random) -> None:
        number = float(dice.randint(1, 1000))
        try:
            with registry.edit() as edit:
                edit.update("m1", output_price=number)
                edit.update("m2", output_price=number)
        except mx.ModeldexError as error:
            assert "another change" in str(error)  # noqa: PT017 - it is the only one that may come
        one, two = registry.select(mx.f.output_price.is_known(), status="any").values("output_price")
        assert one == two

    def suspend(dice: random.Random) -> None:
        registry.suspend("m3", seconds=dice.choice([1e-6, 1e-3, 60]))
        registry.suspended()
        registry.resume("m3")

    def listen(_: random.Random) -> None:
        with registry.subscribe(lambda change: registry.snapshot.version >= change.version or stop.set()):
            registry.update("m4", name="n")

    def come_and_go(_: random.Random) -> None:
        registry.register({"id": "flicker", "latency_p50_ms": 1})
        registry.remove("flicker")

    query = registry.prepare(by="latency_p50_ms")

    def ask(_: random.Random) -> None:
        assert query.best() is not None
        assert registry.select().models()
        earlier = registry.snapshot
        assert registry.snapshot.diff(earlier).removed in ((), ("flicker",))

    registry.update("m1", output_price=1)
    registry.update("m2", output_price=1)
    threads = [
        threading.Thread(target=loop, args=(work,))
        for work in (feed, feed, batch, batch, suspend, listen, come_and_go, ask)
    ]
    for thread in threads:
        thread.start()
    stop.wait(2)
    stop.set()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    sys.setswitchinterval(before)
    if errors:
        raise errors[0]
    assert [change.since for change in seen[1:]] == [change.version for change in seen[:-1]]
    assert seen[-1].version == registry.snapshot.version
    assert registry.suspended() == {}
