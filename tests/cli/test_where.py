"""`--where`: conditions as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import modeldex as mx

if TYPE_CHECKING:
    from tests.cli.conftest import Ask, AskJson


def test_find_answers_as_the_registry_does(ask_json: AskJson) -> None:
    text = "input_price <= 3 & requires(vision, tools) & (provider == openai | tag.none_of())"
    found = ask_json("find", "--where", text, "--by", "input_price")
    assert [model["id"] for model in found] == mx.models.select(mx.parse(text), by="input_price").ids()


def test_several_texts_and_other_options_must_all_hold(ask_json: AskJson) -> None:
    found = ask_json("find", "--where", "context_window >= 1M", "--where", "provider(openai)", "--requires", "vision")
    wanted = mx.models.select(min_context_window=1_000_000, provider="openai", requires="vision").ids()
    assert [model["id"] for model in found] == wanted


def test_best(ask_json: AskJson) -> None:
    best = mx.models.best(requires="vision", max_input_price=3, by=mx.cost(1200, 300))
    assert best is not None
    found = ask_json("best", "--where", "input_price <= 3 & requires(vision)", "--by", "cost:1200,300")
    assert found["id"] == best.id


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("input_price <= & x", "(at column 16)\n  input_price <= & x\n                 ^\n"),
        ("input_prise <= 3", "did you mean 'input_price'"),
        ("requires(vison)", "did you mean 'vision'"),
        ("reqires(vision)", "did you mean 'requires'"),
        ("", "expected a condition such as"),
        ("\x1b[31m", "means nothing here"),
    ],
)
def test_a_wrong_text_is_a_wrong_question(ask: Ask, text: str, said: str) -> None:
    for command in (["find"], ["best", "--by", "input_price"]):
        result = ask(*command, "--where", text)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert said in result.stderr
        assert "\x1b" not in result.stderr
