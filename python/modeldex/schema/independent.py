"""The fields that can change by themselves: no other field follows from them, and no rule reads them.

The engine's side may then change the document, the number or the term directly, without reading the
whole definition again: that is what makes feeding back live statistics quick. Whatever is not told here
goes the long way, through `Schema.patch` and `Schema.compile`, which say what is right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .markers import Facet, Flag, Group, Keyed, Marker, Measure, Stated
from .rules import BILLING, PRICES
from .vocabularies import BILLING as WAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

READ_BY_RULES = frozenset({"provider", "providers", "base", BILLING[0]})
"""Fields that `rules` reads or sets, apart from prices."""
NOTES = ("unknown", "derived")
"""Fields that may speak of another field: where one does, the change goes the long way."""
CHARGED = tuple(way for way in WAYS.terms if way != "free")
"""With these a price above zero changes nothing else: it is metered already, or was said to be otherwise."""


def independent(fields: Mapping[str, Marker]) -> dict[str, Any]:
    """What the engine's side is told: the order of all fields, those that speak of others, and each plain field.

    A plain field has a ``kind``: count, number, signed or money (a number of that kind), term (a text
    among ``terms``, of the facet ``name``), group (a mapping from names to numbers) or tree (a mapping in
    which numbers may be changed); measures are called as the field, or by ``name`` and the key.
    ``beside`` names another field and the words for it with which a value above zero is plain.
    """
    plain = {name: told for name, marker in fields.items() if (told := _told(name, marker)) is not None}
    return {"order": list(fields), "notes": list(NOTES), "fields": plain}


def _told(name: str, marker: Marker) -> dict[str, Any] | None:
    if name in READ_BY_RULES:
        return None
    match marker:
        case Measure(kind="money"):
            beside = (BILLING[0], list(CHARGED)) if name in PRICES else None
            return {"kind": "money", "name": name, "terms": [], "beside": beside}
        case Measure(kind="count"):
            return {"kind": "count", "name": name, "terms": [], "beside": None}
        case Measure(kind="number"):
            kind = "signed" if marker.signed else "number"
            return {"kind": kind, "name": name, "terms": [], "beside": None}
        case Flag() | Stated() | Keyed():
            return None
        case Facet() if not marker.many and marker.vocabulary.closed:
            return {"kind": "term", "name": marker.name, "terms": list(marker.vocabulary.terms), "beside": None}
        case Group():
            return {"kind": "tree" if marker.nested else "group", "name": marker.prefix, "terms": [], "beside": None}
        case _:
            return None
