"""A facet, a measure and a capability of one's own: declared in Python, saved, opened elsewhere, unknown to Rust."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import modeldex as mx
from modeldex.schema import Facet, Measure, Vocabulary

RUST = Path(__file__).parents[2] / "rust"
SCHEMA = mx.Schema.default().extend(
    capabilities=["pii_shredding"],
    facets=[
        "squadron",
        Facet(
            name="weather", vocabulary=Vocabulary(["sunny", "rainy"], {"wet": "rainy"}, closed=True), doc="Where it is."
        ),
    ],
    measures={
        "joules": Measure(unit="J", better="low", doc="Energy of an answer."),
        "berths": Measure(kind="count", better="high"),
        "inspected": Measure(kind="date"),
        "toll": Measure(kind="money", better="low"),
        "karma": None,
    },
    scores={"wit": mx.Higher, "lapses": mx.Lower},
    modes=["haiku"],
    synonyms={"provider": {"our-azure": "azure"}},
)
WORDS = ("squadron", "weather", "sunny", "joules", "berths", "inspected", "karma", "lapses", "pii_shredding", "haiku")
ROWS = [
    {"id": "a", "squadron": ["red", "blue"], "weather": "wet", "joules": 2.5, "berths": 4, "inspected": "2026-01",
     "toll": "0.123456789", "karma": -1, "scores": {"wit": 0.9, "lapses": 3}, "capabilities": ["pii_shredding"], "mode": "haiku"},
    {"id": "b", "squadron": "red", "joules": 1, "berths": 2, "scores": {"wit": 0.1, "lapses": 1}, "provider": "our-azure"},
    {"id": "c"},
]  # fmt: skip

ASKED = """
import datetime, sys
import modeldex as mx
registry = mx.Registry.open(sys.argv[1])
ids = lambda *conditions, **keywords: registry.select(*conditions, **keywords).ids()
assert ids(squadron="red") == ["a", "b"]
assert ids(squadron=mx.all_of("red", "blue")) == ids(mx.f["squadron"].has_all("red", "blue")) == ["a"]
assert ids(~mx.f["squadron"].has("red")) == ["c"]
assert ids(weather="wet") == ids(weather="rainy") == ids(mx.f["weather"] == "rainy") == ["a"]
assert ids(weather="sunny") == []
assert ids(min_joules=2) == ids(mx.f["joules"] > 1) == ["a"]
assert ids(by="joules") == ["b", "a", "c"]
assert ids(by="berths") == ["a", "b", "c"]
assert ids(by="toll", billing="any") == ["a", "b", "c"]
assert ids(by="scores.lapses") == ["b", "a", "c"]
assert ids(by="scores.wit") == ["a", "b", "c"]
assert registry.best(by="joules").id == "b"
assert ids(min_inspected=datetime.date(2026, 1, 1)) == ids(mx.f["inspected"] == datetime.date(2026, 1, 1)) == ["a"]
assert ids(mx.f["karma"] < 0) == ids(sort="karma")[:1] == ["a"]
assert ids(requires="pii_shredding") == ids(mode="haiku") == ["a"]
assert ids(provider="our-azure") == ["b"]
assert registry.terms("squadron") == {"red": 2, "blue": 1}
assert registry.best(min_berths=3).id == "a"
query = registry.prepare(min_berths=mx.param("crew"), by="joules")
assert [query.best(crew=n) and query.best(crew=n).id for n in (1, 3, 5)] == ["b", "a", None]
a = registry["a"]
assert (a.value("joules"), a.value("squadron"), a.value("berths"), a.value("karma")) == (2.5, ("red", "blue"), 4, -1.0)
assert a.value("weather") in ("rainy", ("rainy",)) and a.value("toll") == 0.123456789
assert a.supports("pii_shredding") is True and registry["c"].supports("pii_shredding") is None
assert registry.select().values("joules").tolist()[:2] == [2.5, 1.0]
assert not {"pydantic"} & set(sys.modules)
try:
    registry.select(squadrn="red")
except mx.UnknownFieldError as error:
    assert error.suggestions[0] == "squadron", error
try:
    registry.select(weather="suny")
except mx.UnknownTermError as error:
    assert error.suggestions[0] == "sunny", error
try:
    registry.select(by="karma")
except mx.InvalidConditionError as error:
    assert "highest" in str(error)
registry.register({"id": "d", "squadron": ["green"], "joules": 0.5})
assert registry.best(by="joules").id == "d" and registry.update("d", berths=9).value("berths") == 9
try:
    registry.register({"id": "e", "weather": "suny", "berths": -1})
except mx.InvalidModelError as error:
    assert {problem.path for problem in error.problems} == {"weather", "berths"}, error
    assert "sunny" in str(error), error
else:
    raise AssertionError("the opened registry does not check its own words")
print("asked")
"""


@pytest.fixture
def registry() -> mx.Registry:
    registry = mx.Registry(SCHEMA)
    registry.register_many(ROWS)
    return registry


def test_own_words_are_asked_in_a_fresh_process(registry: mx.Registry, tmp_path: Path) -> None:
    path = tmp_path / "own.arrow"
    registry.save(path)
    done = subprocess.run([sys.executable, "-c", ASKED, str(path)], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "asked", done.stderr[-2000:]


def test_no_own_word_occurs_in_rust() -> None:
    sources = [path for path in RUST.rglob("*") if path.is_file() and path.suffix in (".rs", ".toml", ".json", ".md")]
    # Ids that people write are read by the forms of the schema; a table of real ones is a test of it.
    sources.remove(RUST / "engine" / "src" / "tuned" / "tests.rs")
    assert len(sources) > 40, "nothing was searched"
    for path in sources:
        text = path.read_text(encoding="utf-8").lower()
        for word in WORDS:
            assert word not in text, f"{path} knows {word!r}"


def test_the_schema_comes_back_from_the_file(registry: mx.Registry, tmp_path: Path) -> None:
    registry.save(tmp_path / "own.arrow")
    again = mx.Registry.open(tmp_path / "own.arrow")
    assert again.schema == registry.schema == SCHEMA != mx.Schema.default()
    assert again.schema.vocabulary() == SCHEMA.vocabulary()


def test_a_plain_registry_refuses_what_it_was_not_told() -> None:
    registry = mx.Registry()
    with pytest.raises(mx.InvalidModelError) as told:
        registry.register(ROWS[0])
    assert {problem.path.partition(".")[0] for problem in told.value.problems} >= {"squadron", "joules", "mode"}
    with pytest.raises(mx.UnknownFieldError):
        registry.select(squadron="red")
    with pytest.raises(mx.UnknownFieldError):
        registry.select(mx.f["joules"] > 1)


def test_numbers_in_metadata_are_fields_at_once() -> None:
    registry = mx.Registry()
    registry.register({"id": "m", "metadata": {"fps": 30, "gpu": {"count": 2}, "yes": True, "text": "9", "list": [1]}})
    assert registry.select(mx.f.metadata["fps"] >= 30, mx.f.metadata["gpu"]["count"] == 2).ids() == ["m"]
    assert registry.best(by=mx.highest("metadata.fps")).id == "m"  # type: ignore[union-attr]
    for none in ("yes", "text", "list"):
        with pytest.warns(mx.CoverageWarning, match=none):
            assert registry.count(mx.f.metadata[none] > 0) == 0
    with pytest.raises(mx.InvalidConditionError, match="highest"):
        registry.best(by="metadata.fps")
