"""The raw files read directly, and the committed definitions: nothing here goes through the builder."""

from __future__ import annotations

import csv
import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

CATALOGUE = Path(__file__).resolve().parents[2] / "catalogue"


def _raw(name: str) -> dict[str, Any]:
    with gzip.open(CATALOGUE / "raw" / name, "rt", encoding="utf-8") as file:
        return json.load(file, parse_float=Decimal)


@pytest.fixture(scope="session")
def providers() -> dict[str, Any]:
    """models.dev's providers, as published."""
    return _raw("models-dev.json.gz")["providers"]


@pytest.fixture(scope="session")
def offerings(providers: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """models.dev's offerings by `provider/model-id`."""
    return {f"{name}/{key}": entry for name, content in providers.items() for key, entry in content["models"].items()}


@pytest.fixture(scope="session")
def litellm() -> dict[str, dict[str, Any]]:
    """LiteLLM's entries, without the two that are none."""
    entries = _raw("litellm.json.gz")
    return {key: entry for key, entry in entries.items() if key not in ("sample_spec", "fallback_generalizations")}


@pytest.fixture(scope="session")
def rows() -> dict[str, dict[str, Any]]:
    """The committed definitions by id."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((CATALOGUE / "models").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            definition = json.loads(line)
            assert definition["id"] not in found
            assert definition["provider"] == path.stem
            found[definition["id"]] = definition
    assert found
    return found


@pytest.fixture(scope="session")
def pairs() -> dict[str, dict[str, str]]:
    """The committed table of LiteLLM keys."""
    with (CATALOGUE / "aliases.tsv").open(encoding="utf-8", newline="") as file:
        return {row["litellm_key"]: row for row in csv.DictReader(file, delimiter="\t")}


@pytest.fixture(scope="session")
def told() -> dict[str, Any]:
    """The committed report."""
    return json.loads((CATALOGUE / "report.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def exact(pairs: dict[str, dict[str, str]], offerings: dict[str, Any]) -> dict[str, list[str]]:
    """models.dev ids and the LiteLLM keys laid under each."""
    under: dict[str, list[str]] = {}
    for key, pair in pairs.items():
        if pair["id"] in offerings:
            under.setdefault(pair["id"], []).append(key)
    assert len(under) > 1000
    return under
