"""What is generated is what the schema says, the shipped vocabulary is well-formed, and it has the catalogue's words."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from modeldex.schema import Schema, generate

WORDS = Schema.default().vocabulary()


def test_generated_files_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--check"]) == 0, capsys.readouterr().out


def test_a_difference_is_found_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "schema").mkdir()
    monkeypatch.setattr(generate, "PACKAGE", tmp_path)
    assert generate.main(["--check"]) == 1
    assert not (tmp_path / "fields.py").exists()
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0
    (tmp_path / "keywords.py").write_text("# changed by hand\n", encoding="utf-8")
    capsys.readouterr()
    assert generate.main(["--check"]) == 1
    out = capsys.readouterr()
    assert "-# changed by hand" in out.out
    assert "keywords.py" in out.err
    assert generate.main(["--chekc"]) == 2


def test_the_vocabulary_is_plain_json_and_refers_only_to_itself() -> None:
    assert json.loads(generate.vocabulary_json(WORDS)) == WORDS
    facets = {facet["name"]: facet for facet in WORDS["facets"]}
    measures = {measure["name"] for measure in WORDS["measures"]}
    assert len(facets) == len(WORDS["facets"])
    assert len(measures) == len(WORDS["measures"])
    assert not set(facets) & measures
    for rule in WORDS["keywords"].values():
        assert rule["facet"] in facets
        assert rule["mode"] in ("any", "all")
    for default in WORDS["defaults"].values():
        terms = facets[default["facet"]]["terms"]
        assert set(default.get("include", [])) | set(default.get("exclude", [])) <= set(terms)
    assert WORDS["bare"]["facet"] in facets
    facet, term = WORDS["bare"]["preferred"]
    assert term in facets[facet]["terms"]
    assert set(WORDS["cost"].values()) <= measures
    for facet in facets.values():
        assert not set(facet["terms"]) & set(facet["synonyms"])
        if facet["closed"]:
            assert set(facet["synonyms"].values()) <= set(facet["terms"])


@pytest.mark.parametrize(
    ("keyword", "facet", "mode"),
    [
        ("requires", "capability", "all"),
        ("lacks", "lacks", "all"),
        ("accepts", "input", "all"),
        ("produces", "output", "all"),
        ("complies", "privacy", "all"),
        *(
            (noun, noun, "any")
            for noun in (
                "provider",
                "base",
                "owner",
                "family",
                "mode",
                "task",
                "endpoint",
                "hardware",
                "tag",
                "region",
                "status",
                "billing",
                "quality_tier",
                "license",
                "parameter",
                "service_tier",
            )
        ),
    ],
)
def test_verbs_mean_all_and_nouns_mean_any(keyword: str, facet: str, mode: str) -> None:
    assert WORDS["keywords"][keyword] == {"facet": facet, "mode": mode}


def test_internal_facets_are_no_keywords() -> None:
    assert "home" not in WORDS["keywords"]


@pytest.mark.parametrize(
    ("spelling", "capability"),
    [
        ("function_calling", "tools"),
        ("tool_use", "tools"),
        ("tool_calling", "tools"),
        ("supports_tools", "tools"),
        ("supports_function_calling", "tools"),
        ("image_input", "vision"),
        ("response_schema", "structured_output"),
        ("supports_response_schema", "structured_output"),
        ("thinking", "reasoning"),
        ("parallel_function_calling", "parallel_tools"),
    ],
)
def test_the_synonyms_of_the_field(spelling: str, capability: str) -> None:
    for name in ("capability", "lacks"):
        facet = next(each for each in WORDS["facets"] if each["name"] == name)
        assert facet["synonyms"][spelling] == capability


def test_the_typed_keywords_and_fields_are_the_vocabulary() -> None:
    folder = Path(generate.__file__).parent.parent
    keywords = _names(folder / "keywords.py", "Conditions")
    measures = [measure["name"] for measure in WORDS["measures"]]
    bounds = {f"{side}_{name}" for side in ("min", "max") for name in measures}
    assert keywords == {*WORDS["keywords"], *bounds, "by", "sort", "prefers", "limit", "distinct", "exclude", "where"}
    fields = _names(folder / "fields.py", "Fields")
    assert {*measures, *(facet["name"] for facet in WORDS["facets"] if not facet["internal"])} <= fields
    assert {"capabilities", "tags", "scores", "metadata"} <= fields


def _names(path: Path, name: str) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    return {node.target.id for node in body if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)}


def test_every_field_is_described_and_in_the_json_schema() -> None:
    schema = Schema.default()
    form = schema.json_schema()
    assert form["required"] == ["id"]
    for name, marker in schema.fields.items():
        assert marker.doc.endswith((".", "...")), name
        assert form["properties"][name]["description"] == marker.doc
    modes = json.dumps(form["properties"]["mode"])
    assert '"chat"' in modes
    assert '"chat_completion"' in modes
    json.dumps(form)


def test_the_provider_words_are_the_catalogue_table() -> None:
    table = generate.TABLE
    if not table.is_file():
        pytest.skip("the catalogue is only in the repository")
    synonyms: dict[str, Any] = next(each for each in WORDS["facets"] if each["name"] == "provider")["synonyms"]
    assert synonyms["bedrock"] == "amazon-bedrock"
    assert synonyms["vertex_ai"] == "google-vertex"
    assert synonyms["gemini"] == "google"
    # A synonym that is another's meaning would lead nowhere.
    assert not set(synonyms) & set(synonyms.values())
