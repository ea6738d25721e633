"""The numbers of a name: which are sizes, dates, contexts, and which one is the version."""

from __future__ import annotations

import calendar
from decimal import Decimal
from typing import Any, Final, NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .words import Atom

__all__ = ["Said", "measure", "version"]

_UNITS: Final = {"b": 10**9, "m": 10**6, "t": 10**12}
_LARGEST: Final = {"b": 10_000, "m": 999, "t": 100}
_POWERS: Final = frozenset(2**power for power in range(1, 11))
_YEARS: Final = range(2018, 2040)
_CONTEXTS_M: Final = frozenset({"1", "2", "4", "10"})


class Said(NamedTuple):
    """A part of a guess and the atoms that say it, by their places (the last one included)."""

    field: str
    value: Any
    first: int
    last: int


def measure(atoms: Sequence[Atom]) -> list[Said]:
    """The sizes, contexts and dates of a name, in their order; no atom counts twice."""
    found: list[Said] = []
    at = 0
    while at < len(atoms):
        said = _experts(atoms, at) or _size(atoms, at) or _date(atoms, at)
        if said:
            found.extend(said)
            at = said[-1].last
        at += 1
    return found


def _unit(atoms: Sequence[Atom], at: int) -> str:
    """The letters that are glued to a number."""
    return atoms[at + 1].text if at + 1 < len(atoms) and atoms[at + 1].glued else ""


def _count(number: str, unit: str) -> int | None:
    if unit not in _UNITS or len(number) > 7:
        return None
    value = Decimal(number)
    if not 0 < value <= _LARGEST[unit]:
        return None
    return int(value * _UNITS[unit])


def _experts(atoms: Sequence[Atom], at: int) -> list[Said]:
    """`8x7b`, `128e`."""
    atom = atoms[at]
    if not atom.number or not atom.text.isdecimal() or len(atom.text) > 4 or not int(atom.text):
        return []
    if _unit(atoms, at) == "e":
        return [Said("experts", int(atom.text), at, at + 1)]
    if _unit(atoms, at) == "x" and at + 3 < len(atoms) and atoms[at + 2].glued and atoms[at + 2].number:
        each = _count(atoms[at + 2].text, _unit(atoms, at + 2))
        if each:
            return [Said("experts", int(atom.text), at, at + 3), Said("expert_parameters", each, at, at + 3)]
    return []


def _size(atoms: Sequence[Atom], at: int) -> list[Said]:
    """`70b`, `a3b`, `135m`, `2.4t`, `128k`, `1m`."""
    atom = atoms[at]
    if atom.text == "a" and not atom.glued and at + 2 < len(atoms) and atoms[at + 1].glued and atoms[at + 1].number:
        active = _count(atoms[at + 1].text, _unit(atoms, at + 1))
        return [Said("parameters_active", active, at, at + 2)] if active else []
    if not atom.number:
        return []
    unit = _unit(atoms, at)
    if unit == "k" and atom.text.isdecimal() and len(atom.text) <= 4 and int(atom.text) > 1 and not atom.glued:
        number = int(atom.text)
        return [Said("context_window", number * (1024 if number in _POWERS else 1000), at, at + 1)]
    if unit == "m" and atom.text in _CONTEXTS_M:
        return [] if atom.glued else [Said("context_window", int(atom.text) * 10**6, at, at + 1)]
    count = _count(atom.text, unit)
    # Behind a letter it is something else (`e4b`, `q4b`), behind a word it is a size (`llama8b`).
    if not count or (atom.glued and at and len(atoms[at - 1].text) == 1):
        return []
    first = at
    if _point(atoms, at):
        first, count = at - 1, _count(f"{atoms[at - 1].text}.{atom.text}", unit)
    return [Said("parameters_total", count, first, at + 1)]


def _point(atoms: Sequence[Atom], at: int) -> bool:
    """Whether the number before is what stands before the point: `3-8-2-4t` is 3.8 and 2.4t, `3-0-6b` is 3 and 0.6b."""
    run = 0
    while (
        run < at and atoms[at - 1 - run].number and atoms[at - 1 - run].text.isdecimal() and not atoms[at - run].glued
    ):
        run += 1
    return (
        atoms[at].text.isdecimal()
        and bool(run)
        and len(atoms[at - 1].text) == 1
        and (run > 2 or atoms[at - 1].text == "0")
    )


def _date(atoms: Sequence[Atom], at: int) -> list[Said]:
    """The date that begins here, if one does: over several numbers, else in one."""
    if not _lone(atoms, at):
        return []
    parts = [atoms[at].text]
    while len(parts) < 3 and at + len(parts) < len(atoms) and _lone(atoms, at + len(parts)):
        parts.append(atoms[at + len(parts)].text)
    for count in range(len(parts), 0, -1):
        date = _joined(parts[:count], after_preview=bool(at) and atoms[at - 1].text == "preview")
        # Four digits at the very beginning are a name (`4o`), not a month.
        if date is not None and (at or len(date) == 10):
            return [Said("date", date, at, at + count - 1)]
    return []


def _lone(atoms: Sequence[Atom], at: int) -> bool:
    """Whether this is a whole number with nothing glued to it (but a `v`)."""
    atom = atoms[at]
    return atom.number and not atom.glued and atom.text.isdecimal() and _unit(atoms, at) in {"", "v"}


def _joined(parts: list[str], *, after_preview: bool) -> str | None:
    """ISO 8601 of `2024-08-06`, `08-2024`, `08-06`, `20240806`, `240806`, `2408` and `0806`."""
    match [len(part) for part in parts]:
        case [4, 2, 2]:
            year, month, day = parts
        case [2, 4]:
            year, month, day = parts[1], parts[0], ""
        # Of a month and a day, the month shows that it is one by its zero; `preview-10-21` says it in words.
        case [2, 2] if parts[0][0] == "0" or after_preview:
            year, month, day = "", *parts
        case [8]:
            year, month, day = parts[0][:4], parts[0][4:6], parts[0][6:]
        case [6]:
            year, month, day = "20" + parts[0][:2], parts[0][2:4], parts[0][4:]
        case [4] if parts[0][:2] > "12":
            year, month, day = "20" + parts[0][:2], parts[0][2:], ""
        case [4]:
            year, month, day = "", parts[0][:2], parts[0][2:]
        case _:
            return None
    if not _day(year or "2024", month, day or "01"):
        return None
    return "-".join(part for part in (year or "-", month, day) if part)


def _day(year: str, month: str, day: str) -> bool:
    if int(year) not in _YEARS or not 1 <= int(month) <= 12:
        return False
    return 1 <= int(day) <= calendar.monthrange(int(year), int(month))[1]


def version(atoms: Sequence[Atom], taken: set[int], start: int) -> Said | None:
    """The first number from a place on that is not taken: `3.5`, `3-5`."""
    for at in range(start, len(atoms)):
        atom = atoms[at]
        if not atom.number or at in taken or len(atom.text) > 5:
            continue
        if at and atom.glued and atoms[at - 1].text in {"fp", "int", "bf", "nf", "q", "iq", "w", "mxfp", "nvfp", "exl"}:
            continue
        if at + 2 in taken and _unit(atoms, at) == "x":
            continue
        after = atoms[at + 1] if at + 1 < len(atoms) else None
        if after is not None and at + 1 not in taken and not after.glued and _short(atom) and _short(after):
            return Said("version", f"{atom.text}.{after.text}", at, at + 1)
        return Said("version", atom.text, at, at)
    return None


def _short(atom: Atom) -> bool:
    """One or two digits: `3` or `20`, not `02`, `001` or `1.5`."""
    return (
        atom.number and atom.text.isdecimal() and len(atom.text) <= 2 and (atom.text[0] != "0" or len(atom.text) == 1)
    )
