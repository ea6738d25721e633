"""`modeldex infer`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import modeldex as mx

if TYPE_CHECKING:
    from .conftest import Ask, AskJson


def test_it_shows_the_guess_and_what_says_so(ask: Ask, ask_json: AskJson) -> None:
    text = "openai/ft:gpt-4o-2024-08-06:acme::x1"
    assert ask_json("infer", text) == mx.discover.infer(text).as_dict()
    shown = ask("infer", "acme/qwen3-30b-a3b-thinking", columns=100)
    assert shown.exit_code == 0
    assert "30,000,000,000" in shown.stdout
    assert "a3b" in shown.stdout


def test_nothing_said_is_nothing_found(ask: Ask) -> None:
    for text in ("my-model", "evil\x1b[31m-7b", "", "x" * 600):
        result = ask("infer", text)
        assert result.exit_code == 1
        assert "says nothing of a model" in result.stderr
        assert len(result.stderr) < 120
        assert "\x1b" not in result.stderr
        assert ask("infer", text, "--json").exit_code == 1
