"""What to send, where, and which key."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from catalogue.provider import key_variable

CATALOGUE = Path(__file__).resolve().parents[2] / "catalogue"
FACTS = json.loads((CATALOGUE / "providers.json").read_text(encoding="utf-8"))


def test_facts_of_models_dev_are_carried(providers: dict[str, Any]) -> None:
    for name, content in providers.items():
        fact = FACTS[name]
        assert (fact["name"], fact["env"], fact["npm"], fact["doc"]) == (
            content["name"],
            content["env"],
            content["npm"],
            content["doc"],
        )
        if "api" in content:
            assert fact["base_url"] == content["api"]


def test_rows_have_the_facts_of_their_provider(rows: dict[str, Any]) -> None:
    assert {row["provider"] for row in rows.values()} == set(FACTS)
    for name, row in rows.items():
        fact = FACTS[row["provider"]]
        assert row["api_name"] == name.split("/", 1)[1]
        assert row.get("base_url") == fact.get("base_url")
        assert row.get("api_key_env") == fact.get("api_key_env")


def test_no_secret_and_only_names_a_shell_can_set() -> None:
    for fact in FACTS.values():
        assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", fact.get("api_key_env", "X"))


@pytest.mark.parametrize(
    ("provider", "variable", "url"),
    [
        ("openai", "OPENAI_API_KEY", "https://api.openai.com/v1"),
        ("anthropic", "ANTHROPIC_API_KEY", "https://api.anthropic.com/v1"),
        ("azure", "AZURE_API_KEY", None),
        ("groq", "GROQ_API_KEY", "https://api.groq.com/openai/v1"),
        ("openrouter", "OPENROUTER_API_KEY", "https://openrouter.ai/api/v1"),
        ("amazon-bedrock", "AWS_BEARER_TOKEN_BEDROCK", None),
        ("302ai", None, "https://api.302.ai/v1"),
    ],
)
def test_known_providers(provider: str, variable: str | None, url: str | None) -> None:
    assert FACTS[provider].get("api_key_env") == variable
    assert FACTS[provider].get("base_url") == url


def test_key_variable() -> None:
    assert key_variable("x", ["X_REGION", "X_TOKEN"]) == "X_TOKEN"
    assert key_variable("x", ["X_HOST", "X_PROJECT"]) is None
    assert key_variable("x", ["1X_API_KEY"]) is None
