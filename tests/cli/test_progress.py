"""The bar on stderr: where it is seen, where it is not, and that it never gets in the way."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

import modeldex as mx
from modeldex import progress
from modeldex.progress import tracked

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import sys
import modeldex as mx
from modeldex import progress
progress.PATIENCE = progress.EVERY = {patience}
{first}
registry = mx.Registry()
registry.register_many([{{"id": f"m{{n}}"}} for n in range({many})], progress={shown})
print(len(registry), "rich" in sys.modules)
"""


def run(*, patience: float = 0, shown: str = "None", first: str = "", many: int = 300, terminal: bool = True) -> Any:
    """What a program prints, and what a terminal on its stderr shows."""
    pty = pytest.importorskip("pty", reason="pseudo terminals are of POSIX")
    ours, theirs = pty.openpty()
    script = SCRIPT.format(patience=patience, shown=shown, first=first, many=many)
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=theirs if terminal else subprocess.PIPE,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        text=True,
    )
    os.close(theirs)
    chunks: list[bytes] = []

    def read() -> None:
        # All the while: a terminal that nobody reads takes some kilobytes, and then whoever writes waits.
        with contextlib.suppress(OSError):  # everybody has closed the other end
            while chunk := os.read(ours, 65_536):
                chunks.append(chunk)

    reader = threading.Thread(target=read)
    reader.start()
    printed, errors = process.communicate(timeout=60)
    reader.join()
    os.close(ours)
    seen = b"".join(chunks)
    assert process.returncode == 0
    return printed, seen.decode() if terminal else errors


def test_a_terminal_sees_the_bar() -> None:
    printed, seen = run()
    assert printed == "300 True\n"
    assert "checking definitions" in seen
    assert "300/300" in seen


def test_nothing_is_shown_before_half_a_second() -> None:
    assert progress.PATIENCE == 0.5
    assert run(patience=60) == ("300 False\n", "")


def test_no_terminal_no_bar() -> None:
    assert run(terminal=False) == ("300 False\n", "")


def test_never() -> None:
    assert run(shown="False") == ("300 False\n", "")


def test_always() -> None:
    printed, seen = run(shown="True", terminal=False)
    assert printed == "300 True\n"
    assert "checking definitions" in seen


@pytest.mark.parametrize(
    "gone",
    [
        "sys.stderr = None",
        "sys.stderr.close()",
        "import os; os.close(2)",
        "import os; os.dup2(os.open('/dev/full', 1), 2)",
    ],
)
def test_a_terminal_that_is_gone_breaks_nothing(gone: str) -> None:
    for shown in ("None", "True"):
        printed, _ = run(first=gone, shown=shown)
        assert printed.startswith("300 ")


def test_a_terminal_that_goes_away_meanwhile() -> None:
    pty = pytest.importorskip("pty", reason="pseudo terminals are of POSIX")
    ours, theirs = pty.openpty()
    script = SCRIPT.format(patience=0, shown="None", first="input()", many=300)
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=theirs, text=True
    )
    os.close(theirs)
    os.close(ours)
    assert process.communicate("\n", timeout=60)[0].startswith("300 ")
    assert process.returncode == 0


def test_a_callable_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0)
    monkeypatch.setattr(progress, "EVERY", 0)
    told: list[tuple[int, int | None]] = []
    registry = mx.Registry()
    definitions = [{"id": f"m{n}"} for n in range(130)]
    assert registry.register_many(definitions, progress=lambda done, total: told.append((done, total))) == 130
    assert told == [(64, 130), (128, 130), (130, 130)]
    path = tmp_path / "models.jsonl"
    path.write_text("\n".join(f'{{"id": "m{n}"}}' for n in range(65)))
    told.clear()
    mx.Registry.load(path, progress=lambda done, total: told.append((done, total)))
    assert told == [(64, None), (65, None)]


def test_an_error_of_the_callable_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0)
    registry = mx.Registry()
    with pytest.raises(ZeroDivisionError):
        registry.register_many([{"id": f"m{n}"} for n in range(64)], progress=lambda done, _: 1 / (done - done))
    assert len(registry) == 0


def test_a_wrong_definition_takes_the_bar_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0)
    closed: list[bool] = []
    monkeypatch.setattr(progress.Bar, "close", lambda _: closed.append(True))
    with pytest.raises(mx.InvalidModelError):
        mx.Registry().register_many([{"id": ""}], progress=True)
    assert closed == [True]


def test_the_clock_is_read_once_in_many_items(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0

    def clock() -> float:
        nonlocal looks
        looks += 1
        return 0.0

    monkeypatch.setattr(progress.time, "monotonic", clock)
    with tracked(range(64_000), "x", progress=lambda *_: None) as items:
        assert sum(1 for _ in items) == 64_000
    assert looks <= 64_000 / progress.LOOKS + 2
    with tracked(numbers := [1, 2], "x", progress=False) as items:
        assert items is numbers


def test_saving_many_is_told_and_breaks_on_nothing(tmp_path: Path) -> None:
    path = str(tmp_path / "saved.arrow")
    first = f"import time, threading; mx.Registry().save({path!r}, progress=True)"
    assert run(patience=60, first=first) == ("300 False\n", "")
    printed, seen = run(
        first="w = progress.waiting('saving'); w.__enter__(); time = __import__('time'); time.sleep(0.3); w.__exit__(None, None, None)",
        shown="False",
    )
    assert printed == "300 True\n"
    assert "saving" in seen
    assert run(first="w = progress.waiting('saving'); w.__enter__(); w.__exit__(None, None, None)", terminal=False) == (
        "300 False\n",
        "",
    )
