"""An answer depends on what is registered, not on when: shuffled registries say the same."""

from __future__ import annotations

import pytest
from tests.names.gauntlet import GAUNTLET
from tests.names.halves import DEV
from tests.names.offerings import registry
from tests.names.spellings import spellings
from tests.names.typos import typos
from tests.names.verdict import identity

import modeldex as mx

TEXTS = [
    *(text for _, text, _ in GAUNTLET),
    *(typo.case.text for typo in typos(150, seed=5)),
    *(case.text for case in spellings(DEV)[::29]),
]


def answer(made: mx.Registry, text: str) -> tuple[object, ...]:
    found = made.resolve(text)
    listed = [(identity(one), getattr(one, "score", None), getattr(one, "reason", None)) for one in found.candidates]
    return found.model and found.model.id, found.how, found.score, found.ambiguous, listed


@pytest.fixture(scope="module")
def first() -> list[tuple[object, ...]]:
    made = registry()
    return [answer(made, text) for text in TEXTS]


@pytest.mark.parametrize("seed", [1, 2])
def test_order_of_registration_does_not_matter(seed: int, first: list[tuple[object, ...]]) -> None:
    assert len(TEXTS) > 400
    made = registry(seed=seed)
    found = [answer(made, text) for text in TEXTS]
    different = [(text, one, two) for text, one, two in zip(TEXTS, first, found, strict=True) if one != two]
    assert different == []


def test_what_was_there_before_does_not_matter(first: list[tuple[object, ...]]) -> None:
    """A third of the catalogue removed and registered again, in several changes: as if nothing had been."""
    made = registry()
    whole = registry(seed=9)
    gone = [id for place, id in enumerate(made) if place % 3 == 0]
    documents = {id: whole[id].document for id in gone}
    for start in range(0, len(gone), 500):
        with made.edit() as edit:
            for id in gone[start : start + 500]:
                edit.remove(id)
    made.resolve("gpt-4o")
    made.register_many([documents[id] for id in reversed(gone)], progress=False)
    found = [answer(made, text) for text in TEXTS]
    assert [text for text, one, two in zip(TEXTS, first, found, strict=True) if one != two] == []


def test_the_same_text_twice_is_the_same_answer() -> None:
    for text in TEXTS[::7]:
        assert answer(mx.models, text) == answer(mx.models, text)
