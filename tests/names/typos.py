"""One wrong letter in a name: substituted, inserted, left out, or two neighbours exchanged. Never a digit."""

from __future__ import annotations

import random
import re
import string
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache

from tests.names.offerings import DATES, by_base, named, rows
from tests.names.verdict import Case

SEED = 20_261_121
CASES = 10_000
KINDS = ("substituted", "inserted", "left out", "exchanged")


@dataclass(frozen=True)
class Typo:
    """A misspelt name and what it was."""

    case: Case
    name: str
    source: str  # id, alias or bare name
    collides: bool  # spells or folds to another name, or to a snapshot of another one


def folded(text: str) -> str:
    """What is left of a name without case and separators: our own, slow and plain."""
    return re.sub(r"[^\w]|_", "", unicodedata.normalize("NFKC", text).casefold())


def mistyped(name: str, kind: str, chance: random.Random) -> str | None:
    """The name with one such slip at a random letter; None where it has no letter for it."""
    places = [place for place, letter in enumerate(name) if letter.isascii() and letter.isalpha()]
    if kind == "exchanged":
        places = [at for at in places if at + 1 in places and name[at] != name[at + 1]]
    if not places:
        return None
    at = chance.choice(places)
    other = chance.choice([letter for letter in string.ascii_lowercase if letter != name[at].lower()])
    after = at + chance.randint(0, 1)
    return {
        "substituted": name[:at] + other + name[at + 1 :],
        "inserted": name[:after] + other + name[after:],
        "left out": name[:at] + name[at + 1 :],
        "exchanged": name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :],
    }[kind]


@cache
def names() -> tuple[tuple[str, str, Case], ...]:
    """Every name of the catalogue: how it is one, the text, and what it means."""
    found = []
    for row in rows().values():
        bases = frozenset([row.base]) if row.base else frozenset[str]()
        found.append(("id", row.id, Case(row.id, "id", bases, row.provider, row.id, row.marks)))
        for alias in row.aliases:
            case = Case(alias, "alias", bases, named(alias) and row.provider, row.id, row.marks)
            found.append(("alias", alias, case))
    for base, offerings in by_base().items():
        whose = next((row for row in offerings if row.home or len(offerings) == 1), None)
        if whose:
            found.append(("bare name", base, Case(base, "bare name", frozenset([base]), marks=whose.marks)))
    return tuple(found)


@cache
def _meanings() -> dict[str, frozenset[str]]:
    """Folded name -> the ids and bases that it leads to, and nothing for what is no name."""
    found = defaultdict[str, set[str]](set)
    for _, text, case in names():
        found[folded(text)].add(case.id or min(case.bases))
    for base in by_base():
        found[folded(base)].add(base)
        found[folded(DATES.sub("", base))].add(base)
    for row in rows().values():
        found[folded(row.written)].add(row.id)
    return {text: frozenset(meant) for text, meant in found.items()}


def typos(cases: int = CASES, seed: int = SEED) -> list[Typo]:
    """So many typos, a third in ids, a third in aliases, a third in bare names, all four kinds alike."""
    chance = random.Random(seed)
    listed = {source: [entry for entry in names() if entry[0] == source] for source in ("id", "alias", "bare name")}
    made = list[Typo]()
    while len(made) < cases:
        source = ("id", "alias", "bare name")[len(made) % 3]
        _, name, case = chance.choice(listed[source])
        kind = KINDS[len(made) // 3 % len(KINDS)]
        text = mistyped(name, kind, chance)
        if text is None or text == name:
            continue
        typo = Case(text, f"{source}, {kind}", case.bases, case.provider, case.id, case.marks)
        others = (_meanings().get(folded(each), frozenset()) for each in (text, DATES.sub("", text)))
        meant = frozenset().union(*others) - {case.id, *case.bases, *_meanings().get(folded(DATES.sub("", name)), ())}
        made.append(Typo(typo, name, source, bool(meant) or folded(text) == folded(name)))
    return made


def counted(found: list[Typo]) -> Counter[str]:
    """How many of each kind, for the report."""
    return Counter(typo.case.kind for typo in found)
