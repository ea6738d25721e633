"""Layers of files over a snapshot; what cannot be read is told with file, line and path."""

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
        ("a.json", {"models": [{"id": "x", "name": "n"}, {"id": "y"}], "$schema": "modeldex.json"}),
        ("a.json", {"models": {"x": {"name": "n"}, "y": {}}, "x-note": 1}),
        ("a.json", {"$schema": "modeldex.json", "x": {"name": "n"}, "y": {}}),
        ("a", {"x": {"name": "n"}, "y": {}}),
        ("a.yaml", "- id: x\n  name: n\n- id: y\n"),
        ("a.yml", "x:\n  name: n\ny: {}\n"),
        ("a.yaml", "x-anchors:\n  all: &all {name: n}\nmodels:\n  x: *all\n  y: {}\n"),
        ("a.YAML", b"\xef\xbb\xbfmodels:\r\n- id: x\r\n  name: n\r\n- id: y\r\n"),
        ("a.yaml", "---\nid: x\nname: n\n---\nid: y\n...\n"),
        ("a.toml", "[[models]]\nid = 'x'\nname = 'n'\n[[models]]\nid = 'y'\n"),
        ("a.toml", "[models.x]\nname = 'n'\n[models]\ny = {}\n"),
        ("a.toml", "[x]\nname = 'n'\n[y]\n"),
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
    assert list(mx.Registry.load(written(tmp_path / "a.json", {"$schema": "modeldex.json", "id": "x"}))) == ["x"]
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
    with pytest.raises(mx.InvalidModelError, match=r"high\.jsonl:1: \+tags"):
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
    ("a.json", "", ":1:1: no JSON"),
    ("a.json", "[{", ":1:3: "),
    ("a.json", '[{"id": "x"},\n{"id": }]', r":2:8: \[1\]\.id: no JSON"),
    ("a.jsonl", '{"id": "x"}\n{"id": "y"', ":2:11: "),
    ("a.jsonl", '{"id": "x"}\n[1]', ":2:1: .*definition"),
    ("a.json", [1, 2], r":1:2: \[0\]: this is no definition"),
    ("a.json", "5", "definition"),
    ("a.json", "null", "definition"),
    ("a.json", {"x": 5}, ":1:7: x: this is no definition"),
    ("a.json", {"x": {"id": "y"}}, "another id"),
    ("a.json", {"x": {"id": ["y"]}}, "another id"),
    ("a.json", '{"id": "x",\n "id": "y"}', ":2:2: 'id': |'id' stands twice, first in line 1"),
    ("a.json", '{"id": "x", "metadata": {"a": 1, "a": 1}}', "metadata: the key 'a' stands twice"),
    ("a.json", b"\xff\xfe[\x00]\x00", "UTF-16"),
    ("a.json", b'[{"id": "\xc3"}]', ":1:10: the text is not UTF-8"),
    ("a.json", b"\0" * 100, r"U\+0000"),
    ("a.json", "[" * 200_000, "nested deeper"),
    ("a.json", '[{"id": "x", "metadata": {"n": ' + "9" * 5_000 + "}}]", r"\[0\]\.metadata\.n: .*digits"),
    ("a.json", '[{"id": "x", "input_price": NaN}]', r"\[0\]\.input_price: NaN"),
    ("a.json", {"models": 5}, r":1:12: models: models is a list"),
    ("a.json", {"models": [{"id": "x"}, 5]}, r"models\[1\]: this is no definition"),
    ("a.json", {"models": {"x/y": 5}}, r'models\["x/y"\]: this is no definition'),
    ("a.json", {"models": [], "model": []}, "'model' stands beside 'models'"),
    ("a.yaml", "- id: x\n  input_price: .inf\n", r":2:16: \[0\]\.input_price: .inf"),
    ("a.yaml", "models:\n  - id: x\n    id: y\n", r":3:5: models\[0\]: the key 'id' stands twice, first in line 2"),
    ("a.yml", "x:\n\tname: y\n", ":2:2: .*tab"),
    ("a.yaml", "# nothing\n", "holds nothing"),
    ("a.yaml", "id: x\n---\n", ":2:4: .*definition|definition"),
    ("a.YAML", "id: !!python/name:os.system x", "tag"),
    ("a.toml", "[[models]]\nid = 'x'\nid = 'y'\n", ":3:1: .*stands twice, first in line 2"),
    ("a.toml", "[models]\nx = 5\n", ":2:5: models.x: this is no definition"),
    ("a.toml", "# nothing", "holds nothing"),
    ("a.toml", "x = {}\ny = inf", ":2:5: .*inf"),
    ("a.arrow", "no snapshot", "a.arrow"),
    ("a.arrow", b"", "a.arrow"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "told"), BROKEN)
def test_a_broken_file_is_told_with_its_name(tmp_path: Path, name: str, content: Any, told: str) -> None:
    path = written(tmp_path / name, content)
    with pytest.raises(mx.CatalogueError, match=told) as error:
        mx.Registry.load(path)
    assert error.value.path == str(path)
    assert isinstance(error.value, mx.InvalidFileError) == (path.suffix != ".arrow")
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
    assert paths == [f"{bad}:{place}" for place in ("2: mode", "2: context_window", "3: id", "4: id", "5: status")]
    clash = written(tmp_path / "clash.json", [{"id": "q", "aliases": ["x"]}])
    with pytest.raises(mx.InvalidModelError, match=r"clash\.json:1: \[0\]\.aliases"):
        mx.Registry.load(good, clash)


def test_faults_name_line_and_path(tmp_path: Path) -> None:
    text = """models:
  - id: a
    scores:
      coding: 0.5
    contextwindow: 5
  - &b
    id: b/c
    rates:
      - {unit: token, usd: 1}
      - unit: nonsense
        usd: -1
  - id: a
"""
    path = written(tmp_path / "a.yaml", text)
    with pytest.raises(mx.InvalidModelError) as error:
        mx.Registry.load(path)
    places = [problem.path for problem in error.value.problems]
    assert places[0] == f"{path}:5: models[0].contextwindow"
    assert places[-1] == f"{path}:12: models[2].id"
    assert "first in line 2" in error.value.problems[-1].message
    assert any(place.startswith(f"{path}:11: models[1].rates[1]") for place in places), places
    keyed = written(tmp_path / "b.toml", '["acme/large"]\nname = "n"\nmode = "chatt"\n')
    with pytest.raises(mx.InvalidModelError, match=r'b\.toml:3: \["acme/large"\]\.mode: '):
        mx.Registry.load(keyed)


def test_lines_are_counted_through_the_parts_of_a_long_file(tmp_path: Path) -> None:
    lines = [json.dumps({"id": f"m{at}", "description": "é" * 400}, ensure_ascii=False) for at in range(4_000)]
    path = written(tmp_path / "a.jsonl", "\n".join(lines))
    assert path.stat().st_size > 3 * 2**20
    assert len(mx.Registry.load(path)) == 4_000
    lines[3_500] = '{"id": "m3500", "mode": "chatt"}'
    with pytest.raises(mx.InvalidModelError, match=r"a\.jsonl:3501: mode"):
        mx.Registry.load(written(path, "\n".join(lines)))
    lines[3_900] = '{"id": "m3900"'
    with pytest.raises(mx.InvalidFileError, match=r"a\.jsonl:3901:15: "):
        mx.Registry.load(written(path, "\n".join(lines)))
    lines[3_900] = lines[3_901]
    lines[3_500] = "{}"
    with pytest.raises(mx.InvalidModelError, match=r"a\.jsonl:3902: id: 'm3901' is stated twice .*line 3901"):
        mx.Registry.load(written(path, "\n".join(lines)))


def test_prices_keep_their_digits_in_every_format(tmp_path: Path) -> None:
    for name, text in (
        ("a.yaml", "id: x\ninput_price: 0.100000001\noutput_price: 9007199254.740993001\n"),
        ("a.toml", "id = 'x'\ninput_price = 0.100000001\noutput_price = 9007199254.740993001\n"),
        ("a.json", '{"id": "x", "input_price": 0.100000001, "output_price": 9007199254.740993001}'),
    ):
        model = mx.Registry.load(written(tmp_path / name, text))["x"]
        assert str(model.cost(input_tokens=10**6).usd) == "0.100000001"
        assert str(model.cost(output_tokens=10**6).usd) == "9007199254.740993001"


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
