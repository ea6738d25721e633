"""Layers of files: JSON and JSON lines over a snapshot; what cannot be read is told with file and place."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

import modeldex as mx


def written(path: Path, content: Any) -> Path:
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", [{"id": "x", "name": "n"}, {"id": "y"}]),
        ("a.json", {"x": {"name": "n"}, "y": {}}),
        ("a.json", {"x": {"id": "x", "name": "n"}, "y": {"id": "y"}}),
        ("a.jsonl", '{"id": "x", "name": "n"}\n\n  \n{"id": "y"}'),
        ("a.ndjson", '{"id": "x", "name": "n"}\r\n{"id": "y"}\r\n'),
        ("a.json", b'\xef\xbb\xbf[{"id": "x", "name": "n"}, {"id": "y"}]'),
    ],
)
def test_the_forms_of_a_file(tmp_path: Path, name: str, content: Any) -> None:
    path = written(tmp_path / name, content)
    for source in (path, str(path)):
        registry = mx.Registry.load(source)
        assert list(registry) == ["x", "y"]
        assert registry["x"].name == "n"


def test_one_definition_is_a_file_too(tmp_path: Path) -> None:
    assert list(mx.Registry.load(written(tmp_path / "a.json", {"id": "x"}))) == ["x"]
    assert list(mx.Registry.load(written(tmp_path / "b.json", []))) == []
    assert list(mx.Registry.load(written(tmp_path / "c.jsonl", ""))) == []
    assert list(mx.Registry.load()) == []


def test_a_later_layer_patches_the_earlier(tmp_path: Path) -> None:
    low = written(
        tmp_path / "low.json", [{"id": "x", "name": "n", "tags": ["a"], "scores": {"p": 1, "q": 2}, "input_price": 1}]
    )
    high = written(
        tmp_path / "high.jsonl", '{"id": "x", "+tags": ["b"], "scores": {"q": 3}, "input_price": 2.50}\n{"id": "z"}'
    )
    registry = mx.Registry.load(low, high)
    model = registry["x"]
    assert (model.name, model.tags, dict(model.scores), model.input_price) == ("n", ("a", "b"), {"p": 1, "q": 3}, 2.5)
    assert list(registry) == ["x", "z"]
    with pytest.raises(mx.InvalidModelError, match=r"high\.jsonl: \+tags"):
        mx.Registry.load("bundled", high)  # there is no x to add to


def test_prices_are_read_as_they_are_written(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.json", '[{"id": "x", "input_price": 0.100000001, "output_price": 9007199254.740993001}]'
    )
    model = mx.Registry.load(path)["x"]
    assert str(model.cost(input_tokens=10**6).usd) == "0.100000001"
    assert str(model.cost(output_tokens=10**6).usd) == "9007199254.740993001"


def test_line_separators_inside_a_text(tmp_path: Path) -> None:
    text = "one\u2028two\u0085three\x1cfour"
    line = '{"id": "x", "description": "one\u2028two\u0085three\\u001cfour"}'
    assert mx.Registry.load(written(tmp_path / "a.jsonl", line))["x"].description == text


BROKEN: list[tuple[str, Any, str]] = [
    ("a.json", "", "line 1, column 1"),
    ("a.json", "[{", "line 1"),
    ("a.json", '[{"id": "x"},\n{"id": }]', "line 2, column 8"),
    ("a.jsonl", '{"id": "x"}\n{"id": "y"', "line 2"),
    ("a.jsonl", '{"id": "x"}\n[1]', "line 2"),
    ("a.json", [1, 2], r"\[0\]"),
    ("a.json", "5", "definition"),
    ("a.json", "null", "definition"),
    ("a.json", {"x": 5}, "'x'"),
    ("a.json", {"x": {"id": "y"}}, "another id"),
    ("a.json", {"x": {"id": ["y"]}}, "another id"),
    ("a.json", '{"id": "x", "id": "y"}', "'id' stands twice"),
    ("a.json", '{"id": "x", "metadata": {"a": 1, "a": 1}}', "'a' stands twice"),
    ("a.json", b"\xff\xfe[\x00]\x00", "not UTF-8"),
    ("a.json", b'[{"id": "\xc3"}]', "not UTF-8 at byte 9"),
    ("a.json", b"\0" * 100, "no JSON"),
    ("a.json", "[" * 200_000, "deep|no JSON"),
    ("a.json", '[{"id": "x", "metadata": {"n": ' + "9" * 5_000 + "}}]", "digits"),
    ("a.arrow", "no snapshot", "a.arrow"),
    ("a.arrow", b"", "a.arrow"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "told"), BROKEN)
def test_a_broken_file_is_told_with_its_name(tmp_path: Path, name: str, content: Any, told: str) -> None:
    path = written(tmp_path / name, content)
    with pytest.raises(mx.CatalogueError, match=told) as error:
        mx.Registry.load(path)
    assert error.value.path == str(path)
    assert str(error.value).count(str(path)) == 1
    assert len(str(error.value)) < 1_000


def test_faults_name_the_file_and_nothing_is_loaded(tmp_path: Path) -> None:
    good = written(tmp_path / "good.json", [{"id": "x"}])
    bad = written(tmp_path / "bad.jsonl", "\n".join(
        json.dumps(row) for row in
        [{"id": "y"}, {"id": "z", "mode": "chatt", "context_window": -1}, {"id": ["l"]}, {"name": "n"}, {"id": "x", "status": "activ"}]
    ))  # fmt: skip
    with pytest.raises(mx.InvalidModelError) as error:
        mx.Registry.load(good, bad)
    paths = [problem.path for problem in error.value.problems]
    assert paths == [f"{bad}: {path}" for path in ("mode", "context_window", "id", "id", "status")]
    clash = written(tmp_path / "clash.json", [{"id": "q", "aliases": ["x"]}])
    with pytest.raises(mx.InvalidModelError, match=r"clash\.json"):
        mx.Registry.load(good, clash)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("suffix", [".json", ".jsonl", ".arrow", ""])
def test_what_is_no_regular_file(tmp_path: Path, suffix: str) -> None:
    pipe = tmp_path / f"pipe{suffix}"
    os.mkfifo(pipe)
    link = tmp_path / f"zero{suffix}"
    link.symlink_to("/dev/zero")
    round_ = tmp_path / f"round{suffix}"
    round_.symlink_to(round_)
    places = [pipe, link, round_, tmp_path, tmp_path / f"missing{suffix}", Path("/dev/null"), Path(f"a\0b{suffix}")]
    for path in places:
        for read in (mx.Registry.load, mx.Registry.open):
            with pytest.raises(mx.CatalogueError):
                read(path)
    for odd in (None, 5, True, [], object()):
        for read in (mx.Registry.load, mx.Registry.open):
            with pytest.raises(TypeError):
                read(odd)  # type: ignore[arg-type]


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = written(tmp_path / "a.json", [])
    path.chmod(0)
    if os.access(path, os.R_OK):
        return  # root reads everything
    with pytest.raises(mx.CatalogueError, match="ermission"):
        mx.Registry.load(path)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with path.open("wb") as file:
        file.truncate(2**33)
    with pytest.raises(mx.CatalogueError, match="larger"):
        mx.Registry.load(path)


def test_a_snapshot_comes_first_and_brings_its_schema(tmp_path: Path) -> None:
    schema = mx.Schema.default().extend(facets=["team"])
    own = mx.Registry(schema)
    own.save(tmp_path / "empty.arrow")
    layer = written(tmp_path / "a.json", [{"id": "x", "team": "search"}])
    assert mx.Registry.load(tmp_path / "empty.arrow").schema == schema
    registry = mx.Registry.load(tmp_path / "empty.arrow", layer)
    assert registry.select(team="search").ids() == ["x"]
    assert mx.Registry.load(layer, schema=schema).select(team="search").ids() == ["x"]
    assert mx.Registry.load(schema=schema).schema == schema
    with pytest.raises(mx.InvalidModelError, match="team"):
        mx.Registry.load(layer)
    for sources, options in (
        ((layer, "bundled"), {"schema": schema}),
        (("bundled",), {"schema": schema}),
        (("bundled", tmp_path / "empty.arrow"), {}),
    ):
        with pytest.raises(mx.CatalogueError):
            mx.Registry.load(*sources, **options)
