"""What the fields of one definition say about each other: contradictions are faults, plain consequences are derived.

A derived value is marked in ``derived`` with where it came from, so that a later change of its origin derives
it anew instead of leaving a stale fact behind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from .compiler import numbers_in
from .faults import Path, nearest, shown
from .reading import unfit

PRICES = ("input_price", "output_price", "cache_read_price", "cache_write_price")
JSON_MODE = ("capabilities.json_mode", "structured_output")
BILLING = ("billing", "price")
METADATA = "metadata."


def settle(stated: dict[str, Any], known: Collection[str]) -> Iterator[tuple[Path, str]]:
    """Brings checked fields into their canonical form, in place, and yields the contradictions between them."""
    if stated.get("providers"):
        yield from _settle_providers(stated)
    if stated.get("unknown") or stated.get("derived"):
        yield from _check_paths(stated, known)
    if stated.get("metadata"):
        yield from _check_metadata(stated)
    if stated.get("aliases"):
        # Its own id leads to it anyway.
        stated["aliases"] = [alias for alias in stated["aliases"] if alias != stated.get("id")] or None
    _derive(stated)


def _settle_providers(stated: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    provider, providers = stated.get("provider"), stated["providers"]
    if provider is None:
        stated["provider"] = provider = providers[0]
    elif provider not in providers:
        yield ("providers",), f"does not hold the provider {shown(provider)}; add it, or state one of the two"
    stated["providers"] = [provider, *(each for each in providers if each != provider)] if len(providers) > 1 else None


def _check_paths(stated: Mapping[str, Any], known: Collection[str]) -> Iterator[tuple[Path, str]]:
    for field in ("unknown", "derived"):
        for path in stated.get(field) or ():
            first = path.partition(".")[0].partition("[")[0]
            if first not in known:
                yield (field, path), f"is no path of a field{nearest(first, known)}"
            elif field == "unknown" and _at(stated, path) is not None:
                yield (field, path), "is said to be unknown, but it is stated; drop one of the two"


def _check_metadata(stated: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    seen: set[str] = set()
    for path, _ in numbers_in(stated.get("metadata") or {}, ""):
        why = unfit(path) or unfit(METADATA + path)
        if why is not None:
            yield ("metadata",), f"has a number under {shown(path)}, which is no name of one: it {why}"
        elif path in seen:
            # {"a": {"b": 1}, "a.b": 2} would be one measure with two values.
            yield ("metadata",), f"has two numbers that are both called {path!r}; rename one"
        seen.add(path)


def _at(stated: Mapping[str, Any], path: str) -> object:
    value: object = stated
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _derive(stated: dict[str, Any]) -> None:
    unknown = stated.get("unknown") or {}
    derived: dict[str, str] = {}
    capabilities = stated.get("capabilities")
    if (
        capabilities
        and capabilities.get("structured_output")
        and "json_mode" not in capabilities
        and JSON_MODE[0] not in unknown
    ):
        # A model that keeps to a schema writes JSON. Placed beside its origin, so that the order stays canonical.
        stated["capabilities"] = {
            key: value
            for each, yes in capabilities.items()
            for key, value in ((("json_mode", True), (each, yes)) if each == "structured_output" else ((each, yes),))
        }
        derived.update([JSON_MODE])
    if stated.get("billing") is None and BILLING[0] not in unknown:
        prices = [stated[price] for price in PRICES if stated.get(price) is not None]
        prices += [float(rate["usd"]) for rate in stated.get("rates") or ()]
        if prices:
            stated["billing"] = "metered" if any(prices) else "free"
            derived.update([BILLING])
    if derived:
        stated["derived"] = dict(sorted({**(stated.get("derived") or {}), **derived}.items()))


def underived(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document without what `settle` derived, as a change must see it: derived values follow their origin anew."""
    marks = document.get("derived")
    if not isinstance(marks, Mapping):
        return dict(document)
    result = dict(document)
    left = dict(marks)
    if left.get(JSON_MODE[0]) == JSON_MODE[1]:
        del left[JSON_MODE[0]]
        if isinstance(document.get("capabilities"), Mapping):
            result["capabilities"] = {
                key: value for key, value in document["capabilities"].items() if key != "json_mode"
            }
    if left.get(BILLING[0]) == BILLING[1]:
        del left[BILLING[0]]
        result.pop("billing", None)
    if left:
        result["derived"] = left
    else:
        result.pop("derived", None)
    return result
