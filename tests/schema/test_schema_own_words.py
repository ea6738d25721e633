"""Words of one's own: declared in Python, checked like the shipped ones, carried by the vocabulary."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from modeldex.errors import InvalidModelError
from modeldex.schema import Facet, Higher, Lower, Measure, Schema, Vocabulary

OWN = Schema.default().extend(
    capabilities=["pii_safe"],
    modes=["haiku"],
    facets=[
        "team",
        Facet(
            name="cluster", vocabulary=Vocabulary(["red", "blue"], {"rouge": "red"}, closed=True), doc="Where it runs."
        ),
    ],
    measures={
        "energy": Measure(unit="Wh", better="low", doc="Energy of an answer."),
        "slots": Measure(kind="count", better="high"),
        "audited": Measure(kind="date"),
        "luck": None,
    },
    scores={"house": Higher, "errors": Lower},
    terms={"privacy": ["iso42001"]},
    synonyms={"provider": {"our-azure": "azure"}, "capability": {"pii": "pii_safe"}},
)

DEFINITION: dict[str, Any] = {
    "id": "house/llm",
    "mode": "haiku",
    "provider": "our-azure",
    "capabilities": {"pii": True, "tools": False},
    "privacy": ["iso42001"],
    "team": "search",
    "cluster": "rouge",
    "energy": 2,
    "slots": 4,
    "audited": "2026-11",
    "luck": -1.5,
    "scores": {"house": 0.5},
}


def test_own_words_become_terms_numbers_and_part_of_the_document() -> None:
    row = OWN.compile(DEFINITION)
    assert sorted(row.terms) == [
        ("capability", "pii_safe"),
        ("cluster", "red"),
        ("lacks", "tools"),
        ("mode", "haiku"),
        ("privacy", "iso42001"),
        ("provider", "azure"),
        ("team", "search"),
    ]
    assert dict(row.numbers) == {
        "scores.house": 0.5,
        "energy": 2.0,
        "slots": 4,
        "audited": 20758,
        "luck": -1.5,
    }
    document = json.loads(row.document)
    assert document["team"] == ["search"]
    assert document["audited"] == "2026-11"
    assert OWN.compile(document) == row


def test_own_words_are_checked_like_the_shipped_ones() -> None:
    with pytest.raises(InvalidModelError) as caught:
        OWN.compile(
            {
                "id": "m",
                "cluster": "bleu",
                "slots": 1.5,
                "audited": "soon",
                "energy": True,
                "tem": "x",
                "mode": "haikuu",
            }
        )
    messages = {problem.path: problem.message for problem in caught.value.problems}
    assert set(messages) == {"cluster", "slots", "audited", "energy", "tem", "mode"}
    assert "'blue'" in messages["cluster"]
    assert "'team'" in messages["tem"]
    assert "'haiku'" in messages["mode"]


def test_the_vocabulary_says_all_of_it() -> None:
    words = OWN.vocabulary()
    facets = {facet["name"]: facet for facet in words["facets"]}
    measures = {measure["name"]: measure for measure in words["measures"]}
    assert "pii_safe" in facets["capability"]["terms"]
    assert "pii_safe" in facets["lacks"]["terms"]
    assert facets["team"] == {
        "name": "team",
        "field": "team",
        "many": True,
        "closed": False,
        "internal": False,
        "terms": [],
        "synonyms": {},
        "doc": "",
    }
    assert words["keywords"]["team"] == {"facet": "team", "mode": "any"}
    assert measures["energy"] == {
        "name": "energy",
        "kind": "number",
        "unit": "Wh",
        "better": "low",
        "scale": None,
        "doc": "Energy of an answer.",
    }
    assert measures["scores.house"]["better"] == "high"
    assert measures["scores.errors"]["better"] == "low"
    assert measures["luck"]["better"] is None
    properties = OWN.json_schema()["properties"]
    assert {"team", "cluster", "energy", "slots"} <= set(properties)
    assert "pii_safe" in json.dumps(properties["capabilities"])
    # The shipped schema knows none of it.
    assert "team" not in json.dumps(Schema.default().vocabulary()["keywords"])


def test_the_schema_comes_back_from_its_vocabulary() -> None:
    words = json.loads(json.dumps(OWN.vocabulary()))
    again = Schema.from_vocabulary(words)
    assert again == OWN
    assert again.vocabulary() == OWN.vocabulary()
    assert again.compile(DEFINITION) == OWN.compile(DEFINITION)
    assert pickle.loads(pickle.dumps(OWN)) == OWN
    assert hash(again) == hash(OWN)
    assert Schema.from_vocabulary(Schema.default().vocabulary()) is Schema.default()
    assert Schema.default() != OWN


def test_extending_twice_adds_and_extending_the_same_is_the_same() -> None:
    assert OWN.extend() == OWN
    assert OWN.extend(capabilities=["pii_safe"], facets=["team"]).vocabulary() == OWN.vocabulary()
    more = OWN.extend(measures={"weight": Lower}, capabilities="one_word")
    assert more.compile({"id": "m", "weight": 1, "team": ["x"], "capabilities": ["one_word"]}).numbers == [
        ("weight", 1.0)
    ]
    assert Schema.default().extend(capabilities=["a_word"]).extend(capabilities=["b_word"]) == Schema.default().extend(
        capabilities=["a_word", "b_word"]
    )


@pytest.mark.parametrize(
    "words",
    [
        {"facets": ["provider"]},
        {"facets": ["capabilities"]},
        {"facets": ["capability"]},
        {"facets": ["limit"]},
        {"facets": ["min_size"]},
        {"facets": ["class"]},
        {"facets": ["two words"]},
        {"facets": [""]},
        {"facets": ["_hidden"]},
        {"facets": ["modelname", "modelname"], "measures": {"modelname": Higher}},
        {"measures": {"context_window": Higher}},
        {"measures": {"x": "high"}},
        {"terms": {"colour": ["red"]}},
        {"synonyms": {"capability": {"function_calling": "vision"}}},
        {"synonyms": {"capability": {"eyes": "visoin"}}},
        {"capabilities": ["function_calling"]},
        {"scores": {"": Higher}},
    ],
)
def test_words_that_are_taken_or_no_words_are_refused(words: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"[a-z]"):
        Schema.default().extend(**words)
