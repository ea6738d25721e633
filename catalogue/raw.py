"""The raw files as published, read with every number as the exact decimal the source wrote."""

from __future__ import annotations

import gzip
import json
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TABLES = HERE / "tables"
RAW = HERE / "raw"


def table(name: str) -> dict[str, Any]:
    """One reviewed table, e.g. `table("billing")`."""
    with (TABLES / f"{name}.toml").open("rb") as file:
        return tomllib.load(file, parse_float=Decimal)


SOURCE = table("source")
DATE: str = SOURCE["date"]


def read(source: str) -> dict[str, Any]:
    """The JSON of one source named in source.toml, fractions as `Decimal`."""
    with gzip.open(RAW / SOURCE[source]["file"], "rt", encoding="utf-8") as file:
        content: dict[str, Any] = json.load(file, parse_float=Decimal)
    for key in SOURCE[source].get("skip", ()):
        del content[key]
    return content
