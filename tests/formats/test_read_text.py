"""Texts become Python values: exact, with places, and an error that says where for everything else."""

from __future__ import annotations

import json
import math
import pickle
import sys
import threading
import time
import tomllib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import modeldex as mx
from modeldex._core import Document, _read_text

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**200), 10**200)
    | st.decimals(allow_nan=False, allow_infinity=False, places=6)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=30,
)


def written(value: Any) -> str:
    """JSON of the exact digits."""
    if isinstance(value, Decimal):
        return f"{value:f}" if "." in f"{value:f}" else f"{value:f}.0"
    if isinstance(value, list):
        return f"[{', '.join(written(each) for each in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(key)}: {written(each)}' for key, each in value.items())}}}"
    return json.dumps(value)


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_json_is_read_as_the_standard_library_reads_it(value: Any) -> None:
    text = written(value)
    ours = _read_text(text, "json").value
    theirs = json.loads(text, parse_float=Decimal)
    assert repr(ours) == repr(theirs) == repr(_read_text(text.encode(), "json").value)
    assert ours == value


@pytest.mark.parametrize(
    "text",
    [
        'a = 1\nb.c = "x"\n[d]\ne = [1, 2.50, {f = true}]\n[[g]]\nh = 0x1F\n[[g]]\n',
        'a = \'\'\'\nx\n\'\'\'\nb = """\\\n   y"""\n"c d" = 1e-7\n',
        "[a.b.c]\nx = 1\n[a]\ny = 1_000\n",
        "",
    ],
)
def test_toml_is_read_as_the_standard_library_reads_it(text: str) -> None:
    assert repr(_read_text(text, "toml").value) == repr(tomllib.loads(text, parse_float=Decimal))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "a.b", "b.a", "a.b.c", "'b'.a"]),
            st.sampled_from(
                [
                    "[{}]",
                    "[[{}]]",
                    "{} = 1",
                    "{} = {{a = 1}}",
                    "{} = {{a.b = 1, a.c = 2}}",
                    "{} = [{{a = 1}}]",
                    "{} = []",
                ]
            ),
        ),
        max_size=6,
    )
)
def test_tables_are_opened_as_in_the_standard_library(lines: list[tuple[str, str]]) -> None:
    text = "\n".join(form.format(key) for key, form in lines)
    try:
        theirs = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with pytest.raises(mx.InvalidFileError):
            _read_text(text, "toml")
        return
    assert _read_text(text, "toml").value == theirs


def test_the_types_of_values() -> None:
    text = "a: 1\nb: 1.10\nc: yes\nd: ~\ne: [true, 010, 0x1F, 1e3, 2024-08-06, 1:30]\nf: {}\ng: ''\n"
    value = _read_text(text, "yaml").value
    assert value == {
        "a": 1, "b": Decimal("1.10"), "c": "yes", "d": None, "e": [True, 10, 31, Decimal(1000), "2024-08-06", "1:30"], "f": {}, "g": "",
    }  # fmt: skip
    assert str(value["b"]) == "1.10"
    assert _read_text("9" * 100, "json").value == int("9" * 100)
    assert _read_text("0.1", "json").value == Decimal("0.1")
    toml = _read_text("a = 2024-08-06\nb = 07:32:00\nc = 2024-08-06 07:32:00Z\n", "toml").value
    assert toml == {"a": "2024-08-06", "b": "07:32:00", "c": "2024-08-06 07:32:00Z"}


def test_streams() -> None:
    assert _read_text("1\n\n2\r\n", "jsonl").value == [1, 2]
    assert _read_text("", "jsonl").value == []
    one, two = _read_text("a: 1", "yaml"), _read_text("a: 1\n---\nb: 2\n", "yaml")
    assert (one.is_stream, one.value) == (False, {"a": 1})
    assert (two.is_stream, two.value) == (True, [{"a": 1}, {"b": 2}])
    assert [two.position("", node) for node in two.nodes()] == [(1, 1), (3, 1)]


def test_positions() -> None:
    document = _read_text('{"models": [{"id": "é", "a.b": {"c d": [1,\n 2]}}]}', "json")
    assert document.position() == (1, 1)
    assert document.position("models[0].id") == (1, 20)
    assert document.position('models[0].a.b["c d"][1]') == (2, 2)
    assert document.position('models[0]["a.b"].c d[1]') == (2, 2)
    (node,) = document.nodes("models")
    assert document.position("a.b.c d[1]", node) == (2, 2)
    assert document.position("a.b.nothing[7]", node) == document.position("a.b", node)
    assert document.nodes("models[0].id") == []
    assert len(document.nodes("models[0]")) == 2
    assert document.position("x", 10**9) == (1, 1)
    assert document.nodes(path="nothing") == document.nodes()
    assert "Document" in repr(document)
    empty = _read_text("a:\n  b:\n\n\nc: 1\n", "yaml")
    assert empty.position("a.b") == (2, 3)


def test_the_error_says_where() -> None:
    with pytest.raises(mx.InvalidFileError) as caught:
        _read_text("models:\n- id: a\n  price: .nan\n", "yaml", "models/a.yaml", line=10)
    error = caught.value
    assert isinstance(error, mx.CatalogueError)
    assert isinstance(error, ValueError)
    assert (error.path, error.line, error.column, error.place) == ("models/a.yaml", 12, 10, "models[0].price")
    assert str(error).startswith("models/a.yaml:12:10: models[0].price: .nan is no number")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.line, again.place) == (str(error), 12, "models[0].price")
    with pytest.raises(mx.InvalidFileError, match=r"^line 1, column 2: \[0\]: no JSON"):
        _read_text("[}", "json")
    assert str(mx.InvalidFileError("m", "f")) == "f:1:1: m"


def test_messages_stay_short_and_printable() -> None:
    key = "\x1b[31m\u202e" + "k" * 100_000
    quoted = json.dumps(key)
    with pytest.raises(mx.InvalidFileError) as caught:
        _read_text(f"{{{quoted}: {{{quoted}: 1, {quoted}: 2}}}}", "json")
    assert len(str(caught.value)) < 600
    assert str(caught.value).isascii() or str(caught.value).replace("…", "").isprintable()


def test_arguments() -> None:
    for text in (None, 1, bytearray(b"{}"), memoryview(b"{}"), ["{}"]):
        with pytest.raises(TypeError, match="bytes or str"):
            _read_text(text, "json")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'toml'"):
        _read_text("{}", "xml")  # type: ignore[arg-type]
    for budget in ({"node": 1}, {"nodes": -1}, {"nodes": "1"}, {"nodes": None}, {"nodes": 1.5}):
        with pytest.raises(ValueError, match="limit"):
            _read_text("{}", "json", budget=budget)  # type: ignore[arg-type]
    with pytest.raises(mx.InvalidFileError, match="surrogate"):
        _read_text('"\ud800"', "json")
    with pytest.raises(TypeError):
        Document()  # type: ignore[call-arg]
    assert _read_text("\ufeff{}", "json").value == {}
    assert _read_text("[[1]]", "json", budget={"depth": 2, "nodes": 3}).value == [[1]]


@pytest.mark.parametrize(("budget", "told"), [
    ({"bytes": 5}, "longer than 5 bytes"),
    ({"nodes": 3}, "more than 3 values"),
    ({"depth": 1}, "deeper than 1"),
    ({"scalar": 2}, "more than 2 bytes"),
    ({"digits": 1}, "at most 1"),
    ({"keys": 1}, "more than 1 keys"),
    ({"documents": 0}, "more than 0 documents"),
    ({"aliases": 0}, "more than 0 aliases"),
    ({"expanded": 1}, "more than 1 values brought by aliases"),
    ({"expanded_bytes": 2}, "more than 2 bytes of text brought by aliases"),
])  # fmt: skip
def test_every_limit_can_be_lowered(budget: dict[str, int], told: str) -> None:
    text = "a: &a [x, yyy]\nb: *a\nc: 12\n"
    assert _read_text(text, "yaml").value == {"a": ["x", "yyy"], "b": ["x", "yyy"], "c": 12}
    with pytest.raises(mx.InvalidFileError, match=told):
        _read_text(text, "yaml", budget=budget)


@pytest.mark.parametrize("format", ["yaml", "json"])
def test_the_deepest_is_made_and_dropped(format: Any) -> None:
    text = "[" * 512 + "]" * 512
    budget = {"depth": 10**9}
    for _ in range(3):
        value = _read_text(text, format, budget=budget).value
        depth = 0
        while value:
            value = value[0]
            depth += 1
        assert depth == 511
    with pytest.raises(mx.InvalidFileError, match="512"):
        _read_text(f"[{text}]", format, budget=budget)


def test_values_of_an_alias_are_not_shared() -> None:
    value = _read_text("a: &a [1]\nb: *a\n", "yaml").value
    value["a"].append(2)
    assert value["b"] == [1]


def test_references_are_balanced() -> None:
    text = "[" + ", ".join('{"id": "x", "n": 1.5, "l": [1, null, 99999999999999999999]}' for _ in range(5)) + "]"
    document = _read_text(text, "json")
    first = document.value
    counts = []
    for _ in range(3):
        for _ in range(1_000):
            assert document.value == first
        counts.append((sys.getrefcount(None), sys.getallocatedblocks()))
    # The first round fills caches.
    assert counts[2][0] - counts[1][0] < 500
    assert counts[2][1] - counts[1][1] < 500


def test_other_threads_run_while_a_long_text_is_parsed() -> None:
    text = b"[" + b", ".join(b'{"id": %d}' % at for at in range(400_000)) + b"]"
    turns: list[float] = []
    done = threading.Event()

    def count() -> None:
        while not done.wait(0.0005):
            turns.append(time.perf_counter())

    thread = threading.Thread(target=count)
    thread.start()
    begun = time.perf_counter()
    _read_text(text, "json")
    ended = time.perf_counter()
    done.set()
    thread.join()
    # Without letting go of the interpreter there would be none: parsing makes no Python call.
    assert any(begun < turn < ended for turn in turns)


def test_floats_never_come() -> None:
    def types(value: Any) -> set[type]:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return {type(value)}.union(*(types(each) for each in inner)) if inner else {type(value)}

    assert float not in types(_read_text("a: [1.5, .5, 1e3, 0.1]\nb: -0.0", "yaml").value)
    assert math.copysign(1, _read_text("-0.0", "json").value) == -1
