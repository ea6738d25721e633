"""Catalogues of any size, made from the shipped one.

Through the schema a million models would take minutes, and that is not what is measured here. The schema compiles the
shipped models once, with everything that they state; what it made is registered again and again: every turn under ids,
aliases and bases of its own, so that the share of distinct bases (2,656 among 11,523 models, when this was written) is
that of the shipped catalogue at any size. Tags and numbers under `metadata` are copied as they are; the shipped
catalogue has none of either, and so have the copies. Models of one base stand together, so that a small catalogue has
whole bases, too.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import random
import re
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import modeldex as mx
from benches.peers import Offering, offering
from modeldex.schema import Definition, Schema
from modeldex.schema.compiler import Compiled
from modeldex.schema.extension import Own

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SIZE = int(os.environ.get("MODELDEX_BENCH_SIZE", "1000000"))
"""Of the large catalogue; smaller ones try a benchmark out."""
PART = 20_000
"""So many are registered at once: a million definitions side by side would take gigabytes."""


class Ready(Schema):
    """A schema that is given rows which are compiled already."""

    def __init__(self) -> None:
        super().__init__(Definition, Own())

    def compile(self, definition: Any, *rest: Any) -> Compiled:
        return definition if isinstance(definition, Compiled) else super().compile(definition, *rest)

    def compile_many(self, definitions: Iterable[Any], *_: object) -> list[Any]:
        return list(definitions)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled row of which copies are made."""

    row: Compiled
    pieces: list[bytes]
    """The document, cut where a text of its own ends: what is put there makes it another one."""
    base: int | None
    """The place of the base among the terms."""

    @staticmethod
    def of(row: Compiled) -> Pattern:
        base = next((at for at, (facet, _) in enumerate(row.terms) if facet == "base"), None)
        keys = [("id", [row.id]), ("aliases", row.aliases)]
        keys += [("base", [row.terms[base][1]])] if base is not None else []
        cuts = sorted(cut for key, texts in keys if texts for cut in ends(row.document, key, texts))
        pieces = [row.document[start:end] for start, end in zip([0, *cuts], [*cuts, None], strict=True)]
        return Pattern(row, pieces, base)

    def copy(self, turn: int) -> Compiled:
        """The row itself, then others."""
        if not turn:
            return self.row
        row, tail = self.row, f"~{turn}"
        terms = row.terms
        if self.base is not None:
            terms = terms.copy()
            terms[self.base] = ("base", terms[self.base][1] + tail)
        aliases = [alias + tail for alias in row.aliases]
        return Compiled(row.id + tail, aliases, terms, row.numbers, tail.encode().join(self.pieces))


def ends(document: bytes, key: str, texts: list[str]) -> Iterator[int]:
    """Where the texts of a key end, before their quotation marks."""
    at = document.index(f'"{key}":'.encode())
    for text in texts:
        written = json.dumps(text, ensure_ascii=False).encode()
        at = document.index(written, at) + len(written)
        yield at - 1


@cache
def shipped() -> list[mx.Model]:
    """The shipped models, those of one base together, the bases in an order of chance."""
    groups: dict[str, list[mx.Model]] = {}
    for model in mx.models.values():
        groups.setdefault(model.document.get("base", model.id), []).append(model)
    order = list(groups.values())
    random.Random(5).shuffle(order)
    return [model for group in order for model in group]


@cache
def patterns() -> list[Pattern]:
    documents = [model.document for model in shipped()]
    return [Pattern.of(row) for row in Schema.default().compile_many(documents, progress=False)]


def copies(start: int = 0) -> Iterator[Compiled]:
    """Rows without end, from this place on."""
    made = patterns()
    turn, skipped = divmod(start, len(made))
    while True:
        for pattern in islice(made, skipped, None):
            yield pattern.copy(turn)
        turn, skipped = turn + 1, 0


@dataclass(frozen=True)
class Catalogue:
    registry: mx.Registry
    memory: float | None
    """Bytes of anonymous memory that it takes, where the system tells."""

    @cached_property
    def rows(self) -> dict[str, Offering]:
        """The same as slots dataclasses in a dict, in the same order."""
        made = [offering(model) for model in shipped()]
        return {id: replace(made[at % len(made)], id=id) for at, id in enumerate(self.registry)}


def catalogue(size: int) -> Catalogue:
    """So many models; half a minute for a million."""
    rows, registry = copies(), mx.Registry(Ready())
    patterns()
    before = anonymous()
    for start in range(0, size, PART):
        registry.register_many(list(islice(rows, min(PART, size - start))))
    after = anonymous()
    assert len(registry) == size
    return Catalogue(registry, None if before is None or after is None else after - before)


@cache
def million() -> Catalogue:
    """The large one, made once."""
    return catalogue(SIZE)


def anonymous() -> float | None:
    """Bytes of anonymous memory of this process, after everything that is free was given back."""
    path = Path("/proc/self/smaps_rollup")
    if not path.exists():
        return None
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
    found = re.search(r"Anonymous: +(\d+) kB", path.read_text())
    return int(found[1]) * 1024.0 if found else None
