"""From a provider's id to the model's name: what falls off, what stays, and what is not guessed."""

from __future__ import annotations

from typing import Any

import pytest
from catalogue.base import Bases
from catalogue.keys import fold


@pytest.fixture(scope="module")
def bases() -> Bases:
    return Bases()


@pytest.mark.parametrize(
    ("provider", "model_id", "base"),
    [
        ("openrouter", "openai/gpt-4o", "gpt-4o"),
        ("openrouter", "google/gemma-4-31b-it:free", "gemma-4-31b-it"),
        ("nano-gpt", "anthropic/claude-opus-4.6:thinking:medium", "claude-opus-4.6"),
        ("amazon-bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5-20250929"),
        ("amazon-bedrock", "anthropic.claude-opus-4-6-v1", "claude-opus-4-6"),
        ("amazon-bedrock", "deepseek.v3.2", "deepseek-v3.2"),
        ("amazon-bedrock", "us.deepseek.r1-v1:0", "deepseek-r1"),
        ("amazon-bedrock", "openai.gpt-oss-120b-1:0", "gpt-oss-120b"),
        ("amazon-bedrock", "amazon.titan-embed-text-v2:0", "titan-embed-text-v2"),
        ("google-vertex", "claude-opus-4-5@20251101", "claude-opus-4-5"),
        ("google-vertex", "claude-opus-5@default", "claude-opus-5"),
        ("fireworks-ai", "accounts/fireworks/models/glm-5p3", "glm-5.3"),
        ("cloudflare-workers-ai", "@cf/openai/gpt-oss-120b", "gpt-oss-120b"),
        ("ollama-cloud", "gpt-oss:120b", "gpt-oss-120b"),
        ("databricks", "databricks-gpt-5-4", "gpt-5-4"),
        ("digitalocean", "anthropic-claude-4.5-sonnet", "claude-sonnet-4.5"),
        ("sap-ai-core", "anthropic--claude-4.5-opus", "claude-opus-4.5"),
        ("sap-ai-core", "anthropic--claude-3-haiku", "claude-3-haiku"),
        ("synthetic", "hf:zai-org/GLM-5.3", "glm-5.3"),
        ("opencode", "glm-5.3-flash-free", "glm-5.3-flash"),
        ("azure", "gpt-35-turbo-0125", "gpt-3.5-turbo-0125"),
    ],
)
def test_what_falls_off(bases: Bases, provider: str, model_id: str, base: str) -> None:
    assert bases.peel(provider, model_id) == base


@pytest.mark.parametrize(
    "name",
    [
        "gpt-4o-2024-08-06",  # a date
        "claude-opus-4-5-20251101",
        "llama-3.3-70b-instruct",  # a size
        "llama-3.3-70b-instruct-fp8-fast",  # a quantisation
        "kimi-k2-thinking",
        "claude-opus-5-fast",
        "gpt-4.1-nano",
        "inkling-small",
    ],
)
def test_what_stays(bases: Bases, name: str) -> None:
    assert bases.peel("openrouter", f"maker/{name}") == name


@pytest.mark.parametrize(
    ("provider", "model_id"),
    [
        ("openrouter", "openrouter/auto"),
        ("kilo", "kilo-auto/free"),
        ("azure", "model-router"),
        ("fal-ai", "fal-ai/flux/schnell"),
        ("fireworks-ai", "accounts/fireworks/routers/kimi-latest"),
        ("the-grid-ai", "code-max"),
        ("openai", "ft:gpt-4o-2024-08-06"),
    ],
)
def test_what_is_not_certain_is_unknown(bases: Bases, provider: str, model_id: str) -> None:
    assert bases.peel(provider, model_id) is None


def test_digits_never_run_together() -> None:
    assert fold("MiniMax-M2.5") == fold("minimax_m2-5") == "minimax-m2-5"
    assert fold("m25") != fold("m2.5")
    assert fold("GPT 4.1") != fold("gpt-41")


def test_one_spelling_a_model(rows: dict[str, Any]) -> None:
    """Names that differ in separators only are one base, in its maker's spelling."""
    spelt: dict[str, set[str]] = {}
    for row in rows.values():
        if "base" in row:
            spelt.setdefault(fold(row["base"]), set()).add(row["base"])
    assert all(len(names) == 1 for names in spelt.values())
    assert spelt["gpt-4-1"] == {"gpt-4.1"}
    assert spelt["claude-opus-4-1"] == {"claude-opus-4-1"}
    assert {row["base"] for row in rows.values() if "m2.5" in row["id"].lower()}.isdisjoint(
        spelt.get("minimax-m25", ())
    )
    assert rows["vercel/anthropic/claude-sonnet-4.5"]["base"] == "claude-sonnet-4-5"


def test_a_base_is_a_plain_name(rows: dict[str, Any]) -> None:
    for row in rows.values():
        base = row.get("base", "x")
        assert base == base.lower()
        assert not set(base) & set("/@: _"), base
