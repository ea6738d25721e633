"""A definition that is wrong is refused with every fault and its path, and nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

import modeldex as mx


@pytest.fixture
def registry() -> mx.Registry:
    registry = mx.Registry()
    registry.register({"id": "a", "aliases": ["the a"], "context_window": 5})
    return registry


def refused(registry: mx.Registry, definition: Any) -> mx.InvalidModelError:
    before = registry.snapshot
    with pytest.raises(mx.InvalidModelError) as told:
        registry.register(definition)
    with pytest.raises(mx.InvalidModelError):
        registry.register_many([{"id": "fine"}, definition])
    edit = registry.edit()
    edit.__enter__().register({"id": "fine"})
    with pytest.raises(mx.InvalidModelError):
        edit.register(definition)
    edit.__exit__(mx.InvalidModelError, None, None)
    assert registry.snapshot.version == before.version
    assert registry.snapshot.fingerprint == before.fingerprint
    assert list(registry) == ["a"]
    return told.value


EVIL = "\ud800"
FAULTS = {
    "id": ["", " ", None, 5, b"x", [], "x" * 513, "é" * 300, "a\0b", "a\nb", EVIL, " a", "a "],
    "name": ["", 5, EVIL, []],
    "mode": ["chatt", 5, ["chat"], EVIL, ""],
    "status": ["activ", True],
    "context_window": [-1, 1.5, "12", True, float("nan"), float("inf"), 2**53 + 1, 10**400, Decimal(3), [], "\0"],
    "max_output_tokens": [2**64, -(2**70), 1e30],
    "input_price": [-1, -0.5, float("nan"), float("inf"), "x", "", "1,5", "1e-10", 10**400, 9_223_372_037, True, [],
                    Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal(-1), "1e999", "9" * 10_000, b"1", "-1"],
    "latency_p50_ms": [-1, float("nan"), float("-inf"), "1", True, 10**400],
    "scores": [{"x": float("nan")}, {"x": "1"}, {"x": True}, {"": 1}, {5: 1}, [1], {"x": 10**400}, {EVIL: 1}],
    "released": ["2025-13", "2025-02-30", 2025, "25-01-01", "2025", True, "²025-01-01"],
    "tags": [5, [5], [None], {"a": 1}, [EVIL], [""], b"x", ["x" * 513]],
    "aliases": [["" ], [5], ["x" * 513], [" x"], ["a\0"]],
    "capabilities": [{"tools": 1}, {"tools": "yes"}, {"toolz": True}, ["toolz"], 5, {"tools": True, "function_calling": False}],
    "modalities": [{"input": "imag"}, {"inputs": ["text"]}, ["text"], 5],
    "metadata": [5, [1], {5: 1}, {"x": float("nan")}, {"x": object()}, {"x": b"1"}, {"x": 10**400}, {"x": {1, 2}}, {EVIL: 1},
                 {"x": EVIL}, {"a": {"b": 1}, "a.b": 2}, {"": 1}, {" ": 1}, {"x" * 600: 1}, {"a\0": 1}],
    "rates": [5, [{}], [{"unit": "image"}], [{"unit": "image", "usd": -1, "per": 1}], [{"unit": "image", "usd": "1", "per": 0}]],
    "extends": ["nobody", 5, "", "the a" * 200],
    "api_key": ["sk-" + "a" * 40],
    "nonsense": [1],
    "contxt_window": [1],
}  # fmt: skip


@pytest.mark.parametrize("field", FAULTS)
def test_a_fault_is_told_with_its_path(registry: mx.Registry, field: str) -> None:
    assert FAULTS[field]
    for value in FAULTS[field]:
        error = refused(registry, {"id": "new", "context_window": 9, field: value})
        paths = [problem.path for problem in error.problems]
        assert all(path == field or path.startswith((f"{field}.", f"{field}[")) for path in paths), (value, paths)
        assert field in str(error)
        assert len(str(error)) < 3_000
        assert isinstance(error, ValueError)


def test_all_faults_at_once(registry: mx.Registry) -> None:
    wrong = {"id": "w", "mode": "chatt", "context_window": -1, "input_price": float("nan"), "tags": [1, 2],
             "scores": {"x": "y"}, "foo": 1, "max_output_tokens": 2**60}  # fmt: skip
    error = refused(registry, wrong)
    paths = {problem.path for problem in error.problems}
    assert paths == {
        "mode",
        "context_window",
        "input_price",
        "tags[0]",
        "tags[1]",
        "scores.x",
        "foo",
        "max_output_tokens",
    }
    assert "'chat'" in str(error)
    with pytest.raises(mx.InvalidModelError) as many:
        registry.register_many([wrong, {"id": "fine"}, {"id": "v", "status": "activ"}, {"context_window": 1}, 7])
    assert {problem.model for problem in many.value.problems} == {"w", "v", "[3]", "[4]"}
    with pytest.raises(mx.InvalidModelError) as updated:
        registry.update("a", mode="chatt", context_window=-1)
    assert {problem.path for problem in updated.value.problems} == {"mode", "context_window"}
    assert {problem.model for problem in updated.value.problems} == {"a"}
    assert registry["a"].context_window == 5


def test_what_is_no_mapping(registry: mx.Registry) -> None:
    for odd in (None, 5, "id", [("id", "x")], {"id"}, b"id", object(), lambda: {"id": "x"}):
        refused(registry, odd)
    for odd in (None, 5, object()):
        with pytest.raises(TypeError):
            registry.register_many(odd)  # type: ignore[arg-type]
    assert registry.register_many([]) == 0


def test_a_duplicate_names_what_is_taken(registry: mx.Registry) -> None:
    with pytest.raises(mx.DuplicateModelError, match="replace=True") as twice:
        registry.register({"id": "a"})
    assert (twice.value.id, twice.value.name) == ("a", "a")
    with pytest.raises(mx.DuplicateModelError) as many:
        registry.register_many([{"id": "n"}, {"id": "m"}, {"id": "n"}])
    assert many.value.id == "n"
    assert list(registry) == ["a"]
    assert registry.register({"id": "a", "context_window": 6}, replace=True).context_window == 6
    assert "the a" not in registry


@pytest.mark.parametrize(
    ("definition", "name", "holder"),
    [
        ({"id": "b", "aliases": ["a"]}, "a", "a"),
        ({"id": "b", "aliases": ["free", "the a"]}, "the a", "a"),
        ({"id": "the a"}, "the a", "a"),
    ],
)
def test_a_clash_of_aliases_says_who_has_it(
    registry: mx.Registry, definition: dict[str, Any], name: str, holder: str
) -> None:
    before = registry.snapshot.version
    with pytest.raises(mx.DuplicateModelError) as clash:
        registry.register(definition)
    assert (clash.value.id, clash.value.name, clash.value.holder) == (definition["id"], name, holder)
    assert clash.value.problems[0].model == definition["id"]
    assert registry.snapshot.version == before
    registry.register({"id": "c"})
    with pytest.raises(mx.DuplicateModelError):
        registry.update("c", aliases=["the a"])
    assert registry["c"].aliases == ()
    assert registry["the a"] is registry["a"]


def test_update_and_remove_take_ids_only(registry: mx.Registry) -> None:
    for name in ("the a", "nobody", "", "x" * 1_000_000, "\0"):
        for change in (lambda name=name: registry.update(name, name="n"), lambda name=name: registry.remove(name)):
            with pytest.raises(mx.ModelNotFoundError) as missed:
                change()
            assert len(str(missed.value)) < 1_000
    for odd in (None, 5, b"a", ["a"]):
        with pytest.raises(TypeError):
            registry.update(odd, name="n")  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            registry.remove(odd)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        registry.update("a")
    with pytest.raises(mx.InvalidModelError, match="id"):
        registry.update("a", id="b")
    assert registry.snapshot.version == 1
    with pytest.raises(mx.ModelNotFoundError, match="did you mean 'a'"):
        registry.remove("A")


def test_unsetting_a_misspelt_field_is_a_fault(registry: mx.Registry) -> None:
    for name in ("contxt_window", "nonsense", "changes"):
        with pytest.raises(mx.InvalidModelError, match=name):
            registry.update("a", **{name: None})
    assert registry.update("a", context_window=None).context_window is None


class Read(Mapping[str, Any]):
    """A mapping that does something whenever it is read."""

    def __init__(self, written: dict[str, Any], act: Any) -> None:
        self.written, self.act = written, act

    def __getitem__(self, name: str) -> Any:
        self.act()
        return self.written[name]

    def __iter__(self) -> Iterator[str]:
        self.act()
        return iter(self.written)

    def __len__(self) -> int:
        return len(self.written)


def test_any_mapping_is_a_definition_and_a_change(registry: mx.Registry) -> None:
    calls = []
    assert registry.register(Read({"id": "r", "name": "n"}, lambda: calls.append(1))).name == "n"
    assert calls
    assert registry.update("r", Read({"name": "o"}, lambda: None)).name == "o"


def test_a_definition_that_registers_another_while_it_is_read(registry: mx.Registry) -> None:
    inner = iter(range(20))

    def act() -> None:
        number = next(inner, None)
        if number is not None:
            registry.register({"id": f"inner {number}"})

    registry.register(Read({"id": "outer", "metadata": Read({"x": 1}, act)}, act))
    assert registry["outer"].metadata["x"] == 1
    assert "inner 0" in registry


def test_a_definition_that_raises_is_not_registered(registry: mx.Registry) -> None:
    def act() -> None:
        raise ZeroDivisionError

    for change in (
        lambda: registry.register(Read({"id": "x"}, act)),
        lambda: registry.register({"id": "x", "metadata": Read({"y": 1}, act)}),
        lambda: registry.register_many([{"id": "y"}, Read({"id": "x"}, act)]),
        lambda: registry.register_many({"id": f"{1 // (2 - n)}"} for n in range(5)),
    ):
        with pytest.raises(ZeroDivisionError):
            change()
    assert list(registry) == ["a"]
    assert registry.register({"id": "b"}) is registry["b"]


def test_the_first_of_two_wins_when_a_generator_registers_too(registry: mx.Registry) -> None:
    def rows() -> Iterator[dict[str, Any]]:
        yield {"id": "x"}
        registry.register({"id": "x", "name": "first"})
        yield {"id": "y"}

    with pytest.raises(mx.DuplicateModelError):
        registry.register_many(rows())
    assert registry["x"].name == "first"
    assert "y" not in registry


class Odd(str):
    """A text that must not be asked what it equals."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        raise ZeroDivisionError

    def __hash__(self) -> int:
        raise ZeroDivisionError

    def __str__(self) -> str:
        raise ZeroDivisionError


def test_subclasses_of_text_and_dict(registry: mx.Registry) -> None:
    assert registry[Odd("a")] is registry.get(Odd("the a")) is registry["a"]
    assert Odd("a") in registry
    assert registry.resolve(Odd("a")).model is registry["a"]
    assert registry.update(Odd("a"), name=Odd("n")).name == "n"
    model = registry.register({"id": Odd("b"), "description": Odd("d")})
    assert (type(model.id), type(model.description)) == (str, str)
    with pytest.raises(ZeroDivisionError):
        registry.register({"id": "c", "mode": Odd("chat")})
    registry.remove(Odd("b"))
    assert list(registry) == ["a"]


def test_metadata_without_end_or_bottom(registry: mx.Registry) -> None:
    round_: dict[str, Any] = {"a": 1}
    round_["self"] = round_
    deep: Any = 1
    for _ in range(5_000):
        deep = [deep]
    for metadata in (round_, {"x": deep}, {"x": [0] * 200_000}):
        assert refused(registry, {"id": "m", "metadata": metadata}).problems[0].path.startswith("metadata")
    with pytest.raises(mx.InvalidModelError):
        registry.update("a", metadata=round_)
    big = registry.register({"id": "big", "description": "é" * 1_000_000, "metadata": {"x": [0] * 50_000}})
    assert len(big.description or "") == 1_000_000
    assert len(repr(big)) < 200


def test_extends_takes_over_facts(registry: mx.Registry) -> None:
    child = registry.register({"id": "child", "extends": "a", "name": "c"})
    assert (child.context_window, child.name, child.aliases, child.extends) == (5, "c", (), "a")
    registry.update("a", context_window=7)
    assert registry["child"].context_window == 5
    registry.register_many([{"id": "y", "extends": "x"}, {"id": "x", "context_window": 3}])
    assert registry["y"].context_window == 3
    with pytest.raises(mx.InvalidModelError, match="itself"):
        registry.register_many([{"id": "p", "extends": "q"}, {"id": "q", "extends": "p"}])
