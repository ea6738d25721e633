"""What an unknown id says of itself, read by the tables of `families`."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

from .families import BETWEEN, KINDS, LINES, LOCAL, QUANTISATIONS, REWORKED, SAYS, TRAITS, Line, Trait
from .guess import FineTune, Guess
from .numbers import Said, measure, version
from .words import Atom, Front, atoms, clean, front, is_front, lower, tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Reading", "infer", "read"]

_REVISION: Final = re.compile(r":0(?![^:@])")
_NEWEST: Final = 999.0
_BETWEEN: Final = frozenset(BETWEEN.split())
_REWORKED: Final = frozenset(REWORKED.split())
_LOCAL: Final = frozenset(LOCAL.split())
# Words after which a family is still what the name begins with.
_LEADING: Final = frozenset({"meta", "the", "openai", "google", "hf", "labs", "azure", "system", "ai"})
_LATE: Final = frozenset({"nemotron"})
_KINDS: Final = {word: (rank, mode) for rank, (mode, words) in enumerate(KINDS) for word in words.split()}
_MODES: Final = {
    "embedding": "embedding",
    "rerank": "rerank",
    "moderation": "moderation",
    "image_generation": "image",
    "image_edit": "image",
    "video_generation": "video",
    "audio_speech": "audio",
    "audio_transcription": "audio",
    "audio_generation": "audio",
    "realtime": "audio",
}


class Reading:
    """A guess in the making: the atoms of a text, and what was found in them."""

    __slots__ = ("atoms", "evidence", "family", "shown", "thinker", "values", "words")

    def __init__(self, shown: str, found: list[Atom]) -> None:
        self.shown = shown
        self.atoms = found
        ends = (f"#{after.text}" for before, after in pairwise(found) if before.number and after.glued)
        self.words = frozenset(atom.text for atom in found if not atom.number).union(ends)
        self.values: dict[str, Any] = {}
        self.evidence: dict[str, str] = {}
        self.family = _family(found)
        self.thinker = False
        """Whether it always thinks."""

    def say(self, field: str, value: object, start: int, end: int) -> None:
        """Keep what the piece from `start` to `end` says, unless that was said already."""
        if value is not None and field not in self.values:
            self.values[field] = value
            self.evidence[field] = self.shown[start:end]

    def say_by(self, said: Said) -> None:
        """Keep what some of the atoms say."""
        self.say(said.field, said.value, self.atoms[said.first].start, self.atoms[said.last].end)

    def guess(self, text: str) -> Guess:
        """What was found, for good."""
        return Guess(text, **self.values, evidence=MappingProxyType(self.evidence))


@cache
def _lines() -> dict[str, list[tuple[tuple[str, ...], Line]]]:
    """The lines by their first word (`#` for a number), longest first."""
    found: dict[str, list[tuple[tuple[str, ...], Line]]] = {}
    for line in LINES:
        for spelling in line.words.split("|"):
            words = tuple(part for word in spelling.split() for part in _split(word))
            found.setdefault(words[0], []).append((words, line))
    for several in found.values():
        several.sort(key=lambda each: -len(each[0]))
    return found


@cache
def _traits() -> dict[str, list[tuple[Trait, frozenset[str], frozenset[str]]]]:
    found: dict[str, list[tuple[Trait, frozenset[str], frozenset[str]]]] = {}
    for trait in TRAITS:
        row = (trait, frozenset(trait.having.split()), frozenset(trait.lacking.split()))
        found.setdefault(trait.family, []).append(row)
    return found


def _split(word: str) -> list[str]:
    """`t#v` into `t`, `#`, `v`."""
    return [part for part in word.replace("#", " # ").split() if part]


def infer(text: str) -> Guess:
    """Return what a text says of itself: provider, maker, family, version, size, what it can do. A guess, all of it.

    Read from the words of the text by reviewed tables of families; the catalogue is not asked, and nothing is remembered model by
    model. What the text does not say is None. What is no name (empty, longer than 512 bytes, with control characters)
    says nothing. It takes well under a millisecond.

    >>> from modeldex.discover import infer
    >>> guess = infer("openrouter/qwen/Qwen3-30B-A3B-Thinking-2507:free")
    >>> guess.owner, guess.family, guess.version, guess.parameters_total, guess.parameters_active
    ('alibaba', 'qwen', '3', 30000000000, 3000000000)
    >>> guess.reasoning, guess.evidence["reasoning"], guess.vision, guess.date, guess.free
    (True, 'Thinking', None, '2025-07', True)
    >>> infer("ft:gpt-4o-2024-08-06:acme::9NG2I8g6").fine_tune.organisation
    'acme'
    """
    return read(text).guess(text)


def read(text: str) -> Reading:
    """The reading that `infer` shows."""
    shown = clean(text)
    if not shown:
        return Reading("", [])
    low = lower(shown)
    before, low, start, tuned = _tuned(shown, low)
    ahead = front(low, start)
    # The revision of Bedrock's `v1:0` is no version.
    low = _REVISION.sub("  ", low)
    reading = Reading(shown, atoms(low, ahead.start))
    if tuned is not None:
        reading.say("fine_tune", tuned, 0, len(shown))
    if ahead.provider is not None:
        reading.say("provider", *ahead.provider)
    elif before is not None and before.provider is not None:
        reading.say("provider", *before.provider)
    _name(reading, ahead)
    return reading


def _tuned(shown: str, low: str) -> tuple[Front | None, str, int, FineTune | None]:
    """Where the base of a tuned model is, or the model that a path leads to: what is before it, the text up to its end, its place."""
    said = tables().markers.tuned(shown)
    base = said[1] if said else tables().markers.resource(shown)
    tuned = None
    if said:
        kind, _, owner, suffix, own, date, step, _, _ = said
        tuned = FineTune(kind, base, owner, suffix, own, date, step)
        if base is None:
            return None, "", 0, tuned
    if base is None:
        return None, low, 0, None
    at = len(said[8]) - len(base) if said else shown.rfind(base)
    return front(low[:at] + "x") if at else None, low[: at + len(base)], at, tuned


def _name(reading: Reading, ahead: Front) -> None:
    found = reading.atoms
    numbers = measure(found)
    taken = {place for said in numbers for place in range(said.first, said.last + 1)}
    place, length, line = reading.family
    start = 0
    if line is not None:
        last = place + length - 1
        reading.say("family", line.family, found[place].start, found[last].end)
        start = next((at for at in range(place, last + 1) if found[at].number), last + 1)
        at_front = all(atom.text in _LEADING or atom.number or is_front(atom.text) for atom in found[:place])
        if (at_front or line.family in _LATE) and not reading.words & _REWORKED:
            reading.say("owner", line.owner, found[place].start, found[last].end)
    if ahead.owner is not None and not reading.words & _REWORKED:
        reading.say("owner", *ahead.owner)
    number = version(found, taken, start) if line is not None else None
    if number is not None and any(
        not atom.number and atom.text not in _BETWEEN for atom in _free(found, taken, start, number.first)
    ):
        number = None
    if number is not None:
        reading.say_by(number)
    _words(reading)
    for said in numbers:
        reading.say_by(said)
    if line is not None:
        _by_family(reading, line, number)
    _consequences(reading, line)


def _free(found: Sequence[Atom], taken: set[int], start: int, end: int) -> Iterator[Atom]:
    """The atoms between two places that say nothing of a size or date."""
    return (found[place] for place in range(start, end) if place not in taken)


def _family(found: Sequence[Atom]) -> tuple[int, int, Line | None]:
    """The family that is named first, by the longest words: place, how many atoms, and the line."""
    best: tuple[int, int, Line | None] = (0, 0, None)
    lines = _lines()
    for place, atom in enumerate(found):
        for words, line in lines.get("#" if atom.number else atom.text, ()):
            if not _written(found, place, words) or (len(words[0]) <= 2 and words[0] != "yi" and place):
                continue
            if best[2] is None:
                best = (place, len(words), line)
            elif line.family in _LATE:
                return place, len(words), line
            break
    return best


def _written(found: Sequence[Atom], place: int, words: tuple[str, ...]) -> bool:
    if place + len(words) > len(found):
        return False
    for atom, word in zip(found[place:], words, strict=False):
        if not (atom.number if word == "#" else atom.text == word):
            return False
    # `o 4` is a word and a number, `o4` is a name.
    return not (len(words) == 2 and words[1] == "#" and len(words[0]) <= 2) or found[place + 1].glued


def _words(reading: Reading) -> None:
    """What the words say in every family."""
    found = reading.atoms
    for place, atom in enumerate(found):
        says = SAYS.get(atom.text)
        before = found[place - 1].text if place else ""
        if says is None or (
            atom.text == "it" and not (place and (place + 1 == len(found) or found[place + 1].text != "it"))
        ):
            continue
        denied = says[0] == "-" or before in {"non", "no", "not", "without"}
        first = found[place - 1] if denied and says[0] != "-" else atom
        reading.say(says.removeprefix("-"), not denied, first.start, atom.end)
    for place, atom in enumerate(found):
        after = found[place + 1] if place + 1 < len(found) else None
        both = atom.text + after.text if after is not None and after.glued else atom.text
        if both in QUANTISATIONS and after is not None and both != atom.text:
            reading.say("quantisation", reading.shown[atom.start : after.end].lower(), atom.start, after.end)
        elif atom.text in QUANTISATIONS:
            reading.say("quantisation", atom.text, atom.start, atom.end)


def _by_family(reading: Reading, line: Line, number: Said | None) -> None:
    found = reading.atoms
    newest = _NEWEST if "latest" in reading.words and number is None else None
    value = newest if newest is not None else float(number.value) if number is not None else None
    place, length, _ = reading.family
    last = max(place + length - 1, number.last if number is not None else 0)
    first = place if number is None else min(place, number.first)
    local = bool(reading.words & (_LOCAL | _REWORKED))
    for trait, having, lacking in _traits().get(line.family, ()):
        if (local and trait.field in {"vision", "reasoning", "audio"}) or not _holds(
            reading, trait, having, lacking, value
        ):
            continue
        if trait.field == "thinker":
            reading.thinker = True
        elif trait.field == "active":
            _active(reading)
        else:
            # The words that the trait asks for are part of what says so.
            asked = [at for at, atom in enumerate(found) if atom.text in having or "#" + atom.text in having]
            ends = (min([first, *asked[:1]]), max([last, *asked[:1]]))
            reading.say(trait.field, True, found[ends[0]].start, found[ends[1]].end)


def _holds(
    reading: Reading, trait: Trait, having: frozenset[str], lacking: frozenset[str], value: float | None
) -> bool:
    words = reading.words
    if (having and not words & having) or words & lacking:
        return False
    total = reading.values.get("parameters_total")
    if trait.smallest and total is not None and total < trait.smallest * 10**9:
        return False
    if trait.largest and (total is None or total > trait.largest * 10**9):
        return False
    if trait.sizes and total not in {size * 10**9 for size in trait.sizes}:
        return False
    if trait.dated:
        date = reading.values.get("date", "")
        return bool(date[:1] == "2" and date[:7] >= trait.dated)
    if not trait.since:
        return True
    return value is not None and (value == _NEWEST or trait.since <= value < trait.before)


def _active(reading: Reading) -> None:
    """The size that the name states is that of what is used for a token."""
    if "parameters_total" in reading.values and "parameters_active" not in reading.values:
        reading.values["parameters_active"] = reading.values.pop("parameters_total")
        reading.evidence["parameters_active"] = reading.evidence.pop("parameters_total")


def _consequences(reading: Reading, line: Line | None) -> None:
    """What follows from what was said: the mode, and what the mode says."""
    values = reading.values
    for field in ("experts", "parameters_active"):
        if field in values:
            reading.values.setdefault("moe", True)
            reading.evidence.setdefault("moe", reading.evidence[field])
    mode = _mode(reading, line)
    if mode is not None:
        reading.say("mode", *mode)
        said = _MODES.get(mode[0])
        if said is not None:
            reading.say(said, True, *mode[1:])
    if mode is not None and mode[0] in {"embedding", "rerank", "audio_transcription", "audio_speech"}:
        values.pop("reasoning", None)
        reading.evidence.pop("reasoning", None)


def _mode(reading: Reading, line: Line | None) -> tuple[str, int, int] | None:
    found = reading.atoms
    best: tuple[int, str, int, int] | None = None
    for place, atom in enumerate(found):
        end = atom.end
        word = atom.text
        if atom.number:
            # `t2v`: from text to video.
            if not (word == "2" and atom.glued and place + 1 < len(found) and found[place + 1].glued):
                continue
            word, end = f"{found[place - 1].text}2{found[place + 1].text}", found[place + 1].end
        kind = _KINDS.get(word)
        if kind is not None and (best is None or kind[0] < best[0]):
            best = (*kind, atom.start, end)
    if best is not None:
        return best[1:]
    if line is not None and line.mode is not None:
        place, length, _ = reading.family
        return line.mode, found[place].start, found[place + length - 1].end
    for field in ("chat", "reasoning", "code"):
        if reading.values.get(field) is True:
            at = reading.shown.find(reading.evidence[field])
            return "chat", at, at + len(reading.evidence[field])
    return None
