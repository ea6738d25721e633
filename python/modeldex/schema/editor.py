"""JSON Schema of a definition (draft 2020-12): what an editor completes, explains and underlines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .forms import AMOUNT, JSON, NAME
from .markers import Document, Facet, Flag, Group, Keyed, Marker, Measure, Parts, Stated
from .reading import LARGEST_COUNT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .vocabularies import Vocabulary


def json_schema(fields: Mapping[str, Marker]) -> dict[str, Any]:
    """The JSON Schema of one definition with these fields. Synonyms are accepted where terms are read."""
    properties: dict[str, Any] = {}
    for name, marker in fields.items():
        form = _form(marker)
        properties[name] = _nullable(form, marker.doc) if name != "id" else {**form, "description": marker.doc}
        if getattr(marker, "many", False) or name == "aliases":
            properties["+" + name] = {**form, "description": f"Added to what `extends` gives for {name}."}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "modeldex definition",
        "description": "One model as one provider serves it. Only the id is required; what is left out is unknown.",
        "type": "object",
        "required": ["id"],
        "additionalProperties": False,
        "properties": properties,
    }


def _nullable(form: Mapping[str, Any], doc: str) -> dict[str, Any]:
    if not form:
        return {"description": doc}
    kinds = form.get("type")
    if isinstance(kinds, str) and "enum" not in form:
        return {**form, "type": [kinds, "null"], "description": doc}
    choices = list(form["anyOf"]) if set(form) == {"anyOf"} else [dict(form)]
    return {"anyOf": [*choices, {"type": "null"}], "description": doc}


def _term(vocabulary: Vocabulary) -> dict[str, Any]:
    if vocabulary.closed:
        return {"enum": [*vocabulary.terms, *vocabulary.synonyms]}
    return {**NAME, "examples": list(vocabulary.terms)} if vocabulary.terms else dict(NAME)


def _terms(facet: Facet) -> dict[str, Any]:
    term = _term(facet.vocabulary)
    return {"anyOf": [{"type": "array", "items": term}, term]}


def _form(marker: Marker) -> dict[str, Any]:  # noqa: C901, PLR0912 - one branch a kind of field
    match marker:
        case Stated():
            spellings = [*marker.vocabulary.terms, *marker.vocabulary.synonyms]
            return {
                "anyOf": [
                    {
                        "type": "object",
                        "properties": {spelling: {"type": ["boolean", "null"]} for spelling in spellings},
                        "additionalProperties": False,
                    },
                    {"type": "array", "items": {"enum": spellings}},
                    {"enum": spellings},
                ]
            }
        case Keyed():
            return {"anyOf": [*_terms(marker)["anyOf"], dict(JSON)]}
        case Flag():
            return {"type": "boolean"}
        case Facet():
            return _terms(marker) if marker.many else _term(marker.vocabulary)
        case Parts():
            parts = {name: {**_terms(facet), "description": facet.doc} for name, facet in marker.parts.items()}
            return {"type": "object", "properties": parts, "additionalProperties": False}
        case Measure(kind="count"):
            return {"type": "integer", "minimum": 0, "maximum": LARGEST_COUNT}
        case Measure(kind="money"):
            return {"anyOf": list(AMOUNT["anyOf"])}
        case Measure(kind="date"):
            return {"type": "string", "pattern": r"^\d{4}-\d{2}(-\d{2})?$"}
        case Measure():
            return {"type": "number"} if marker.signed else {"type": "number", "minimum": 0}
        case Group(nested=True):
            return dict(JSON)
        case Group():
            return {"type": "object", "additionalProperties": {"type": ["number", "null"]}}
        case Document():
            return dict(marker.form)
        case _:
            raise TypeError(f"{type(marker).__name__} has no JSON Schema")
