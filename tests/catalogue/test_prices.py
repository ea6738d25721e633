"""Prices are the published decimals; a 0 is a price only where the reviewed table says that it is one."""

from __future__ import annotations

import tomllib
from collections import Counter
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest

PLAIN = {
    "input_cost_per_token": "input_price",
    "output_cost_per_token": "output_price",
    "cache_read_input_token_cost": "cache_read_price",
    "cache_creation_input_token_cost": "cache_write_price",
}
UNIT = {
    "input_cost_per_token": "input_token",
    "output_cost_per_token": "output_token",
    "cache_read_input_token_cost": "cache_read_token",
    "cache_creation_input_token_cost": "cache_write_token",
    "input_cost_per_audio_token": "input_audio_token",
    "output_cost_per_audio_token": "output_audio_token",
    "output_cost_per_reasoning_token": "reasoning_token",
}
TABLES = Path(__file__).resolve().parents[2] / "catalogue" / "tables"


def million(usd: Decimal | int) -> Decimal:
    """The slow twin: exact, then to femtodollars a token."""
    with localcontext() as context:
        context.prec = 80
        return (Decimal(usd) * 10**15).quantize(Decimal(1), rounding=ROUND_HALF_EVEN) / 10**9


def rate_of(row: dict[str, Any], unit: str, when: dict[str, Any]) -> Decimal:
    found = [rate for rate in row.get("rates", ()) if rate["unit"] == unit and rate.get("when", {}) == when]
    assert len(found) == 1, (row["id"], unit, when)
    return Decimal(found[0]["usd"])


def test_prices_of_models_dev_are_exact(offerings: dict[str, Any], rows: dict[str, Any]) -> None:
    checked = 0
    for name, entry in offerings.items():
        for field, usd in entry.get("pricing", {}).items():
            if field == "tiers" or usd == 0:
                continue
            checked += 1
            if field in PLAIN:
                assert Decimal(rows[name][PLAIN[field]]) == million(usd), (name, field)
            else:
                assert rate_of(rows[name], UNIT[field], {}) == million(usd), (name, field)
        for tier in entry.get("pricing", {}).get("tiers", ()):
            when = {"min_context_tokens": tier["min_context_tokens"]}
            for field, usd in tier.items():
                if field in UNIT and usd:
                    checked += 1
                    assert rate_of(rows[name], UNIT[field], when) == million(usd), (name, field)
    assert checked > 25_000


def test_prices_of_litellm_rows_are_exact(
    offerings: dict[str, Any], rows: dict[str, Any], litellm: dict[str, Any], pairs: dict[str, Any]
) -> None:
    checked = 0
    for key, pair in pairs.items():
        row = rows[pair["id"]]
        if pair["id"] in offerings or pair["how"] != "own" or row["source"]["litellm"]["key"] != key:
            continue
        if any(reason.startswith("doubt") for reason in row.get("unknown", {}).values()):
            continue
        for field, price in PLAIN.items():
            if litellm[key].get(field):
                checked += 1
                assert Decimal(row[price]) == million(litellm[key][field]), (key, field)
    assert checked > 3_000


def test_money_is_decimal_text_no_finer_than_a_femtodollar(rows: dict[str, Any]) -> None:
    for row in rows.values():
        amounts = [(row[price], 10**9) for price in PLAIN.values() if price in row]
        amounts += [(rate["usd"], 10**15 // rate["per"]) for rate in row.get("rates", ())]
        for text, scale in amounts:
            assert isinstance(text, str)
            assert "e" not in text.lower()
            assert Decimal(text) >= 0
            assert (Decimal(text) * scale) % 1 == 0, row["id"]


def test_what_was_rounded_is_counted(told: dict[str, Any], litellm: dict[str, Any]) -> None:
    """Every rounded amount is in the report; models.dev has none."""
    listed = {(entry["where"], entry["field"]) for entry in told["prices"]["rounded_to_femtodollars"]}
    for key, entry in litellm.items():
        for field in PLAIN:
            if entry.get(field) and Decimal(entry[field]) * 10**15 % 1:
                assert (key, field) in listed
    assert all(where in litellm for where, _ in listed)


def test_all_zeros_of_models_dev_by_name(offerings: dict[str, Any], rows: dict[str, Any], told: dict[str, Any]) -> None:
    """566 input prices are 0: a gratis one is the price 0, all others are unknown and say why."""
    zeros = [name for name, entry in offerings.items() if entry.get("pricing", {}).get("input_cost_per_token") == 0]
    assert len(zeros) == 566
    kinds = Counter()
    for name in zeros:
        row = rows[name]
        if row.get("input_price") == "0":
            assert row["billing"] in ("free", "free_tier")
            assert row["output_price"] == "0"
            kinds[row["billing"]] += 1
        elif "input_price" in row:
            kinds["filled by the other source"] += 1
        else:
            kind, _, reason = row["unknown"]["input_price"].partition(":")
            assert reason
            assert kind in ("plan", "trial", "local", "unit", "unknown")
            assert row.get("billing") == {"plan": "plan", "trial": "plan"}.get(kind, row.get("billing"))
            kinds[kind] += 1
    assert sum(kinds.values()) == 566
    assert kinds["plan"] + kinds["local"] >= 237
    assert kinds["free"] + kinds["free_tier"] >= 150
    listed = {
        entry["where"]
        for entry in told["prices"]["zeros"]
        if entry["source"] == "models_dev" and entry["price"] == "input_price"
    }
    assert listed == set(zeros)


@pytest.mark.parametrize("kind", ["plan", "trial", "local"])
def test_no_row_of_a_plan_trial_or_local_runtime_is_free(kind: str, rows: dict[str, Any]) -> None:
    whole = set(tomllib.loads((TABLES / "billing.toml").read_text(encoding="utf-8"))[kind]["providers"])
    checked = [row for row in rows.values() if row["provider"] in whole]
    assert checked
    for row in checked:
        gratis = row.get("input_price") == "0"
        assert not gratis or row["api_name"].endswith(("free",)), row["id"]
        assert row.get("billing") in ({"plan", "free_tier"} if kind != "local" else {None}), row["id"]


def test_a_zero_is_a_price_only_in_gratis_rows(rows: dict[str, Any]) -> None:
    for row in rows.values():
        if any(row.get(price) == "0" for price in PLAIN.values()) or any(
            Decimal(rate["usd"]) == 0 for rate in row.get("rates", ())
        ):
            assert row["billing"] in ("free", "free_tier"), row["id"]


def test_every_stated_price_says_how_it_is_billed(rows: dict[str, Any]) -> None:
    for row in rows.values():
        priced = any(price in row for price in PLAIN.values()) or "rates" in row
        if priced and row["provider"] not in (
            "atomic-chat",
            "lemonade",
            "lmstudio",
            "lynkr",
            "ollama",
            "qvac",
            "searxng",
        ):
            assert "billing" in row, row["id"]
        for price in PLAIN.values():
            assert not (price in row and price in row.get("unknown", {})), row["id"]


def test_rates_are_no_plain_prices(rows: dict[str, Any]) -> None:
    """An unconditional price of the four plain units is a field, never a rate; no rate is there twice."""
    for row in rows.values():
        keys = [(rate["unit"], str(rate.get("when"))) for rate in row.get("rates", ())]
        assert len(keys) == len(set(keys)), row["id"]
        for rate in row.get("rates", ()):
            assert rate["per"] == (1_000_000 if rate["unit"].endswith("_token") else 1)
            assert rate.get("when") or rate["unit"] not in (
                "input_token",
                "output_token",
                "cache_read_token",
                "cache_write_token",
            ), row["id"]


def test_every_price_field_of_litellm_is_in_the_table(litellm: dict[str, Any]) -> None:
    table = tomllib.loads((TABLES / "rates.toml").read_text(encoding="utf-8"))
    nested = {"search_context_cost_per_query", "guardrail_cost_per_unit"}
    currencies = {"input_dbu_cost_per_token", "output_dbu_cost_per_token"}  # Databricks units, no dollars
    met = {field for entry in litellm.values() for field in entry if "cost" in field}
    assert met == set(table) | nested | currencies


def test_doubtful_prices_are_unknown(rows: dict[str, Any], litellm: dict[str, Any], pairs: dict[str, Any]) -> None:
    """Slips of the unit would lead every list by price: they are unknown, say so, and what was said is kept."""
    table = tomllib.loads((TABLES / "doubts.toml").read_text(encoding="utf-8"))
    keys = [key for entry in table["litellm"] for key in entry["keys"]]
    assert keys
    for key in keys:
        row = rows[pairs[key]["id"]]
        assert "input_price" not in row
        assert row["unknown"]["input_price"].startswith("doubt")
        assert Decimal(str(row["source"]["litellm"]["input_cost_per_token"])) == litellm[key]["input_cost_per_token"]
    priced = [Decimal(row["input_price"]) for row in rows.values() if row.get("input_price", "0") != "0"]
    assert min(priced) >= Decimal("0.001")
    assert max(priced) <= 150
