"""Views and the changes of their registry: what is refused, who is suspended, words that come later, differences."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

import modeldex as mx

pytestmark = pytest.mark.filterwarnings("ignore::modeldex.CoverageWarning")


def shop() -> mx.Registry:
    registry = mx.Registry()
    registry.register_many([
        {"id": "a", "provider": "acme", "input_price": 2, "tags": ["t"]},
        {"id": "b", "provider": "azure", "input_price": 3, "metadata": {"secret": 1}},
        {"id": "c", "provider": "azure", "input_price": 1},
    ])  # fmt: skip
    return registry


def test_what_changes_a_registry_is_refused() -> None:
    view = shop().view(deny="b")
    for refused in (
        lambda: view.replace_all([{"id": "x"}]),
        lambda: view.suspend("a", seconds=1),
        lambda: view.resume("a"),
        lambda: view.update("a", input_price=1),
    ):
        with pytest.raises(mx.ModeldexError, match="a view is read-only: change the registry that it is of"):
            refused()
    with pytest.raises(mx.ModeldexError, match="no changes of its own: subscribe to the registry that it is of"):
        view.subscribe(print)


def test_who_is_suspended_stays_so_through_a_view_of_a_view() -> None:
    registry = shop()
    view = registry.view(provider="azure").view(discount=0.5)
    query = view.prepare(by="input_price")
    assert query.best() is view["c"]
    registry.suspend("c", seconds=1000)
    registry.suspend("a", seconds=1000)
    assert query.best() is view["b"]
    assert list(view.suspended()) == ["c"]
    assert view.select().where(provider="azure").ids() == ["b"]
    assert "suspended" in str(view.why_not("c"))
    # What is frozen is a registry of its own.
    assert view.frozen().select().ids() == ["b", "c"]
    assert view.frozen()["c"] is view["c"]
    registry.resume("c")
    assert query.best() is view["c"]


def test_a_row_of_the_registry_is_none_of_the_views_own() -> None:
    registry = shop()
    view = registry.view(models=[{"id": "own", "input_price": 1}])
    before = view.select()
    registry.register({"id": "d"})
    # Its row is the one that the view's own model had before.
    registry.suspend("d", seconds=1000)
    assert before.where(max_input_price=9).ids() == ["a", "b", "c", "own"]
    assert view.select().ids() == ["a", "b", "c", "own"]
    assert view.ids() == ["a", "b", "c", "d", "own"]


def test_a_condition_on_what_nobody_states_yet_is_met_later() -> None:
    registry = shop()
    fast = registry.view(mx.f.metadata["fps"] >= 30)
    text = registry.view(where="metadata.fps >= 30 | tag(t)")
    later = registry.view(tag=mx.any_of("later", missing_ok=True), models=[{"id": "own", "metadata": {"fps": 40}}])
    query = fast.prepare(by=mx.highest("metadata.fps"))
    assert (fast.ids(), text.ids(), later.ids(), query.best()) == ([], ["a"], ["own"], None)
    registry.update("b", metadata={"fps": 60})
    registry.update("c", metadata={"fps": 20, "other": 1}, **{"+tags": ["later"]})
    assert (fast.ids(), text.ids(), later.ids()) == (["b"], ["a", "b"], ["c", "own"])
    assert query.best() is registry["b"]
    registry.remove("b")
    assert (fast.ids(), query.best()) == ([], None)
    with pytest.raises(mx.InvalidConditionError, match="stands for a value in prepare"):
        registry.view(mx.f.input_price <= mx.param("most"))


def test_a_condition_on_a_cost_is_met_after_the_discount() -> None:
    registry = shop()
    assert registry.view(mx.cost(input_tokens=1000) <= 0.001).ids() == ["c"]
    cheap = registry.view(mx.cost(input_tokens=1000) <= 0.001, discount=0.5)
    assert cheap.ids() == ["a", "c"]
    registry.update("b", input_price=2)
    assert cheap.ids() == ["a", "b", "c"]


def test_a_difference_tells_what_is_shown_and_what_differs() -> None:
    registry = shop()
    view = registry.view(deny="b", discount={"azure": 0.5}, models=[{"id": "own"}])
    found = view.snapshot.diff(registry.snapshot)
    assert (found.added, found.removed) == (("own",), ("b",))
    assert {id: dict(fields) for id, fields in found.updated.items()} == {"c": {"input_price": (1, 0.5)}}
    before = view.snapshot
    registry.update("c", input_price=4)
    registry.update("b", input_price=4)
    after = view.snapshot.diff(before)
    assert {id: dict(fields) for id, fields in after.updated.items()} == {"c": {"input_price": (0.5, 2)}}
    assert (after.added, after.removed) == ((), ())
    assert len(view.snapshot.diff(view.snapshot)) == 0


def test_a_file_of_which_nothing_was_read_has_views(tmp_path: Any) -> None:
    shop().save(tmp_path / "shop.arrow")
    registry = mx.Registry.open(tmp_path / "shop.arrow")
    view = registry.view(deny="b", discount=0.5)
    assert "b" not in view
    assert view["a"].input_price == 1
    assert view.ids() == ["a", "c"]
    assert len(view.snapshot.diff(registry.snapshot)) == 3
    view.save(tmp_path / "view.arrow")
    assert mx.Registry.open(tmp_path / "view.arrow").snapshot.fingerprint == view.snapshot.fingerprint
    clear = mx.Registry.open(tmp_path / "shop.arrow").view()
    assert (len(clear), clear.ids(), "b" in clear, clear["b"].id) == (3, ["a", "b", "c"], True, "b")


def test_a_callback_that_holds_a_view_is_collected_with_it() -> None:
    def watched() -> weakref.ref[mx.Registry]:
        registry = shop()
        view = registry.view(deny="b")
        registry.subscribe(lambda _: view.ids())
        return weakref.ref(registry)

    gone = watched()
    gc.collect()
    assert gone() is None
