"""A registry is a mapping of ids to models, whatever happens to it meanwhile."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Mapping

import pytest

import modeldex as mx


@pytest.fixture
def registry() -> mx.Registry:
    registry = mx.Registry()
    registry.register_many({"id": f"m{place}", "context_window": place, "provider": "p"} for place in range(600))
    return registry


def test_a_registry_is_a_mapping_of_ids(registry: mx.Registry) -> None:
    assert isinstance(registry, Mapping)
    ids = [f"m{place}" for place in range(600)]
    assert list(registry) == list(registry.keys()) == registry.ids() == ids
    assert len(registry) == len(registry.keys()) == len(registry.values()) == len(registry.items()) == 600
    assert [model.id for model in registry.values()] == ids
    assert list(registry.items()) == [(name, registry[name]) for name in ids]
    assert dict(registry) == {**registry} == {name: registry[name] for name in ids}
    assert registry.keys() & {"m3", "nobody"} == {"m3"}
    assert ("m3", registry["m3"]) in registry.items()
    assert ("m3", registry["m4"]) not in registry.items()
    assert registry["m3"] in registry.values()
    assert "m3" in registry
    assert "m3" in registry.keys()  # noqa: SIM118 - the view is what is asked
    assert "nobody" not in registry
    match registry:
        case {"m3": model}:
            assert model is registry["m3"]
        case _:
            pytest.fail("a mapping pattern does not match")


def test_what_is_no_text_is_no_name(registry: mx.Registry) -> None:
    for odd in (None, 3, b"m3", ("m3",), [], {}, float("nan"), "\ud800", "m3\0", "x" * 1_000_000, ""):
        assert odd not in registry
        assert registry.get(odd) is None  # type: ignore[call-overload]
        with pytest.raises(mx.ModelNotFoundError) as missed:
            registry[odd]  # type: ignore[index]
        assert missed.value.id == odd or odd != odd  # noqa: PLR0124
        assert len(str(missed.value)) < 1_000


def test_the_same_object_while_a_model_is_unchanged(registry: mx.Registry) -> None:
    before = {name: registry[name] for name in registry}
    registry.update("m5", name="five")
    registry.register({"id": "new"})
    registry.remove("m599")
    with registry.edit() as edit:
        edit.update("m256", name="other")
        edit.remove("m0")
    touched = {"m5", "m599", "m256", "m0"}
    for name, model in before.items():
        if name not in touched:
            assert registry[name] is model
            assert registry.get(name) is model
    assert registry["m5"] is not before["m5"]
    assert registry["m5"] != before["m5"]
    assert before["m5"].name is None
    selected = registry.select(min_context_window=3)
    assert selected[0] is before["m3"] is registry.best(min_context_window=3)


def test_an_update_that_changes_nothing_leaves_an_equal_model(registry: mx.Registry) -> None:
    before = registry["m5"]
    assert registry.update("m5", context_window=5) == before
    assert registry.register({"id": "m5", "context_window": 5, "provider": "p"}, replace=True) == before
    assert list(registry)[5] == "m5"


def test_a_removed_model_registered_again_goes_last(registry: mx.Registry) -> None:
    registry.remove("m1")
    registry.register({"id": "m1"})
    assert list(registry)[:2] == ["m0", "m2"]
    assert list(registry)[-1] == "m1"


def test_changes_while_iterating(registry: mx.Registry) -> None:
    seen = []
    for name in registry:
        seen.append(name)
        registry.register({"id": f"copy of {name}"})
        if name == "m1":
            registry.remove("m599")
    assert seen == [f"m{place}" for place in range(600)]
    assert len(registry) == 1_199


@pytest.mark.parametrize("view", ["items", "values"])
def test_views_do_not_fail_when_a_model_is_removed_meanwhile(registry: mx.Registry, view: str) -> None:
    """Readers never fail: a view that is being walked must not meet a hole."""
    walk = iter(getattr(registry, view)())
    next(walk)
    registry.remove("m599")
    assert len(list(walk)) in (598, 599)


def test_the_registry_cannot_be_set_upon(registry: mx.Registry) -> None:
    for change in (
        lambda: setattr(registry, "anything", 1),
        lambda: registry.__setitem__("m0", 1),
        lambda: registry.__delitem__("m0"),
        lambda: delattr(registry, "snapshot"),
        lambda: setattr(registry.snapshot, "version", 7),
    ):
        with pytest.raises((AttributeError, TypeError)):
            change()
    with pytest.raises(TypeError):
        type("Mine", (mx.Registry,), {})


def test_repr_truth_and_snapshot() -> None:
    registry = mx.Registry()
    assert not registry
    assert repr(registry) == "<Registry of 0 models, version 0>"
    registry.register({"id": "m"})
    assert registry
    first = registry.snapshot
    assert (first.version, len(first)) == (1, 1)
    registry.remove("m")
    assert (registry.snapshot.version, len(registry.snapshot)) == (2, 0)
    assert (first.version, len(first)) == (1, 1)
    assert registry.snapshot.fingerprint == mx.Registry().snapshot.fingerprint != first.fingerprint
    assert f"{first.fingerprint}" in repr(first)


def test_a_schema_is_a_schema() -> None:
    for odd in (True, b"x", "x", 5, [], {}, object(), {"facets": []}):
        with pytest.raises(TypeError, match="schema"):
            mx.Registry(odd)  # type: ignore[arg-type]


def test_weak_references_and_their_end() -> None:
    registry = mx.Registry()
    registry.register({"id": "m", "capabilities": ["tools"]})
    query = registry.prepare(requires="tools")
    model, selection = registry["m"], registry.select()
    references = [weakref.ref(each) for each in (registry, query, model, selection)]
    assert query.best() is model
    del registry, query, model, selection
    gc.collect()
    assert [reference() for reference in references] == [None] * 4


def test_a_frozen_copy_does_not_follow(registry: mx.Registry) -> None:
    frozen = registry.frozen()
    assert frozen["m3"] is registry["m3"]
    registry.update("m3", name="three")
    assert frozen["m3"].name is None
    with pytest.raises(mx.ModeldexError, match="read-only"):
        frozen.remove("m3")


def test_terms_and_measures_of_the_catalogue() -> None:
    providers = mx.models.terms("provider")
    assert len(providers) > 100
    assert sum(providers.values()) >= len(mx.models)
    assert mx.models.terms("capabilities") == mx.models.terms("capability")
    assert mx.models.measures()["context_window"] == sum(
        model.context_window is not None for model in mx.models.values()
    )
    with pytest.raises(mx.UnknownFieldError, match="provider"):
        mx.models.terms("providr")
