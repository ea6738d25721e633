from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import modeldex as mx

if TYPE_CHECKING:
    from conftest import Ask, AskJson


def test_a_name_asks_who_serves_it(ask_json: AskJson) -> None:
    found = ask_json("find", "gpt-4o")
    assert [row["id"] for row in found] == mx.models.select(base="gpt-4o", prefers="openai").ids()
    assert found[0]["id"] == "openai/gpt-4o"
    assert {"openai/gpt-4o", "azure/gpt-4o"} <= {row["id"] for row in found}
    assert {row["base"] for row in found} == {"gpt-4o"}


def test_a_name_that_no_maker_serves_still_says_who_does(ask_json: AskJson) -> None:
    assert len(ask_json("find", "gpt-oss-120b")) > 20


def test_words_that_are_no_name_are_looked_for_in_the_ids(ask_json: AskJson) -> None:
    found = [row["id"] for row in ask_json("find", "claude", "sonnet")]
    assert len(found) > 10
    assert all("claude" in name.lower() and "sonnet" in name.lower() for name in found)


def test_conditions_and_order_are_those_of_select(ask_json: AskJson) -> None:
    found = ask_json(
        "find", "--requires", "vision,tools", "--min-context-window", "128k", "--provider", "openai",
        "--by", "input_price", "--limit", "10",
    )  # fmt: skip
    expected = mx.models.select(
        requires=["vision", "tools"],
        min_context_window=128_000,
        provider="openai",
        by="input_price",
        limit=10,
    )
    assert [row["id"] for row in found] == expected.ids()
    assert len(found) == 10


def test_lists_are_given_by_commas_or_by_repeating(ask_json: AskJson) -> None:
    once = ask_json("find", "--requires", "vision,tools", "--limit", "50")
    twice = ask_json("find", "--requires", "vision", "--requires", "tools", "--limit", "50")
    assert once == twice
    assert len(once) == 50


def test_cost_is_an_order_and_is_shown(ask_json: AskJson) -> None:
    found = ask_json("find", "--provider", "openai", "--by", "cost:1200,300", "--limit", "5")
    costs = [row["cost_usd"] for row in found]
    assert costs == sorted(costs)
    assert costs[0] == float(mx.models[found[0]["id"]].cost(input_tokens=1200, output_tokens=300).usd)


def test_words_and_an_order_go_together(ask_json: AskJson) -> None:
    cheapest = ask_json("find", "sonnet", "--by", "cost(1000,1000)", "--limit", "1")[0]["id"]
    assert ask_json("best", "sonnet", "--by", "cost(1000,1000)")["id"] == cheapest
    assert "sonnet" in cheapest.lower()


def test_one_of_each_base(ask_json: AskJson) -> None:
    found = ask_json("find", "--requires", "tools", "--distinct", "base", "--by", "input_price", "--limit", "20")
    bases = [row["base"] for row in found if "base" in row]
    assert len(bases) == len(set(bases)) > 10


def test_dates_prices_and_own_numbers_are_conditions(ask_json: AskJson) -> None:
    found = ask_json("find", "--min-released", "2025-06", "--max-input-price", "0.50", "--min", "context_window=1M")
    assert found
    assert all(row["released"] >= "2025-06" and row["input_price"] <= 0.5 for row in found)
    assert all(row["context_window"] >= 1_000_000 for row in found)


@pytest.mark.parametrize("columns", [80, 120, 200])
def test_the_table_fits_and_cuts_no_id(ask: Ask, columns: int) -> None:
    result = ask("find", "gpt-4o", columns=columns)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= columns
    assert any(line.startswith("openai/gpt-4o ") and "128k" in line and "2.50" in line for line in lines)
    assert "…" not in "".join(line.split(" ")[0] for line in lines)
    assert ("billing" in result.stdout) is (columns > 100)


def test_unknown_is_a_dash_and_never_0(ask: Ask) -> None:
    unpriced = next(model for model in mx.models.select(mx.f.input_price.is_unknown()) if len(model.id) < 30)
    result = ask("find", *unpriced.id.split("/"), "--limit", "0")
    line = next(line for line in result.stdout.splitlines() if line.split(" ")[0] == unpriced.id)
    assert "–" in line  # noqa: RUF001 - the dash of the table
    assert " 0" not in line


def test_a_table_says_how_many_more_there_are(ask: Ask) -> None:
    every = mx.models.count(requires=["tools"])
    result = ask("find", "--requires", "tools")
    assert f"{every:,} models; {every - 20:,} more" in result.stdout
    assert len(ask("find", "--requires", "tools", "--limit", "0").stdout.splitlines()) >= every


def test_json_is_whole_unless_limited(ask_json: AskJson) -> None:
    assert len(ask_json("find", "--requires", "tools")) == mx.models.count(requires=["tools"])
