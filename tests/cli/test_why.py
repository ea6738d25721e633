from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import modeldex as mx
from modeldex.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Ask, AskJson

QUESTION = ("--requires", "vision,tools", "--min-context-window", "128k")


def test_the_conditions_that_a_model_fails(ask_json: AskJson) -> None:
    found = ask_json("why", "gpt-3.5-turbo", *QUESTION)
    expected = mx.models.why_not("gpt-3.5-turbo", requires=["vision", "tools"], min_context_window=128_000)
    assert found["model"] == "openai/gpt-3.5-turbo"
    assert found["fits"] is False
    assert [reason["condition"] for reason in found["reasons"]] == [each.condition for each in expected.reasons]
    window = found["reasons"][-1]
    assert (window["field"], window["seen"], window["wanted"]) == ("context_window", 16_385, ">= 128000")


def test_a_model_that_fits_is_said_to(ask: Ask, ask_json: AskJson) -> None:
    assert ask("why", "gpt-4o", "--requires", "vision").stdout.strip() == "openai/gpt-4o fits"
    assert ask_json("why", "gpt-4o", "--requires", "vision")["fits"] is True


@pytest.mark.parametrize("columns", [80, 120])
def test_the_table_fits(ask: Ask, columns: int) -> None:
    result = ask("why", "gpt-3.5-turbo", *QUESTION, "--by", "cost:1200,300", columns=columns)
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= columns
    assert "16,385" in result.stdout
    assert ">= 128000" in result.stdout


def test_without_a_model_the_fewest_conditions_to_leave_out(ask: Ask, ask_json: AskJson) -> None:
    question = ("--requires", "vision", "--provider", "openai", "--max-input-price", "0.0001", "--by", "input_price")
    found = ask_json("why", *question)
    assert found["model"] is None
    assert found["relaxations"]
    for each in found["relaxations"]:
        assert each["models"] > 0
        assert each["example"] in mx.models
    shown = ask("why", *question).stdout
    assert "nothing fits" in shown
    assert "max_input_price=0.0001" in shown
    assert "fit, such as" in ask("why", "--requires", "vision").stdout


def test_coverage(ask: Ask, ask_json: AskJson) -> None:
    assert ask_json("coverage") == mx.models.coverage()
    shown = ask("coverage").stdout
    assert "context_window" in shown
    assert f"{len(mx.models):,} models" in shown
    assert " 0.0%" not in shown


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["why", "gpt-4oo"], 1, "openai/gpt-4o"),
        (["why", "gpt-oss-120b"], 1, "modeldex find gpt-oss-120b"),
        (["why", "gpt-4o", "--requires", "vison"], 2, "vision"),
        (["why", "gpt-4o", "--requirs", "vision"], 2, "--requires"),
        (["why", "gpt-4o", "gpt-4"], 2, "gpt-4"),
        (["coverage", "--jsn"], 2, "--json"),
        (["coverage", "--catalogue", "nowhere.arrow"], 2, "nowhere.arrow"),
    ],
)
def test_a_wrong_question(arguments: list[str], code: int, expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert expected in captured.err
    assert len(captured.err.splitlines()) <= 2


def test_an_empty_catalogue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "none.json"
    path.write_text("{}", encoding="utf-8")
    assert main(["why", "--requires", "vision", "--catalogue", str(path)]) == 1
    assert "no models" in capsys.readouterr().err
    assert main(["coverage", "--json", "--catalogue", str(path)]) == 0
