"""Exit codes and messages: 2 for a question that makes no sense, 1 for nothing found, one or two lines, no traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modeldex.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Ask

WRONG = {
    "a misspelt term": (["find", "--requires", "vison"], "vision"),
    "a misspelt provider": (["find", "--provider", "opnai"], "openai"),
    "a misspelt mode": (["find", "--mode", "chatt"], "chat"),
    "a misspelt field": (["find", "--by", "input_prise"], "input_price"),
    "a misspelt field to sort by": (["find", "--sort", "contextwindow"], "context_window"),
    "a misspelt option": (["find", "--requirs", "vision"], "--requires"),
    "no number": (["find", "--min-context-window", "many"], "--min-context-window"),
    "half a token": (["find", "--max-context-window", "0.5"], "whole number"),
    "no date": (["find", "--min-released", "yesterday"], "2026-01-31"),
    "no order": (["find", "--by", "price(3)"], "cost(1200,300)"),
    "no tokens": (["find", "--by", "cost()"], "cost(1200,300)"),
    "an empty term": (["find", "--requires", "vision,,tools"], "empty"),
    "an own field without a value": (["find", "--min", "scores.coding"], "FIELD=VALUE"),
    "an unknown facet": (["facets", "capabilitys"], "capabilit"),
    "a misspelt measure": (["facets", "contxt_window"], "context_window"),
    "a misspelt facet to be distinct by": (["find", "--distinct", "bsae"], "base"),
    "a misspelt provider to prefer": (["find", "--prefers", "opnai"], "openai"),
    "a misspelt field in a condition": (["find", "--where", "input_prise <= 3"], "input_price"),
    "a misspelt provider of the best": (["best", "--by", "input_price", "--provider", "opnai"], "openai"),
    "a misspelt base": (["find", "--base", "gpt-4oo"], "gpt-4o"),
    "a misspelt command": (["resovle", "gpt-4o"], "resolve"),
    "best by nothing": (["best", "--requires", "vision"], "--by"),
    "more cached than sent": (
        ["cost", "gpt-4o", "--input-tokens", "1", "--cached-tokens", "2"],
        "part of the input",
    ),
    "a catalogue that is not there": (["find", "x", "--catalogue", "nowhere.arrow"], "nowhere.arrow"),
    "measurements that are not there": (["find", "x", "--measurements", "nowhere.toml"], "nowhere.toml"),
    "no such command": (["fnid"], "fnid"),
    "no id": (["show"], "ID"),
}
NOTHING = {
    "an unknown id": (["show", "openai/gpt-4oo"], "openai/gpt-4o"),
    "an unknown id to price": (["cost", "openai/gpt-4oo", "--input-tokens", "1"], "openai/gpt-4o"),
    "an unknown id to explain": (["why", "openai/gpt-4oo"], "openai/gpt-4o"),
    "an unknown name": (["find", "gpt-4ooo"], "gpt-4o"),
    "a name of many": (["show", "gpt-oss-120b"], "modeldex find gpt-oss-120b"),
    "nothing fits": (["find", "--min-context-window", "1g"], "nothing"),
    "nothing is best": (["best", "--by", "input_price", "--min-context-window", "1g"], "nothing"),
}


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err.splitlines()


@pytest.mark.parametrize(("arguments", "expected"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_question(arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    said = lines(capsys)
    assert 1 <= len(said) <= 2
    assert said[0].startswith("modeldex: ")
    assert expected in "\n".join(said)


@pytest.mark.parametrize(("arguments", "expected"), NOTHING.values(), ids=NOTHING.keys())
def test_nothing_found(arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 1
    said = lines(capsys)
    assert 1 <= len(said) <= 2
    assert expected in "\n".join(said)


def test_an_unknown_id_comes_with_the_three_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "openai/gpt-4oo"]) == 1
    assert "\n".join(lines(capsys)).count("openai/gpt-") >= 4


def test_an_unknown_cost_is_said_and_is_not_0(ask: Ask) -> None:
    import modeldex as mx

    unpriced = mx.models.select(mx.f.input_price.is_unknown(), limit=1)[0]
    result = ask("cost", unpriced.id, "--input-tokens", "1000")
    assert result.exit_code == 1
    assert "not known" in result.stderr
    assert "$0" not in result.stdout


def test_what_the_default_on_status_left_out_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "house.json"
    path.write_text('{"house/old": {"base": "old", "status": "retired"}}', encoding="utf-8")
    assert main(["find", "old", "--catalogue", str(path)]) == 1
    assert "--status any finds 1" in lines(capsys)[0]
    assert main(["find", "old", "--status", "any", "--catalogue", str(path)]) == 0


@pytest.mark.parametrize(
    "text", ["no = [toml", "[1, 2]", '{"openai/gpt-4o": {"tokens_per_second": -1}}', '{"openai/gpt-4oo": {}}']
)
def test_measurements_that_do_not_fit_name_the_file(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / ("measured.json" if text[0] in "[{" else "measured.toml")
    path.write_text(text, encoding="utf-8")
    assert main(["find", "gpt-4o", "--measurements", str(path)]) == 2
    said = lines(capsys)
    assert len(said) <= 2
    assert path.name in said[0]


def test_a_damaged_catalogue_is_said_on_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "damaged.arrow"
    path.write_bytes(b"ARROW1\0\0" + bytes(1000))
    assert main(["find", "gpt-4o", "--catalogue", str(path)]) == 2
    assert path.name in lines(capsys)[0]
