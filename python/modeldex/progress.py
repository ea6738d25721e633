"""A bar on stderr for what takes seconds; nothing for what does not.

``progress=None`` shows it where stderr is a terminal and half a second has passed, ``True`` on any stderr, ``False`` never;
a callable is called with how many are done and how many there are (None where nobody knows), first after half a
second, then a few times a second and once at the end. rich is imported when a bar is drawn, and not before.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress as Drawn, TaskID

__all__ = ["Progress", "tracked", "waiting"]

Progress: TypeAlias = "bool | Callable[[int, int | None], object] | None"

PATIENCE: Final = 0.5
"""Seconds without a word."""
EVERY: Final = 0.1
"""Seconds between two drawings."""
LOOKS: Final = 64
"""Items between two looks at the clock."""
T = TypeVar("T")


@contextmanager
def tracked(
    items: Iterable[T], what: str, *, total: int | None = None, progress: Progress = None
) -> Iterator[Iterable[T]]:
    """The items, with a word on how far they are; the very same object where nothing is to be shown.

    >>> seen = []
    >>> with tracked("abc", "reading", progress=lambda done, total: seen.append((done, total))) as letters:
    ...     print(*letters)
    a b c
    >>> seen  # it was over before half a second
    []
    """
    if total is None and isinstance(items, Sized):
        total = len(items)
    if callable(progress):
        yield _told(items, total, progress)
    elif progress is False or (progress is None and not _terminal()):
        yield items
    else:
        bar = Bar(what)
        try:
            yield _told(items, total, bar)
        finally:
            bar.close()


@contextmanager
def waiting(what: str, *, progress: bool | None = None) -> Iterator[None]:
    """A line for work that cannot say how far it is; it is drawn by a thread, while the work holds no lock of Python."""
    if progress is False or (progress is None and not _terminal()):
        yield
        return
    bar, over = Bar(what), Event()

    def draw() -> None:
        pause = PATIENCE
        while not over.wait(pause):
            bar(0, None)
            pause = EVERY

    thread = Thread(target=draw, name="modeldex-progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        bar.close()


def _terminal() -> bool:
    try:
        return sys.stderr is not None and sys.stderr.isatty()
    except (OSError, ValueError):  # closed, or gone
        return False


def _told(items: Iterable[T], total: int | None, tell: Callable[[int, int | None], object]) -> Iterator[T]:
    due = time.monotonic() + PATIENCE
    done, told = 0, False
    for item in items:
        yield item
        done += 1
        if done % LOOKS == 0 and (now := time.monotonic()) >= due:
            tell(done, total)
            due, told = now + EVERY, True
    if told or time.monotonic() >= due:
        tell(done, total)


class Bar:
    """One line of rich, made when first told of. A terminal that goes away ends the bar and nothing else."""

    def __init__(self, what: str) -> None:
        # A file may be called anything.
        self.what = "".join(letter if letter.isprintable() else "�" for letter in what)
        self.line: Drawn | None = None
        self.task: TaskID | None = None
        self.over = False

    def __call__(self, done: int, total: int | None) -> None:
        """Draw the line."""
        if self.over:
            return
        try:
            if self.line is None or self.task is None:
                self.line = _line(total)
                self.task = self.line.add_task(self.what, total=total, count="")
                self.line.start()
            self.line.update(self.task, completed=done, count=f"{done:,}" if done else "")
            self.line.refresh()
        except Exception:  # noqa: BLE001 - whatever a terminal does, what is shown on it must not break the work
            self.over = True

    def close(self) -> None:
        """Take the line away."""
        if self.line is not None:
            try:
                self.line.stop()
            except Exception:  # noqa: BLE001 - as above
                self.over = True


def _line(total: int | None) -> Drawn:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    counted = TextColumn("{task.fields[count]}")
    parts = (BarColumn(), MofNCompleteColumn()) if total else (SpinnerColumn("line"), counted)
    # No thread of its own: an error of a terminal that is gone would be printed from there.
    return Progress(
        TextColumn("{task.description}", markup=False),
        *parts,
        TimeElapsedColumn(),
        console=console,
        transient=console.is_terminal,  # a file keeps the last line
        auto_refresh=False,
    )
