"""The update rule: how changes meet a document, and how a definition takes over the facts of another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .faults import Faults, Path, shown
from .reading import DEEPEST, MOST_VALUES, TOO_MUCH, exact, in_order
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
    result = dict(base)
    for key, value in changes.items():
        if value is None and key not in result and not _adds(key):
            # Left for the check: unsetting what no field is called is a misspelling.
            result[key] = None
            continue
        merge = _Merge()
        result = merge.of(result, {key: value}, (), changes)
        faults += merge.faults
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


def _adds(key: object) -> bool:
    return isinstance(key, str) and key.startswith("+")


class _Merge:
    """One field being merged: the faults so far and how many values may still come."""

    __slots__ = ("faults", "left")

    def __init__(self) -> None:
        self.faults: list[tuple[Path, str]] = []
        self.left = MOST_VALUES

    def of(
        self, old: Mapping[str, Any], changes: Mapping[str, Any], path: Path, beside: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """``old`` with the changes; ``beside`` are all changes of this level where these are only some of them."""
        result = dict(old)
        for key, value in changes.items():
            self.left -= 1
            if self.left < 0:
                # What holds itself several times would never end.
                if self.left == -1:
                    self.faults.append((path[:3], TOO_MUCH))
                break
            if _adds(key):
                added = self.added(old, key, value, path, changes if beside is None else beside)
                if added is not None:
                    result[key[1:]] = added
            elif value is None:
                result.pop(key, None)
            elif isinstance(value, Mapping) and len(path) < DEEPEST:
                below = old.get(key)
                result[key] = self.of(below if isinstance(below, Mapping) else {}, value, (*path, str(key)))
            else:
                result[key] = value
        return result

    def added(
        self, old: Mapping[str, Any], key: str, more: object, path: Path, beside: Mapping[str, Any]
    ) -> list[Any] | None:
        """The list with what ``+name`` adds to it, or None and a fault."""
        name = key[1:]
        if name in beside:
            self.faults.append(((*path, key), f"and {name!r} are both given; give one of them"))
            return None
        result = _added(old.get(name), more)
        if result is None:
            told = f"is {shown(more)} for {shown(old.get(name))}; `+` adds to a list of texts"
            self.faults.append(((*path, key), told))
        return result


def _added(old: object, more: object) -> list[Any] | None:
    first = [] if old is None else [old] if isinstance(old, str) else old
    then = [more] if isinstance(more, str) else in_order(more) if isinstance(more, (set, frozenset)) else more
    if not isinstance(first, (list, tuple)) or not isinstance(then, (list, tuple)):
        return None
    # Only texts are compared: anything else may be compared without end, and is told by the check.
    known = {exact(item) for item in first if isinstance(item, str)}
    return [*first, *(item for item in then if not isinstance(item, str) or exact(item) not in known)]


def inherited(parent: Mapping[str, Any], child: Mapping[str, Any]) -> dict[str, Any]:
    """The child with what it does not state taken from its parent, by the update rule; self-contained afterwards."""
    facts = {key: value for key, value in parent.items() if key not in OWN}
    result = patched(facts, {key: value for key, value in child.items() if key != "extends"})
    result["derived"] = {**result.get("derived", {}), "extends": child["extends"]}
    return result
