"""Subscribers are told of every change once, in order, after it; what they do hurts nobody."""

from __future__ import annotations

import gc
import pickle
import sys
import threading
import weakref
from typing import Any

import pytest

import modeldex as mx


@pytest.fixture
def registry() -> mx.Registry:
    registry = mx.Registry()
    registry.register_many([{"id": "a", "context_window": 1}, {"id": "b", "aliases": ["x"]}])
    return registry


def told(change: mx.Change) -> tuple[Any, ...]:
    return change.added, change.updated, change.removed


def test_each_publication_is_told_once(registry: mx.Registry) -> None:
    seen: list[mx.Change] = []
    with registry.subscribe(seen.append) as subscription:
        assert subscription.since == registry.snapshot.version == 1
        registry.register({"id": "c"})
        registry.update("a", latency_p50_ms=5)
        registry.update("a", name="n")
        registry.register({"id": "b"}, replace=True)
        registry.register_many([{"id": "d"}, {"id": "e"}])
        with registry.edit(author="ana", message="prices") as edit:
            edit.update("a", input_price=1)
            edit.remove("b")
            edit.register({"id": "f"})
            edit.register({"id": "passing"})
            edit.remove("passing")
            edit.remove("c")
            edit.register({"id": "c", "name": "again"})
        registry.replace_all([{"id": "f"}, {"id": "g"}])
        for failing in (lambda: registry.register({"id": "f"}), lambda: registry.remove("nobody")):
            with pytest.raises(mx.ModeldexError):
                failing()
        assert registry.register_many([]) == 0
        registry.suspend("f", seconds=60)
        registry.update("g", name="n")
        registry.update("g", name="n")
    registry.remove("f")
    assert [told(change) for change in seen] == [
        (("c",), (), ()),
        ((), ("a",), ()),
        ((), ("a",), ()),
        ((), ("b",), ()),
        (("d", "e"), (), ()),
        (("f",), ("a", "c"), ("b",)),
        (("g",), (), ("a", "d", "e", "c")),
        ((), ("g",), ()),
        ((), (), ()),
    ]
    assert [change.version for change in seen] == list(range(2, 11))
    assert all(change.since == change.version - 1 for change in seen)
    assert [(change.author, change.message) for change in seen if change.author] == [("ana", "prices")]
    assert [bool(change) for change in seen] == [True] * 8 + [False]
    assert subscription.closed
    assert repr(seen[5]) == "<Change version=7 added=1 updated=2 removed=1 author='ana' message='prices'>"
    again = pickle.loads(pickle.dumps(seen[5]))
    assert (told(again), again.author, again.since) == (told(seen[5]), "ana", 6)


def test_it_is_told_after_the_change(registry: mx.Registry) -> None:
    seen = []
    registry.subscribe(lambda change: seen.append((change.version, registry.snapshot.version, registry["a"].name)))
    registry.update("a", name="new")
    assert seen == [(2, 2, "new")]


def test_an_exception_is_reported_and_hurts_nobody(registry: mx.Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    reported, seen = [], []
    monkeypatch.setattr(sys, "unraisablehook", lambda report: reported.append((report.exc_value, report.object)))

    def fail(change: mx.Change) -> None:
        raise ValueError(change.version)

    registry.subscribe(fail)
    registry.subscribe(seen.append)
    assert registry.update("a", name="n").name == "n"
    registry.remove("b")
    assert [(type(error), error.args, callback) for error, callback in reported] == [
        (ValueError, (2,), fail),
        (ValueError, (3,), fail),
    ]
    assert [change.version for change in seen] == [2, 3]


def test_an_interrupt_in_a_callback_goes_to_whoever_made_the_change(registry: mx.Registry) -> None:
    seen: list[mx.Change] = []

    def interrupted(_: mx.Change) -> None:
        raise KeyboardInterrupt

    subscription = registry.subscribe(interrupted)
    registry.subscribe(seen.append)
    with pytest.raises(KeyboardInterrupt):
        registry.update("a", name="n")
    subscription.close()
    registry.update("a", name="m")
    assert (registry["a"].name, [change.version for change in seen]) == ("m", [2, 3])


def test_a_callback_may_do_anything(registry: mx.Registry) -> None:
    first: list[int] = []
    second: list[int] = []
    late: list[int] = []

    def change_again(change: mx.Change) -> None:
        first.append(change.version)
        if len(first) == 1:
            registry.update("a", context_window=2)
            registry.register({"id": "z"})
            registry.subscribe(lambda change: late.append(change.version))
        if len(first) == 3:
            subscription.close()
            subscription.close()

    subscription = registry.subscribe(change_again)
    registry.subscribe(lambda change: second.append(change.version))
    registry.update("a", name="n")
    registry.update("a", name="m")
    assert first == [2, 3, 4]
    assert second == [2, 3, 4, 5]
    assert late == [5]


def test_a_closed_one_is_let_go() -> None:
    class Listener:
        def __init__(self, registry: mx.Registry) -> None:
            self.query = registry.prepare()
            self.subscription = registry.subscribe(self.hear)

        def hear(self, change: mx.Change) -> None:
            pass

    registry = mx.Registry()
    listener = Listener(registry)
    gone, held = weakref.ref(listener), weakref.ref(listener.subscription)
    del listener
    gc.collect()
    assert gone() is not None, "the registry keeps whom it is to call"
    subscription = held()
    assert subscription is not None
    subscription.close()
    gc.collect()
    assert gone() is None
    # And a registry, its queries and who listens to it go together.
    gone = weakref.ref(Listener(registry))
    there = weakref.ref(registry)
    del registry
    gc.collect()
    assert there() is gone() is None
    assert subscription.closed


def test_what_cannot_be_called_is_refused(registry: mx.Registry) -> None:
    with pytest.raises(TypeError, match="cannot be called"):
        registry.subscribe("a")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="pickle"):
        pickle.dumps(registry.subscribe(print))


@pytest.mark.timeout(60)
def test_changes_of_several_threads_are_told_once_and_in_order(registry: mx.Registry) -> None:
    seen: list[mx.Change] = []
    slow: list[mx.Change] = []

    def hear_slowly(change: mx.Change) -> None:
        threading.Event().wait(0.0005)
        slow.append(change)

    registry.subscribe(seen.append)
    registry.subscribe(hear_slowly)

    def write(place: int) -> None:
        for each in range(200):
            registry.update("a", latency_p50_ms=each)
            registry.register({"id": f"{place}/{each}"})

    threads = [threading.Thread(target=write, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for heard in (seen, slow):
        assert [change.since for change in heard[1:]] == [change.version for change in heard[:-1]]
        assert heard[-1].version == registry.snapshot.version == 1 + 4 * 400
        added = [name for change in heard for name in change.added]
        assert sorted(added) == sorted(set(registry) - {"a", "b"})


@pytest.mark.timeout(60)
def test_a_callback_that_never_comes_back_does_not_fill_the_memory(registry: mx.Registry) -> None:
    stuck, go_on = threading.Event(), threading.Event()
    seen: list[mx.Change] = []

    def hang(change: mx.Change) -> None:
        seen.append(change)
        if len(seen) == 1:
            stuck.set()
            go_on.wait()

    registry.subscribe(hang)
    thread = threading.Thread(target=lambda: registry.update("a", name="first"))
    thread.start()
    stuck.wait()
    for place in range(5_000):
        registry.update("a", latency_p50_ms=place)
        registry.register({"id": "flicker"})
        registry.remove("flicker")
    registry.remove("b")
    go_on.set()
    thread.join()
    assert len(seen) < 2_000
    assert [change.since for change in seen[1:]] == [change.version for change in seen[:-1]]
    assert seen[-1].version == registry.snapshot.version
    joined = next(change for change in seen if change.version - change.since > 1)
    assert joined.added in ((), ("flicker",))
    assert joined.updated == ("a",)
    assert [name for change in seen for name in change.removed if name != "flicker"] == ["b"]
