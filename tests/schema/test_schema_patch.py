"""`patch` and `extends`: mappings merge, lists are replaced, `+x` adds, None unsets; nothing stale is left behind."""

from __future__ import annotations

import copy
import json
from types import MappingProxyType
from typing import Any

import pytest

from modeldex.errors import InvalidModelError
from modeldex.schema import Schema

SCHEMA = Schema.default()


def stored(definition: dict[str, Any]) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(SCHEMA.compile(definition).document)
    return loaded


def updated(definition: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    before = stored(definition)
    kept, asked = copy.deepcopy(before), copy.deepcopy(changes)
    after = stored(SCHEMA.patch(before, changes))
    assert (before, changes) == (kept, asked)
    return after


@pytest.mark.parametrize(
    ("definition", "changes", "expected"),
    [
        ({"tags": ["a"]}, {"tags": ["b"]}, {"tags": ["b"]}),
        ({"tags": ["a"]}, {"+tags": ["b", "a"]}, {"tags": ["a", "b"]}),
        ({"tags": ["a"]}, {"+tags": "b"}, {"tags": ["a", "b"]}),
        ({}, {"+tags": ["b"]}, {"tags": ["b"]}),
        ({"tags": ["a"]}, {"tags": None}, {}),
        ({"scores": {"a": 1.0, "b": 2.0}}, {"scores": {"b": None, "c": 3}}, {"scores": {"a": 1.0, "c": 3.0}}),
        (
            {"metadata": {"a": {"b": 1, "c": [1]}}},
            {"metadata": {"a": {"c": [2]}}},
            {"metadata": {"a": {"b": 1, "c": [2]}}},
        ),
        (
            {"capabilities": ["tools"]},
            {"capabilities": {"function_calling": False}},
            {"capabilities": {"tools": False}},
        ),
        ({"capabilities": ["tools"]}, {"capabilities": ["vision"]}, {"capabilities": {"vision": True}}),
        ({"provider": "a", "providers": ["a", "b"]}, {"provider": "c"}, {"provider": "c"}),
        ({"provider": "a"}, {"providers": ["c", "d"]}, {"provider": "c", "providers": ["c", "d"]}),
        ({"service_tier": ["x"]}, {"service_tiers": ["y"]}, {"service_tier": ["y"]}),
        (
            {"unknown": {"input_price": "plan"}},
            {"input_price": 1, "billing": "metered"},
            {"billing": "metered", "input_price": 1},
        ),
        ({"unknown": {"input_price": "plan"}}, {"name": "x"}, {"name": "x", "unknown": {"input_price": "plan"}}),
        ({"derived": {"status": "date"}, "status": "active"}, {"status": "retired"}, {"status": "retired"}),
    ],
)
def test_changes(definition: dict[str, Any], changes: dict[str, Any], expected: dict[str, Any]) -> None:
    assert updated({"id": "m", **definition}, changes) == {"id": "m", **expected}


def test_what_was_derived_follows_its_origin() -> None:
    free = {"id": "m", "input_price": 0, "capabilities": ["structured_output"]}
    assert stored(free)["billing"] == "free"
    assert updated(free, {"input_price": 2})["billing"] == "metered"
    assert "billing" not in updated(free, {"input_price": None})
    assert updated(free, {"billing": "free_tier"})["billing"] == "free_tier"
    assert updated(free, {"capabilities": {"structured_output": False}})["capabilities"] == {"structured_output": False}
    assert updated(free, {"capabilities": {"json_mode": False}})["capabilities"] == {
        "json_mode": False,
        "structured_output": True,
    }


def test_no_change_changes_nothing() -> None:
    definition = {
        "id": "m",
        "input_price": 1,
        "capabilities": {"structured_output": True},
        "metadata": {"a": {"b": None}},
    }
    assert updated(definition, {}) == stored(definition)


@pytest.mark.parametrize(
    ("changes", "path"),
    [({"id": "n"}, "id"), ({"id": None}, "id"), ({"+mode": 3}, "+mode"), ({"tags": [], "+tags": ["x"]}, "+tags")],
)
def test_changes_that_make_no_sense(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidModelError) as caught:
        SCHEMA.patch(stored({"id": "m", "mode": "chat"}), changes)
    assert [problem.path for problem in caught.value.problems] == [path]


def test_unsetting_what_is_no_field_is_told_with_every_other_fault() -> None:
    changes = MappingProxyType({"contxt_window": None, "mode": "chatt", "name": None})
    with pytest.raises(InvalidModelError) as caught:
        SCHEMA.compile(SCHEMA.patch(stored({"id": "m"}), changes))
    assert {problem.path for problem in caught.value.problems} == {"contxt_window", "mode"}
    with pytest.raises(InvalidModelError, match="contxt_window"):
        SCHEMA.compile({"id": "n", "extends": "m", "contxt_window": None}, {"m": {"id": "m"}}.get)


def test_what_is_added_is_never_compared_without_end() -> None:
    deep: Any = []
    for _ in range(5_000):
        deep = [deep]
    parent = {"id": "p", "tags": [deep]}
    with pytest.raises(InvalidModelError, match="write a text"):
        SCHEMA.compile({"id": "m", "extends": "p", "+tags": [[*deep]]}, {"p": parent}.get)
    assert SCHEMA.patch({"id": "m", "tags": ["a"]}, {"+tags": {"c", "b", "a"}})["tags"] == ["a", "b", "c"]


PARENT = {
    "id": "openai/gpt-4o",
    "aliases": ["gpt4o"],
    "home": True,
    "base": "gpt-4o",
    "provider": "openai",
    "capabilities": ["tools", "vision", "structured_output"],
    "input_price": 2.5,
    "tags": ["fast"],
    "source": {"x": {"y": 1}},
}


def test_a_child_takes_over_what_it_does_not_state() -> None:
    child = {
        "id": "house/llm",
        "extends": "openai/gpt-4o",
        "provider": "house",
        "input_price": 0,
        "+tags": ["ours"],
        "capabilities": {"image_input": False},
    }
    documents = {"openai/gpt-4o": stored(PARENT)}
    row = SCHEMA.compile(child, documents.get)
    assert json.loads(row.document) == {
        "id": "house/llm",
        "base": "gpt-4o",
        "tags": ["fast", "ours"],
        "provider": "house",
        "capabilities": {"tools": True, "vision": False, "json_mode": True, "structured_output": True},
        "billing": "free",
        "input_price": 0,
        "derived": {"extends": "openai/gpt-4o", "capabilities.json_mode": "structured_output", "billing": "price"},
    }
    # Self-contained: it compiles again without its parent.
    assert SCHEMA.compile(json.loads(row.document)) == row


def test_many_extend_each_other_in_any_order() -> None:
    chain: list[dict[str, Any]] = [
        {"id": "c", "extends": "b", "capabilities": {"vision": True}},
        {"id": "b", "extends": "a", "capabilities": {"tools": False}, "mode": None},
        {"id": "a", "extends": "shipped", "mode": "chat", "capabilities": ["function_calling", "streaming"]},
    ]
    rows = SCHEMA.compile_many(chain, {"shipped": {"id": "shipped", "context_window": 8000}}.get)
    assert [row.id for row in rows] == ["c", "b", "a"]
    assert json.loads(rows[0].document)["capabilities"] == {"tools": False, "vision": True, "streaming": True}
    assert [dict(row.numbers) for row in rows] == [{"context_window": 8000}] * 3
    assert [("mode", "chat") in row.terms for row in rows] == [False, False, True]


def test_every_fault_of_every_definition_is_told() -> None:
    with pytest.raises(InvalidModelError) as caught:
        SCHEMA.compile_many(
            [
                {"id": "a", "extends": "b"},
                {"id": "b", "extends": "a"},
                {"id": "c", "mode": "chatt", "input_price": -1},
                {"id": "d", "extends": "c", "context_window": "8k"},
                {"id": "e", "extends": "nowhere"},
                {"mode": "chat"},
                7,  # type: ignore[list-item]
                {"id": "fine"},
            ]
        )
    assert {(problem.model, problem.path) for problem in caught.value.problems} == {
        ("a", "extends"),
        ("b", "extends"),
        ("c", "mode"),
        ("c", "input_price"),
        ("d", "context_window"),
        ("e", "extends"),
        ("[5]", "id"),
        ("[6]", ""),
    }
    assert "8 faults in 7 definitions" in str(caught.value)


def test_a_long_chain_is_no_recursion() -> None:
    chain = [{"id": f"m{n}", "extends": f"m{n + 1}"} for n in range(2000)]
    rows = SCHEMA.compile_many([chain[0], {"id": "m2000", "mode": "chat"}], {each["id"]: each for each in chain}.get)
    assert ("mode", "chat") in rows[0].terms
