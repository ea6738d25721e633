"""S7: import, open the catalogue, first answer, each in a fresh process."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benches.record import Line
from benches.rounds import Race, Sampled

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_benchmark.fixture import BenchmarkFixture

    from benches.conftest import Report

ENVIRONMENT = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
BARE = "bare interpreter"
# What is asked, and the answer of all of them: 128000 tokens.
PROGRAMS = {
    BARE: "answer = 128_000",
    "modeldex": "import modeldex as mx; answer = mx.models['openai/gpt-4o'].context_window",
    "best": (
        "import modeldex as mx; answer = mx.models.best(base='gpt-4o', provider='openai', requires=['vision', 'tools'],"
        " by='input_price').context_window"
    ),
    "liter-llm": "import liter_llm; answer = liter_llm.exact_model_info('openai/gpt-4o').max_input_tokens",
    "litellm": "import litellm; answer = litellm.get_model_info('gpt-4o')['max_input_tokens']",
}
MODULES = {"liter-llm": "liter_llm", "litellm": "litellm"}
GOALS = {"liter-llm": 10, "litellm": 150}
# LiteLLM takes seconds: once a round is enough for it.
TIMES = {"litellm": 1}
ROUNDS = 7
LIMIT = 10e6
ANONYMOUS = "import re; print(answer, re.search(r'Anonymous: +([0-9]+) kB', open('/proc/self/smaps_rollup').read())[1])"


def start(program: str) -> str:
    """Run a program in a fresh interpreter: what it prints."""
    done = subprocess.run([sys.executable, "-c", program], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    return done.stdout


def seconds(program: str, times: int) -> Callable[[], float]:
    """How long it takes from start to end, the median of a few."""

    def sample() -> float:
        took = []
        for _ in range(times):
            before = time.perf_counter()
            start(program)
            took.append(time.perf_counter() - before)
        return statistics.median(took)

    return sample


def here() -> list[str]:
    """Ourselves, and the peers that are installed."""
    return [name for name in PROGRAMS if name not in MODULES or find_spec(MODULES[name])]


def test_time(benchmark: BenchmarkFixture, report: Report) -> None:
    for name in here():
        assert start(PROGRAMS[name] + "; print(answer)") == "128000\n", name
    sides = [Sampled(name, seconds(PROGRAMS[name], TIMES.get(name, 3))) for name in here()]
    race = Race(*sides).run(benchmark, ROUNDS)
    # Each above the bare interpreter of its own round.
    bare = race.figures[BARE]
    for name in here():
        race.figures[name] = [took - empty for took, empty in zip(race.figures[name], bare, strict=True)]
    for peer, goal in GOALS.items():
        what = "import, open, first model; above bare Python"
        if peer in race.figures:
            report("S7", what, race, peer, goal=goal)
        else:
            report.unmeasured("S7", what, peer, "not installed", goal=goal)
        if peer in race.figures:
            report("S7", "import, open, first best(); above bare Python", race, peer, ours="best", goal=goal)


def test_memory(benchmark: BenchmarkFixture, report: Report) -> None:
    if not Path("/proc/self/smaps_rollup").exists():
        report.unmeasured("S7", "anonymous memory above bare Python", "", "no /proc/self/smaps_rollup here", goal=LIMIT)
        benchmark.pedantic(lambda: None)
        pytest.skip("only Linux says how much memory is anonymous")

    def memory(program: str) -> Callable[[], float]:
        def sample() -> float:
            found = re.fullmatch(r"128000 (\d+)\n", start(f"{program}\n{ANONYMOUS}"))
            assert found, program
            return int(found[1]) * 1024.0

        return sample

    sides = [Sampled(name, memory(PROGRAMS[name])) for name in here()]
    race = Race(*sides).run(benchmark, 5)
    bare = race.median(BARE)
    ours = race.median("modeldex") - bare
    what = "anonymous memory above bare Python"
    for peer in MODULES:
        if peer in race.figures:
            line = Line("S7", what, peer, ours, race.median(peer) - bare, "B")
            report.record.lines.append(line)
    report.figure("S7", what, ours, unit="B", goal=LIMIT)
    report.figure("S7", what + ", after a best()", race.median("best") - bare, unit="B", goal=LIMIT)
