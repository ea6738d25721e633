"""What became of every field of every source entry: the counts behind the report.

An outcome is one of
  carried    a field of the row has the value
  agrees     another source had already said the same
  overruled  another source says otherwise and comes first; the value is kept under `source`
  refined    replaces a weaker word of the other source, which is kept under `source`
  source     no field takes it: kept under `source.<name>`
  unknown    the value stands for "not known" (0 limits, prices of 0 that are none, false that says nothing)
  left out   not in the catalogue at all
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

OUTCOMES = ("carried", "agrees", "overruled", "refined", "source", "unknown", "left out")


@dataclass
class Ledger:
    """Counts by (source, field, outcome), one example of each, and the lists the report prints."""

    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str, str], tuple[str, str]] = field(default_factory=dict)
    entries: Counter[str] = field(default_factory=Counter)
    limits: list[tuple[str, str, str, int]] = field(default_factory=list)
    zeros: list[tuple[str, str, str, str]] = field(default_factory=list)
    roundings: list[tuple[str, str, str]] = field(default_factory=list)
    conflicts: Counter[str] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)
    conflict_examples: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def open(self, source: str) -> None:
        """Start an entry of a source: from here on `note` collects its fields."""
        self.entries[source] += 1
        self.seen = set()

    def note(self, source: str, name: str, outcome: str, where: str, value: object) -> None:
        """One field of the open entry met its fate."""
        if outcome not in OUTCOMES:
            raise ValueError(f"{outcome!r} is no outcome")
        key = (source, name, outcome)
        self.counts[key] += 1
        self.examples.setdefault(key, (where, str(value)[:80]))
        self.seen.add(name)

    def close(self, where: str, names: set[str]) -> None:
        """End the entry; a field that nobody looked at is a fault of the builder."""
        if missed := names - self.seen:
            raise AssertionError(f"{where}: fields without an outcome: {sorted(missed)}")

    def compare(self, what: str, where: str, first: object, second: object) -> bool:
        """Count a fact two sources state, and whether they contradict each other."""
        self.compared[what] += 1
        if first == second:
            return True
        self.conflicts[what] += 1
        self.conflict_examples.setdefault(what, (where, str(first), str(second)))
        return False
