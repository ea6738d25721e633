"""Eight threads and four forked processes do everything at once, and every answer is what their twins say."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from tests.registry.mixed import Worker, check

import modeldex as mx

if TYPE_CHECKING:
    from collections.abc import Iterator

THREADS, PROCESSES = 8, 4


@pytest.fixture(autouse=True)
def _switch_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    yield
    sys.setswitchinterval(before)


def child(registry: mx.Registry, name: str, operations: int, seed: int, told: int) -> None:
    """In a forked process: what was inherited is whole, and the registry goes on working."""
    # A child that hangs ends all the same, and is reported.
    signal.alarm(60 + operations // 1_000)
    try:
        inherited = [check(model) for model in registry.select(status="any")]
        assert inherited, "nothing was inherited"
        others = [f"thread {place}" for place in range(THREADS)]
        done = Worker(registry, name, others, seed).run(operations)
        os.write(told, json.dumps(done).encode())
        os._exit(0)
    except BaseException as error:  # noqa: BLE001 - the process ends here, and its parent raises
        os.write(told, json.dumps({"error": f"{name}: {type(error).__name__}: {error}"}).encode())
    finally:
        os._exit(1)


def forked(registry: mx.Registry, operations: int, seed: int) -> list[tuple[int, int]]:
    """The children, and where each tells what it did."""
    children = []
    for place in range(PROCESSES):
        reading, telling = os.pipe()
        # While the threads read and write: whatever they hold at this moment, the child must not wait for it.
        process = os.fork()
        if not process:
            child(registry, f"process {place}", operations, seed, telling)
        os.close(telling)
        children.append((process, reading))
        time.sleep(0.01)
    return children


def told_by(process: int, reading: int) -> dict[str, Any]:
    with os.fdopen(reading, "rb") as pipe:
        told: dict[str, Any] = json.loads(pipe.read() or b'{"error": "a child died without a word"}')
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    return {"error": f"a child ended with {code}"} if code and "error" not in told else told


def mixed(operations: int, seed: int) -> Counter[str]:
    """Runs at least so many operations; how many of each kind were done. The first error of anybody is raised."""
    registry = mx.Registry()
    names = [f"thread {place}" for place in range(THREADS)]
    # Half of all in the threads of this process, which share one GIL; the children have one thread each.
    each_thread, each_child = -(-operations // (2 * THREADS)), -(-operations // (2 * PROCESSES))
    errors: list[BaseException] = []
    done: Counter[str] = Counter()

    def run(worker: Worker) -> None:
        try:
            counts = worker.run(each_thread)
        except BaseException as error:  # noqa: BLE001 - it is raised below
            errors.append(error)
            return
        for name, count in counts.items():
            done[name] += count

    threads = [
        threading.Thread(target=run, args=(Worker(registry, name, [*names, *names[:1]], seed),)) for name in names
    ]
    for thread in threads:
        thread.start()
    for process, reading in forked(registry, each_child, seed):
        told = told_by(process, reading)
        if "error" in told:
            errors.append(AssertionError(told["error"]))
        else:
            done.update(told)
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    assert {model.owner for model in registry.select(status="any")} <= set(names), "a child changed its parent"
    return done


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.timeout(120)
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_threads_and_processes_that_do_everything_at_once() -> None:
    done = mixed(300_000, seed=20_261_121)
    assert done.total() >= 300_000
    assert min(done.values()) > 10, "every kind of operation is met"


@pytest.mark.soak
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_ten_million_operations(capsys: pytest.CaptureFixture[str]) -> None:
    """`MODELDEX_OPERATIONS` and `MODELDEX_SEED` say how many and which; a failing run is repeated by its seed."""
    operations = int(os.environ.get("MODELDEX_OPERATIONS") or 10_000_000)
    seed = int(os.environ.get("MODELDEX_SEED") or random.SystemRandom().randrange(2**32))
    with capsys.disabled():
        print(f"\n{operations:,} operations, {THREADS} threads, {PROCESSES} processes, MODELDEX_SEED={seed}")  # noqa: T201
        started = time.monotonic()
        done = mixed(operations, seed)
        each = ", ".join(f"{name} {count:,}" for name, count in done.most_common())
        print(f"{done.total():,} operations in {time.monotonic() - started:.0f} s, 0 differences: {each}")  # noqa: T201
    assert done.total() >= operations
