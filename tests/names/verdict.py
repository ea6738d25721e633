"""What an answer of `resolve` is worth, judged by what the text says and what the sources say of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from tests.names.offerings import DATES, alike, by_base, named, rows, same, undated

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.names.offerings import Row

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


SERVICES = {"google-vertex-anthropic": "google-vertex"}
"""Providers that models.dev lists apart and LiteLLM as one: both are Vertex."""


def here(case: Case, row: Row) -> bool:
    """Is the offering where the text says?"""
    return case.provider is None or case.provider in (row.provider, SERVICES.get(row.provider))


def means(case: Case, row: Row) -> bool:
    """Is it the model? Where a row has no base, its name says so."""
    if row.base is not None:
        return row.base in alike(case.bases)
    return any(same(base) == same(row.written.rsplit("/", 1)[-1]) for base in case.bases)


def fits(case: Case, id: str) -> bool:
    """Is that offering what the case means, place and tag apart?"""
    return case.id == id or (means(case, rows()[id]) and here(case, rows()[id]))


def plainest(case: Case, row: Row) -> bool:
    """Is there no offering of just the marks that the text names, and does this one have all of them?"""
    if case.marks is None or case.marks == row.marks:
        return True
    if case.marks - row.marks or case.id is not None:
        return False
    offerings = (other for base in alike(case.bases) for other in by_base()[base])
    return not any(other.marks == case.marks and here(case, other) for other in offerings)


def offered(case: Case, gone: str | None = None) -> bool:
    """Does the catalogue have what the text names, of any place and tag?"""
    found = (row for base in alike(case.bases) for row in by_base()[base])
    return any(row.id != gone and here(case, row) for row in found) or (case.id is not None and case.id != gone)


def dates(text: str) -> set[str]:
    """The dates in a text, as digits."""
    return {re.sub(r"\D", "", date).removesuffix("001") for date in DATES.findall(text.lower())} - {""}


def judge(registry: mx.Registry, case: Case, gone: str | None = None) -> Judged:
    """Ask, and judge the answer. `gone` is the id that was removed from the registry."""
    resolution = registry.resolve(case.text, provider=case.hint) if case.hint else registry.resolve(case.text)
    candidates = tuple(identity(one) for one in resolution.candidates)
    if resolution.model is None:
        verdict = _silent(case, candidates, gone)
        return Judged(case, verdict, resolution.how, None, resolution.score, candidates)
    answer = identity(resolution.model)
    if answer not in rows():
        answer = str(resolution.model.document["derived"]["extends"])  # a tuned model that nobody listed: its base
    verdict = _answered(case, str(resolution.how), answer)
    return Judged(case, verdict, resolution.how, answer, resolution.score, candidates)


def _silent(case: Case, candidates: Iterable[str], gone: str | None) -> Verdict:
    listed = tuple(candidates)
    if any(fits(case, id) for id in listed):
        return Verdict.LISTED
    if offered(case, gone):
        return Verdict.MISSED
    # The provider named does not have it: the model itself among the candidates is what can be said.
    return Verdict.LISTED if any(means(case, rows()[id]) for id in listed) else Verdict.REFUSED


def _answered(case: Case, how: str, id: str) -> Verdict:
    row = rows()[id]
    relatives = {undated(base) for base in case.bases}
    related = row.base is not None and undated(row.base) in relatives and here(case, row)
    if how == "fine_tune":
        tuned_from = same(row.written.rsplit("/", 1)[-1]) in same(case.text) and here(case, row)
        return Verdict.SAID if tuned_from else Verdict.WRONG
    if how not in EQUAL:
        good = Verdict.SAID if related else Verdict.WRONG
    elif not case.dated and fits(case, id):
        good = Verdict.RIGHT
    elif not case.dated and related and dates(case.text) in (dates(row.base or ""), dates(row.written)):
        good = Verdict.RIGHT  # the base of what a provider lists as `x@20250929` has no date, the text has
    else:
        good = Verdict.WRONG
    return good if good is Verdict.WRONG or case.id == id or plainest(case, row) else Verdict.OTHER


def meaning(text: str, kind: str, row_id: str) -> Case:
    """The case of a text that is a name of that row: its provider counts where the text names it."""
    row = rows()[row_id]
    bases = frozenset([row.base]) if row.base else frozenset[str]()
    return Case(text, kind, bases, named(text), row.id, row.marks)
