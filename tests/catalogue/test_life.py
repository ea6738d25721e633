"""Status holds at the catalogue's date; what is retired stays."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

CATALOGUE = Path(__file__).resolve().parents[2] / "catalogue"
DATE = "2026-10-31"


def test_the_date_is_stated_once() -> None:
    assert tomllib.loads((CATALOGUE / "tables" / "source.toml").read_text(encoding="utf-8"))["date"] == DATE
    written = [path.name for path in CATALOGUE.glob("*.py") if DATE in path.read_text(encoding="utf-8")]
    assert written == []


def test_status(offerings: dict[str, Any], rows: dict[str, Any]) -> None:
    for name, row in rows.items():
        if "deprecated_on" in row:
            assert row["status"] == ("deprecated" if row["deprecated_on"] <= DATE else "active"), name
            assert row["derived"]["status"] == "deprecated_on"
        elif name in offerings:
            assert row["status"] == "active"
            assert row["derived"]["status"] == "listed by models.dev"
        else:
            assert "status" not in row


def test_every_deprecation_date_is_carried_or_overruled(
    litellm: dict[str, Any], pairs: dict[str, Any], rows: dict[str, Any]
) -> None:
    checked = 0
    for key, pair in pairs.items():
        day = litellm[key].get("deprecation_date")
        if day:
            checked += 1
            row = rows[pair["id"]]
            said = row["source"]["litellm"]
            kept = said if said["key"] == key else said.get("also", {}).get(key, {})
            assert row["deprecated_on"] == day or kept["deprecation_date"] == day
    assert checked > 900


def test_what_is_past_stays(rows: dict[str, Any]) -> None:
    past = [name for name, row in rows.items() if row.get("deprecated_on", "9") <= DATE]
    assert len(past) > 250
    assert "openai/gpt-4o-mini" in rows
