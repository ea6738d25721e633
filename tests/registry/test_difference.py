"""What is different between two snapshots."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given, strategies as st
from tests.registry.strategies import definitions, laws

import modeldex as mx


def documents(registry: mx.Registry) -> dict[str, Any]:
    return {name: repr(model.document) for name, model in registry.items()}


@laws
@given(
    first=st.lists(definitions(), max_size=5, unique_by=lambda each: each["id"]),
    then=st.lists(definitions(), max_size=5, unique_by=lambda each: each["id"]),
)
def test_replacing_everything(first: list[dict[str, Any]], then: list[dict[str, Any]]) -> None:
    registry, fresh = mx.Registry(), mx.Registry()
    for target, found in ((registry, first), (fresh, then)):
        try:
            target.register_many(found)
        except mx.InvalidModelError:
            return
    before, snapshot = documents(registry), registry.snapshot
    objects = dict(registry.items())
    diff = registry.replace_all(then)
    after = documents(registry)
    assert after == documents(fresh)
    assert registry.snapshot.fingerprint == fresh.snapshot.fingerprint
    assert {alias: registry[alias].id for model in fresh.values() for alias in model.aliases} == {
        alias: model.id for model in fresh.values() for alias in model.aliases
    }
    stay = [name for name in before if name in after]
    assert list(registry) == stay + [each["id"] for each in then if each["id"] not in before]
    for name in stay:
        assert (registry[name] is objects[name]) == (before[name] == after[name])
    assert registry.snapshot.version == snapshot.version + (before != after)
    # And what it says of it, as any two snapshots do.
    for found in (diff, registry.snapshot.diff(snapshot), fresh.snapshot.diff(snapshot)):
        assert set(found.added) == after.keys() - before.keys()
        assert set(found.removed) == before.keys() - after.keys()
        assert set(found.updated) == {name for name in stay if before[name] != after[name]}
        assert len(found) == len(found.added) + len(found.removed) + len(found.updated)
        assert bool(found) == (before != after)
        assert all(fields for fields in found.updated.values())
    back = snapshot.diff(registry.snapshot)
    assert (set(back.added), set(back.removed)) == (set(diff.removed), set(diff.added))
    for name, fields in diff.updated.items():
        assert back.updated[name] == {path: (now, was) for path, (was, now) in fields.items()}


def test_fields_are_told_by_their_paths() -> None:
    registry = mx.Registry()
    registry.register(
        {"id": "m", "scores": {"x": 1, "y": 2}, "metadata": {"on": 1, "gpu": {"count": 1}}, "tags": ["t"]}
    )
    registry.register({"id": "gone"})
    before = registry.snapshot
    registry.update("m", scores={"x": 3}, metadata={"on": True, "gpu": {"count": 2}}, tags=["t", "u"], input_price=2)
    registry.remove("gone")
    registry.register({"id": "new"})
    diff = registry.snapshot.diff(before)
    assert diff.added == ("new",)
    assert diff.removed == ("gone",)
    assert dict(diff.updated) == {
        "m": {
            "scores.x": (1.0, 3.0),
            "metadata.on": (1, True),
            "metadata.gpu.count": (1, 2),
            "tags": (("t",), ("t", "u")),
            "input_price": (None, 2),
            "billing": (None, "metered"),
            "derived.billing": (None, "price"),
        }
    }
    assert diff.updated is diff.updated
    assert repr(diff) == "<Diff 1 added, 1 removed, 1 updated>"
    again = pickle.loads(pickle.dumps(diff))
    assert (again.added, again.removed, again.updated, len(again)) == (diff.added, diff.removed, diff.updated, 3)
    with pytest.raises(TypeError):
        diff.updated["x"] = {}  # type: ignore[index]
    with pytest.raises(TypeError):
        registry.snapshot.diff(registry)  # type: ignore[arg-type]
    assert not registry.snapshot.diff(registry.snapshot)


def test_all_or_nothing() -> None:
    registry = mx.Registry()
    registry.register_many([{"id": "a"}, {"id": "b"}])
    version = registry.snapshot.version
    for wrong in (
        [{"id": "c"}, {"id": "d", "mode": "chatt"}],
        [{"id": "c"}, {"id": "c"}],
        [{"id": "c", "aliases": ["x"]}, {"id": "d", "aliases": ["x"]}],
    ):
        with pytest.raises(mx.InvalidModelError):
            registry.replace_all(wrong)
        assert list(registry) == ["a", "b"]
        assert registry.snapshot.version == version
    with pytest.raises(mx.ModeldexError, match="read-only"):
        mx.models.replace_all([])
    assert not registry.replace_all(iter([{"id": "a"}, {"id": "b"}]))
    assert registry.snapshot.version == version
    assert len(registry.replace_all([])) == 2
    assert len(registry) == 0


def test_a_name_may_change_hands() -> None:
    registry = mx.Registry()
    registry.register_many([{"id": "a", "aliases": ["x"]}, {"id": "b", "aliases": ["y"]}, {"id": "c"}])
    registry.replace_all([{"id": "b", "aliases": ["x", "c"]}, {"id": "a", "aliases": ["y"]}])
    assert [registry[name].id for name in ("x", "y", "c")] == ["b", "a", "b"]
    assert list(registry) == ["a", "b"]
