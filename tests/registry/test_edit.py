"""An edit: several changes that are published together, or not at all."""

from __future__ import annotations

import contextlib

import pytest

import modeldex as mx


@pytest.fixture
def registry() -> mx.Registry:
    registry = mx.Registry()
    registry.register_many([{"id": "a", "context_window": 1}, {"id": "b", "aliases": ["x"]}])
    return registry


def test_later_steps_see_the_earlier_ones(registry: mx.Registry) -> None:
    with registry.edit() as edit:
        edit.register({"id": "c", "tags": ["one"]})
        edit.update("c", **{"+tags": ["two"]})
        edit.update("c", {"context_window": 5})
        edit.register({"id": "d", "extends": "c"})
        edit.remove("a")
        edit.register({"id": "a"})
        edit.remove("b")
        edit.register({"id": "e", "aliases": ["x", "b"]})
        assert list(registry) == ["a", "b"]
    assert list(registry) == ["c", "d", "a", "e"]
    assert registry["d"].tags == ("one", "two")
    assert registry["d"].context_window == 5
    assert registry["a"].context_window is None
    assert registry["b"] is registry["x"] is registry["e"]
    assert registry.snapshot.version == 2


def test_an_error_in_the_block_publishes_nothing(registry: mx.Registry) -> None:
    before = registry.snapshot

    def fail() -> None:
        with registry.edit() as edit:
            edit.remove("a")
            edit.register({"id": "c", "mode": "chatt"})

    with pytest.raises(mx.InvalidModelError):
        fail()
    assert registry.snapshot.version == before.version
    assert list(registry) == ["a", "b"]


def test_a_refused_step_may_be_caught_inside(registry: mx.Registry) -> None:
    with registry.edit() as edit:
        for refused in (
            lambda: edit.register({"id": "a"}),
            lambda: edit.register({"id": "c", "aliases": ["x"]}),
            lambda: edit.register({"id": "c", "context_window": -1}),
            lambda: edit.update("nobody", name="n"),
            lambda: edit.update("a", id="z"),
            lambda: edit.remove("x"),
        ):
            with pytest.raises(mx.ModeldexError):
                refused()
        edit.update("a", name="n")
    assert list(registry) == ["a", "b"]
    assert registry["a"].name == "n"
    assert registry.snapshot.version == 2


def test_an_edit_works_inside_its_block_only(registry: mx.Registry) -> None:
    edit = registry.edit(author="ana", message="why")
    assert (edit.author, edit.message) == ("ana", "why")
    for use in (lambda: edit.register({"id": "c"}), lambda: edit.update("a", name="n"), lambda: edit.remove("a")):
        with pytest.raises(mx.ModeldexError, match="with"):
            use()
    with edit:
        edit.register({"id": "c"})
    with pytest.raises(mx.ModeldexError, match="with"):
        edit.register({"id": "d"})
    with edit:
        edit.register({"id": "d"})
    assert list(registry) == ["a", "b", "c", "d"]
    for odd in (5, b"x", ["ana"]):
        with pytest.raises(TypeError):
            registry.edit(author=odd)  # type: ignore[arg-type]


def test_an_edit_begun_twice_is_an_error_or_one_edit(registry: mx.Registry) -> None:
    """What was said before must not be forgotten silently."""
    edit = registry.edit()
    with edit:
        edit.register({"id": "c"})
        with contextlib.suppress(mx.ModeldexError):
            edit.__enter__()
        edit.register({"id": "d"})
    assert {"c", "d"} <= set(registry)


def test_an_empty_edit_changes_nothing(registry: mx.Registry) -> None:
    with registry.edit():
        pass
    assert registry.snapshot.version == 1
    assert registry.register_many([]) == 0
    assert registry.snapshot.version == 1


def test_two_edits_that_touch_different_models_both_hold(registry: mx.Registry) -> None:
    with registry.edit() as outer:
        outer.update("a", name="outer")
        with registry.edit() as inner:
            inner.update("b", name="inner")
            inner.register({"id": "c"})
        registry.register({"id": "d"})
    assert (registry["a"].name, registry["b"].name) == ("outer", "inner")
    assert list(registry) == ["a", "b", "c", "d"]


def test_two_edits_that_register_the_same_id_do_not_both_hold(registry: mx.Registry) -> None:
    edit = registry.edit()
    edit.__enter__().register({"id": "c", "name": "edit"})
    registry.register({"id": "c", "name": "first"})
    with pytest.raises(mx.DuplicateModelError):
        edit.__exit__(None, None, None)
    assert registry["c"].name == "first"


def test_an_update_of_what_was_removed_meanwhile_is_refused(registry: mx.Registry) -> None:
    edit = registry.edit()
    edit.__enter__().update("a", name="n")
    registry.remove("a")
    with pytest.raises(mx.ModeldexError):
        edit.__exit__(None, None, None)
    assert "a" not in registry


def test_a_large_edit_costs_what_its_steps_cost() -> None:
    registry = mx.Registry.load("bundled")
    with registry.edit() as edit:
        for place in range(3_000):
            edit.register({"id": f"new {place}", "tags": [f"t{place}"]})
            edit.update(f"new {place}", name="n")
    assert len(registry) == len(mx.models) + 3_000
    assert registry["new 2999"].name == "n"
