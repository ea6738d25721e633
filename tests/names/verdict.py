"""What an answer of `resolve` is worth, judged by what the text says and what the sources say of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from tests.names.offerings import by_place, named, rows, undated

if TYPE_CHECKING:
    from collections.abc import Iterable

    import modeldex as mx

EQUAL = ("exact", "alias", "folded", "typo")


class Verdict(Enum):
    """Best first. `WRONG` and `OTHER` must never happen."""

    RIGHT = "right"
    """The model, at the provider that the text names."""
    SAID = "said"
    """A snapshot led to its family, or a fine-tune to its base, and the answer says so."""
    LISTED = "listed"
    """Not certain, and what was meant is among the candidates."""
    REFUSED = "refused"
    """Not certain, rightly: nobody in the catalogue offers what the text names."""
    MISSED = "missed"
    """Not certain, and what was meant is not among the candidates."""
    OTHER = "other"
    """The model at the provider named, but another place, tag or tier: another price."""
    WRONG = "wrong"
    """Another model, or another provider than the text names."""


BAD = (Verdict.OTHER, Verdict.WRONG)


@dataclass(frozen=True)
class Case:
    """A text as somebody wrote it, and what it means."""

    text: str
    kind: str
    bases: frozenset[str]  # what it may mean; empty: nothing in the catalogue
    provider: str | None = None  # named by the text, or given beside it
    id: str | None = None  # the very offering, where a source says so
    marks: frozenset[str] | None = frozenset()  # None: the text may name a place or a tag in words of its own
    hint: str | None = None  # given as `provider=`
    dated: bool = False  # names a snapshot that the catalogue does not have: only "dated" may answer


@dataclass(frozen=True)
class Judged:
    """A case with its verdict and what was answered."""

    case: Case
    verdict: Verdict
    how: str | None
    answer: str | None
    score: float
    candidates: tuple[str, ...]

    def __str__(self) -> str:
        case = self.case
        meant = case.id or "/".join(filter(None, (case.provider, " | ".join(sorted(case.bases)) or "nothing")))
        given = f" provider={case.hint!r}" if case.hint else ""
        answer = (
            f"{self.answer} ({self.how}, {self.score:.2f})" if self.answer else f"nothing, {list(self.candidates[:3])}"
        )
        return f"{self.verdict.value:8} {case.kind:28} {case.text!r}{given} -> {answer}; means {meant}"


def identity(answer: Any) -> str:
    """The id of a model or of a candidate."""
    return str(answer.id)


def fits(case: Case, id: str) -> bool:
    """Is that offering what the case means, place and tag apart?"""
    row = rows()[id]
    if case.id == id:
        return True
    return row.base in case.bases and case.provider in (None, row.provider)


def offered(case: Case, gone: str | None = None) -> bool:
    """Does the catalogue have what the text names, of any place and tag?"""
    if case.provider is None:
        return bool(case.bases)
    found = (row for base in case.bases for row in by_place().get((case.provider, base), ()))
    return any(row.id != gone for row in found) or (case.id is not None and case.id != gone)


def judge(registry: mx.Registry, case: Case, gone: str | None = None) -> Judged:
    """Ask, and judge the answer. `gone` is the id that was removed from the registry."""
    resolution = registry.resolve(case.text, provider=case.hint) if case.hint else registry.resolve(case.text)
    candidates = tuple(identity(one) for one in resolution.candidates)
    if resolution.model is None:
        verdict = _silent(case, candidates, gone)
        return Judged(case, verdict, resolution.how, None, resolution.score, candidates)
    answer = identity(resolution.model)
    verdict = _answered(case, str(resolution.how), answer)
    return Judged(case, verdict, resolution.how, answer, resolution.score, candidates)


def _silent(case: Case, candidates: Iterable[str], gone: str | None) -> Verdict:
    listed = tuple(candidates)
    if any(fits(case, id) for id in listed):
        return Verdict.LISTED
    if offered(case, gone):
        return Verdict.MISSED
    # The provider named does not have it: the model itself among the candidates is what can be said.
    return Verdict.LISTED if any(rows()[id].base in case.bases for id in listed) else Verdict.REFUSED


def _answered(case: Case, how: str, id: str) -> Verdict:
    row = rows()[id]
    if how not in EQUAL:
        families = {undated(base) for base in case.bases}
        same = row.base is not None and undated(row.base) in families and case.provider in (None, row.provider)
        if same:
            return Verdict.SAID if case.marks in (None, row.marks) else Verdict.OTHER
        return Verdict.WRONG
    if case.dated or not fits(case, id):
        return Verdict.WRONG
    if case.id == id or case.marks in (None, row.marks):
        return Verdict.RIGHT
    return Verdict.OTHER


def meaning(text: str, kind: str, row_id: str) -> Case:
    """The case of a text that is a name of that row: its provider counts where the text names it."""
    row = rows()[row_id]
    bases = frozenset([row.base]) if row.base else frozenset[str]()
    return Case(text, kind, bases, named(text), row.id, row.marks)
