"""Readers of the fields with a shape of their own, each beside the JSON Schema that an editor is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .faults import Faults, Path, fault, nearest, shown
from .money import FEMTO_PER_USD, LARGEST, plain_text, read_amount, scaled
from .reading import each, list_reader, read_count, read_mapping, read_name, read_text, read_variable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

NAME: Mapping[str, Any] = {"type": "string", "minLength": 1, "maxLength": 512}
TEXT: Mapping[str, Any] = {"type": "string", "minLength": 1}
NAMES: Mapping[str, Any] = {"anyOf": [NAME, {"type": "array", "items": NAME}]}
JSON: Mapping[str, Any] = {"type": "object"}
REASONS: Mapping[str, Any] = {"type": "object", "additionalProperties": TEXT}
VARIABLE: Mapping[str, Any] = {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$"}
VARIABLES: Mapping[str, Any] = {"anyOf": [VARIABLE, {"type": "array", "items": VARIABLE, "minItems": 1}]}
AMOUNT: Mapping[str, Any] = {
    "anyOf": [
        {"type": "number", "minimum": 0},
        {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"},
    ]
}
RATE: Mapping[str, Any] = {
    "type": "object",
    "required": ["unit", "usd"],
    "additionalProperties": False,
    "properties": {
        "unit": {**NAME, "description": "What is counted: input_token, image, second, page, request, ..."},
        "usd": {**AMOUNT, "description": "USD for `per` units."},
        "per": {
            "type": "integer",
            "minimum": 1,
            "description": "How many units: 1000000 for tokens, 1 otherwise.",
        },
        "when": {
            "type": "object",
            "description": "When it holds: {tier: batch}, {min_context_tokens: 200000}, {region: us}, ...",
        },
    },
}
RATES: Mapping[str, Any] = {"type": "array", "items": RATE}

read_names = list_reader(read_name)
_read_variable_list = list_reader(read_variable)


def read_variables(value: object) -> str | list[str]:
    """One name of an environment variable, or several (a list of one becomes the name)."""
    names = _read_variable_list(value)
    if not names:
        raise fault("is an empty list; leave it out where it is unknown")
    return names[0] if len(names) == 1 else names


def read_reasons(value: object) -> dict[str, str]:
    """A mapping from paths to texts. Whether the paths name fields is checked where all fields are known."""
    found: dict[str, str] = {}

    def read(path: str, reason: object) -> None:
        found[path] = read_text(reason)

    each(value, "a mapping from paths of fields to texts", read)
    return {path: found[path] for path in sorted(found)}


def read_sources(value: object) -> dict[str, Any]:
    """A mapping from names of sources to anything."""
    return read_mapping(value)


def read_rates(value: object) -> list[dict[str, Any]]:
    """A list of rates, each checked whole."""
    if not isinstance(value, (list, tuple)):
        raise fault(f"is {shown(value)}; write a list of rates such as {{'unit': 'image', 'usd': '0.04'}}")
    found: list[dict[str, Any]] = []
    faults: list[tuple[Path, str]] = []
    for place, rate in enumerate(value):
        try:
            found.append(_read_rate(rate))
        except Faults as error:
            faults.extend(((place, *path), message) for path, message in error.faults)
    if faults:
        raise Faults(faults)
    return found


def _read_rate(value: object) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def read(key: str, part: object) -> None:
        reader = _RATE_PARTS.get(key)
        if reader is None:
            raise fault(f"is no part of a rate{nearest(key, _RATE_PARTS)}")
        found[key] = reader(part)

    each(value, "a mapping such as {'unit': 'image', 'usd': '0.04', 'per': 1}", read)
    missing = [((key,), "is missing; a rate needs a unit and usd") for key in ("unit", "usd") if key not in found]
    if missing:
        raise Faults(missing)
    per = found.setdefault("per", 1_000_000 if found["unit"].endswith("token") else 1)
    amount: Decimal = found["usd"]
    femto = scaled(amount, FEMTO_PER_USD, LARGEST * per)
    if femto is None or femto % per:
        raise fault("is finer than 1 femtodollar a unit, or more than 9223 USD; write what the provider states", "usd")
    rate = {"unit": found["unit"], "usd": plain_text(amount), "per": per}
    if found.get("when"):
        rate["when"] = found["when"]
    return rate


def _read_per(value: object) -> int:
    per = read_count(value)
    if not per:
        raise fault("is 0; write 1000000 for tokens and 1 otherwise")
    return per


_RATE_PARTS = {"unit": read_name, "usd": read_amount, "per": _read_per, "when": read_mapping}

__all__ = [
    "AMOUNT",
    "JSON",
    "NAME",
    "NAMES",
    "RATES",
    "REASONS",
    "TEXT",
    "VARIABLES",
    "read_names",
    "read_rates",
    "read_reasons",
    "read_sources",
    "read_variables",
]
