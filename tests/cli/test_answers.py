from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import modeldex as mx
from modeldex.cli.vocabulary import vocabulary

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Ask, AskJson


def test_best_is_the_best(ask: Ask, ask_json: AskJson) -> None:
    question = ("--requires", "vision,tools", "--min-context-window", "128k", "--by", "cost:1200,300")
    expected = mx.models.best(
        requires=["vision", "tools"],
        min_context_window=128_000,
        by=mx.cost(input_tokens=1_200, output_tokens=300),
    )
    assert expected is not None
    assert ask_json("best", *question)["id"] == expected.id
    assert expected.id in ask("best", *question, columns=120).stdout


def test_show_tells_everything_that_is_known(ask: Ask, ask_json: AskJson) -> None:
    shown = ask("show", "gpt-4o", columns=100).stdout
    assert shown.startswith("openai/gpt-4o\n")
    for expected in ("input_price", "2.5 USD", "128,000 tokens", "capabilities", "vision", "released"):
        assert expected in shown, expected
    document = ask_json("show", "gpt-4o")
    assert document["id"] == "openai/gpt-4o"
    assert document["input_price"] == 2.5
    assert set(document) == set(mx.models["openai/gpt-4o"].document)


def test_show_says_why_something_is_unknown(ask: Ask) -> None:
    model = next(model for model in mx.models.values() if model.document.get("unknown"))
    assert "unknown: " in ask("show", model.id, columns=200).stdout


def test_cost_is_exact(ask: Ask, ask_json: AskJson) -> None:
    answer = ask_json("cost", "gpt-4o", "--input-tokens", "1200", "--output-tokens", "300", "--cached-tokens", "0")
    assert (answer["id"], answer["known"], answer["usd"]) == ("openai/gpt-4o", True, 0.006)
    assert answer["femtodollars"] == 6_000_000_000_000
    table = ask("cost", "gpt-4o", "--input-tokens", "1.2k", "--output-tokens", "300").stdout
    assert "$0.006" in table
    assert "1,200" in table


def test_cached_tokens_are_part_of_the_input(ask: Ask) -> None:
    table = ask("cost", "gpt-4o", "--input-tokens", "1000", "--cached-tokens", "400").stdout
    assert [line.split()[1] for line in table.splitlines() if line.startswith((" input", "input"))] == ["600"]


def test_facets_name_the_words_and_count_the_models(ask: Ask, ask_json: AskJson) -> None:
    overview = ask_json("facets")
    assert {"capability", "provider", "mode"} <= {facet["facet"] for facet in overview["facets"]}
    assert {"context_window", "input_price"} <= {measure["name"] for measure in overview["measures"]}
    assert ask_json("facets", "provider") == dict(mx.models.terms("provider"))
    assert ask_json("facets", "requires") == ask_json("facets", "capabilities") == ask_json("facets", "capability")
    assert "openai" in ask("facets", "provider", "--limit", "0").stdout
    measure = ask_json("facets", "context-window")
    assert measure["unit"] == "tokens"
    assert measure["lowest"]["value"] < 10_000
    assert measure["highest"]["value"] > 1_000_000


def test_schema_is_a_json_schema(ask_json: AskJson) -> None:
    schema = ask_json("schema")
    text = json.dumps(schema)
    assert schema["type"] == "object"
    assert {measure["name"] for measure in vocabulary()["measures"] if f'"{measure["name"]}"' not in text} == set()


def test_every_word_of_the_vocabulary_is_an_option(ask: Ask) -> None:
    shown = ask("find", "--help", columns=160).stdout
    words = vocabulary()
    assert words["keywords"]
    for keyword in words["keywords"]:
        assert f"--{keyword.replace('_', '-')} " in shown, keyword
    for measure in words["measures"]:
        assert f"--min-{measure['name'].replace('_', '-')} " in shown, measure["name"]


def test_another_catalogue(ask_json: AskJson, tmp_path: Path) -> None:
    registry = mx.Registry()
    registry.register({"id": "house/llm", "capabilities": ["tools"], "context_window": 32_000, "metadata": {"fps": 30}})
    path = tmp_path / "house.arrow"
    registry.save(path)
    found = ask_json("find", "--requires", "function_calling", "--min", "metadata.fps=30", "--catalogue", str(path))
    assert [row["id"] for row in found] == ["house/llm"]


def test_definitions_of_ones_own_without_saving_them_first(ask_json: AskJson, tmp_path: Path) -> None:
    for name, text in {
        "house.json": '{"house/llm": {"capabilities": ["tools"], "input_price": 1.5}}',
        "house.yaml": "house/llm: {capabilities: [tools], input_price: 1.5}",
        "HOUSE.YML": "models: [{id: house/llm, input_price: 1.5}]",
        "house.toml": '["house/llm"]\ninput_price = 1.5',
    }.items():
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        assert ask_json("best", "--by", "input_price", "--catalogue", str(path))["id"] == "house/llm", name


def test_measurements_are_laid_over_the_catalogue(ask: Ask, ask_json: AskJson, tmp_path: Path) -> None:
    path = tmp_path / "measured.toml"
    path.write_text('["openai/gpt-4o"]\ntokens_per_second = 120.5\nscores = { coding = 0.8 }\n', encoding="utf-8")
    best = ask_json("best", "--by", "tokens_per_second", "--measurements", str(path))
    assert (best["id"], best["tokens_per_second"]) == ("openai/gpt-4o", 120.5)
    found = ask_json("find", "--min", "scores.coding=0.5", "--measurements", str(path))
    assert [row["id"] for row in found] == ["openai/gpt-4o"]
    assert "120.5" in ask("find", "gpt-4o", "--by", "tokens_per_second", "--measurements", str(path)).stdout
    assert mx.models["openai/gpt-4o"].tokens_per_second is None


@pytest.mark.filterwarnings("ignore::modeldex.CoverageWarning")
def test_best_says_that_its_order_is_unknown_of_all(ask: Ask) -> None:
    result = ask("best", "--requires", "vision", "--by", "tokens_per_second")
    assert result.exit_code == 1
    assert "models fit, but tokens_per_second is unknown of all" in result.stderr
