"""What the benchmarks share: the record of the run, and its table at the end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from benches.machine import machine
from benches.record import Kind, Line, Record, Unit, newest

if TYPE_CHECKING:
    from benches.rounds import Race

RECORD = pytest.StashKey[Record]()
PARTIAL = pytest.StashKey[bool]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    config.stash[RECORD] = Record(datetime.now(tz=UTC).date().isoformat(), machine())
    # The peers' own warnings are no failures of ours.
    config.addinivalue_line("filterwarnings", "default")
    # Its table would show how long a round of all sides together took.
    config.option.benchmark_quiet = True


def pytest_deselected(items: list[pytest.Item]) -> None:
    if items:
        items[0].config.stash[PARTIAL] = True


class Report:
    """Writes lines into the record."""

    def __init__(self, record: Record) -> None:
        self.record = record

    def __call__(
        self,
        question: str,
        what: str,
        race: Race,
        peer: str,
        *,
        ours: str = "modeldex",
        unit: Unit = "s",
        kind: Kind = "at least",
        goal: float | None = None,
    ) -> None:
        """A line from the two sides of a race."""
        line = Line(question, what, peer, race.median(ours), race.median(peer), unit, kind, goal)
        pairs = zip(race.figures[ours], race.figures[peer], strict=True)
        ratios = sorted(mine / its if kind == "at most" else its / mine for mine, its in pairs if mine and its)
        line.rounds = len(race.figures[ours])
        line.least, line.most = (ratios[0], ratios[-1]) if ratios else (None, None)
        self.record.lines.append(line)

    def figure(self, question: str, what: str, ours: float, *, unit: Unit, goal: float) -> None:
        """A line that stands alone: a limit of our own figure."""
        self.record.lines.append(Line(question, what, "", ours, None, unit, "below", goal))

    def shown(self, question: str, what: str, ours: float, peer: str, its: float, *, unit: Unit = "s") -> None:
        """A line without a goal, from figures that were taken beside a race."""
        self.record.lines.append(Line(question, what, peer, ours, its, unit))

    def unmeasured(self, question: str, what: str, peer: str, why: str, *, goal: float | None = None) -> None:
        """A line that says why there is no figure."""
        self.record.lines.append(Line(question, what, peer, 0.0, None, goal=goal, why=why))


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest) -> Report:
    return Report(request.config.stash[RECORD])


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config) -> None:
    record = config.stash[RECORD]
    if not record.lines:
        return
    terminalreporter.section("benchmarks")
    terminalreporter.write_line(record.text())
    if not config.getoption("benchmark_enable"):
        terminalreporter.write_line("One round each, so no record was written; --benchmark-enable measures.")
    elif exitstatus:
        terminalreporter.write_line("Something failed, so no record was written.")
    elif config.stash.get(PARTIAL, False) or (record.missing() and not joined(record)):
        terminalreporter.write_line("A part of the questions, so no record was written.")
    else:
        path = record.write()
        terminalreporter.write_line(f"Written to {path.relative_to(config.rootpath)} and {path.stem}.json.")


def joined(record: Record) -> bool:
    """Takes the questions that this run does not answer from an earlier run of the same day; whether there is one."""
    try:
        earlier = newest()
    except FileNotFoundError:
        return False
    if earlier.date != record.date:
        return False
    answered = {line.question for line in record.lines}
    record.lines += [line for line in earlier.lines if line.question not in answered]
    return True
