"""What a field of the definition becomes in the engine, said beside its type.

A marker in ``Annotated[...]`` declares a field once: whether it is a facet (terms), a measure (a number) or
only part of the document, with its doc, unit, better direction and vocabulary. Validation, compilation, the
vocabulary the engine is told, the typed conditions and the editors' JSON Schema are all derived from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from pydantic_core import CoreSchema, core_schema

from .faults import fault, nearest, shown
from .money import read_price
from .reading import (
    Reader,
    each,
    list_reader,
    read_bool,
    read_count,
    read_day,
    read_document,
    read_mapping,
    read_number,
    read_positive,
    term_reader,
    unfit,
)
from .vocabularies import ANY, YES, Vocabulary

if TYPE_CHECKING:
    from .._core import Scale

Kind = Literal["count", "number", "money", "date"]
Way = Literal["high", "low"]


@dataclass(frozen=True, slots=True)
class Direction:
    """Which way of a measure is better; use the two instances `Higher` and `Lower`."""

    better: Way


Higher = Direction("high")
Lower = Direction("low")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """Base: a doc sentence, and the reader that checks a value."""

    doc: str = ""

    def reader(self) -> Reader:
        """The function that checks one written value and returns its canonical form."""
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> CoreSchema:
        """One call of the reader is all that pydantic does for the field; None means unknown where that may be."""
        checked = core_schema.no_info_plain_validator_function(self.reader())
        return core_schema.nullable_schema(checked) if type(None) in get_args(source) else checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Marker):
    """Kept and shown, but neither a facet nor a measure. ``form`` is its JSON Schema."""

    read: Reader = read_document
    form: Mapping[str, Any] = field(default_factory=dict)

    def reader(self) -> Reader:
        """As declared."""
        return self.read


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure(Marker):
    """A number of a row. ``kind``: count (whole, 0 to 2**53), number, money (USD per 1M tokens) or date.

    ``scale`` (made by `modeldex.scale`, its weight does not matter) is what a weighted sum puts the number on.
    """

    kind: Kind = "number"
    unit: str | None = None
    better: Way | None = None
    scale: Scale | None = None
    signed: bool = False

    def reader(self) -> Reader:
        """By kind."""
        number = read_number if self.signed else read_positive
        return {"count": read_count, "number": number, "money": read_price, "date": read_day}[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Marker):
    """Measures under names of the author's own: ``scores.coding``. ``declared`` ones have a direction of their own."""

    prefix: str
    better: Way | None = None
    scale: Scale | None = None
    declared: Mapping[str, Measure] = field(default_factory=dict)
    nested: bool = False
    """Numbers count at any depth of a free mapping; otherwise every value is a number."""

    def reader(self) -> Reader:
        """A mapping from names to finite numbers, or any mapping if nested; the keys sorted."""
        return read_mapping if self.nested else self._read_numbers

    def _read_numbers(self, value: object) -> dict[str, float]:
        found: dict[str, float] = {}

        def read(name: str, number: object) -> None:
            why = unfit(name) or unfit(self.prefix + name)
            if why is not None:
                raise fault(f"is no name of a number: it {why}")
            found[name] = read_number(number)

        each(value, "a mapping from names to numbers", read)
        return {name: found[name] for name in sorted(found)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet(Marker):
    """A set of terms of a row. ``many``: the field is a list; ``keyword``/``wants``: the condition that asks for it."""

    name: str
    noun: str = ""
    vocabulary: Vocabulary = ANY
    many: bool = False
    keyword: str | None = None
    wants: Literal["any", "all"] = "any"

    @property
    def said(self) -> str:
        """What a term of it is called in a message."""
        return self.noun or self.name.replace("_", " ")

    @property
    def facets(self) -> tuple[Facet, ...]:
        """All facets that the field feeds."""
        return (self,)

    def reader(self) -> Reader:
        """One term, or a list of them."""
        read = term_reader(self.vocabulary, self.said)
        return list_reader(read) if self.many else read


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Facet):
    """A yes-or-no field whose yes is the one term of an internal facet."""

    vocabulary: Vocabulary = YES

    def reader(self) -> Reader:
        """True or false."""
        return read_bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated(Facet):
    """A mapping from terms to yes or no: a yes feeds the facet, a stated no the facet ``denied``."""

    denied: Facet

    @property
    def facets(self) -> tuple[Facet, ...]:
        """The facet of the yes and the facet of the no."""
        return (self, self.denied)

    def reader(self) -> Reader:
        """A mapping, or a list of the terms that are all true; in the vocabulary's order."""
        canonical, rank = self.vocabulary.canonical, self.vocabulary.rank
        noun = self.said
        what = f"a mapping from {noun} to true or false, or a list"
        last = len(rank)

        def read_stated(value: object) -> dict[str, bool]:
            if isinstance(value, (str, list, tuple, set, frozenset)):
                return dict.fromkeys(sorted(read_list(value), key=lambda term: rank.get(term, last)), True)
            found: dict[str, bool] = {}

            def read(name: str, stated: object) -> None:
                term = canonical.get(name) or read_term(name)
                if stated is not True and stated is not False:
                    raise fault(f"is {shown(stated)}; write true or false, or leave it out where it is unknown")
                if found.setdefault(term, stated) is not stated:
                    raise fault(f"is stated both true and false ({term!r} has several spellings); state it once")

            each(value, what, read)
            return dict(sorted(found.items(), key=lambda item: rank.get(item[0], last)))

        read_term = term_reader(self.vocabulary, noun)
        read_list = list_reader(read_term)
        return read_stated


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed(Facet):
    """A list of terms, or a mapping from terms to anything about them (``false`` there: stated not to be one)."""

    def reader(self) -> Reader:
        """The list as it was written, or the mapping with its keys sorted."""
        read_term = term_reader(self.vocabulary, self.said)
        read_list = list_reader(read_term)

        def read_keyed(value: object) -> list[str] | dict[str, Any]:
            if not isinstance(value, Mapping):
                return read_list(value)
            found: dict[str, Any] = {}

            def read(name: str, about: object) -> None:
                found[read_term(name)] = about

            each(read_mapping(value), "a list of names, or a mapping from names to what is allowed", read)
            return {name: found[name] for name in sorted(found)}

        return read_keyed


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts(Marker):
    """A mapping with fixed keys, each a facet: ``modalities: {input: [...], output: [...]}``."""

    parts: Mapping[str, Facet]

    @property
    def facets(self) -> tuple[Facet, ...]:
        """The facet of every key."""
        return tuple(self.parts.values())

    def reader(self) -> Reader:
        """A mapping with no other keys, in the declared order."""
        readers = {key: facet.reader() for key, facet in self.parts.items()}
        what = f"a mapping with the keys {' and '.join(readers)}"

        def read_parts(value: object) -> dict[str, list[str]]:
            found: dict[str, list[str]] = {}

            def read(key: str, terms: object) -> None:
                if key not in readers:
                    raise fault(f"is no key here{nearest(key, readers)}")
                found[key] = readers[key](terms)

            each(value, what, read)
            return {key: found[key] for key in readers if key in found}

        return read_parts
