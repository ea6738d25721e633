"""Forks, other interpreters, the end of the process and interrupts: nothing hangs or crashes."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
from tests.registry.process import run

import modeldex as mx


@pytest.mark.timeout(120)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_children_forked_while_threads_write_and_read() -> None:
    registry = mx.Registry()
    registry.register_many({"id": f"m{place}", "capabilities": ["tools"]} for place in range(100))
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            registry.update("m1", name=str(time.monotonic()))

    def read() -> None:
        while not stop.is_set():
            registry.select(requires="tools").models()

    threads = [threading.Thread(target=work) for work in (write, read)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(30):
            child = os.fork()
            if not child:
                signal.alarm(10)
                try:
                    registry.update("m2", name="child")
                    registry.register({"id": "new"})
                    fine = registry["m2"].name == "child" and len(registry.select(requires="tools")) == 100
                    os._exit(0 if fine else 1)
                finally:
                    os._exit(2)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert "new" not in registry
    assert registry["m2"].name is None


def test_another_interpreter_is_refused_or_served_but_never_crashes_this_one() -> None:
    code = """
        import modeldex.bundled
        try:
            import _xxsubinterpreters as interpreters
        except ImportError:
            import _interpreters as interpreters
        from importlib.util import find_spec
        ask = '''
        import modeldex as mx
        found = [(model.capabilities, model.document) for model in mx.models.select(requires="tools")]
        assert mx.models.best(requires="tools", by="input_price")
        import pickle
        found += [(pickle.loads(pickle.dumps(mx.models["gpt-4o"])).capabilities, None)]
        '''
        import textwrap
        for _ in range(3):
            other = interpreters.create()
            try:
                told = interpreters.run_string(other, textwrap.dedent(ask))
            except Exception as error:
                told = error
            interpreters.destroy(other)
            assert told is None or "ImportError" in str(told), told
        exec(textwrap.dedent(ask))
        assert all("function_calling" in held for held, _ in found)
        print("alive")
    """
    assert run(code) == "alive"
    # And where the other one is the first to import it.
    assert run(code.replace("import modeldex.bundled\n", "\n")) == "alive"


def test_the_end_of_the_interpreter_while_threads_ask() -> None:
    code = """
        import threading, atexit, gc
        import modeldex as mx
        registry = mx.Registry.load("bundled")
        query = registry.prepare(requires="tools", by="input_price")
        class Last:
            def __del__(self):
                registry.get("openai/gpt-4o")
        last = [Last()]; last.append(last)
        def ask():
            while True:
                # Nothing that runs Python inside Rust (the first objects of models do, so they are made
                # before the threads begin): CPython before 3.14 ends a daemon thread there by
                # unwinding its stack, which Rust turns into an abort.
                query.best(); registry.select(requires="vision").models()
        query.best(); registry.select(requires="vision").models()
        for _ in range(4):
            threading.Thread(target=ask, daemon=True).start()
        atexit.register(lambda: registry.best(requires="vision"))
        import time; time.sleep(0.2)
        print("end")
    """
    assert run(code) == "end"


def ask_for_ever() -> None:
    while True:
        mx.models.select(requires=["vision"])


def test_an_interrupt_stops_a_loop_of_questions() -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        with pytest.raises(KeyboardInterrupt):
            ask_for_ever()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert mx.models.best(requires=["vision"]) is not None


@pytest.mark.timeout(120)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_children_forked_during_changes_write_and_are_told() -> None:  # noqa: C901 - a thread a line
    """A lock or a cell that another thread held at the fork would hang the child's first write."""
    registry = mx.Registry()
    registry.register_many({"id": f"m{place}", "capabilities": ["tools"]} for place in range(300))
    stop = threading.Event()
    calling = threading.Event()
    told: list[int] = []

    def listen(change: mx.Change) -> None:
        told.append(change.version)
        calling.set()
        time.sleep(0.0002)

    registry.subscribe(listen)

    def feed() -> None:
        while not stop.is_set():
            registry.update("m1", latency_p50_ms=time.monotonic())

    def write() -> None:
        while not stop.is_set():
            with registry.edit() as edit:
                edit.update("m2", name=str(time.monotonic()))
                edit.update("m3", latency_p50_ms=time.monotonic())
            registry.suspend("m4", seconds=1e-4)
            registry.register_many([{"id": "new"}], replace=True)

    def read() -> None:
        while not stop.is_set():
            registry.select(requires="tools").models()

    threads = [threading.Thread(target=work) for work in (feed, write, read)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(200):
            calling.clear()
            calling.wait(1)
            child = os.fork()
            if not child:
                signal.alarm(10)
                try:
                    registry.update("m5", latency_p50_ms=7)
                    registry.update("m5", name="child")
                    fine = told[-1] == registry.snapshot.version and registry["m5"].name == "child"
                    registry.suspend("m5", seconds=60)
                    os._exit(0 if fine and "m5" not in registry.select(requires="tools") else 1)
                finally:
                    os._exit(2)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert registry["m5"].name is None


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_child_forked_while_the_schema_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one thread of the parent is making is made anew in the child."""
    registry = mx.Registry()
    making, go_on = threading.Event(), threading.Event()
    default, mine = mx.Schema.default, threading.get_ident()

    def slowly() -> mx.Schema:
        if threading.get_ident() != mine:
            making.set()
            go_on.wait()
        return default()

    monkeypatch.setattr(mx.Schema, "default", staticmethod(slowly))
    thread = threading.Thread(target=registry.register, args=({"id": "parent"},))
    thread.start()
    making.wait()
    child = os.fork()
    if not child:
        signal.alarm(10)
        try:
            registry.register({"id": "child"})
            registry.update("child", latency_p50_ms=1)
            os._exit(0 if list(registry) == ["child"] else 1)
        finally:
            os._exit(2)
    go_on.set()
    thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert list(registry) == ["parent"]
