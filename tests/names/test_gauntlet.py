"""Spellings seen in logs, one by one: every one right, or not certain with the right model among the candidates."""

from __future__ import annotations

import pytest
from tests.names.gauntlet import GAUNTLET, WRONG
from tests.names.offerings import rows, undated

import modeldex as mx


def test_every_model_of_the_table_is_in_the_catalogue() -> None:
    assert {id for _, _, id in GAUNTLET} <= set(rows())
    assert len({text for _, text, _ in GAUNTLET}) == len(GAUNTLET) > 100


@pytest.mark.parametrize(("how", "text", "id"), GAUNTLET, ids=[f"{how} {text!r}" for how, text, _ in GAUNTLET])
def test_spelling(how: str, text: str, id: str) -> None:
    found = mx.models.resolve(text)
    meant = rows()[id]
    assert meant.base
    if found.model is None:
        assert how != "is", (found, found.candidates)
        bases = {undated(candidate.model.base or "") for candidate in found.candidates}
        assert undated(meant.base) in bases, found.candidates
        return
    assert how != "not", found
    if how == "tuned":
        assert (found.how, found.model.document["derived"]["extends"]) == ("fine_tune", id), found
        assert found.model.input_price is None, "what a tuned model costs is not what its base costs"
        return
    if how in ("is", "may"):
        assert (found.model.id, found.how in ("dated", "fine_tune")) == (id, False), found
    elif found.model.id != id:
        assert found.how == "dated", found
        assert found.model.provider == meant.provider
        assert undated(found.model.base or "") == undated(meant.base), found


@pytest.mark.parametrize(("text", "other"), WRONG, ids=[f"{text} is not {other}" for text, other in WRONG])
@pytest.mark.parametrize("form", ["{}", "house/{}"])
def test_a_neighbour_is_never_the_answer(text: str, other: str, form: str) -> None:
    registry = mx.Registry()
    registry.register({"id": form.format(other), "base": other.lower(), "provider": "house"})
    found = registry.resolve(text)
    assert not found, found
    assert found.model is None


def test_all_wrong_neighbours_at_once() -> None:
    registry = mx.Registry()
    registry.register_many(
        {"id": f"house/{other}", "base": other.lower(), "provider": "house"} for other in {b for _, b in WRONG}
    )
    named = {other.lower() for _, other in WRONG} | {"claude-4-opus"}  # claude-opus-4 is there
    asked = {text for text, _ in WRONG if text.lower() not in named}
    assert [found for text in sorted(asked) if (found := registry.resolve(text))] == []
