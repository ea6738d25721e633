"""Building a registry from layers of files: JSON, and JSON lines.

The full machinery of layers (YAML, TOML, directories, provenance) is not here yet; what is here reads whole
files of definitions, later ones patching the models of earlier ones.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import bundled
from ._core import Registry
from .errors import CatalogueError, InvalidModelError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .schema import Schema

__all__ = ["definitions", "load"]

SNAPSHOT = ".arrow"
MAX_BYTES = 256 * 1024 * 1024
"""A file larger than this is refused before it is read."""


def load(sources: tuple[str | Path, ...], schema: Schema | None = None) -> Registry:
    """A registry from layers, lowest first; what ``Registry.load`` calls.

    ``"bundled"`` and a path that ends in ``.arrow`` are snapshots and come first; every other source is a file of
    JSON (a list of definitions, one definition, or a mapping of id to definition) or JSON lines. A definition of
    an id that is there already patches it: stated fields win, mappings merge, lists are replaced, ``+tags`` adds.

    Raises:
        CatalogueError: a file that cannot be read; the message says where in it.
        InvalidModelError: definitions that the schema refuses; nothing is loaded then.
    """
    registry: Registry | None = None
    for place, source in enumerate(sources):
        if source == "bundled" or Path(source).suffix == SNAPSHOT:
            if place:
                raise CatalogueError("a snapshot can only be the first of the layers", str(source))
            if schema is not None:
                raise CatalogueError("a snapshot brings its own schema; leave schema= out", str(source))
            registry = Registry.open(bundled.PATH if source == "bundled" else source)
        else:
            registry = registry or Registry(schema)
            _apply(registry, Path(source))
    return registry or Registry(schema)


def _apply(registry: Registry, path: Path) -> None:
    try:
        with registry.edit(message=f"layer {path.name}") as edit:
            ids = set(registry)
            for definition in definitions(path):
                if definition.get("id") in ids:
                    edit.update(definition["id"], {key: value for key, value in definition.items() if key != "id"})
                else:
                    edit.register(definition)
                    ids.add(definition["id"])
    except InvalidModelError as error:
        found = [Problem(f"{path}: {problem.path}", problem.message, problem.model) for problem in error.problems]
        raise InvalidModelError(found) from None


def definitions(path: Path) -> Iterator[dict[str, Any]]:
    """The definitions of one file, in its order.

    Raises:
        CatalogueError: not a readable file of definitions.
    """
    text = _text(path)
    if path.suffix in {".jsonl", ".ndjson"}:
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                yield _definition(_parsed(line, path, number), path, f"line {number}")
        return
    value = _parsed(text, path, 1)
    if isinstance(value, dict) and "id" not in value:
        for name, definition in value.items():
            yield {"id": name, **_definition(definition, path, name)}
        return
    for place, definition in enumerate(value if isinstance(value, list) else [value]):
        yield _definition(definition, path, f"[{place}]")


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CatalogueError(f"is larger than {MAX_BYTES} bytes", str(path))
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CatalogueError(f"cannot be read: {error.strerror or error}", str(path)) from None
    except UnicodeDecodeError as error:
        raise CatalogueError(f"is not UTF-8 at byte {error.start}", str(path)) from None


def _parsed(text: str, path: Path, line: int) -> Any:
    from decimal import Decimal

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        keys: dict[str, Any] = {}
        for key, value in found:
            if key in keys:
                raise CatalogueError(f"the key {key!r} stands twice in one mapping (from line {line})", str(path))
            keys[key] = value
        return keys

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_float=Decimal)
    except json.JSONDecodeError as error:
        at = f"line {line + error.lineno - 1}, column {error.colno}"
        raise CatalogueError(f"is no JSON at {at}: {error.msg}", str(path)) from None
    except RecursionError:
        raise CatalogueError("is nested too deep", str(path)) from None


def _definition(value: Any, path: Path, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise CatalogueError(f"{where} is no definition: write a mapping with at least an id", str(path))
    return value
