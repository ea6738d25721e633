"""How good `resolve` is: `python -m tests.names.report [--part R1|R2|R3|junk] [--worst N] [--seed S] [--held-out-final]`.

R1 leaves every model of the catalogue out and asks its names; R2 misspells names by one letter; R3 asks spellings seen
in logs and true pairs from the sources. Rules and tables are made by looking at the DEV half of R3 only: the held-out
half is asked with `--held-out-final`, once, after they are frozen.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from tests.names import halves, typos
from tests.names.junk import JUNK, answered
from tests.names.leave_one_out import rebuilt, removed, together
from tests.names.offerings import registry, rows
from tests.names.pairs import pairs
from tests.names.spellings import spellings
from tests.names.verdict import BAD, Judged, Verdict, judge

if TYPE_CHECKING:
    from collections.abc import Iterable

ORDER = tuple(Verdict)
SCRATCH = 12
"""Registries that are built from scratch for R1, beside the one from which each model is removed."""


class Table:
    """Verdicts counted by kind, and the cases that somebody should look at."""

    def __init__(self, title: str, *, secret: bool = False) -> None:
        self.title = title
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
        for kind, counter in [*sorted(self.counts.items()), ("**all**", total)]:
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
    table = Table(f"R2, one wrong letter, seed {seed}")
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


def _print(tables: Iterable[Table], worst: int) -> int:
    bad = 0
    for table in tables:
        print(table.text(worst), flush=True)  # noqa: T201 - a report is printed
        bad += sum(table.total()[verdict] for verdict in BAD)
    return bad


def main(arguments: list[str]) -> int:
    """Print the report; the exit code is 1 if any answer was wrong."""
    reader = argparse.ArgumentParser(prog="python -m tests.names.report", description=__doc__)
    reader.add_argument("--part", choices=["R1", "R2", "R3", "junk"], action="append")
    reader.add_argument("--worst", type=int, default=4, help="wrong and missed cases that are shown of each kind")
    reader.add_argument("--whole", action="store_true", help="R1 one model at a time")
    reader.add_argument("--cases", type=int, default=typos.CASES)
    reader.add_argument("--seed", type=int, default=typos.SEED)
    reader.add_argument("--held-out-final", action="store_true", help="ask the held-out half: once, rules frozen")
    wanted = reader.parse_args(arguments)
    parts = wanted.part or ["R1", "R2", "R3", "junk"]
    bad = 0
    if "R1" in parts:
        bad += _print(left_out(whole=wanted.whole), wanted.worst)
    if "R2" in parts:
        tables = misspelt(wanted.cases, wanted.seed)
        bad += _print(tables[:1], wanted.worst)
        _print(tables[1:], wanted.worst)
    if "R3" in parts:
        bad += _print(spelt(halves.DEV, final=False), wanted.worst)
        if wanted.held_out_final:
            bad += _print(spelt(halves.HELD_OUT, final=True), wanted.worst)
    if "junk" in parts:
        wrong = junk()
        print(f"## Junk\n\n{len(JUNK)} texts, {len(wrong)} answered\n" + "".join(f"    {line}\n" for line in wrong))  # noqa: T201
        bad += len(wrong)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
