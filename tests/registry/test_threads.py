"""Readers are never blocked, never fail and never see half a change."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from tests.registry.process import run

import modeldex as mx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECONDS = 1.0
PAIRS = 40


@pytest.fixture(autouse=True)
def _switch_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def together(
    writers: list[Callable[[], None]], readers: list[Callable[[], None]], seconds: float = SECONDS
) -> list[int]:
    """Runs all of them over and over; how often each ran. The first error of a thread is raised."""
    stop, errors = threading.Event(), []
    counts = [0] * (len(writers) + len(readers))

    def run(place: int, work: Callable[[], None]) -> None:
        try:
            while not stop.is_set():
                work()
                counts[place] += 1
        except BaseException as error:  # noqa: BLE001 - it is raised below
            errors.append(error)
            stop.set()

    threads = [threading.Thread(target=run, args=each) for each in enumerate([*writers, *readers])]
    for thread in threads:
        thread.start()
    stop.wait(seconds)
    stop.set()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive(), "a thread hangs"
    if errors:
        raise errors[0]
    return counts


@pytest.mark.timeout(60)
def test_eight_readers_and_a_writer_see_whole_changes() -> None:
    """Each change gives all models one number: a reader that sees two numbers has seen half of a change."""
    registry = mx.Registry()
    registry.register_many({"id": f"m{place}", "context_window": 0, "tags": ["round 0"]} for place in range(PAIRS))
    number = 0

    def write() -> None:
        nonlocal number
        number += 1
        with registry.edit() as edit:
            for place in range(PAIRS):
                edit.update(f"m{place}", context_window=number, tags=[f"round {number % 7}"])

    query = registry.prepare(by="context_window")
    last = threading.local()

    def read() -> None:
        selected = registry.select(min_context_window=0)
        values = set(selected.values("context_window"))
        assert len(selected) == PAIRS
        assert len(values) == 1
        assert {model.context_window for model in selected} == values
        assert len({model.tags for model in selected}) == 1
        version = registry.snapshot.version
        assert version >= getattr(last, "version", 0)
        last.version = version
        best = query.best()
        assert best is not None
        assert best.context_window is not None
        assert best.context_window >= values.pop()
        assert registry["m1"].id == "m1"
        assert sum(1 for _ in registry) == PAIRS
        assert registry.terms("tag") in ({f"round {place}": PAIRS} for place in range(7))

    counts = together([write], [read] * 8)
    assert min(counts) > 0
    assert registry["m0"].context_window == number


@pytest.mark.timeout(60)
def test_no_change_of_several_writers_is_lost() -> None:
    registry = mx.Registry()
    registry.register_many([{"id": "shared", "tags": []}, *({"id": f"own {place}"} for place in range(4))])
    done = [0] * 4

    def writer(place: int) -> Callable[[], None]:
        def write() -> None:
            registry.update("shared", **{"+tags": [f"{place}-{done[place]}"]})
            registry.update(f"own {place}", context_window=done[place])
            registry.register({"id": f"{place}/{done[place]}"})
            done[place] += 1

        return write

    together([writer(place) for place in range(4)], [lambda: registry.select().models()], seconds=0.5)
    assert set(registry["shared"].tags) == {f"{place}-{each}" for place in range(4) for each in range(done[place])}
    assert len(registry) == 5 + sum(done)
    assert registry.snapshot.version == 1 + 3 * sum(done)


@pytest.mark.timeout(60)
def test_an_edit_that_was_overtaken_says_so_and_changes_nothing() -> None:
    registry = mx.Registry()
    registry.register({"id": "m", "name": "a"})
    edit = registry.edit()
    edit.__enter__().update("m", version="1")
    edit.register({"id": "new"})
    registry.update("m", name="b")
    with pytest.raises(mx.ModeldexError, match="another change"):
        edit.__exit__(None, None, None)
    assert (registry["m"].name, registry["m"].version) == ("b", None)
    assert "new" not in registry


def test_two_threads_share_one_edit() -> None:
    """A lock that is held while Python code runs hangs both."""
    code = """
        import sys, threading
        import modeldex as mx
        sys.setswitchinterval(1e-6)
        registry = mx.Registry()
        with registry.edit() as edit:
            def work():
                for _ in range(20_000):
                    try:
                        edit.remove("nobody")
                    except mx.ModelNotFoundError:
                        pass
            threads = [threading.Thread(target=work, daemon=True) for _ in range(4)]
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
        print("done")
    """
    try:
        assert run(code, timeout=15) == "done"
    except subprocess.TimeoutExpired:
        pytest.fail("the threads wait for each other")


def test_the_first_object_of_a_row_is_the_one_for_all_threads() -> None:
    for _ in range(20):
        registry = mx.Registry()
        registry.register_many({"id": f"m{place}"} for place in range(100))
        barrier, seen = threading.Barrier(4), []

        def look(
            registry: mx.Registry = registry, barrier: threading.Barrier = barrier, seen: list[object] = seen
        ) -> None:
            barrier.wait()
            seen.append([registry[f"m{place}"] for place in range(100)])

        threads = [threading.Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(one is other for models in seen[1:] for one, other in zip(seen[0], models, strict=True))
