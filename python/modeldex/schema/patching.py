"""The update rule: how changes meet a document, and how a definition takes over the facts of another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .faults import Faults, Path, shown
from .reading import DEEPEST
from .rules import underived

OWN = frozenset({"id", "aliases", "home", "source", "extends"})
"""What `extends` does not take over: names are unique, and these say something about the parent alone."""


def patched(document: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The document with the changes: mappings merge, everything else is replaced, ``+tags`` adds, None unsets.

    Neither argument is changed. Derived values are taken back first, so that they follow their origin.
    """
    base = underived(document)
    # Each of the two says the other: what the change leaves out must not contradict it.
    if "provider" in changes and "providers" not in changes:
        base.pop("providers", None)
    if "providers" in changes and "provider" not in changes:
        base.pop("provider", None)
    _merge_stated(base, changes)
    faults: list[tuple[Path, str]] = []
    result = _merged(base, changes, (), faults)
    if faults:
        raise Faults(faults)
    return result


def _merge_stated(base: dict[str, Any], changes: Mapping[str, Any]) -> None:
    # What is now stated is no longer unknown on purpose, and what is changed is no longer derived.
    for field in ("unknown", "derived"):
        if field in changes or not isinstance(base.get(field), Mapping):
            continue
        left = {path: why for path, why in base[field].items() if not _touched(path, changes)}
        if left:
            base[field] = left
        else:
            del base[field]


def _touched(path: str, changes: Mapping[str, Any]) -> bool:
    here: Any = changes
    for key in path.split("."):
        if not isinstance(here, Mapping):
            return True
        if key not in here and "+" + key not in here:
            return False
        here = here.get(key, here.get("+" + key))
    return here is not None


def _merged(
    old: Mapping[str, Any], changes: Mapping[str, Any], path: Path, faults: list[tuple[Path, str]]
) -> dict[str, Any]:
    result = dict(old)
    for key, value in changes.items():
        if str(key).startswith("+"):
            name = key[1:]
            if name in changes:
                faults.append(((*path, key), f"and {name!r} are both given; give one of them"))
                continue
            added = _added(old.get(name), value)
            if added is None:
                faults.append(
                    (
                        (*path, key),
                        f"is {shown(value)} for {shown(old.get(name))}; `+` adds to a list of texts",
                    )
                )
            else:
                result[name] = added
        elif value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping) and len(path) < DEEPEST:
            below = old.get(key)
            result[key] = _merged(below if isinstance(below, Mapping) else {}, value, (*path, str(key)), faults)
        else:
            result[key] = value
    return result


def _added(old: object, more: object) -> list[Any] | None:
    first = [] if old is None else [old] if isinstance(old, str) else old
    then = [more] if isinstance(more, str) else more
    if not isinstance(first, (list, tuple)) or not isinstance(then, (list, tuple, set, frozenset)):
        return None
    return [*first, *(each for each in then if each not in first)]


def inherited(parent: Mapping[str, Any], child: Mapping[str, Any]) -> dict[str, Any]:
    """The child with what it does not state taken from its parent, by the update rule; self-contained afterwards."""
    facts = {key: value for key, value in parent.items() if key not in OWN}
    result = patched(facts, {key: value for key, value in child.items() if key != "extends"})
    result["derived"] = {**result.get("derived", {}), "extends": child["extends"]}
    return result
