"""`modeldex search`: models by words, and what is near to a word that no model has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import modeldex as mx

if TYPE_CHECKING:
    from conftest import Ask, AskJson


def test_words_find_models_in_the_order_of_the_registry(ask: Ask, ask_json: AskJson) -> None:
    found = [row["id"] for row in ask_json("search", "gpt4o")]
    assert found == mx.models.search("gpt4o", None).ids()
    said = ask("search", "GPT", "4o", "mini", "--limit", "2")
    assert said.exit_code == 0, said.stderr
    assert "openai/gpt-4o-mini" in said.stdout
    assert "more (--limit 0 for all)" in said.stdout
    assert len(ask_json("search", "gpt4o", "--limit", "3")) == 3


def test_the_last_word_may_be_a_beginning(ask: Ask, ask_json: AskJson) -> None:
    assert ask("search", "gpt", "4o", "min").exit_code == 1
    assert [row["id"] for row in ask_json("search", "gpt", "4o", "min", "--prefix", "-n", "1")] == [
        "openai/gpt-4o-mini"
    ]


def test_a_word_that_is_found_nowhere_is_named_with_what_is_near(ask: Ask) -> None:
    said = ask("search", "llama", "visoin")
    assert (said.exit_code, said.stdout) == (1, "")
    assert "'visoin' is found nowhere" in said.stderr
    assert "did you mean: vision" in said.stderr
    assert "llama" not in said.stderr.splitlines()[0]


def test_words_that_no_model_has_together(ask: Ask) -> None:
    said = ask("search", "whisper", "dall")
    assert said.exit_code == 1
    assert "each word is found, but no model has all of 'whisper', 'dall'" in said.stderr


def test_hostile_words_are_answered_in_a_line(ask: Ask) -> None:
    for text in ("", " ", "\x1b[31m", "x" * 10_000, "-" * 3 + "é" * 600, "zzqx " * 200):
        said = ask("search", "--", text)
        assert said.exit_code == 1, text[:20]
        assert "\x1b" not in said.stderr
        assert len(said.stderr) < 600
