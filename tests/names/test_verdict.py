"""The judge itself: a resolver that lies is found out, in every way in which one can lie."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from tests.names.halves import DEV
from tests.names.leave_one_out import spelled
from tests.names.offerings import rows, undated
from tests.names.spellings import spellings
from tests.names.typos import typos
from tests.names.verdict import BAD, Case, Verdict, judge, meaning

SONNET = "claude-sonnet-4-5-20250929"
BEDROCK = f"amazon-bedrock/{{}}anthropic.{SONNET}-v1:0"
GPT = frozenset(["gpt-4o"])


@dataclass
class Liar:
    """A registry whose answers are given."""

    id: str | None
    how: str | None = "folded"
    candidates: tuple[str, ...] = ()

    def resolve(self, text: str, provider: str | None = None) -> Any:
        assert text or provider is None
        model = SimpleNamespace(id=self.id, document={}) if self.id else None
        listed = tuple(SimpleNamespace(id=id) for id in self.candidates)
        return SimpleNamespace(model=model, how=self.how if model else None, score=0.9, candidates=listed)


def verdict(case: Case, id: str | None, how: str = "folded", *candidates: str) -> Verdict:
    return judge(Liar(id, how, candidates), case).verdict  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("case", "id", "how", "expected"),
    [
        (Case("gpt4o", "", GPT), "openai/gpt-4o", "folded", Verdict.RIGHT),
        (Case("gpt4o", "", GPT), "azure/gpt-4o", "folded", Verdict.RIGHT),
        (Case("gpt4o", "", GPT), "openai/gpt-4", "folded", Verdict.WRONG),
        (Case("gpt4o", "", GPT), "openai/gpt-4o-mini", "typo", Verdict.WRONG),
        (Case("openai/gpt4o", "", GPT, "openai"), "azure/gpt-4o", "folded", Verdict.WRONG),
        (Case("openai/gpt4o", "", GPT, "openai"), "azure/gpt-4o", "dated", Verdict.WRONG),
        (Case("gpt-4o-2026-01-01", "", GPT, dated=True), "openai/gpt-4o", "dated", Verdict.SAID),
        (Case("gpt-4o-2026-01-01", "", GPT, dated=True), "openai/gpt-4o", "folded", Verdict.WRONG),
        (Case("gpt-4o-2026-01-01", "", GPT, dated=True), "openai/gpt-4", "dated", Verdict.WRONG),
        (Case("gpt-4o:free", "", GPT, marks=frozenset(["free"])), "openai/gpt-4o", "folded", Verdict.OTHER),
        (meaning(BEDROCK.format("us."), "", BEDROCK.format("us.")), BEDROCK.format("eu."), "folded", Verdict.OTHER),
        (meaning(BEDROCK.format("us."), "", BEDROCK.format("us.")), BEDROCK.format(""), "folded", Verdict.OTHER),
        (meaning(BEDROCK.format(""), "", BEDROCK.format("")), BEDROCK.format("us."), "folded", Verdict.OTHER),
        (Case("ft:gpt-4o:acme::x", "", GPT), "openai/gpt-4o", "fine_tune", Verdict.SAID),
        (Case("ft:gpt-4o:acme::x", "", GPT), "openai/gpt-4.1", "fine_tune", Verdict.WRONG),
    ],
)
def test_answers(case: Case, id: str, how: str, expected: Verdict) -> None:
    assert verdict(case, id, how) is expected


def test_silence() -> None:
    here = Case("openai/gpt4o", "", GPT, "openai")
    assert verdict(here, None) is Verdict.MISSED
    assert verdict(here, None, "", "azure/gpt-4o") is Verdict.MISSED
    assert verdict(here, None, "", "azure/gpt-4o", "openai/gpt-4o") is Verdict.LISTED
    nowhere = Case("groq/gpt-4o", "", GPT, "groq")
    assert verdict(nowhere, None) is Verdict.REFUSED
    assert verdict(nowhere, None, "", "openai/gpt-4o") is Verdict.LISTED
    assert verdict(nowhere, "openai/gpt-4o") is Verdict.WRONG


def test_whoever_always_answers_is_caught_every_time() -> None:
    """One model for everything: wrong but where it, or a snapshot of it, is meant."""
    family = undated("gpt-4o")
    for how in ("folded", "dated", "typo"):
        found = [
            verdict(case, "openai/gpt-4o", how)
            for case in spellings(DEV)[::20]
            if family not in map(undated, case.bases)
        ]
        assert len(found) > 200
        assert set(found) <= set(BAD)


def test_neighbours_in_the_catalogue_are_caught() -> None:
    """Who answers with the next id of the same provider is wrong, but where it is the same offering under two ids."""
    ids = list(rows())
    pairs = [
        (here, there)
        for here, there in zip(ids[::7], ids[1::7], strict=False)
        if rows()[here].provider == rows()[there].provider
    ]
    found = [(verdict(case, there), case, there) for here, there in pairs for case in spelled(here)[:1]]
    assert len(found) > 1_000
    passed = [(case.text, there) for one, case, there in found if one not in BAD]
    assert len(passed) < 25, passed


def test_a_typo_is_caught_too() -> None:
    found = [verdict(typo.case, "groq/openai/gpt-oss-120b", "typo") for typo in typos(300)]
    assert sum(one in BAD for one in found) > 290
