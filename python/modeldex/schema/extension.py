"""Words of one's own: the fields and terms that a schema has beyond the shipped ones."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from keyword import iskeyword
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, TypeVar

from pydantic import create_model

from .._core import Scale, scale
from .definition import Definition
from .faults import Faults, nearest, shown
from .markers import Direction, Facet, Group, Marker, Measure, Parts, Stated
from .reading import read_name
from .vocabularies import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_Each = TypeVar("_Each")
Way: TypeAlias = Direction | Scale
"""Which way of an own number is better: `Higher`, `Lower`, or a scale that goes from the worst to the best."""
_NOTHING: Mapping[str, Any] = {}

# A field of one's own is an attribute of a model, a keyword of a query and a column: none of these may be hidden.
TAKEN = frozenset(
    [
        "by",
        "sort",
        "prefers",
        "limit",
        "distinct",
        "exclude",
        "offset",
        "any",
        "all",
        "none",
        "id",
        "ids",
        "document",
        "supports",
        "cost",
        "value",
        "capability",
        "lacks",
        "input",
        "output",
        "models",
        "count",
        "select",
        "best",
        "prepare",
        "where",
        "offerings",
        "resolve",
        "params",
        "keywords",
        "self",
    ]
)


@dataclass(frozen=True, slots=True)
class Own:
    """What a schema adds to the default one."""

    facets: Mapping[str, Facet] = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)
    scores: Mapping[str, Measure] = field(default_factory=dict)
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    synonyms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        *,
        facets: Iterable[str | Facet] = (),
        measures: Mapping[str, Way | Measure | None] = _NOTHING,
        scores: Mapping[str, Way | Measure | None] = _NOTHING,
        terms: Mapping[str, Iterable[str]] = _NOTHING,
        synonyms: Mapping[str, Mapping[str, str]] = _NOTHING,
    ) -> Own:
        """From what a caller writes."""
        named = [Facet(name=each, many=True) if isinstance(each, str) else each for each in _several(facets)]
        given = {facet: tuple(_several(more)) for facet, more in terms.items()}
        return cls(
            facets={facet.name: facet for facet in named},
            measures={name: _measure(name, way) for name, way in measures.items()},
            scores={
                name: _score(replace(_measure(name, way), kind="number", signed=True)) for name, way in scores.items()
            },
            terms={facet: more for facet, more in given.items() if more},
            synonyms={facet: dict(more) for facet, more in synonyms.items() if more},
        )

    def joined(self, other: Own) -> Own:
        """Both; the same word declared again stays one word."""
        return Own(
            facets={**self.facets, **other.facets},
            measures={**self.measures, **other.measures},
            scores={**self.scores, **other.scores},
            terms={
                facet: tuple(dict.fromkeys((*self.terms.get(facet, ()), *other.terms.get(facet, ()))))
                for facet in {**self.terms, **other.terms}
            },
            synonyms={
                facet: {**self.synonyms.get(facet, {}), **other.synonyms.get(facet, {})}
                for facet in {**self.synonyms, **other.synonyms}
            },
        )


def _several(given: Iterable[_Each] | str) -> list[_Each | str]:
    # A single text is one word, never its letters.
    return [given] if isinstance(given, str) else list(given)


def _measure(name: str, way: Way | Measure | None) -> Measure:
    if isinstance(way, Measure):
        if way.scale and way.better and way.better != _better(way.scale):
            raise ValueError(f"the scale of {name!r} goes from worst to best the other way than better={way.better!r}")
        # What an own number may be is its author's affair; the vocabulary does not carry a sign.
        return replace(way, signed=way.kind == "number")
    if isinstance(way, Scale):
        # Without its weight: that is a question's.
        on = scale(way.worst, way.best, log=way.log)
        return Measure(better=_better(way), scale=on, signed=True)
    if way is None or isinstance(way, Direction):
        return Measure(better=way.better if way else None, signed=True)
    raise ValueError(f"{name!r} is declared as {way!r:.60}; write Higher, Lower, scale(worst, best), None or a Measure")


def _better(on: Scale) -> Literal["high", "low"]:
    return "high" if on.best > on.worst else "low"


def _score(declared: Measure) -> Measure:
    if declared.scale or not declared.better:
        return declared
    return replace(declared, scale=scale(0, 1) if declared.better == "high" else scale(1, 0))


def markers(definition: type[Definition]) -> dict[str, Marker]:
    """The marker of every field, in the declared order."""
    found: dict[str, Marker] = {}
    for name, declared in definition.model_fields.items():
        found[name] = next(mark for mark in declared.metadata if isinstance(mark, Marker))
    return found


def extended(own: Own) -> type[Definition]:
    """The pydantic model with the shipped fields, their vocabularies extended, and the own fields behind them."""
    shipped = markers(Definition)
    changed: dict[str, Any] = {}
    for name, marker in shipped.items():
        other = _extended_marker(marker, own)
        if other is not marker:
            changed[name] = (Annotated[Definition.model_fields[name].annotation, other], None)
    _check_facets_exist(shipped, own)
    names = set(shipped) | {facet.name for marker in shipped.values() for facet in getattr(marker, "facets", ())}
    for name, facet in own.facets.items():
        _check_name(name, names)
        names.add(name)
        vocabulary = _extended_vocabulary(facet, own)
        changed[name] = (Annotated[list[str] | str | None, replace(facet, vocabulary=vocabulary)], None)
    for name, measure in own.measures.items():
        _check_name(name, names)
        names.add(name)
        changed[name] = (Annotated[Any, measure], None)
    for name in own.scores:
        try:
            read_name("scores." + read_name(name))
        except Faults as error:
            raise ValueError(f"{shown(name)} is no name of a score: it {error}") from None
    return create_model("Definition", __base__=Definition, __module__=__name__, **changed)


def _check_name(name: str, names: set[str]) -> None:
    if not name.isidentifier() or not name.isascii() or iskeyword(name) or name.startswith("_"):
        raise ValueError(f"{name!r} cannot be a field; write a Python name such as 'team'")
    if name in names or name in TAKEN or name.startswith(("min_", "max_", "model_")):
        raise ValueError(f"{name!r} is taken or reserved (so are min_..., max_... and model_...); choose another name")


def _check_facets_exist(shipped: Mapping[str, Marker], own: Own) -> None:
    known = {facet.name for marker in shipped.values() for facet in getattr(marker, "facets", ())} | set(own.facets)
    for facet in {**own.terms, **own.synonyms}:
        if facet not in known:
            raise ValueError(f"{facet!r} is no facet{nearest(facet, known)}")


def _extended_vocabulary(facet: Facet, own: Own) -> Vocabulary:
    # A stated no is said in the same words as a yes.
    source = "capability" if facet.name == "lacks" else facet.name
    terms, synonyms = own.terms.get(source, ()), own.synonyms.get(source, {})
    return facet.vocabulary.extended(terms, synonyms) if terms or synonyms else facet.vocabulary


def _extended_marker(marker: Marker, own: Own) -> Marker:
    match marker:
        case Facet():
            return _extended_facet(marker, own)
        case Parts():
            parts = {key: _extended_facet(facet, own) for key, facet in marker.parts.items()}
            same = all(parts[key] is facet for key, facet in marker.parts.items())
            return marker if same else replace(marker, parts=parts)
        case Group(prefix="scores.") if own.scores:
            return replace(marker, declared=own.scores)
        case _:
            return marker


def _extended_facet(marker: Facet, own: Own) -> Facet:
    vocabulary = _extended_vocabulary(marker, own)
    if vocabulary is marker.vocabulary:
        return marker
    if isinstance(marker, Stated):
        return replace(marker, vocabulary=vocabulary, denied=replace(marker.denied, vocabulary=vocabulary))
    return replace(marker, vocabulary=vocabulary)


def _on(ends: Mapping[str, Any] | None) -> Scale | None:
    return scale(ends["worst"], ends["best"], log=ends["log"]) if ends else None


def own_of(words: Mapping[str, Any], shipped: Mapping[str, Any]) -> Own:
    """What a vocabulary has beyond the shipped one."""
    known = {facet["name"]: facet for facet in shipped["facets"]}
    asked = {rule["facet"]: (keyword, rule["mode"]) for keyword, rule in words["keywords"].items()}
    measures = {measure["name"] for measure in shipped["measures"]}
    scores = "scores."
    own_facets: dict[str, Facet] = {}
    terms: dict[str, tuple[str, ...]] = {}
    synonyms: dict[str, dict[str, str]] = {}
    for facet in words["facets"]:
        name = facet["name"]
        if name not in known:
            vocabulary = Vocabulary(facet["terms"], facet["synonyms"], closed=facet["closed"])
            keyword, wants = asked.get(name, (name, "any"))
            own_facets[name] = Facet(
                name=name,
                many=facet["many"],
                vocabulary=vocabulary,
                doc=facet["doc"],
                keyword=None if keyword == name else keyword,
                wants=wants,
            )
        elif name != "lacks":
            more = tuple(term for term in facet["terms"] if term not in set(known[name]["terms"]))
            spellings = {k: v for k, v in facet["synonyms"].items() if known[name]["synonyms"].get(k) != v}
            terms |= {name: more} if more else {}
            synonyms |= {name: spellings} if spellings else {}
    own_measures: dict[str, Measure] = {}
    own_scores: dict[str, Measure] = {}
    for measure in words["measures"]:
        if measure["name"] in measures:
            continue
        marker = Measure(
            kind=measure["kind"],
            unit=measure["unit"],
            better=measure["better"],
            scale=_on(measure.get("scale")),
            doc=measure["doc"],
            signed=measure["kind"] == "number",
        )
        if measure["name"].startswith(scores):
            # A vocabulary of before there were scales has none.
            own_scores[measure["name"].removeprefix(scores)] = marker if "scale" in measure else _score(marker)
        else:
            own_measures[measure["name"]] = marker
    return Own(own_facets, own_measures, own_scores, terms, synonyms)
