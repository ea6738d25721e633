"""A suspended offering is in no answer until its time is over."""

from __future__ import annotations

import math
import pickle
import time

import pytest

import modeldex as mx


@pytest.fixture
def registry() -> mx.Registry:
    registry = mx.Registry()
    registry.register_many(
        {"id": f"m{place}", "capabilities": ["tools"], "input_price": place + 1, "aliases": [f"al{place}"]}
        for place in range(5)
    )
    return registry


def test_it_is_out_of_every_answer_and_still_there(registry: mx.Registry) -> None:
    query = registry.prepare(requires="tools", by="input_price")
    before = registry.select()
    best = query.best()
    assert best is registry["m0"]
    snapshot = registry.snapshot
    registry.suspend("m0", seconds=60)
    assert registry.select().ids() == registry.select(status="any").ids() == ["m1", "m2", "m3", "m4"]
    assert registry.best(by="input_price") is query.best() is registry["m1"]
    assert registry.count() == query.count() == 4
    assert query.ids() == query.select().ids() == ["m1", "m2", "m3", "m4"]
    assert query.best(exclude=["m1"]) is registry["m2"]
    assert query.pick(seed=1, near=0) is registry["m1"]
    cheap = registry.prepare(max_input_price=mx.param("price"), by="input_price")
    assert cheap.match(price=[1.0, 2.0]).ids() == [None, "m1"]
    assert registry.best(by="input_price", exclude="m1") is registry["m2"]
    # A selection that was taken is what it was; a question about it is a new one.
    assert before.ids() == ["m0", "m1", "m2", "m3", "m4"]
    assert before.where(requires="tools").ids() == ["m1", "m2", "m3", "m4"]
    assert before.best(by="input_price") is registry["m1"]
    assert len(registry) == 5
    assert "m0" in registry
    assert registry["m0"] is registry.get("al0") is best
    assert next(iter(registry)) == "m0"
    assert registry.resolve("m0").model is best
    assert registry.snapshot.version == snapshot.version
    assert registry.snapshot.fingerprint == snapshot.fingerprint
    assert registry.resume("m0") is True
    assert registry.resume("m0") is False
    assert query.best() is best
    assert registry.count() == 5


def test_it_comes_back_by_itself(registry: mx.Registry) -> None:
    query = registry.prepare(by="input_price")
    registry.suspend("m0", seconds=0.05)
    registry.suspend("m1", seconds=60)
    assert list(registry.suspended()) == ["m0", "m1"]
    assert 0 < registry.suspended()["m0"] <= 0.05
    assert query.best() is query.best() is registry["m2"]
    end = time.monotonic() + 10
    while query.best() is registry["m2"] and time.monotonic() < end:
        time.sleep(0.01)
    assert query.best() is registry["m0"]
    assert list(registry.suspended()) == ["m1"]
    assert registry.select().ids() == ["m0", "m2", "m3", "m4"]


def test_again_is_a_new_end(registry: mx.Registry) -> None:
    registry.suspend("m0", seconds=60)
    registry.suspend("m0", seconds=1e9)
    assert registry.suspended()["m0"] > 1e8
    registry.suspend("m0", seconds=1e-9)
    assert registry.suspended() == {}
    assert registry.count() == 5


def test_it_follows_the_id_through_changes(registry: mx.Registry) -> None:
    registry.suspend("m1", seconds=60)
    registry.suspend("m2", seconds=60)
    registry.suspend("m3", seconds=60)
    registry.update("m1", input_price=0.5)
    registry.register({"id": "m1", "capabilities": ["tools"]}, replace=True)
    registry.register({"id": "new"})
    assert registry.select().ids() == ["m0", "m4", "new"]
    # What is removed falls out, also where the id comes back in the same step.
    registry.remove("m2")
    registry.register({"id": "m2"})
    with registry.edit() as edit:
        edit.remove("m3")
        edit.register({"id": "m3"})
    assert list(registry.suspended()) == ["m1"]
    assert registry.select().ids() == ["m0", "m4", "new", "m2", "m3"]
    registry.replace_all([{"id": "m0"}, {"id": "m1"}])
    assert registry.select().ids() == ["m0"]
    registry.replace_all([{"id": "m0"}])
    assert registry.suspended() == {}


def test_what_cannot_be_suspended(registry: mx.Registry) -> None:
    for name in ("nobody", "al0", ""):
        for change in (lambda name=name: registry.suspend(name, seconds=1), lambda name=name: registry.resume(name)):
            with pytest.raises(mx.ModelNotFoundError):
                change()
    with pytest.raises(mx.ModelNotFoundError, match="another name of 'm0'"):
        registry.suspend("al0", seconds=1)
    for seconds in (0, -1, math.nan, math.inf, 1e300):
        with pytest.raises(ValueError, match="above 0"):
            registry.suspend("m0", seconds=seconds)
    for odd in (None, "5", [1]):
        with pytest.raises(TypeError):
            registry.suspend("m0", seconds=odd)  # type: ignore[arg-type]
    with pytest.raises(mx.ModeldexError, match="read-only"):
        mx.models.suspend("openai/gpt-4o", seconds=1)
    assert registry.suspended() == {}


def test_a_copy_has_suspensions_of_its_own(registry: mx.Registry) -> None:
    registry.suspend("m0", seconds=60)
    frozen, again = registry.frozen(), pickle.loads(pickle.dumps(registry))
    for copy in (frozen, again):
        assert copy.suspended() == {}
        assert copy.count() == 5
    assert frozen["m0"] is registry["m0"]


def test_thousands_are_suspended_at_once() -> None:
    registry = mx.Registry()
    registry.register_many({"id": f"m{place}", "input_price": place % 7} for place in range(10_000))
    for place in range(0, 10_000, 2):
        registry.suspend(f"m{place}", seconds=60 + place)
    query = registry.prepare(by="input_price", billing="any")
    assert registry.count() == 5_000
    assert query.ids() == [f"m{place}" for place in sorted(range(1, 10_000, 2), key=lambda place: place % 7)]
    assert query.best().id == "m7"
    for place in range(0, 10_000, 2):
        registry.resume(f"m{place}")
    assert registry.count() == 10_000
