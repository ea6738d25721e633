"""A selection is a sequence of models that never changes."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from tests.registry.strategies import laws

import modeldex as mx


def registry_of(size: int) -> mx.Registry:
    registry = mx.Registry()
    registry.register_many(
        {"id": f"m{place}", "context_window": size - place, "provider": "ab"[place % 2], "tags": ["<b>"]}
        for place in range(size)
    )
    return registry


@pytest.fixture
def selected() -> mx.Selection:
    return registry_of(7).select()


def test_a_selection_is_a_sequence(selected: mx.Selection) -> None:
    models = selected.models()
    assert isinstance(selected, Sequence)
    assert len(selected) == len(models) == 7
    assert list(selected) == models == [selected[place] for place in range(7)]
    assert [model.id for model in reversed(selected)] == selected.ids()[::-1]
    assert selected[-1] is models[-1]
    assert selected[True] is models[1]
    first, *_, last = selected
    assert (first, last) == (models[0], models[6])
    match selected:
        case [one, *_]:
            assert one is models[0]
        case _:
            pytest.fail("a sequence pattern does not match")
    for outside in (7, -8, 2**63, -(2**63), 10**400):
        with pytest.raises(IndexError):
            selected[outside]
    for odd in (None, "m1", 1.0, (1,), b"1"):
        with pytest.raises(TypeError):
            selected[odd]  # type: ignore[call-overload]


@laws
@given(*[st.one_of(st.none(), st.integers(-9, 9), st.sampled_from([2**70, -(2**70)]))] * 3)
def test_slices_as_of_a_list(start: int | None, stop: int | None, step: int | None) -> None:
    selected = registry_of(7).select()
    if step == 0:
        with pytest.raises(ValueError, match="step"):
            selected[start:stop:step]
        return
    assert selected[start:stop:step].ids() == selected.ids()[start:stop:step]
    assert isinstance(selected[start:stop:step], mx.Selection)


def test_index_count_and_in(selected: mx.Selection) -> None:
    for place, model in enumerate(selected):
        assert selected.index(model) == selected.index(model.id) == place
        assert selected.count(model) == selected.count(model.id) == 1
        assert model in selected
        assert model.id in selected
    other = mx.Registry().register({"id": "m1"})
    for absent in (other, "nobody", None, 3, "\ud800", [], "x" * 1_000_000):
        assert absent not in selected
        assert selected.count(absent) == 0
        with pytest.raises(ValueError, match="not in"):
            selected.index(absent)
    assert selected[1:].index("m1") == 0
    assert "m0" not in selected[1:]


def test_index_takes_where_to_begin_and_end(selected: mx.Selection) -> None:
    """As `Sequence.index` does: code that is handed a Sequence may use them."""
    assert selected.index("m3", 2) == selected.index("m3", 2, 5) == selected.index("m3", -6) == 3
    with pytest.raises(ValueError, match="not in"):
        selected.index("m3", 4)
    with pytest.raises(ValueError, match="not in"):
        selected.index("m3", 0, 3)


def test_a_selection_stays_as_it_was() -> None:
    registry = registry_of(4)
    selected, models = registry.select(), registry.select().models()
    registry.update("m0", name="changed")
    registry.remove("m1")
    registry.register({"id": "m9"})
    assert selected.ids() == ["m0", "m1", "m2", "m3"]
    assert selected.models() == models
    assert selected[0].name is None
    assert selected.where(provider="b").ids() == ["m1", "m3"]
    assert selected[2] is registry["m2"]
    selected.models().clear()
    selected.ids().clear()
    assert len(selected.models()) == len(selected.ids()) == 4


def test_and_or_minus_keep_the_left_order() -> None:
    registry = registry_of(6)
    everything, odd = registry.select(), registry.select(provider="b")
    backwards = everything[::-1]
    assert (backwards & odd).ids() == ["m5", "m3", "m1"]
    assert (backwards - odd).ids() == ["m4", "m2", "m0"]
    assert (odd | backwards).ids() == ["m1", "m3", "m5", "m4", "m2", "m0"]
    for wrong in ([], None, {"m1"}, registry, "m1"):
        for sign in ("__and__", "__or__", "__sub__"):
            assert getattr(odd, sign)(wrong) is NotImplemented


def test_two_snapshots_combine_by_id() -> None:
    registry = registry_of(4)
    before = registry.select()
    registry.remove("m0")
    registry.update("m1", name="new")
    registry.register({"id": "m9", "provider": "b"})
    after = registry.select()
    assert (before & after).ids() == ["m1", "m2", "m3"]
    assert (before & after)[0].name is None
    assert (after & before)[0].name == "new"
    assert (after - before).ids() == ["m9"]
    assert (before - after).ids() == ["m0"]
    # Rows are the left side's: what its snapshot does not have cannot come in.
    assert (after | before).ids() == ["m1", "m2", "m3", "m9"]
    assert (before | after).ids() == ["m0", "m1", "m2", "m3"]
    assert before != after
    assert before[2:] == after[1:3]
    assert hash(before[2:]) == hash(after[1:3])
    unrelated = registry_of(4).select()
    assert unrelated == before
    assert (unrelated - after).ids() == ["m0"]


def test_equality_and_hash(selected: mx.Selection) -> None:
    assert selected == selected[:]
    assert hash(selected) == hash(selected[:])
    assert selected != selected[::-1]
    assert selected != selected[:3]
    assert len({selected, selected[:], selected[1:]}) == 2
    for odd in (selected.models(), tuple(selected), selected.ids(), None, 7):
        assert selected != odd
    assert copy.copy(selected) == copy.deepcopy(selected) == selected


def test_values_and_sort(selected: mx.Selection) -> None:
    assert selected.values("id") == selected.ids()
    assert selected.values("context_window").tolist() == [7, 6, 5, 4, 3, 2, 1]
    assert np.isnan(selected.values("input_price")).all()
    assert selected.values("tags") == selected.values("tag") == [("<b>",)] * 7
    assert selected.sort("context_window").ids() == selected.ids()[::-1]
    assert selected.sort().ids() == selected.ids()
    for wrong in ("contxt_window", "", "-", "x" * 1_000_000):
        with pytest.raises(mx.UnknownFieldError):
            selected.values(wrong)
        with pytest.raises(mx.UnknownFieldError):
            selected.sort(wrong)
    with pytest.raises(mx.UnknownFieldError, match="context_window"):
        selected.sort("-contxt_window")


def test_where_and_best_have_no_defaults() -> None:
    registry = mx.Registry()
    registry.register_many([{"id": "gone", "status": "retired", "input_price": 0, "billing": "plan"}, {"id": "here"}])
    assert registry.select().ids() == ["here"]
    everything = registry.select(status="any")
    assert everything.where().ids() == ["gone", "here"]
    best = everything.best(by="input_price")
    assert best is not None
    assert best.id == "gone"
    assert everything[1:].best(by="input_price") is None
    assert everything[::-1].best().id == "here"  # type: ignore[union-attr]
    assert everything[:0].best() is None


@pytest.mark.parametrize("view", [lambda some: some, lambda some: some[:0]])
def test_repr_and_html(selected: mx.Selection, view: Any) -> None:
    some = view(selected)
    assert repr(some).startswith(f"<Selection of {len(some)}")
    html = some._repr_html_()
    assert html.startswith("<table>")
    assert "<b>" not in html
    big = registry_of(5_000).select()
    assert len(repr(big)) < 200
    assert len(big._repr_html_()) < 20_000


def test_sorting_keeps_the_order_of_equals() -> None:
    registry = mx.Registry()
    prices = {"a": 3, "b": 1, "c": 2}
    registry.register_many([{"id": name, "input_price": price, "context_window": 8} for name, price in prices.items()])
    assert registry.select(by="input_price").sort("context_window").ids() == ["b", "c", "a"]
    registry.update("c", provider="p")
    assert registry.select(by="input_price").where(prefers="p").ids() == ["c", "b", "a"]
