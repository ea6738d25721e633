"""Counts of the catalogue agree with a direct reading of the raw files."""

from __future__ import annotations

from collections import Counter
from typing import Any


def test_every_offering_of_models_dev_is_a_row_under_its_own_id(
    offerings: dict[str, Any], rows: dict[str, Any]
) -> None:
    assert len(offerings) == 8938
    assert set(offerings) <= set(rows)
    for name, entry in offerings.items():
        assert rows[name]["api_name"] == entry["id"]
        assert rows[name]["name"] == entry["name"]


def test_rows_by_provider(providers: dict[str, Any], rows: dict[str, Any], pairs: dict[str, Any]) -> None:
    counted = Counter(row["provider"] for row in rows.values())
    own = Counter(
        name.split("/", 1)[0]
        for name in {pair["id"] for pair in pairs.values()}
        if name.split("/", 1)[1] not in providers.get(name.split("/", 1)[0], {"models": {}})["models"]
    )
    for provider, content in providers.items():
        assert counted[provider] == len(content["models"]) + own[provider], provider
    for provider in set(counted) - set(providers):
        assert counted[provider] == own[provider], provider
    assert 11_000 <= len(rows) <= 12_500


def test_capabilities_of_models_dev_rows(
    offerings: dict[str, Any], rows: dict[str, Any], litellm: dict[str, Any], exact: dict[str, Any]
) -> None:
    """True where either source says so first; a stated no as the table of flags reads it."""
    flags = {
        "vision": "vision",
        "function_calling": "tools",
        "reasoning": "reasoning",
        "audio_input": "audio_input",
        "audio_output": "audio_output",
        "attachment": "attachment",
        "open_weights": "open_weights",
    }
    for flag, capability in flags.items():
        said = Counter(entry["capabilities"][flag] for entry in offerings.values())
        held = Counter(rows[name]["capabilities"][capability] for name in offerings)
        assert held == said, flag
    for flag, capability, other in (
        ("structured_output", "structured_output", "supports_response_schema"),
        ("prompt_caching", "prompt_caching", "supports_prompt_caching"),
    ):
        for name, entry in offerings.items():
            said = (
                True
                if entry["capabilities"][flag]
                else next((litellm[key][other] for key in _laid(exact.get(name, ())) if other in litellm[key]), None)
            )
            held = rows[name]["capabilities"].get(capability)
            if said is True or not exact.get(name) or len(exact[name]) == 1:
                assert held == said, (name, flag)
            else:
                stated = {litellm[key][other] for key in exact[name] if other in litellm[key]}
                assert held in (stated or {None}), (name, flag)


def _laid(keys: Any) -> list[str]:
    return sorted(keys)


def test_modalities_and_texts_of_models_dev_are_carried(offerings: dict[str, Any], rows: dict[str, Any]) -> None:
    for name, entry in offerings.items():
        row = rows[name]
        assert row["modalities"] == {"input": entry["modalities"]["input"], "output": entry["modalities"]["output"]}
        assert row.get("family") == entry.get("family")
        assert row["released"] == entry["release_date"]
        assert row.get("knowledge_cutoff") == entry.get("knowledge")
        assert row["source"]["models_dev"]["last_updated"] == entry["last_updated"]
        if "shape" in entry:
            assert {"completions": "chat_completions", "responses": "responses"}[entry["shape"]] in row["endpoints"]


def test_modes(offerings: dict[str, Any], rows: dict[str, Any], litellm: dict[str, Any], exact: dict[str, Any]) -> None:
    """The export's mode is read off the modalities: only a more exact word of LiteLLM replaces it."""
    replaced = 0
    for name, entry in offerings.items():
        mode = rows[name].get("mode")
        stated = entry.get("mode") or ("video_generation" if entry["modalities"]["output"] == ["video"] else None)
        if mode != stated:
            replaced += 1
            assert mode in {litellm[key].get("mode") for key in exact[name]} - {"chat", "responses"}
            assert rows[name]["source"]["models_dev"]["mode"] == stated
    assert replaced > 0


def test_the_report_tells_the_numbers_of_the_rows(
    rows: dict[str, Any],
    offerings: dict[str, Any],
    told: dict[str, Any],
    pairs: dict[str, Any],
    litellm: dict[str, Any],
) -> None:
    assert told["rows"]["all"] == len(rows)
    assert told["rows"]["models_dev"] == len(offerings)
    assert told["rows"]["litellm_only"] == len(rows) - len(offerings)
    assert told["litellm_keys"]["all"] == len(litellm) == len(pairs) + len(told["litellm_keys"]["no_model"])
    held = Counter(row.get("mode", "(not stated)") for row in rows.values())
    assert told["terms"]["mode"] == dict(held)
