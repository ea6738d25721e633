"""What is refused, with which words, all of it at once, and never a secret repeated."""

from __future__ import annotations

import datetime
import itertools
import json
import pickle
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, strategies as st

from modeldex.errors import InvalidModelError, Problem
from modeldex.schema import Schema

SCHEMA = Schema.default()
SECRET = "sk-" + "Ab3" * 12
NAN = float("nan")

# field, wrong value, path of the fault, a part of its message
WRONG: list[tuple[str, Any, str, str]] = [
    ("id", "", "id", "is empty"),
    ("id", "  ", "id", "is empty"),
    ("id", 7, "id", "write a text"),
    ("id", "é" * 257, "id", "512 bytes"),
    ("id", "a\nb", "id", "control character"),
    ("id", " a", "id", "white space"),
    ("aliases", ["a\u00a0"], "aliases[0]", "white space"),
    ("tags", ["a "], "tags[0]", "white space"),
    ("id", "a\x85b", "id", "control character"),
    ("id", "a\ud800", "id", "surrogate"),
    ("id", None, "id", "write a text"),
    ("name", 5, "name", "write a text"),
    ("name", "", "name", "is empty"),
    ("aliases", ["ok", ""], "aliases[1]", "is empty"),
    ("aliases", {"a": 1}, "aliases", "write a list"),
    ("tags", ["a", 1, "b", None], "tags[1]", "write a text"),
    ("mode", "chatt", "mode", "'chat'"),
    ("mode", ["chat"], "mode", "write a text"),
    ("status", "activ", "status", "'active'"),
    ("billing", "mettered", "billing", "'metered'"),
    ("quality_tier", "bestt", "quality_tier", "'best'"),
    ("privacy", ["gdrp"], "privacy[0]", "'gdpr'"),
    ("modalities", {"input": ["txt"]}, "modalities.input[0]", "'text'"),
    ("modalities", {"inputs": ["text"]}, "modalities.inputs", "'input'"),
    ("modalities", ["text"], "modalities", "write a mapping"),
    ("capabilities", {"visoin": True}, "capabilities.visoin", "'vision'"),
    ("capabilities", {"vision": "yes"}, "capabilities.vision", "true or false"),
    ("capabilities", {"vision": 1}, "capabilities.vision", "true or false"),
    ("capabilities", {"tools": True, "function_calling": False}, "capabilities.function_calling", "several spellings"),
    ("capabilities", ["tools", "visoin"], "capabilities[1]", "'vision'"),
    ("home", 1, "home", "true or false"),
    ("context_window", "12", "context_window", "whole number"),
    ("context_window", True, "context_window", "whole number"),
    ("context_window", 128000.0, "context_window", "whole number"),
    ("context_window", NAN, "context_window", "nan"),
    ("context_window", -1, "context_window", "negative"),
    ("max_output_tokens", 2**53 + 1, "max_output_tokens", "largest number"),
    ("max_output_tokens", 10**5000, "max_output_tokens", "largest number"),
    ("rate_limit_rpm", -5, "rate_limit_rpm", "negative"),
    ("input_price", -0.01, "input_price", "negative"),
    ("input_price", NAN, "input_price", "nan"),
    ("input_price", float("inf"), "input_price", "inf"),
    ("input_price", "free", "input_price", "decimal text"),
    ("input_price", "$2", "input_price", "decimal text"),
    ("input_price", True, "input_price", "write a number"),
    ("input_price", "9223372036.854775808", "input_price", "largest price"),
    ("input_price", "1e400", "input_price", "largest price"),
    ("input_price", Decimal("NaN"), "input_price", "NaN"),
    ("input_price", "0.0000000001", "input_price", "9 decimals"),
    ("rates", {"unit": "image"}, "rates", "list of rates"),
    ("rates", [{"unit": "image", "usd": "-1"}], "rates[0].usd", "negative"),
    ("rates", [{"unit": "image", "usd": "1", "price": 1}], "rates[0].price", "no part of a rate"),
    ("rates", [{"usd": "1"}], "rates[0].unit", "missing"),
    ("rates", [{"unit": "image", "usd": "1", "per": 0}], "rates[0].per", "is 0"),
    ("rates", [{"unit": "image", "usd": "1", "per": 3}], "rates[0].usd", "femtodollar"),
    ("rates", [{"unit": "image", "usd": "1", "when": "batch"}], "rates[0].when", "mapping"),
    ("latency_p50_ms", -1.0, "latency_p50_ms", "negative"),
    ("tokens_per_second", NAN, "tokens_per_second", "nan"),
    ("tokens_per_second", Decimal("sNaN"), "tokens_per_second", "finite"),
    ("tokens_per_second", Decimal("1e999"), "tokens_per_second", "finite"),
    ("metadata", {"x": [Decimal("sNaN")]}, "metadata.x[0]", "finite"),
    ("tokens_per_second", 10**400, "tokens_per_second", "largest float"),
    ("scores", {"coding": "0.8"}, "scores.coding", "write a number"),
    ("scores", {"coding": True}, "scores.coding", "write a number"),
    ("scores", {"coding": NAN}, "scores.coding", "nan"),
    ("scores", {1: 2.0}, "scores", "keys as non-empty texts"),
    ("scores", {"\ud800": 1}, "scores", "surrogate"),
    ("scores", {" x": 1}, "scores. x", "white space"),
    ("scores", {"x\n": 1}, r"scores.x\n", "control character"),
    ("scores", {"x" * 510: 1}, "scores." + "x" * 59 + "…", "512 bytes"),
    ("metadata", {"": 1}, "metadata", "is empty"),
    ("metadata", {"a": {" ": 1}}, "metadata", "white space"),
    ("metadata", {"x" * 510: 1}, "metadata", "512 bytes"),
    ("metadata", {"x": [0] * 200_000}, "metadata.x", "100000 values"),
    ("supported_parameters", {"\ud800": 1}, "supported_parameters", "Unicode"),
    ("unknown", {"\ud800": "x"}, "unknown", "surrogate"),
    ("released", "2024-13-01", "released", "does not exist"),
    ("released", "2024", "released", "YYYY-MM-DD"),
    ("released", 2024, "released", "YYYY-MM-DD"),
    ("released", "2023-02-29", "released", "does not exist"),
    ("released", "0000-01", "released", "does not exist"),
    ("retires_on", datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC), "retires_on", "YYYY-MM-DD"),
    ("base_url", "https://user:pass@example.org/v1", "base_url", "credentials"),
    ("api_key_env", SECRET, "api_key_env", "looks like a key"),
    ("api_key_env", "a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4", "api_key_env", "looks like a key"),
    ("api_key_env", "my key", "api_key_env", "no name"),
    ("api_key_env", ["OK_KEY", SECRET], "api_key_env[1]", "looks like a key"),
    ("api_key_env", [], "api_key_env", "empty list"),
    ("metadata", {"a": {"b": [1, NAN]}}, "metadata.a.b[1]", "finite"),
    ("metadata", {"auth": SECRET}, "metadata.auth", "looks like a key"),
    ("metadata", {"a": {"b": 1}, "a.b": 2}, "metadata", "both called 'a.b'"),
    ("metadata", {"x": object()}, "metadata.x", "JSON"),
    ("metadata", {"x": {1, 2}}, "metadata.x", "JSON"),
    ("metadata", {2: 1}, "metadata", "keys as texts"),
    ("metadata", [1], "metadata", "write a mapping"),
    ("metadata", {"x": 10**400}, "metadata.x", "largest float"),
    ("unknown", {"inptu_price": "plan"}, "unknown.inptu_price", "'input_price'"),
    ("unknown", {"input_price": ""}, "unknown.input_price", "is empty"),
    ("derived", {"nothing": "x"}, "derived.nothing", "no path"),
    ("extends", 5, "extends", "write the id"),
    ("extends", "missing/model", "extends", "not registered"),
    ("extends", "m", "extends", "itself"),
    ("+tags", ["x"], "+tags", "needs `extends`"),
    ("contxt_window", 5, "contxt_window", "'context_window'"),
    ("max_tokens", 5, "max_tokens", "'max_output_tokens'"),
    ("api_key", SECRET, "api_key", "'api_key_env'"),
    ("zzzzzz", 5, "zzzzzz", "metadata"),
]


def refusal(definition: Any) -> InvalidModelError | None:
    try:
        SCHEMA.compile(definition, lambda _: None)
    except InvalidModelError as error:
        return error
    return None


def faults(definition: Any) -> dict[str, str]:
    with pytest.raises(InvalidModelError) as caught:
        SCHEMA.compile(definition)
    return {problem.path: problem.message for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("field", "value", "path", "message"), WRONG, ids=[f"{row[2]}-{at}" for at, row in enumerate(WRONG)]
)
def test_a_wrong_value_is_told_with_its_path_and_what_would_be_right(
    field: str, value: Any, path: str, message: str
) -> None:
    found = faults({"id": "m", field: value})
    assert path in found
    assert message in found[path]


def test_a_definition_without_id_or_of_another_type_is_refused() -> None:
    assert faults({}) == {"id": "is missing; every definition needs one"}
    assert "write a mapping" in faults([("id", "m")])[""]
    assert "write keys as texts" in faults({"id": "m", 3: 4})[""]
    assert "surrogate" in faults({"id": "m", "\ud800": 4})[""]
    assert set(faults({"id": [], "extends": []})) == {"id", "extends"}


@given(st.data())
def test_law_every_planted_fault_is_told_at_once(data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.sampled_from(WRONG), min_size=1, max_size=12, unique_by=lambda row: row[0]))
    # Whether extends leads back to the model depends on the id, which may be the planted fault itself.
    rows = [row for row in rows if row[0] != "extends" or row[2:] != ("extends", "itself")] or [WRONG[0]]
    if any(row[0] == "unknown" for row in rows):
        rows = [row for row in rows if row[0] != "input_price"]
    definition = {"id": "m", "mode": "chat", **{field: value for field, value, _, _ in rows}}
    if any(row[0] == "extends" for row in rows):
        definition.pop("+tags", None)
        rows = [row for row in rows if row[0] != "+tags"]
    found = faults(definition)
    assert {path for _, _, path, _ in rows} <= set(found)


def test_faults_between_fields_are_told_together_with_faults_inside_them() -> None:
    found = faults(
        {
            "id": "m",
            "provider": "a",
            "providers": ["b", "c"],
            "input_price": 1,
            "unknown": {"input_price": "plan"},
            "mode": 3,
        }
    )
    assert set(found) == {"providers", "unknown.input_price", "mode"}


@pytest.mark.parametrize("field", [*SCHEMA.fields, "api_key", "headers", SECRET])
def test_a_secret_in_any_field_is_never_repeated(field: str) -> None:
    for value in (SECRET, [SECRET], {SECRET: SECRET}, {"x": {"y": [SECRET]}}, [{"unit": SECRET, "usd": SECRET}]):
        definition = {"id": "m", field: value}
        if field == "id":
            definition["mode"] = "nonsense"
        error: BaseException | None = refusal(definition)
        if isinstance(error, InvalidModelError):
            assert SECRET not in str(error)
            assert SECRET not in repr(error.problems)
            assert SECRET.encode() not in pickle.dumps(error)
        while error is not None:
            assert SECRET not in repr(error)
            error = error.__cause__ or error.__context__


def test_secrets_are_known_by_the_forms_of_the_well_known_providers() -> None:
    for text in (
        "sk-proj-" + "x" * 40,
        "sk-ant-api03-" + "y" * 40,
        "AKIA" + "A1" * 8,
        "AIza" + "a" * 35,
        "hf_" + "a" * 34,
        "ghp_" + "a" * 36,
        "xai-" + "a" * 40,
        "gsk_" + "a" * 50,
        "Bearer sk-" + "z" * 30,
    ):
        assert "looks like a key" in faults({"id": "m", "metadata": {"note": text}})["metadata.note"]
    # Names that merely begin alike are fine.
    fine = {
        "id": "sk-model",
        "metadata": {"a": "risk-averse", "b": "task-oriented-model-name-long", "c": "desk_and_chair_long_name"},
    }
    assert SCHEMA.compile(fine).id == "sk-model"


def test_what_is_strict_and_still_allowed() -> None:
    class Mode(StrEnum):
        CHAT = "chat"

    row = SCHEMA.compile(
        {
            "id": "llama3.1:8b",
            "mode": Mode.CHAT,
            "context_window": 0,
            "max_output_tokens": 2**53,
            "input_price": "9223372036.854775807",
            "output_price": 0,
            "scores": {"elo": -3},
            "released": datetime.date(2024, 5, 13),
            "knowledge_cutoff": "2023-10",
            "api_key_env": ["AZURE_RESOURCE_NAME", "AZURE_API_KEY"],
            "base_url": "https://${RESOURCE}.example.org/v1",
            "metadata": None,
            "capabilities": {"vision": None},
        }
    )
    assert dict(row.numbers) == {
        "context_window": 0,
        "max_output_tokens": 2**53,
        "input_price": 2**63 - 1,
        "output_price": 0,
        "scores.elo": -3.0,
        "released": 19856,
        "knowledge_cutoff": 19631,
    }


def test_keys_of_metadata_are_free_where_they_name_no_number() -> None:
    metadata = {"": "a", " ": [1], "x" * 600: True, "a\n": None}
    row = SCHEMA.compile({"id": "m", "metadata": metadata})
    assert json.loads(row.document)["metadata"] == metadata
    assert row.numbers == []


class Endless(Mapping[str, Any]):
    """A mapping that says it is short."""

    def __init__(self, below: Any) -> None:
        self.below = below

    def __getitem__(self, key: str) -> Any:
        return self if self.below is None else self.below

    def __iter__(self) -> Iterator[str]:
        return map(str, itertools.count())

    def __len__(self) -> int:
        return 1


def test_mappings_of_somebodys_own_end_soon() -> None:
    twice: dict[str, Any] = {}
    twice |= {"a": twice, "b": twice, "c": MappingProxyType(twice)}
    for metadata in (Endless(1), Endless(None), twice, MappingProxyType(twice)):
        assert "values" in faults({"id": "m", "metadata": metadata}).popitem()[1]
        with pytest.raises(InvalidModelError, match="values") as told:
            SCHEMA.compile(SCHEMA.patch({"id": "m", "metadata": {"a": 1}}, {"metadata": metadata}))
        assert told.value.problems[0].path.startswith("metadata")


def test_what_raises_when_it_is_read_is_told_without_its_words() -> None:
    class Broken(Endless):
        def __iter__(self) -> Iterator[str]:
            raise ValueError(SECRET)

    assert faults({"id": "m", "scores": Broken(1)}) == {"scores": "cannot be read: reading it raises ValueError"}


def test_a_value_never_prints_itself() -> None:
    class Holder:
        def __repr__(self) -> str:
            return SECRET

    assert faults({"id": "m", "name": Holder()}) == {"name": "is a Holder; write a text"}


def test_hostile_shapes_end_soon() -> None:
    loop: list[Any] = []
    loop += [loop, loop]
    assert "levels" in next(iter(faults({"id": "m", "metadata": {"x": loop}}).values()))
    bomb: Any = "x"
    for _ in range(9):
        bomb = [bomb] * 9
    assert "values" in next(iter(faults({"id": "m", "metadata": {"x": bomb}}).values()))
    deep: Any = 1
    for _ in range(100_000):
        deep = {"a": deep}
    assert "levels" in next(iter(faults({"id": "m", "metadata": deep}).values()))
    assert len(str(InvalidModelError([Problem("x" * 10, "y" * 10)] * 100_000))) < 10_000


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=8)
    | st.binary(max_size=4)
    | st.decimals()
    | st.dates()
    | st.datetimes(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=()), max_size=6) | st.integers() | st.none(), inner, max_size=3
        )
        | st.frozensets(st.text(max_size=3) | st.integers(), max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from([*SCHEMA.fields, "+tags", "service_tiers"])
        | st.text(st.characters(exclude_categories=()), max_size=6),
        JUNK,
        max_size=6,
    )
)
def test_law_junk_is_a_row_or_an_invalid_model_and_nothing_else(definition: dict[Any, Any]) -> None:
    error = refusal({"id": "m", **definition})
    if error is None:
        row = SCHEMA.compile({"id": "m", **definition})
        assert json.loads(row.document)["id"] == row.id
    else:
        assert error.problems
        assert str(error).encode()
