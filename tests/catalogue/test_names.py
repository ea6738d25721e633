"""Every LiteLLM key leads to one row; no alias takes another row's name; bare names are the maker's."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

CATALOGUE = Path(__file__).resolve().parents[2] / "catalogue"


def fold(text: str) -> str:
    return "".join("-" if letter in "-_. " else letter for letter in text.lower())


def test_every_key_leads_to_one_row_or_is_no_model(
    litellm: dict[str, Any], pairs: dict[str, Any], rows: dict[str, Any], told: dict[str, Any]
) -> None:
    no_model = {entry["key"]: entry["reason"] for entry in told["litellm_keys"]["no_model"]}
    assert set(litellm) == set(pairs) | set(no_model)
    assert not set(pairs) & set(no_model)
    assert all(no_model.values())
    assert all(pair["id"] in rows for pair in pairs.values())


def test_the_same_id_always_merges(offerings: dict[str, Any], litellm: dict[str, Any], pairs: dict[str, Any]) -> None:
    words = json.loads((CATALOGUE / "provider_synonyms.json").read_text(encoding="utf-8"))
    merged = 0
    for key, pair in pairs.items():
        provider = words.get(litellm[key]["litellm_provider"], litellm[key]["litellm_provider"])
        for candidate in (key, f"{provider}/{key}", f"{provider}/{key.partition('/')[2]}"):
            if candidate in offerings and candidate.startswith(f"{provider}/"):
                merged += 1
                assert pair["id"] == candidate, key
                break
    assert merged > 1_000


def test_folded_and_reviewed_pairs_are_what_they_say(pairs: dict[str, Any], offerings: dict[str, Any]) -> None:
    for key, pair in pairs.items():
        how = pair["how"].removesuffix(", variant")
        assert how in ("exact", "folded", "reviewed", "own")
        assert (how == "own") <= (pair["id"] not in offerings), key
        if how == "folded":
            assert fold(key).endswith(fold(pair["id"].split("/", 1)[1].rsplit("/", 1)[-1])), key


def test_every_reviewed_pair_is_used(pairs: dict[str, Any]) -> None:
    used = {pair["id"] for pair in pairs.values() if pair["how"].startswith("reviewed")}
    for line in (CATALOGUE / "tables" / "pairs.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            _, target, reason = line.split("\t")
            assert target in used, line
            assert reason


def test_no_alias_is_an_id_or_another_rows_alias(rows: dict[str, Any]) -> None:
    seen: dict[str, str] = {}
    for name, row in rows.items():
        for alias in row.get("aliases", ()):
            assert alias not in rows, alias
            assert alias not in seen, alias
            seen[alias] = name
    assert len(seen) > 2_000


def test_aliases_are_exactly_the_declared_pairs(rows: dict[str, Any], pairs: dict[str, Any]) -> None:
    declared = defaultdict(set)
    for key, pair in pairs.items():
        if pair["alias"] == "declared":
            declared[pair["id"]].add(key)
        elif pair["alias"] == "is the id":
            assert key == pair["id"]
    assert dict(declared) == {name: set(row["aliases"]) for name, row in rows.items() if "aliases" in row}


def test_an_alias_that_names_a_provider_names_its_own(rows: dict[str, Any]) -> None:
    known = {row["provider"] for row in rows.values()}
    for row in rows.values():
        for alias in row.get("aliases", ()):
            named, slash, _ = alias.partition("/")
            assert not slash or named not in known or named == row["provider"], alias


def test_a_gateways_raw_id_that_is_another_rows_id_is_no_alias(rows: dict[str, Any], offerings: dict[str, Any]) -> None:
    """`openai/gpt-4o` is also what OpenRouter calls it: the name belongs to OpenAI's row alone."""
    clashing = [name for name, entry in offerings.items() if entry["id"] in rows and entry["id"] != name]
    assert len(clashing) > 300
    aliases = {alias for row in rows.values() for alias in row.get("aliases", ())}
    assert not aliases & {offerings[name]["id"] for name in clashing}


def test_no_alias_is_a_bare_name(rows: dict[str, Any]) -> None:
    bases = {row["base"] for row in rows.values() if "base" in row}
    assert not bases & {alias for row in rows.values() for alias in row.get("aliases", ())}


def test_provider_words(litellm: dict[str, Any], rows: dict[str, Any], providers: dict[str, Any]) -> None:
    words = json.loads((CATALOGUE / "provider_synonyms.json").read_text(encoding="utf-8"))
    met = {entry["litellm_provider"] for entry in litellm.values()}
    known = {row["provider"] for row in rows.values()}
    assert len(met) == 152
    assert len(met - set(providers)) == 119
    for word in met:
        assert word in known or words[word] in known
    assert not set(words) & known


@pytest.mark.parametrize(
    ("name", "home"),
    [
        ("gpt-4o", "openai/gpt-4o"),
        ("gpt-4.1", "openai/gpt-4.1"),
        ("claude-sonnet-4-5", "anthropic/claude-sonnet-4-5"),
        ("gemini-2.5-flash", "google/gemini-2.5-flash"),
        ("glm-5.3", "zai/glm-5.3"),
        ("kimi-k3", "moonshotai/kimi-k3"),
        ("grok-4.7", "xai/grok-4.7"),
        ("qwen3.8-max", "alibaba/qwen3.8-max"),
        ("minimax-m3", "minimax/MiniMax-M3"),
        ("text-embedding-3-small", "openai/text-embedding-3-small"),
    ],
)
def test_a_bare_name_leads_to_its_maker(name: str, home: str, rows: dict[str, Any]) -> None:
    assert rows[home]["base"] == name
    assert rows[home]["home"] is True
    assert sum(row.get("base") == name for row in rows.values()) > 3


def test_at_most_one_home_a_model(rows: dict[str, Any]) -> None:
    homes = Counter(row["base"] for row in rows.values() if row.get("home"))
    assert max(homes.values()) == 1
    assert len(homes) > 800
    assert all("owner" in row for row in rows.values() if row.get("home"))


def test_models_without_a_home_are_ambiguous(rows: dict[str, Any]) -> None:
    offered = Counter(row["base"] for row in rows.values() if "base" in row)
    homes = {row["base"] for row in rows.values() if row.get("home")}
    assert "gpt-oss-120b" not in homes
    assert offered["gpt-oss-120b"] > 70
    assert 400 < sum(count > 1 and base not in homes for base, count in offered.items()) < 700
