"""mypy on programs with planted slips: each is reported on its line, and what is right passes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import modeldex.conditions

PACKAGE = Path(str(modeldex.conditions.__file__)).resolve().parent.parent

HEAD = """\
import datetime
from decimal import Decimal
from typing import Any

import modeldex as mx

registry = mx.Registry()
"""

RIGHT = """\
registry.select(requires=["vision", "tools"], provider=["openai", "azure"], min_context_window=128_000, max_input_price=3.0)
registry.select(requires="vision", status="any", max_input_price=Decimal("2.5"), limit=3, distinct="base")
registry.select(tag=mx.none_of("beta"), requires=None, min_released=datetime.date(2026, 1, 1))
registry.select(mx.f.scores["coding"] >= 0.8, (mx.f.retires_on >= "2027-01") | mx.f.retires_on.is_unknown())
registry.select(~mx.f.capabilities.has("vision") & (mx.f.provider != "openai"), mx.f["team"] == "search", mx.f["energy"] <= 2)
registry.best(requires={"vision"}, by=mx.cost(input_tokens=1_200, output_tokens=300), prefers=["openai", "azure"])
registry.best(by="input_price", sort=["-context_window"], exclude=["openai/gpt-4o"])
registry.count(mx.f.input_price < Decimal("1.5"))
registry.count(mx.cost(input_tokens=1_200) <= 0.01, (0.01 > mx.cost(1_200, 300)) | mx.f.tags.has("t"))
registry.prepare(mx.cost(input_tokens=mx.param("tokens")) < mx.param("cap"), by=[mx.weighted({"scores.x": 1}), "input_price"])
registry.best(by=mx.weighted({"scores.x": 0.7, "metadata.fps": mx.scale(0, 60, weight=0.3, log=False)}))
registry.select().pareto("input_price", mx.highest("experts"), mx.cost(1_200)).sort("-input_price", mx.cost(3))
mx.Schema.default().extend(scores={"house": mx.scale(0, 100), "own": mx.Higher}, measures={"j": mx.scale(9, 1, log=True)})
"""

SLIPS = """\
registry.select(require=["vision"])
registry.select(min_contxt_window=128_000)
registry.select(max_input_price="3")
registry.select(provider=3)
registry.select(requires=["vision", 4])
registry.select(limit="3")
registry.select(min_released="yesterday and more")
registry.select(by=3)
registry.select("vision")
registry.select(mx.f.contxt_window >= 3)
registry.select(mx.f.context_window >= "3")
registry.select(mx.f.provider == 3)
registry.select(mx.f.retires_on >= 2026)
registry.select(mx.f.capabilities.has(3))
registry.select(mx.f.tags.hass("x"))
registry.select(mx.f.scores[3] > 1)
registry.select(mx.f.context_window > 3 and mx.f.experts > 1, limit=mx)
registry.select(True)
registry.best(min_output_price=[1])
mx.f.context_window = 3
mx.Schema.default().extend(scores={"house": "up"})
mx.Schema.default().compile(["id"])
for name in mx.f.scores: print(name)
registry.select(mx.cost(input_tokens=1_200) <= "0.01")
registry.select(mx.cost(input_tokens=1_200) <= mx.cost(input_tokens=1))
registry.select(mx.cost(input_tokens="many") <= 1)
registry.select(mx.cost(input_tokens=1_200))
registry.best(by=mx.cost(input_tokens=1_200) <= 1)
mx.weighted({"input_price": "low"})
mx.weighted(["input_price"])
mx.scale(0, 60, wieght=1)
registry.select().pareto(3)
registry.select().pareto(mx.f.input_price)
"""


def reported(program: str, folder: Path) -> dict[int, str]:
    """The lines that mypy complains about, and its first complaint."""
    file = folder / "program.py"
    file.write_text(program, encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--config-file=",
            f"--cache-dir={folder / 'cache'}",
            "--no-error-summary",
            "--hide-error-context",
            "--follow-imports=silent",
            str(file),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={"MYPYPATH": str(PACKAGE), "PATH": ""},
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found: dict[int, str] = {}
    for line in done.stdout.splitlines():
        place, _, message = line.partition(": error: ")
        if message:
            found.setdefault(int(place.split(":")[1]), message)
    return found


def test_a_right_program_passes_and_every_slip_is_caught_on_its_line(tmp_path: Path) -> None:
    program = HEAD + RIGHT + SLIPS
    right = len((HEAD + RIGHT).splitlines())
    slips = range(right + 1, right + 1 + len(SLIPS.splitlines()))
    lines = program.splitlines()
    found = reported(program, tmp_path)
    wrongly = {lines[number - 1]: message for number, message in found.items() if number not in slips}
    assert not wrongly
    missed = [lines[number - 1] for number in slips if number not in found]
    assert not missed
