"""Sides that take turns: the only way that a figure is made here.

In every round each side runs for about `ROUND_SECONDS`, in an order that rotates; a figure is the median of the
rounds of its side. So a machine that is slow for a while is slow for all of them.
"""

from __future__ import annotations

import gc
import os
import statistics
import textwrap
import time
from dataclasses import dataclass, field
from itertools import repeat
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_benchmark.fixture import BenchmarkFixture

__all__ = ["Call", "Race", "Sampled", "Side", "agree"]

ROUNDS = int(os.environ.get("MODELDEX_BENCH_ROUNDS", "21"))
ROUND_SECONDS = 0.02


class Side(Protocol):
    """One way to do the work."""

    name: str

    def calibrate(self) -> None:
        """Find out how often to do it in a round."""

    def measure(self) -> float:
        """Do it for a round: seconds (or bytes) each."""


@dataclass
class Call:
    """An expression that is timed and, with the same text, checked.

    It runs inside a compiled loop with its names as locals: a call of a Python function around it would cost more
    than many of the things that are measured here. With `over`, as in `"key in keys"`, it runs once for each item.
    `fresh` gives names anew before every round, outside the time.
    """

    name: str
    expression: str
    names: dict[str, Any]
    over: str = ""
    unroll: int = 1
    fresh: Callable[[], dict[str, Any]] | None = None
    loops: int = 1
    _run: Callable[..., float] = field(init=False, repr=False)
    _each: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._each = len(self.answers()) * self.unroll
        lines = "\n".join([self.expression] * self.unroll)
        if self.over:
            lines = f"for {self.over}:\n" + textwrap.indent(lines, "    ")
        source = (
            f"def run(_loops, {', '.join(self._names())}):\n"
            "    _start = _clock()\n"
            "    for _ in _repeat(None, _loops):\n"
            f"{textwrap.indent(lines, '        ')}\n"
            "    return _clock() - _start\n"
        )
        space: dict[str, Any] = {"_clock": time.perf_counter, "_repeat": repeat}
        exec(compile(source, f"<{self.name}>", "exec"), space)
        self._run = space["run"]

    def _names(self) -> dict[str, Any]:
        return {**self.names, **(self.fresh() if self.fresh else {})}

    def answers(self) -> list[Any]:
        """What the expression gives, for every item of `over`."""
        text = f"[{self.expression} for {self.over}]" if self.over else f"[{self.expression}]"
        return list(eval(text, self._names()))

    def _took(self, loops: int) -> float:
        """Seconds of so many loops; each of them finds new names where they must be fresh."""
        if self.fresh:
            return sum(self._run(1, **self._names()) for _ in range(loops))
        return self._run(loops, **self.names)

    def calibrate(self) -> None:
        self._took(1)
        while True:
            took = self._took(self.loops)
            if took >= ROUND_SECONDS / 2:
                break
            self.loops *= 2
        self.loops = max(1, round(self.loops * ROUND_SECONDS / took))

    def measure(self) -> float:
        return self._took(self.loops) / (self.loops * self._each)


@dataclass
class Sampled:
    """A side that knows itself how to be measured: one figure a round."""

    name: str
    sample: Callable[[], float]

    def calibrate(self) -> None:
        self.sample()

    def measure(self) -> float:
        return self.sample()


class Race:
    """Sides in alternating rounds."""

    def __init__(self, *sides: Side) -> None:
        self.sides = sides
        self.figures: dict[str, list[float]] = {side.name: [] for side in sides}
        assert len(self.figures) == len(sides), "two sides of one name"

    def run(self, benchmark: BenchmarkFixture, rounds: int = ROUNDS) -> Race:
        """All rounds. pytest-benchmark counts them; what it times is a round of all sides, which says nothing."""
        for side in self.sides:
            side.calibrate()
        gc.collect()
        collecting = gc.isenabled()
        gc.disable()
        try:
            benchmark.pedantic(self._round, rounds=rounds, iterations=1)
        finally:
            if collecting:
                gc.enable()
        benchmark.extra_info.update({name: statistics.median(figures) for name, figures in self.figures.items()})
        return self

    def _round(self) -> None:
        turn = len(self.figures[self.sides[0].name]) % len(self.sides)
        for side in self.sides[turn:] + self.sides[:turn]:
            self.figures[side.name].append(side.measure())

    def median(self, name: str) -> float:
        return statistics.median(self.figures[name])


def agree(calls: Sequence[Call], key: Callable[[Any], Any] = lambda answer: answer) -> list[Any]:
    """The answers of the first call; those of all others must be the same, and there must be some."""
    found = [[key(answer) for answer in call.answers()] for call in calls]
    assert len(calls) > 1, "nothing to compare with"
    assert found[0], f"{calls[0].name} answers nothing"
    for call, answers in zip(calls, found, strict=True):
        assert all(answer is not None and answer not in (0, [], "") for answer in answers), f"{call.name}: empty"
        assert answers == found[0], f"{call.name} and {calls[0].name} differ"
    return found[0]
