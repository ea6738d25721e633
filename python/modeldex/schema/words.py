"""The vocabulary: all that the engine, a saved snapshot and the command line know of the field, as plain JSON."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from .markers import Facet, Flag, Group, Marker, Measure, Parts
from .name_words import NAME_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._core import Scale

FORMAT = 1

DEFAULTS: Mapping[str, Any] = {
    "status": {"facet": "status", "exclude": ["maintenance", "disabled", "retired"], "everything": "any"},
    "billing": {
        "facet": "billing",
        "include": ["metered", "free"],
        "when": "money_order",
        "everything": "any",
    },
}
"""What a query leaves out unless it is asked: what cannot be called, and prices that are not paid per use."""

BARE: Mapping[str, Any] = {"facet": "base", "preferred": ["home", "yes"]}
"""A bare name is a base; of several offerings the maker's own one is meant."""

GATEWAYS: Mapping[str, tuple[str, ...]] = dict.fromkeys(
    ("vertex-ai", "vertex", "vertexai", "google-vertexai", "publishers"), ("google-vertex", "google-vertex-anthropic")
)
"""Words in front of a name behind which several providers may stand: on Vertex AI every maker's models have one price list."""

COST: Mapping[str, str] = {"input": "input_price", "output": "output_price", "cached": "cache_read_price"}

SEARCH: Sequence[Mapping[str, Any]] = (
    *({"field": name, "rank": 1} for name in ("id", "aliases", "name", "base")),
    *({"facet": name, "rank": 2} for name in ("tag", "capability", "provider", "family", "owner", "mode")),
    {"field": "description", "rank": 3},
)
"""What models are found by in a search, and how well: 1 names a model, 2 is a word that it has, 3 tells about it."""


def vocabulary(fields: Mapping[str, Marker]) -> dict[str, Any]:
    """The vocabulary of a schema, in the order of its fields; a new dict each time."""
    facets: dict[str, dict[str, Any]] = {}
    keywords: dict[str, dict[str, str]] = {}
    measures: list[dict[str, Any]] = []
    groups: list[dict[str, Any]] = []
    for name, marker in fields.items():
        match marker:
            case Facet() | Parts():
                for facet in marker.facets:
                    _add_facet(facets, keywords, facet, name)
            case Measure():
                measures.append(_measure(name, marker))
            case Group():
                groups.append(
                    {
                        "prefix": marker.prefix,
                        "kind": "number",
                        "better": marker.better,
                        "scale": _scale(marker.scale),
                    }
                )
                measures += [_measure(marker.prefix + own, declared) for own, declared in marker.declared.items()]
            case _:
                pass  # document only
    return {
        "format": FORMAT,
        "facets": list(facets.values()),
        "measures": measures,
        "groups": groups,
        "keywords": keywords,
        "defaults": {name: dict(default) for name, default in DEFAULTS.items()},
        "bare": dict(BARE),
        "cost": dict(COST),
        "names": name_rules(),
        "search": [dict(searched) for searched in SEARCH],
    }


def name_rules() -> dict[str, Any]:
    """How names are read: the words around them, and the forms of ids of tuned models."""
    return {
        "provider": "provider",
        "owner": "owner",
        **{
            part: NAME_WORDS[part]
            for part in ("idle", "places", "vendors", "organisations", "tags", "roles", "ordinary")
        },
        "gateways": {word: [server] for word, server in NAME_WORDS["servers"].items()}
        | {word: list(several) for word, several in GATEWAYS.items()},
        "endings": ["free"],
        "silent": [word for word in NAME_WORDS["silent"] if word != "latest"],
        "newest": ["latest"],
        "markers": json.loads(files(__package__).joinpath("tuned.json").read_text(encoding="utf-8")),
    }


def _measure(name: str, marker: Measure) -> dict[str, Any]:
    return {
        "name": name,
        "kind": marker.kind,
        "unit": marker.unit,
        "better": marker.better,
        "scale": _scale(marker.scale),
        "doc": marker.doc,
    }


def _scale(scale: Scale | None) -> dict[str, Any] | None:
    return {"worst": scale.worst, "best": scale.best, "log": scale.log} if scale else None


def _add_facet(
    facets: dict[str, dict[str, Any]], keywords: dict[str, dict[str, str]], facet: Facet, field: str
) -> None:
    if facet.name in facets:  # providers beside provider: the same facet, now with many terms
        facets[facet.name]["many"] |= facet.many
        return
    internal = isinstance(facet, Flag)
    facets[facet.name] = {
        "name": facet.name,
        "field": field,
        "many": facet.many,
        "closed": facet.vocabulary.closed,
        "internal": internal,
        "terms": list(facet.vocabulary.terms),
        "synonyms": dict(sorted(facet.vocabulary.synonyms.items())),
        "doc": facet.doc,
    }
    if not internal:
        keywords[facet.keyword or facet.name] = {"facet": facet.name, "mode": facet.wants}
