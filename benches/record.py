"""The table of a run, and the dated record that it leaves: `python benches/record.py --readme` renders the newest.

Needs nothing but the standard library, so that a record can be read without the peers.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

__all__ = ["Line", "Record", "newest"]

FOLDER = Path(__file__).resolve().parent / "record"
QUESTIONS = ("S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S11", "S15", "names")
"""The goals that a whole run answers."""

TITLES = {
    "S1": "A model by its id",
    "S2": "An attribute of a model",
    "S3": "The cheapest model with vision, tools, 200k of context and a price cap",
    "S4": "Count of a three-term intersection",
    "S5": "All vision models as a list",
    "S6": "The name nearest to a misspelt id",
    "S7": "Import, open the catalogue, first answer, in a fresh process",
    "S8": "A million saved models, opened in a fresh process",
    "S9": "One change among a million models",
    "S11": "Many requests at once, each with its own values",
    "S15": "Size of the wheel, catalogue included",
    "names": "A misspelt or differently written name",
}

NOTHING = "-"
Unit = Literal["s", "B"]
Kind = Literal["at most", "at least", "below"]


@dataclass
class Line:
    """One figure beside one peer.

    `kind` says how the goal is read: "at most" and "at least" are ratios (ours to theirs, theirs to ours), "below"
    is a limit of our own figure in its unit. A line without a goal is there to be seen beside the others.
    """

    question: str
    what: str
    peer: str
    ours: float
    theirs: float | None
    unit: Unit = "s"
    kind: Kind = "at least"
    goal: float | None = None
    rounds: int = 0
    least: float | None = None
    most: float | None = None
    why: str = ""
    """Why it was not measured; empty where it was."""

    @property
    def ratio(self) -> float | None:
        if self.theirs is None or not self.theirs or not self.ours:
            return None
        return self.ours / self.theirs if self.kind == "at most" else self.theirs / self.ours

    @property
    def reached(self) -> bool | None:
        if self.goal is None or self.why:
            return None
        if self.kind == "below":
            return self.ours < self.goal
        if self.ratio is None:
            return None
        return self.ratio <= self.goal if self.kind == "at most" else self.ratio >= self.goal

    def cells(self) -> list[str]:
        """Question, what, ours, peer, theirs, ratio, goal, reached."""
        ours, theirs = amount(self.ours, self.unit), amount(self.theirs, self.unit)
        goal = NOTHING
        if self.goal is not None:
            limit = f"{self.goal:g}x" if self.kind != "below" else amount(self.goal, self.unit)
            goal = f"{ {'at most': '≤', 'at least': '≥', 'below': '<'}[self.kind] } {limit}"
        reached = {True: "yes", False: "NO", None: NOTHING}[self.reached]
        if self.why:
            ours, theirs, reached = NOTHING, NOTHING, "not measured"
        return [self.question, self.what, ours, self.peer or NOTHING, theirs, self._times(), goal, reached]

    def _times(self) -> str:
        if self.why or self.ratio is None:
            return NOTHING
        return f"{self.ratio:,.0f}x" if self.ratio >= 100 else f"{self.ratio:.3g}x"


def amount(value: float | None, unit: Unit) -> str:
    """A number with a unit that suits its size."""
    if value is None:
        return NOTHING
    if unit == "B":
        if value < 1e5:
            return f"{value:,.0f} B"
        return f"{value / 1e3:.0f} kB" if value < 1e6 else f"{value / 1e6:.1f} MB"
    for scale, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= scale:
            return f"{value / scale:.3g} {name}"
    return f"{value / 1e-9:.3g} ns"


HEADS = ("", "what", "ours", "peer", "peer's", "ratio", "goal", "reached")


@dataclass
class Record:
    """The lines of one run, and where it ran."""

    date: str
    machine: dict[str, Any] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def missing(self) -> list[str]:
        """The questions that this run has not answered."""
        answered = {line.question for line in self.lines}
        return [question for question in QUESTIONS if question not in answered]

    def sorted(self) -> list[Line]:
        return sorted(self.lines, key=lambda line: QUESTIONS.index(line.question))

    def counts(self) -> str:
        goals = [line for line in self.lines if line.goal is not None]
        reached = sum(line.reached is True for line in goals)
        unknown = sum(line.reached is None for line in goals)
        return f"{reached} of {len(goals)} goals reached" + (f", {unknown} not measured" if unknown else "")

    def text(self) -> str:
        """The table for a terminal."""
        rows = [list(HEADS), *(line.cells() for line in self.sorted())]
        widths = [max(len(row[at]) for row in rows) for at in range(len(HEADS))]
        right = {2, 4, 5}
        parts = [
            "  ".join(
                cell.rjust(width) if at in right else cell.ljust(width)
                for at, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in rows
        ]
        parts.insert(1, "─" * max(map(len, parts)))
        return "\n".join([*parts, "", self.counts(), *self.notes()])

    def notes(self) -> list[str]:
        return [f"{line.question}, {line.peer}: {line.why}" for line in self.sorted() if line.why]

    def markdown(self) -> str:
        """The record that people read."""
        out = [f"# Benchmarks of {self.date}", "", self.counts() + "."]
        out += [
            "Every figure is the median of alternating rounds beside its peer in the same run; a ratio with goal ≤ is",
            "ours to the peer's, one with goal ≥ the peer's to ours; \"<\" is a limit of our own figure.",
            "",
        ]
        out += [f"- {name}: {value}" for name, value in self.machine.items() if not isinstance(value, dict)]
        out += [
            f"- {name}: " + ", ".join(f"{key} {what}" for key, what in value.items())
            for name, value in self.machine.items()
            if isinstance(value, dict)
        ]
        for question in QUESTIONS:
            lines = [line for line in self.lines if line.question == question]
            if lines:
                out += ["", f"## {question}: {TITLES[question]}", ""]
                out += table([*HEADS[1:]], [line.cells()[1:] for line in lines])
                out += [f"\nNot measured ({line.peer}): {line.why}" for line in lines if line.why]
        return "\n".join(out) + "\n"

    def readme(self) -> str:
        """The table of the README: a row for each work with a goal, its peers side by side, misses in bold."""
        rows: dict[tuple[str, str], list[Line]] = {}
        for line in self.sorted():
            if line.goal is not None and not line.why:
                rows.setdefault((line.question, line.what), []).append(line)
        cells = [
            [what, amount(lines[0].ours, lines[0].unit), "; ".join(map(beside, lines))]
            for (_, what), lines in rows.items()
        ]
        machine = self.machine
        where = f"{self.date}, {machine.get('processor', '?')}, CPython {machine.get('python', '?')}: {self.counts()}; the missed ones are in bold."
        return "\n".join([*table(["", "modeldex", "beside"], cells), "", where])

    def write(self, folder: Path = FOLDER) -> Path:
        """Both files of the day; a second run of a day replaces the first."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.date}.md"
        path.write_text(self.markdown(), encoding="utf-8")
        lines = [{**asdict(line), "ratio": line.ratio, "reached": line.reached} for line in self.sorted()]
        whole = {"date": self.date, "machine": self.machine, "lines": lines}
        path.with_suffix(".json").write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return path


def beside(line: Line) -> str:
    """A peer and how we compare; with the goal and in bold where that was missed."""
    _, _, _, peer, theirs, times, goal, reached = line.cells()
    if line.kind == "below":
        return f"limit {goal}" if reached == "yes" else f"**limit {goal}**"
    return f"{peer} {theirs} ({times})" if reached == "yes" else f"**{peer} {theirs} ({times}, goal {goal})**"


def table(heads: list[str], rows: list[list[str]]) -> list[str]:
    """A table in Markdown."""
    return [
        "| " + " | ".join(heads) + " |",
        "|" + "---|" * len(heads),
        *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows),
    ]


def newest(folder: Path = FOLDER) -> Record:
    """The record of the last day.

    Raises:
        FileNotFoundError: there is none.
    """
    paths = sorted(folder.glob("????-??-??.json"))
    if not paths:
        raise FileNotFoundError(f"no record in {folder}: `make bench` makes one")
    whole = json.loads(paths[-1].read_text(encoding="utf-8"))
    lines = [{key: value for key, value in line.items() if key not in {"ratio", "reached"}} for line in whole["lines"]]
    return Record(whole["date"], whole["machine"], [Line(**line) for line in lines])


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Print the newest record of the benchmarks.")
    parser.add_argument("--readme", action="store_true", help="as the table of the README")
    record = newest()
    print(record.readme() if parser.parse_args(arguments).readme else record.text())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
