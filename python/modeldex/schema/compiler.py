"""From a checked definition to the row the engine stores: names, terms, numbers and the canonical document.

One emitter a field, made once from its marker; compiling a definition calls those of its stated fields.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any, NamedTuple

from .markers import Facet, Flag, Group, Keyed, Marker, Measure, Parts, Stated
from .money import femtodollars, plain
from .reading import ordinal

if TYPE_CHECKING:
    from decimal import Decimal


class Compiled(NamedTuple):
    """One row as the engine takes it.

    ``numbers`` are femtodollars a token for money, days since 1970-01-01 for dates, whole for counts, else
    floats; ``document`` is the canonical UTF-8 JSON of everything that is stated.
    """

    id: str
    aliases: list[str]
    terms: list[tuple[str, str]]
    numbers: list[tuple[str, int | float]]
    document: bytes


class Row:
    """A row in the making."""

    __slots__ = ("numbers", "parts", "terms")

    def __init__(self) -> None:
        self.terms: list[tuple[str, str]] = []
        self.numbers: list[tuple[str, int | float]] = []
        self.parts: list[str] = []


Emitter = Callable[[Any, Row], None]

_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


_WORD = {True: "true", False: "false"}


def encoded(value: object) -> str:
    """Compact JSON text, characters beyond ASCII as they are."""
    return encode_basestring(value) if isinstance(value, str) else _json(value)


def _texts(value: list[str]) -> str:
    # The encoder of `json` is made anew for every call; joining what is known to be texts is three times faster.
    return f"[{','.join(map(encode_basestring, value))}]"


def emitter(name: str, marker: Marker) -> Emitter:
    """What a stated value of this field adds to a row."""
    key = f"{encode_basestring(name)}:"
    match marker:
        case Stated():
            return _stated(key, marker.name, marker.denied.name)
        case Keyed():
            return _keyed(key, marker.name)
        case Flag():
            return _flag(key, marker.name)
        case Facet():
            return _terms(key, marker.name) if marker.many else _term(key, marker.name)
        case Parts():
            return _parts(key, {part: facet.name for part, facet in marker.parts.items()})
        case Measure(kind="money"):
            return _money(key, name)
        case Measure(kind="date"):
            return _date(key, name)
        case Measure():
            return _number(key, name)
        case Group():
            return _group(key, marker.prefix)
        case _:
            return _document(key)


def _document(key: str) -> Emitter:
    def emit(value: object, row: Row) -> None:
        row.parts.append(key + encoded(value))

    return emit


def _term(key: str, facet: str) -> Emitter:
    def emit(value: str, row: Row) -> None:
        row.terms.append((facet, value))
        row.parts.append(key + encode_basestring(value))

    return emit


def _terms(key: str, facet: str) -> Emitter:
    def emit(value: list[str], row: Row) -> None:
        row.terms.extend([(facet, each) for each in value])
        row.parts.append(key + _texts(value))

    return emit


def _flag(key: str, facet: str) -> Emitter:
    def emit(value: bool, row: Row) -> None:
        if value:
            row.terms.append((facet, "yes"))
        row.parts.append(key + _WORD[value])

    return emit


def _stated(key: str, facet: str, denied: str) -> Emitter:
    def emit(value: dict[str, bool], row: Row) -> None:
        row.terms.extend([(facet if yes else denied, each) for each, yes in value.items()])
        inside = ",".join([f"{encode_basestring(each)}:{_WORD[yes]}" for each, yes in value.items()])
        row.parts.append(f"{key}{{{inside}}}")

    return emit


def _keyed(key: str, facet: str) -> Emitter:
    def emit(value: list[str] | dict[str, object], row: Row) -> None:
        about = value if isinstance(value, dict) else dict.fromkeys(value)
        row.terms.extend([(facet, each) for each, allowed in about.items() if allowed is not False])
        row.parts.append(key + _json(value))

    return emit


def _parts(key: str, facets: Mapping[str, str]) -> Emitter:
    def emit(value: dict[str, list[str]], row: Row) -> None:
        for part, found in value.items():
            row.terms.extend([(facets[part], each) for each in found])
        inside = ",".join([f'"{part}":{_texts(found)}' for part, found in value.items()])
        row.parts.append(f"{key}{{{inside}}}")

    return emit


def _number(key: str, name: str) -> Emitter:
    def emit(value: float, row: Row) -> None:
        row.numbers.append((name, value))
        row.parts.append(f"{key}{value!r}")

    return emit


def _money(key: str, name: str) -> Emitter:
    def emit(value: Decimal, row: Row) -> None:
        femto = femtodollars(value)
        row.numbers.append((name, femto))
        row.parts.append(key + plain(femto))

    return emit


def _date(key: str, name: str) -> Emitter:
    def emit(value: str, row: Row) -> None:
        row.numbers.append((name, ordinal(value)))
        row.parts.append(f'{key}"{value}"')

    return emit


def _group(key: str, prefix: str) -> Emitter:
    def emit(value: dict[str, Any], row: Row) -> None:
        row.numbers.extend(numbers_in(value, prefix))
        row.parts.append(key + _json(value))

    return emit


def numbers_in(value: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, float]]:
    """Every number at any depth of a mapping with its dotted path; truth values and lists are none."""
    for key, item in value.items():
        if isinstance(item, dict):
            yield from numbers_in(item, f"{prefix}{key}.")
        elif isinstance(item, (int, float)) and not isinstance(item, bool):
            yield prefix + key, float(item)


class Compiler:
    """The emitters of one schema."""

    __slots__ = ("_emitters",)

    def __init__(self, fields: Mapping[str, Marker]) -> None:
        self._emitters = {name: emitter(name, marker) for name, marker in fields.items()}
        # One facet can be fed by two fields (provider and providers): the longer list says all of it.
        self._emitters["provider"] = emitter("provider", Marker())
        self._emitters["providers"] = emitter("providers", Marker())

    def compile(self, stated: Mapping[str, Any]) -> Compiled:
        """The row of checked and settled fields, all of them present, None where unknown."""
        row = Row()
        emitters = self._emitters
        for name, value in stated.items():
            if value is not None:
                emitters[name](value, row)
        provider = stated["provider"]
        if provider is not None:
            row.terms.extend([("provider", each) for each in stated["providers"] or (provider,)])
        document = "{" + ",".join(row.parts) + "}"
        return Compiled(stated["id"], stated["aliases"] or [], row.terms, row.numbers, document.encode())
