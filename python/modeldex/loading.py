"""Building a registry from layers of files: JSON, and JSON lines.

The full machinery of layers (YAML, TOML, directories, provenance) is not here yet; what is here reads whole
files of definitions, later ones patching the models of earlier ones.
"""

from __future__ import annotations

import json
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Any

from . import bundled
from ._core import Registry
from .errors import CatalogueError, InvalidModelError, Problem
from .progress import Progress, tracked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .schema import Schema

__all__ = ["definitions", "load"]

SNAPSHOT = ".arrow"
MAX_BYTES = 256 * 1024 * 1024
"""A file larger than this is refused before it is read."""


def load(sources: tuple[str | Path, ...], schema: Schema | None = None, progress: Progress = None) -> Registry:
    """A registry from layers, lowest first; what ``Registry.load`` calls.

    ``"bundled"`` and a path that ends in ``.arrow`` are snapshots and come first; every other source is a file of
    JSON (a list of definitions, one definition, or a mapping of id to definition) or JSON lines. A definition of
    an id that is there already patches it: stated fields win, mappings merge, lists are replaced, ``+tags`` adds.
    ``progress`` as in `register_many`.

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
            registry = Registry(schema) if registry is None else registry
            _apply(registry, Path(source), progress)
    return Registry(schema) if registry is None else registry


def _apply(registry: Registry, path: Path, progress: Progress) -> None:
    faults: list[Problem] = []
    found = tracked(definitions(path), f"loading {path.name:.40}", progress=progress)
    with registry.edit(message=f"layer {path.name}") as edit, found as written:
        ids = set(registry)
        for definition in written:
            name = definition.get("id")
            try:
                if isinstance(name, str) and name in ids:
                    edit.update(name, {key: value for key, value in definition.items() if key != "id"})
                else:
                    edit.register(definition)
                    ids.add(definition["id"])
            except InvalidModelError as error:
                faults += [Problem(f"{path}: {each.path}", each.message, each.model) for each in error.problems]
        if faults:
            # Raised inside the block, so that nothing of the file is published.
            raise InvalidModelError(faults)


def definitions(path: Path) -> Iterator[dict[str, Any]]:
    """The definitions of one file, in its order.

    Raises:
        CatalogueError: not a readable file of definitions.
    """
    text = _text(path)
    if path.suffix in {".jsonl", ".ndjson"}:
        # Not splitlines: a text in JSON may hold U+2028 and its like as they are.
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                yield _definition(_parsed(line, path, number), path, f"line {number}")
        return
    value = _parsed(text, path, 1)
    if isinstance(value, dict) and "id" not in value:
        for name, written in value.items():
            definition = _definition(written, path, repr(name))
            if definition.get("id", name) != name:
                raise CatalogueError(
                    f"{name!r} holds the definition of another id, {definition['id']!r:.60}", str(path)
                )
            yield {"id": name, **definition}
        return
    for place, definition in enumerate(value if isinstance(value, list) else [value]):
        yield _definition(definition, path, f"[{place}]")


def _text(path: Path) -> str:
    try:
        found = path.stat()
        # A pipe would block for ever, and a device never ends.
        content = path.read_bytes() if S_ISREG(found.st_mode) and found.st_size <= MAX_BYTES else None
    except OSError as error:
        raise CatalogueError(f"cannot be read: {error.strerror or error}", str(path)) from None
    except ValueError as error:  # a path with a NUL in it
        raise CatalogueError(f"cannot be read: {error}", str(path)) from None
    if content is None:
        regular = S_ISREG(found.st_mode)
        raise CatalogueError(f"is larger than {MAX_BYTES} bytes" if regular else "is no regular file", str(path))
    try:
        return content.decode("utf-8-sig")
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
    except CatalogueError:
        raise
    except ValueError as error:  # a whole number of more digits than Python converts
        raise CatalogueError(f"cannot be read from line {line}: {error}", str(path)) from None
    except RecursionError:
        raise CatalogueError("is nested too deep", str(path)) from None


def _definition(value: Any, path: Path, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise CatalogueError(f"{where} is no definition: write a mapping with at least an id", str(path))
    return value
