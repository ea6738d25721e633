"""A model that is not there is never answered by another one."""

from __future__ import annotations

from tests.names.leave_one_out import rebuilt, removed, together
from tests.names.offerings import registry, rows
from tests.names.verdict import BAD, Judged

EVERY = 3
"""One id in so many is left out, 200 at a time; all of them one at a time: `python -m tests.names.report`."""


def bad(found: list[Judged]) -> list[str]:
    assert found
    return [str(judged) for judged in found if judged.verdict in BAD]


def test_nobody_answers_for_many_that_are_missing() -> None:
    found = list(together(registry(), list(rows())[::EVERY]))
    assert len(found) > 2_500
    assert bad(found) == []


def test_nobody_answers_for_one_that_is_missing() -> None:
    assert bad(list(removed(registry(), list(rows())[7::401]))) == []


def test_it_does_not_matter_that_the_model_was_there() -> None:
    """A registry from which it was taken, and one that never had it, say the same."""
    ids = list(rows())[5::3_001]
    taken, never = list(removed(registry(), ids)), list(rebuilt(ids))
    assert [str(judged) for judged in taken] == [str(judged) for judged in never]
    assert bad(never) == []
