"""How good `resolve` is: `python -m tests.names.report [--part R1|R2|R3|junk] [--whole] [--seed S] [--held-out-final] [--record]`.

R1 leaves every model of the catalogue out and asks its names; R2 misspells names by one letter; R3 asks spellings seen
in logs and true pairs from the sources. Rules and tables are made by looking at the DEV half of R3 only: the held-out
half is asked with `--held-out-final`, once, after they are frozen.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.names import halves, typos
from tests.names.junk import JUNK, answered
from tests.names.leave_one_out import rebuilt, removed, together
from tests.names.offerings import CATALOGUE, registry, rows
from tests.names.pairs import pairs
from tests.names.spellings import spellings
from tests.names.verdict import BAD, Judged, Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ORDER = tuple(Verdict)
PARTS = ("R1", "R2", "R3", "junk")
RECORDS = CATALOGUE.parent / "benches" / "record"
SCRATCH = 12
"""Registries that are built from scratch for R1, beside the one from which each model is removed."""


class Table:
    """Verdicts counted by kind, and the cases that somebody should look at."""

    def __init__(self, title: str, *, secret: bool = False, summed: bool = False) -> None:
        self.title = title
        self.summed = summed
        self.secret = secret
        self.counts = defaultdict[str, Counter[Verdict]](Counter)
        self.hows = Counter[str]()
        self.bad = list[Judged]()
        self.missed = list[Judged]()
        self.started = time.perf_counter()

    def add(self, judged: Judged, kind: str | None = None) -> None:
        """Count one verdict."""
        self.counts[kind or judged.case.kind][judged.verdict] += 1
        self.hows[judged.how or "nothing"] += 1
        if judged.verdict in BAD:
            self.bad.append(judged)
        elif judged.verdict is Verdict.MISSED:
            self.missed.append(judged)

    def total(self) -> Counter[Verdict]:
        """All kinds together."""
        return sum(self.counts.values(), Counter[Verdict]())

    def sources(self) -> list[tuple[str, Counter[Verdict]]]:
        """Sums of what stands before a comma, where kinds have two parts."""
        sums = defaultdict[str, Counter[Verdict]](Counter)
        for kind, counter in self.counts.items():
            if self.summed and ", " in kind:
                sums[f"*{kind.split(', ')[0]}*"] += counter
        return sorted(sums.items())

    def text(self, worst: int) -> str:
        """The table, and the worst cases unless they are secret."""
        spent = time.perf_counter() - self.started
        total = self.total()
        lines = [
            f"## {self.title}",
            "",
            f"{total.total():,} cases in {spent:.0f} s; by {dict(self.hows.most_common())}",
            "",
        ]
        lines += ["| kind | cases | " + " | ".join(verdict.value for verdict in ORDER) + " |"]
        lines += ["|---|---:|" + "---:|" * len(ORDER)]
        for kind, counter in [*sorted(self.counts.items()), *self.sources(), ("**all**", total)]:
            lines.append(
                f"| {kind} | {counter.total():,} | " + " | ".join(_share(counter, one) for one in ORDER) + " |"
            )
        if not self.secret:
            lines += _shown("Wrong answers", self.bad, worst) + _shown("Not among the candidates", self.missed, worst)
        return "\n".join(lines) + "\n"


def _share(counter: Counter[Verdict], verdict: Verdict) -> str:
    count = counter[verdict]
    if not count:
        return ""
    return f"{count:,}" if verdict in BAD else f"{count:,} ({count / counter.total():.1%})"


def _shown(title: str, listed: list[Judged], worst: int) -> list[str]:
    if not listed or not worst:
        return []
    by_kind = defaultdict[str, list[Judged]](list)
    for judged in listed:
        by_kind[judged.case.kind].append(judged)
    lines = ["", f"{title}: {len(listed):,}", ""]
    for kind in sorted(by_kind, key=lambda kind: -len(by_kind[kind])):
        step = max(1, len(by_kind[kind]) // worst)
        lines += [f"    {judged}" for judged in by_kind[kind][::step][:worst]]
    return lines


def left_out(*, whole: bool) -> list[Table]:
    """R1: every id removed, its names asked; and some on registries that never had it."""
    table = Table("R1, leave one out" + ("" if whole else ", 200 at a time"))
    made = registry()
    ids = list(rows())
    for judged in removed(made, ids) if whole else together(made, ids):
        table.add(judged)
    scratch = Table(f"R1, {SCRATCH} registries that never had the model")
    for judged in rebuilt(ids[:: len(ids) // SCRATCH][:SCRATCH]):
        scratch.add(judged)
    return [table, scratch]


def misspelt(cases: int, seed: int) -> list[Table]:
    """R2: one wrong letter; typos that are other names are counted apart."""
    made = registry()
    table = Table(f"R2, one wrong letter, seed {seed}", summed=True)
    apart = Table("R2, typos that spell another name")
    for typo in typos.typos(cases, seed):
        judged = judge(made, typo.case)
        if typo.collides:
            apart.add(judged, typo.source)
        else:
            table.add(judged)
    return [table, apart]


def spelt(half: str, *, final: bool) -> list[Table]:
    """R3 of one half: habits, then true pairs, these also without the declared aliases."""
    halves.opened(half, final=final)
    secret = half == halves.HELD_OUT and not final
    made, bare = registry(), registry(aliases=False)
    name = half.upper()
    tables = [
        Table(f"R3 {name}, spellings", secret=secret),
        Table(f"R3 {name}, pairs", secret=secret),
        Table(f"R3 {name}, pairs, no declared aliases", secret=secret),
    ]
    for case in spellings(half):
        tables[0].add(judge(made, case))
    for side, case in pairs():
        if side == half:
            tables[1].add(judge(made, case))
            if case.kind.startswith("litellm"):
                tables[2].add(judge(bare, case))
    return tables


def junk() -> list[str]:
    """Every text that must resolve to nothing, and did not."""
    made = registry()
    return [f"{name}: {answer}" for name, text in JUNK if (answer := answered(made, text))]


def _junk_text() -> tuple[str, int]:
    wrong = junk()
    lines = "".join(f"    {line}\n" for line in wrong)
    return f"## Junk\n\n{len(JUNK)} texts, {len(wrong)} answered\n{lines}", len(wrong)


class Report:
    """Prints tables as they are ready, counts what was wrong, and keeps the text for the record."""

    def __init__(self, worst: int) -> None:
        self.worst = worst
        self.bad = 0
        self.texts = list[str]()

    def add(self, tables: Iterable[Table], *, counts: bool = True) -> None:
        """Print tables; `counts` says whether their wrong answers are failures."""
        for table in tables:
            self.say(table.text(self.worst))
            if counts:
                self.bad += sum(table.total()[verdict] for verdict in BAD)

    def say(self, text: str) -> None:
        """Print a text."""
        self.texts.append(text)
        print(text, flush=True)  # noqa: T201 - a report is printed

    def write(self, arguments: list[str]) -> Path:
        """The dated record."""
        day = datetime.now(tz=UTC).date().isoformat()
        path = RECORDS / f"{day}-names.md"
        head = f"# Names, {day}\n\n{len(rows()):,} models; `python -m tests.names.report {' '.join(arguments)}`\n\n"
        path.write_text(head + "\n".join(self.texts), encoding="utf-8")
        return path


def main(arguments: list[str]) -> int:
    """Print the report; the exit code is 1 if any answer was wrong."""
    reader = argparse.ArgumentParser(prog="python -m tests.names.report", description=__doc__)
    reader.add_argument("--part", choices=PARTS, action="append")
    reader.add_argument("--worst", type=int, default=4, help="wrong and missed cases that are shown of each kind")
    reader.add_argument("--whole", action="store_true", help="R1 one model at a time, not 200")
    reader.add_argument("--cases", type=int, default=typos.CASES)
    reader.add_argument("--seed", type=int, default=typos.SEED)
    reader.add_argument("--held-out-final", action="store_true", help="ask the held-out half: once, rules frozen")
    reader.add_argument("--record", action="store_true", help="write benches/record/DATE-names.md")
    wanted = reader.parse_args(arguments)
    parts, report = wanted.part or PARTS, Report(wanted.worst)
    if "R1" in parts:
        report.add(left_out(whole=wanted.whole))
    if "R2" in parts:
        table, apart = misspelt(wanted.cases, wanted.seed)
        report.add([table])
        report.add([apart], counts=False)
    if "R3" in parts:
        report.add(spelt(halves.DEV, final=False))
        if wanted.held_out_final:
            report.add(spelt(halves.HELD_OUT, final=True))
    if "junk" in parts:
        text, wrong = _junk_text()
        report.say(text)
        report.bad += wrong
    if wanted.record:
        report.say(f"Written to {report.write(arguments).relative_to(RECORDS.parent.parent)}.")
    return 1 if report.bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
