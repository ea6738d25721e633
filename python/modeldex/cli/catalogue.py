"""The registry that a command asks: the shipped catalogue or a file, and measured values laid over it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from modeldex.cli.failure import WrongQuestionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modeldex import Registry

__all__ = ["Catalogue", "Measurements", "measured", "opened", "read_measurements", "version"]

DEFINITIONS: Final = {".yaml", ".yml", ".toml", ".json", ".jsonl", ".ndjson"}
Catalogue = Annotated[
    Path | None,
    typer.Option(
        "--catalogue",
        metavar="FILE",
        help="Ask this snapshot (or YAML, TOML, JSON, JSON lines of definitions) instead of the shipped one.",
        show_default=False,
    ),
]
Measurements = Annotated[
    Path | None,
    typer.Option(
        "--measurements",
        metavar="FILE",
        help="Lay measured values over the catalogue first: a TOML or JSON file, id -> fields.",
        show_default=False,
    ),
]


def opened(catalogue: Path | None, measurements: Path | None = None) -> Registry:
    """Return the registry to ask.

    Raises:
        CatalogueError: the snapshot is missing, cut or changed.
        WrongQuestionError: the measurements cannot be read, or do not fit.
    """
    import modeldex

    if catalogue is None:
        if measurements is None:
            return modeldex.models
        registry = modeldex.Registry.load("bundled")
    elif catalogue.suffix.lower() in DEFINITIONS:
        registry = modeldex.Registry.load(catalogue)
    else:
        registry = modeldex.Registry.open(catalogue)
    return registry if measurements is None else measured(registry, measurements)


def measured(registry: Registry, path: Path) -> Registry:
    """Lay the values of a measurements file over `registry`, all or nothing, and return it.

    Raises:
        WrongQuestionError: the file cannot be read, or names a model or field that does not exist.
    """
    from modeldex.errors import ModeldexError

    values = read_measurements(path)
    try:
        with registry.edit(message=f"measurements: {path.name}") as edit:
            for name, fields in values.items():
                edit.update(name, fields)
    except ModeldexError as error:
        raise WrongQuestionError(f"{path}: {error}") from error
    return registry


def read_measurements(path: Path) -> Mapping[str, Mapping[str, Any]]:
    """Read a measurements file: a mapping of id to the fields to set, as TOML or (suffix `.json`) JSON."""
    try:
        text = path.read_text(encoding="utf-8")
        values = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except OSError as error:
        raise WrongQuestionError(f"{path}: {error.strerror}") from error
    except ValueError as error:  # both parsers' errors, and bytes that are not UTF-8
        raise WrongQuestionError(f"{path}: {error}") from error
    if not isinstance(values, dict) or not all(isinstance(fields, dict) and fields for fields in values.values()):
        raise WrongQuestionError(f"{path}: a measurements file maps each id to its fields, at least one")
    return values


def version() -> str:
    """Return the package's version, and the date and size of the shipped catalogue, on one line."""
    import modeldex
    from modeldex.bundled import DATE

    return f"modeldex {modeldex.__version__}, catalogue of {DATE} ({len(modeldex.models):,} models)"
