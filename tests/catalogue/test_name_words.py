"""The words around a model's name: in one form, each in one place, and true of the catalogue."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from modeldex.schema.name_words import NAME_WORDS

CATALOGUE = Path(__file__).resolve().parents[2] / "catalogue"
SYNONYMS = json.loads((CATALOGUE / "provider_synonyms.json").read_text(encoding="utf-8"))
OWNERS = {entry["name"] for entry in tomllib.loads((CATALOGUE / "tables" / "owners.toml").read_text("utf-8"))["owner"]}


def plain(word: str) -> str:
    """A word as the tables spell it."""
    return re.sub(r"[-_. ]+", "-", word.lower().lstrip("@~"))


@pytest.mark.parametrize("key", sorted(NAME_WORDS))
def test_words_are_lower_case_with_dashes(key: str) -> None:
    words = list(NAME_WORDS[key])
    assert words
    assert len(words) == len(set(words))
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", word) for word in words)


def test_vendors_are_owners() -> None:
    assert set(NAME_WORDS["vendors"].values()) <= OWNERS


def test_servers_are_providers_and_new_words(rows: dict[str, Any]) -> None:
    providers = {row["provider"] for row in rows.values()}
    taken = providers | {plain(word) for word in SYNONYMS}
    for word, provider in NAME_WORDS["servers"].items():
        assert provider in providers
        assert word not in providers, word
        assert SYNONYMS.get(word, provider) == provider, word
    assert not taken & set(NAME_WORDS["idle"])
    assert not taken & set(NAME_WORDS["organisations"])


def test_no_word_in_front_says_two_things() -> None:
    front = Counter[str]()
    for key in ("idle", "organisations", "places", "servers", "vendors"):
        front.update(list(NAME_WORDS[key]))
    assert [word for word, count in front.items() if count > 1] == []
    behind = Counter[str]()
    for key in ("places", "quantisations", "roles", "silent", "tags"):
        behind.update(list(NAME_WORDS[key]))
    assert [word for word, count in behind.items() if count > 1] == []


def test_every_word_before_a_dot_is_known(rows: dict[str, Any]) -> None:
    """Bedrock writes `us.anthropic.claude-...`: every such word is a place or a vendor."""
    known = set(NAME_WORDS["places"]) | set(NAME_WORDS["vendors"])
    seen = 0
    for row in rows.values():
        match = re.match(r"((?:[a-z]+(?:-[a-z]+)?\.)+)(?=[a-z])", row["api_name"])
        if row["provider"] == "amazon-bedrock" and match:
            seen += 1
            assert set(match[1].strip(".").split(".")) <= known, row["id"]
    assert seen > 200


def test_a_vendor_before_a_name_is_its_owner(rows: dict[str, Any]) -> None:
    """Where a gateway writes `vendor/model`, the owner by the model's name is that vendor: nearly always."""
    other = Counter[str]()
    same = 0
    for row in rows.values():
        parts = row["api_name"].split("/")
        if len(parts) < 2 or "owner" not in row:
            continue
        owner = NAME_WORDS["vendors"].get(plain(parts[-2]))
        if owner == row["owner"]:
            same += 1
        elif owner:
            other[f"{parts[-2]} {row['owner']}"] += 1
    assert same > 2_500
    assert sum(other.values()) < same // 25, other.most_common(10)
