"""What differs between two documents of a model, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Every field that differs, by its dotted path, with the value before and after (None: not stated).

    >>> fields({"id": "m", "scores": {"coding": 0.5}}, {"id": "m", "scores": {"coding": 0.6}, "status": "active"})
    {'scores.coding': (0.5, 0.6), 'status': (None, 'active')}
    """
    found: dict[str, tuple[Any, Any]] = {}
    _compare(before, after, "", found)
    return found


def _compare(before: Mapping[str, Any], after: Mapping[str, Any], path: str, found: dict[str, tuple[Any, Any]]) -> None:
    for key in {**before, **after}:
        was, is_now = before.get(key), after.get(key)
        if _mergeable(was) and _mergeable(is_now) and (was or is_now):
            _compare(was or {}, is_now or {}, f"{path}{key}.", found)
        # True == 1 == 1.0, but not in a document.
        elif was != is_now or repr(was) != repr(is_now):
            found[path + key] = (was, is_now)


def _mergeable(value: object) -> bool:
    return value is None or isinstance(value, Mapping)
