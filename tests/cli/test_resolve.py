"""`modeldex resolve`: what a text means, how sure that is, and what it may mean where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Ask, AskJson


def test_a_spelling_leads_to_the_model_and_says_how(ask: Ask) -> None:
    said = ask("resolve", "GPT4o")
    assert said.exit_code == 0, said.stderr
    assert "openai/gpt-4o" in said.stdout
    assert "folded" in said.stdout
    assert "2.50" in said.stdout, "the line of the model, prices included"


def test_an_id_is_exact(ask_json: AskJson) -> None:
    found = ask_json("resolve", "openai/gpt-4o")
    assert (found["id"], found["how"], found["score"], found["candidates"]) == ("openai/gpt-4o", "exact", 1.0, [])
    assert found["model"]["context_window"] == 128_000


def test_a_provider_may_be_said_beside_it(ask_json: AskJson) -> None:
    assert ask_json("resolve", "gpt-4o", "--provider", "azure")["id"] == "azure/gpt-4o"


def test_what_is_not_certain_lists_candidates_with_reasons_and_exits_with_1(ask: Ask) -> None:
    said = ask("resolve", "gpt-4o:free", columns=120)
    assert said.exit_code == 1
    assert "openai/gpt-4o" in said.stdout
    assert "because" in said.stdout
    assert "not certain" in said.stderr
    assert said.stderr.count("\n") == 1


def test_candidates_as_json(ask: Ask) -> None:
    import json

    said = ask("resolve", "gpt-oss-120b", "--json")
    assert said.exit_code == 1
    found = json.loads(said.stdout)
    assert found["id"] is None
    assert found["model"] is None
    assert found["ambiguous"] is True
    assert len(found["candidates"]) > 1
    assert all(set(each) == {"id", "name", "score", "reason"} for each in found["candidates"])


def test_many_candidates_are_counted(ask: Ask) -> None:
    said = ask("resolve", "gpt-oss-120b")
    assert said.stdout.count("gpt-oss") >= 5
    assert len(said.stdout.splitlines()) < 40


@pytest.mark.parametrize("text", ["", "---", "\x1b[31m", "🤖", "x" * 5_000])
def test_junk_is_like_no_name_and_steers_no_terminal(ask: Ask, text: str) -> None:
    said = ask("resolve", "--", text)
    assert said.exit_code == 1
    assert said.stdout == ""
    assert said.stderr.startswith("modeldex: ")
    assert "\x1b" not in said.stderr
    assert len(said.stderr) < 200


def test_a_floor_asks_for_more(ask: Ask) -> None:
    assert ask("resolve", "openai/gpt-4o-mnii").exit_code == 0
    assert ask("resolve", "openai/gpt-4o-mnii", "--floor", "1").exit_code == 1
    assert ask("resolve", "openai/gpt-4o", "--floor", "1").exit_code == 0


@pytest.mark.parametrize("floor", ["1.5", "-1", "much"])
def test_a_floor_is_a_share(ask: Ask, floor: str) -> None:
    said = ask("resolve", "gpt-4o", "--floor", floor)
    assert said.exit_code == 2
    assert "--floor" in said.stderr or "floor" in str(said.exception)


def test_a_misspelt_provider_says_what_would_be_right(ask: Ask) -> None:
    said = ask("resolve", "gpt-4o", "--provider", "opnai")
    assert said.exit_code in (1, 2)
    assert "openai" in said.stderr + said.stdout
