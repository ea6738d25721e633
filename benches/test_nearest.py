"""S6: the name nearest to a misspelt id, beside rapidfuzz."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from benches.million import SIZE, catalogue, million
from benches.rounds import Call, Race

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    import modeldex as mx
    from benches.conftest import Report

GOAL = 100
CUTOFF = 0.6
SIZES = [10_000, 100_000, SIZE]
# So many texts take turns that none is still remembered when its turn comes again; rapidfuzz, which remembers
# nothing, gets as many of them as it can answer in a round.
TEXTS = 1_000
THEIRS = {10_000: 200, 100_000: 50}
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-./"


def misspelt(id: str, chance: random.Random) -> str:
    """With one to three letters inserted, deleted, replaced or swapped."""
    for _ in range(chance.randint(1, 3)):
        at, letter = chance.randrange(len(id)), chance.choice(LETTERS)
        id = chance.choice(
            [
                id[:at] + letter + id[at:],
                id[:at] + id[at + 1 :],
                id[:at] + letter + id[at + 1 :],
                id[:at] + id[at + 1 : at + 2] + id[at : at + 1] + id[at + 2 :],
            ]
        )
    return id


def texts(ids: list[str], count: int) -> list[str]:
    """Misspelt ids; every fifth is as long as an id, of letters as frequent as theirs, and near to none."""
    chance = random.Random(6)
    pool = "".join(chance.choices(ids, k=1_000))
    chosen = chance.choices(ids, k=count)
    return [
        "".join(chance.choices(pool, k=len(id))) if at % 5 == 0 else misspelt(id, chance)
        for at, id in enumerate(chosen)
    ]


def made(size: int) -> mx.Registry:
    return (million() if size == SIZE else catalogue(size)).registry


@pytest.mark.parametrize("size", SIZES)
def test_nearest(size: int, benchmark: BenchmarkFixture, report: Report) -> None:
    what = f"nearest name, 1-3 typos, {size:,} models"
    registry = made(size)
    try:
        from rapidfuzz.distance import Levenshtein
        from rapidfuzz.process import extractOne
    except ImportError as error:
        report.unmeasured("S6", what, "rapidfuzz", str(error), goal=GOAL)
        return
    names = registry.names()
    asked = texts(registry.ids(), TEXTS)
    some = asked[: THEIRS.get(size, 20)]
    extract = {"extract": extractOne, "scorer": Levenshtein.normalized_similarity, "cutoff": CUTOFF, "names": names}
    ours = Call(
        "modeldex",
        "registry.nearest(text, limit=1, cutoff=cutoff)",
        {"registry": registry, "texts": asked, "cutoff": CUTOFF},
        over="text in texts",
    )
    theirs = Call(
        "rapidfuzz",
        "extract(text, names, scorer=scorer, score_cutoff=cutoff)",
        {**extract, "texts": some},
        over="text in texts",
    )
    found = [(near[0].name, near[0].score) if near else None for near in ours.answers()]
    assert found[: len(some)] == [near and near[:2] for near in theirs.answers()]
    # Those near to nothing, and a typo that is worse than the cutoff now and then.
    assert 0.7 * len(asked) < sum(near is not None for near in found) < 0.85 * len(asked)
    race = Race(ours, theirs).run(benchmark, rounds=9)
    report("S6", what, race, "rapidfuzz", goal=GOAL)
