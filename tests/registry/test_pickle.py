"""Everything but what is under way pickles, copies and keeps its meaning, also in another process."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import modeldex as mx

if TYPE_CHECKING:
    from pathlib import Path

PROTOCOLS = range(2, pickle.HIGHEST_PROTOCOL + 1)
OWN = mx.Schema.default().extend(facets=["team"], measures={"joy": mx.Higher}, capabilities=["pii_safe"])


@pytest.fixture(params=["shipped", "own"])
def registry(request: pytest.FixtureRequest) -> mx.Registry:
    own = request.param == "own"
    registry = mx.Registry(OWN if own else None)
    for place in range(5):
        registry.register(
            {"id": f"m{place}", "capabilities": ["tools"], "input_price": place, "aliases": [f"a{place}"]}
        )
        if own:
            registry.update(f"m{place}", team="search", joy=place, capabilities={"pii_safe": True})
    registry.remove("m1")
    return registry


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_models_and_selections(registry: mx.Registry, protocol: int) -> None:
    for model in registry.values():
        again = pickle.loads(pickle.dumps(model, protocol))
        assert again == model
        assert hash(again) == hash(model)
        assert again.capabilities == model.capabilities
        assert again.supports("function_calling") is True
        assert again.cost(input_tokens=3) == model.cost(input_tokens=3)
        if registry.schema == OWN:
            assert (again.value("joy"), again.value("team")) == (model.value("joy"), ("search",))
            assert again.supports("pii_safe") is True
    selected = registry.select(by="input_price")[::-1]
    again = pickle.loads(pickle.dumps(selected, protocol))
    assert again == selected
    assert again.ids() == selected.ids() == ["m4", "m3", "m2", "m0"]
    assert again.where(max_input_price=2).ids() == ["m2", "m0"]
    assert pickle.loads(pickle.dumps(selected[:0], protocol)).ids() == []


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_registries(registry: mx.Registry, protocol: int) -> None:
    again = pickle.loads(pickle.dumps(registry, protocol))
    assert list(again) == list(registry)
    assert again.snapshot.fingerprint == registry.snapshot.fingerprint
    assert again.schema == registry.schema
    assert again["a2"] == registry["m2"]
    again.register({"id": "new"})
    assert "new" not in registry


def test_a_read_only_registry_stays_so(registry: mx.Registry) -> None:
    for again in (pickle.loads(pickle.dumps(registry.frozen())), copy.copy(registry.frozen())):
        with pytest.raises(mx.ModeldexError, match="read-only"):
            again.register({"id": "new"})


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_queries_and_their_parts(registry: mx.Registry, protocol: int) -> None:
    query = registry.prepare(
        mx.f.input_price >= mx.param("low"),
        requires=mx.all_of("tools"),
        by=mx.cost(mx.param("tokens"), 3),
        exclude=["m2", "m0"],
    )
    again = pickle.loads(pickle.dumps(query, protocol))
    with pytest.raises(mx.ModeldexError, match="bind"):
        again.best(low=1, tokens=1)
    bound = again.bind(registry)
    assert bound.params == query.params == ("low", "tokens")
    assert bound.ids(low=1, tokens=1) == query.ids(low=1, tokens=1) == ["m3", "m4"]
    assert repr(again) == repr(query)
    parts = (
        mx.any_of("a", "b", missing_ok=True), mx.none_of(), mx.param("x"), mx.cost(1, mx.param("o"), 0),
        mx.highest("x"), mx.lowest("y"), registry["m2"].cost(input_tokens=1), mx.f.context_window >= 3,
        mx.f.scores["x"], ~mx.f.tags.has("x"), registry["m2"].capabilities, OWN,
    )  # fmt: skip
    for part in parts:
        same = pickle.loads(pickle.dumps(part, protocol))
        assert type(same) is type(part)
        assert repr(same) == repr(part)
        assert copy.deepcopy(part) is not None


def test_resolutions_and_snapshots(registry: mx.Registry) -> None:
    """`_core.pyi` says that everything here pickles."""
    resolution = pickle.loads(pickle.dumps(registry.resolve("a2")))
    assert (resolution.model, resolution.how, resolution.text) == (registry["m2"], "alias", "a2")
    snapshot = pickle.loads(pickle.dumps(registry.snapshot))
    assert (snapshot.fingerprint, len(snapshot)) == (registry.snapshot.fingerprint, 4)


def test_copies(registry: mx.Registry) -> None:
    model, selected = registry["m2"], registry.select()
    assert copy.copy(model) is copy.deepcopy(model) is model
    assert copy.copy(selected) == copy.deepcopy(selected) == selected
    other = copy.deepcopy(registry)
    other.remove("m2")
    assert "m2" in registry
    copied = copy.deepcopy({"models": selected.models()})
    assert copied["models"] == selected.models()


ERRORS: list[Any] = [
    lambda registry: registry["nobody"],
    lambda registry: registry.register({"id": "m2"}),
    lambda registry: registry.register({"id": "x", "mode": "y", "context_window": -1}),
    lambda registry: registry.select(requires="toolz"),
    lambda registry: registry.select(reqires="tools"),
    lambda registry: registry.select(limit="x"),
    lambda registry: registry["m2"].cost(output_tokens=1).usd,
    lambda _: mx.models["gpt-oss-120b"],
    lambda _: mx.Registry.open("/nowhere"),
]


@pytest.mark.parametrize("fail", ERRORS)
def test_errors(registry: mx.Registry, fail: Any) -> None:
    with pytest.raises(mx.ModeldexError) as told:
        fail(registry)
    again = pickle.loads(pickle.dumps(told.value))
    assert type(again) is type(told.value)
    assert (str(again), again.__dict__) == (str(told.value), told.value.__dict__)
    assert str(copy.copy(told.value)) == str(told.value)


def test_in_a_fresh_process(registry: mx.Registry, tmp_path: Path) -> None:
    (tmp_path / "all.pickle").write_bytes(
        pickle.dumps((registry, registry["m2"], registry.select(), mx.models["gpt-4o"]))
    )
    code = f"""
import pickle
registry, model, selected, shipped = pickle.load(open({str(tmp_path / "all.pickle")!r}, "rb"))
assert registry["m2"] == model == selected[1], (model, selected)
assert registry.select().ids() == selected.ids() == ["m0", "m2", "m3", "m4"]
import modeldex as mx
assert mx.models["gpt-4o"] == shipped
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("make", ["_model", "_registry", "_selection"])
def test_what_is_no_pickle_of_ours(make: str) -> None:
    from modeldex import _core

    for odd in (
        b"",
        b"{",
        b"[]",
        b"{}",
        b"null",
        b'{"id": 5}',
        b"\xff",
        b"ARROW1" * 99,
        b'{"id":"x","capabilities":[1]}',
    ):
        try:
            getattr(_core, make)(odd)
        except Exception as error:  # noqa: BLE001 - any ordinary exception will do, a panic is none
            assert isinstance(error, (mx.ModeldexError, TypeError, ValueError, AttributeError))  # noqa: PT017
    for odd in (None, 5, "x", [], bytearray(b"x")):
        with pytest.raises(TypeError):
            getattr(_core, make)(odd)


def test_many_models_of_an_own_schema_do_not_each_carry_it() -> None:
    registry = mx.Registry(OWN)
    registry.register_many({"id": f"m{place}", "joy": place} for place in range(100))
    assert len(pickle.dumps(registry.select().models())) < 1_000_000
