"""Building a registry from layers of files: YAML, JSON, JSON lines and TOML over a snapshot.

The full machinery of layers (directories, provenance) is not here yet; what is here reads whole files of definitions,
later ones patching the models of earlier ones.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from . import bundled
from ._core import Registry
from .errors import CatalogueError, InvalidModelError, Problem
from .patches import Patch, patches
from .progress import Progress, tracked

if TYPE_CHECKING:
    from ._core import Edit
    from .schema import Schema

__all__ = ["load"]

SNAPSHOT = ".arrow"


def load(sources: tuple[str | Path, ...], schema: Schema | None = None, progress: Progress = None) -> Registry:
    """A registry from layers, lowest first; what ``Registry.load`` calls.

    ``"bundled"`` and a path that ends in ``.arrow`` are snapshots and come first; every other source is a file of
    definitions, by its ending YAML, TOML, JSON lines or else JSON (see `patches`). A definition of an id that an
    earlier layer has patches it: stated fields win, mappings merge, lists are replaced, ``+tags`` adds.
    ``progress`` as in `register_many`.

    Raises:
        CatalogueError: a file that cannot be read; an `InvalidFileError` says where in it.
        InvalidModelError: definitions that the schema refuses, each with file, line and path; nothing is loaded then.
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
    found = tracked(patches(path), f"loading {path.name:.40}", progress=progress)
    with registry.edit(message=f"layer {path.name}") as edit, found as stated:
        below = set(registry)
        lines: dict[str, int] = {}
        for patch in stated:
            try:
                _state(edit, patch, below, lines)
            except InvalidModelError as error:
                faults += [Problem(patch.told(each.path), each.message, each.model) for each in error.problems]
        if faults:
            # Raised inside the block, so that nothing of the file is published.
            raise InvalidModelError(faults)


def _state(edit: Edit, patch: Patch, below: set[str], lines: dict[str, int]) -> None:
    name = patch.definition.get("id")
    if isinstance(name, str) and name not in below:
        if name in lines:
            again = f"{name!r:.60} is stated twice in this file, first in line {lines[name]}; keep one of them"
            raise InvalidModelError([Problem("id", again, name)])
        lines[name] = patch.line()
    if isinstance(name, str) and name in below:
        edit.update(name, {key: value for key, value in patch.definition.items() if key != "id"})
    else:
        edit.register(patch.definition)
