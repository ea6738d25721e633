"""A registry of 1,000,000 models, made from the shipped ones.

Through the schema that would take minutes, and is not what is measured here. The schema compiles the routing facts
of the shipped models once, and what it made is registered again and again under other ids.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import modeldex as mx
from benches.peers import Offering, offering
from modeldex.schema import Definition, Schema
from modeldex.schema.extension import Own

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SIZE = 1_000_000
FIELDS = ("provider", "mode", "billing", "status", "context_window", "input_price", "output_price", "capabilities")


@dataclass(frozen=True, slots=True)
class Million:
    registry: mx.Registry
    rows: dict[str, Offering]
    """The same as slots dataclasses in a dict."""


class Compiled(Schema):
    """A schema whose definitions are compiled already."""

    def __init__(self) -> None:
        super().__init__(Definition, Own())

    def compile_many(self, rows: Iterable[Any], *_: object) -> list[Any]:
        return list(rows)


def routing(model: mx.Model) -> dict[str, Any]:
    """The facts that a question is about, as they were written."""
    document = model.document
    found = {name: document[name] for name in FIELDS if name in document}
    found["capabilities"] = dict(found.get("capabilities", {}))
    return {"id": model.id, **found}


def copies(compiled: list[Any]) -> Iterator[tuple[int, Any]]:
    """The compiled rows under ever new ids, each with the place of the row that it is a copy of."""
    tails = [row.document[row.document.index(b'",') + 1 :] for row in compiled]
    turn = 0
    while True:
        for at, (row, tail) in enumerate(zip(compiled, tails, strict=True)):
            id = f"{row.id}~{turn}"
            yield (
                at,
                row._replace(
                    id=id, aliases=[], document=b'{"id":' + json.dumps(id, ensure_ascii=False).encode() + tail
                ),
            )
        turn += 1


@cache
def million() -> Million:
    """Takes half a minute, once."""
    models = list(mx.models.values())
    originals = [offering(model) for model in models]
    compiled = Schema.default().compile_many([routing(model) for model in models])
    made = list(islice(copies(compiled), SIZE))
    registry = mx.Registry(Compiled())
    registry.register_many([row for _, row in made])
    rows = {row.id: replace(originals[at], id=row.id) for at, row in made}
    assert len(registry) == len(rows) == SIZE
    return Million(registry, rows)
