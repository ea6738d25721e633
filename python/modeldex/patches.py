"""The definitions that a file of YAML, JSON, JSON lines or TOML states, each with where it stands.

Only the form is looked at here: what a definition may say is the schema's business, and a definition of an id that is
there already is a patch of that model.
"""

from __future__ import annotations

from stat import S_ISREG
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from ._core import Document, _read_text
from .errors import CatalogueError, InvalidFileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Patch", "patches"]

Format: TypeAlias = Literal["yaml", "json", "jsonl", "toml"]
FORMATS: Final[dict[str, Format]] = {
    ".yaml": "yaml",
    ".yml": "yaml",
    ".toml": "toml",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
"""By the ending of the file's name; every other file is read as JSON."""
MAX_BYTES: Final = 256 * 1024 * 1024
"""A file larger than this is refused before it is read."""
PART: Final = 1024 * 1024
"""So many bytes of JSON lines are read at once."""
SCHEMA: Final = "$schema"
"""What editors look for in a mapping; it states nothing."""
WRITE: Final = "write a mapping with at least an id"


class Patch:
    """One definition of a file."""

    __slots__ = ("_document", "_file", "_node", "definition", "place")

    definition: dict[str, Any]
    place: str
    """Where in the file's value: ``models[3]``; empty where the file or the line is the definition."""

    def __init__(self, definition: dict[str, Any], place: str, file: Path, document: Document, node: int) -> None:
        self.definition = definition
        self.place = place
        self._file = file
        self._document = document
        self._node = node

    def line(self, path: str = "") -> int:
        """The line of the value at a path below the definition, or of the nearest above it."""
        return self._document.position(path, self._node)[0]

    def told(self, path: str = "") -> str:
        """File, line and path, as a message says it: ``a.yaml:12: models[3].input_price``."""
        dot = "." if self.place and path and not path.startswith("[") else ""
        whole = f"{self.place}{dot}{path}"
        return f"{self._file}:{self.line(path)}" + (f": {whole}" if whole else "")


def patches(path: Path) -> Iterator[Patch]:
    """The definitions of one file, in its order.

    A file holds a list of definitions, one definition, a mapping of id to definition, or a mapping whose ``models``
    is a list or a mapping of id to definition. Each line of JSON lines, and each document of a YAML file that holds
    several, is one definition.

    Raises:
        CatalogueError: the file cannot be opened.
        InvalidFileError: its text cannot be read, or states no definitions.
    """
    text = _bytes(path)
    format = FORMATS.get(path.suffix.lower(), "json")
    for part, line in _lines(text) if format == "jsonl" else [(text, 1)]:
        document = _read_text(part, format, str(path), line=line)
        value = document.value
        if document.is_stream:
            for definition, node in zip(value, document.nodes(), strict=True):
                yield _patch(definition, "", path, document, node)
        else:
            yield from _stated(value, path, document)


def _stated(value: Any, path: Path, document: Document) -> Iterator[Patch]:
    if not isinstance(value, dict):
        yield from _several(value, "", path, document)
        return
    if "id" in value:
        yield _patch({key: each for key, each in value.items() if key != SCHEMA}, "", path, document, None)
        return
    if "models" not in value:
        if not value and path.suffix.lower() == ".toml":
            raise InvalidFileError("the text holds nothing; write models = [] for an empty list", str(path))
        yield from _several(value, "", path, document)
        return
    for key in value:
        # Where anchors are kept, and what editors look for.
        if key not in {"models", SCHEMA} and not key.startswith("x-"):
            message = (
                f"{key!r:.60} stands beside 'models', which holds all definitions; "
                "only '$schema' and keys that begin with 'x-' may"
            )
            raise _refused(message, path, document, _step("", key))
    yield from _several(value["models"], "models", path, document)


def _several(value: Any, within: str, path: Path, document: Document) -> Iterator[Patch]:
    """The definitions of a list, or of a mapping of id to definition."""
    if isinstance(value, list):
        for place, (definition, node) in enumerate(zip(value, document.nodes(within), strict=True)):
            yield _patch(definition, f"{within}[{place}]", path, document, node)
    elif isinstance(value, dict):
        for (name, definition), node in zip(value.items(), document.nodes(within), strict=True):
            if name == SCHEMA and not within:
                continue
            found = _patch(definition, _step(within, name), path, document, node)
            if definition.get("id", name) != name:
                message = f"{name!r:.60} holds the definition of another id, {definition['id']!r:.60}"
                raise _refused(message, path, document, found.place, node)
            found.definition = {"id": name, **definition}
            yield found
    else:
        what = "models" if within else "a file"
        message = f"{what} is a list of definitions, or a mapping of id to definition"
        raise _refused(message, path, document, within)


def _patch(value: Any, place: str, path: Path, document: Document, node: int | None) -> Patch:
    node = document.root if node is None else node
    if not isinstance(value, dict):
        raise _refused(f"this is no definition: {WRITE}", path, document, place, node)
    return Patch(value, place, path, document, node)


def _refused(message: str, path: Path, document: Document, place: str, node: int | None = None) -> InvalidFileError:
    line, column = document.position(place) if node is None else document.position("", node)
    return InvalidFileError(message, str(path), line, column, place)


def _step(within: str, key: str) -> str:
    if key and key.replace("-", "_").isidentifier():
        return f"{within}.{key}" if within else key
    shown = f"{key:.60}…" if len(key) > 60 else key
    return f'{within}["{shown if shown.isprintable() else ascii(shown)[1:-1]}"]'


def _lines(text: bytes) -> Iterator[tuple[bytes, int]]:
    """The text in parts that end with a line, each with the number of its first line."""
    start, line = 0, 1
    while start < len(text):
        end = text.find(b"\n", start + PART)
        part = text[start:] if end < 0 else text[start : end + 1]
        yield part, line
        start += len(part)
        line += part.count(b"\n")


def _bytes(path: Path) -> bytes:
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
    return content
