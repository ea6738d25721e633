"""Deterministic text: definitions as JSON lines with keys in a fixed order, numbers in plain decimals."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from catalogue import money

ORDER = (
    "id",
    "name",
    "base",
    "family",
    "owner",
    "aliases",
    "provider",
    "home",
    "mode",
    "endpoints",
    "modalities",
    "capabilities",
    "supported_parameters",
    "context_window",
    "max_input_tokens",
    "max_output_tokens",
    "rate_limit_rpm",
    "rate_limit_tpm",
    "billing",
    "input_price",
    "output_price",
    "cache_read_price",
    "cache_write_price",
    "rates",
    "service_tier",
    "status",
    "released",
    "deprecated_on",
    "knowledge_cutoff",
    "regions",
    "api_name",
    "base_url",
    "api_key_env",
    "unknown",
    "derived",
    "source",
)
CAPABILITIES = (
    "tools",
    "vision",
    "reasoning",
    "structured_output",
    "json_mode",
    "prompt_caching",
    "streaming",
    "audio_input",
    "audio_output",
    "attachment",
    "open_weights",
    "parallel_tools",
    "tool_choice",
    "forced_tool_use",
    "tool_search",
    "system_messages",
    "mid_conversation_system",
    "pdf_input",
    "video_input",
    "web_search",
    "computer_use",
    "assistant_prefill",
    "url_context",
    "adaptive_thinking",
    "sampling_parameters",
)


def encode(value: object) -> str:
    """JSON in one line; a Decimal becomes a plain decimal number, exact."""
    if isinstance(value, Decimal):
        return money.plain(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{encode(str(key))}: {encode(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(encode(inner) for inner in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def ordered(definition: dict[str, Any]) -> dict[str, Any]:
    """The definition with its keys, and those of its mappings, in the fixed order."""
    if unplaced := set(definition) - set(ORDER):
        raise AssertionError(f"{definition['id']}: keys without a place in the order: {sorted(unplaced)}")
    result = {key: definition[key] for key in ORDER if key in definition}
    if "capabilities" in result:
        stated = result["capabilities"]
        if unplaced := set(stated) - set(CAPABILITIES):
            raise AssertionError(f"{definition['id']}: capabilities without a place in the order: {sorted(unplaced)}")
        result["capabilities"] = {name: stated[name] for name in CAPABILITIES if name in stated}
    for key in ("unknown", "derived", "source"):
        if key in result:
            result[key] = dict(sorted(result[key].items()))
    return result


def models(definitions: dict[str, list[dict[str, Any]]]) -> dict[Path, str]:
    """One file a provider, one definition a line, sorted by id."""
    return {
        Path("models") / f"{provider}.jsonl": "".join(
            encode(ordered(row)) + "\n" for row in sorted(rows, key=lambda row: str(row["id"]))
        )
        for provider, rows in definitions.items()
    }


def mapping(content: dict[str, Any]) -> str:
    """JSON with one entry a line."""
    lines = [f"  {encode(key)}: {encode(value)}" for key, value in content.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def put(folder: Path, texts: dict[Path, str]) -> None:
    """Write the files; those of providers that are gone are removed."""
    (folder / "models").mkdir(exist_ok=True)
    for stray in strays(folder, texts):
        (folder / stray).unlink()
    for path, text in texts.items():
        (folder / path).write_text(text, encoding="utf-8", newline="\n")


def strays(folder: Path, texts: dict[Path, str]) -> list[Path]:
    """Files of definitions that a build no longer makes."""
    found = (path.relative_to(folder) for path in sorted((folder / "models").glob("*.jsonl")))
    return [path for path in found if path not in texts]


def differences(folder: Path, texts: dict[Path, str]) -> list[Path]:
    """Files that are not what a build makes."""
    changed = [
        path
        for path, text in texts.items()
        if not (folder / path).is_file() or (folder / path).read_text(encoding="utf-8") != text
    ]
    return changed + strays(folder, texts)
