"""Names on the shipped catalogue: every id, alias and bare name leads where it should, and a miss helps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from tests.registry.strategies import laws

import modeldex as mx

MODELS = Path(__file__).parents[2] / "catalogue" / "models"


def test_every_id_and_alias_leads_to_its_model() -> None:
    seen = 0
    for path in sorted(MODELS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").split("\n"):
            if not line:
                continue
            written = json.loads(line)
            model = mx.models[written["id"]]
            assert model.id == written["id"]
            assert mx.models.resolve(written["id"]).how == "exact"
            for alias in written.get("aliases", ()):
                assert mx.models[alias] is model
                assert mx.models.resolve(alias).how == "alias"
            seen += 1
    assert seen == len(mx.models) > 9_000


def test_every_bare_name_is_certain_or_ambiguous() -> None:
    bases = mx.models.terms("base")
    assert len(bases) > 2_000
    certain = 0
    for base, count in bases.items():
        model = mx.models.get(base)
        offerings = mx.models.offerings(base)
        assert len(offerings) == count
        if model is None:
            with pytest.raises(mx.AmbiguousNameError) as told:
                mx.models[base]
            assert told.value.count == count > 1
            continue
        certain += 1
        homes = [each for each in offerings if each.home]
        # An id or a declared alias of another row beats the bare name.
        assert base == model.id or base in model.aliases or model in (homes or offerings)
    assert certain > 1_000


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("openai/gpt-4oo", "openai/gpt-4o"),
        ("opnai/gpt-4o", "openai/gpt-4o"),
        ("OpenAI/GPT-4o", "openai/gpt-4o"),
        ("anthropic/claude-sonet-4-5", "anthropic/claude-sonnet-4-5"),
        ("gpt4o", "openai/gpt-4o"),
        ("gpt-4oo", "openai/gpt-4o"),
        ("claude-sonet-4-5", "anthropic/claude-sonnet-4-5"),
    ],
)
def test_a_misspelling_is_answered_with_what_was_meant(text: str, meant: str) -> None:
    with pytest.raises(mx.ModelNotFoundError) as missed:
        mx.models[text]
    assert meant in missed.value.suggestions
    assert list(missed.value.suggestions) == mx.models.suggest(text)
    found = mx.models.resolve(text)
    assert found.model is mx.models[meant] if found else meant in [one.id for one in found.candidates]


def test_a_registry_without_the_name_does_not_suggest_the_name_itself() -> None:
    registry = mx.Registry()
    registry.register({"id": "a"})
    with pytest.raises(mx.ModelNotFoundError) as missed:
        registry.offerings("a")
    assert "did you mean 'a'" not in str(missed.value)


@laws
@given(
    st.one_of(st.text(max_size=20), st.sampled_from(["gpt-4o", "llama", "/", "claude/"]).map(lambda text: text * 30))
)
def test_suggestions_are_ids_and_few(text: str) -> None:
    found = mx.models.suggest(text, 5)
    assert len(found) == len(set(found)) <= 5
    assert all(mx.models[name].id == name for name in found)
    assert mx.models.suggest(text, 3) == found[:3]
    assert mx.models.suggest(text, 0) == []


def test_a_resolution_shows_how() -> None:
    exact, miss = mx.models.resolve("openai/gpt-4o"), mx.models.resolve("gpt-oss-120b")
    assert (exact.text, exact.how, exact.score, exact.candidates) == ("openai/gpt-4o", "exact", 1.0, ())
    assert (miss.model, miss.how, miss.score, miss.ambiguous) == (None, None, 0.0, True)
    assert "openai/gpt-4o" in repr(exact)
    assert "ambiguous" in repr(miss)
    for name in ("model", "how", "new"):
        with pytest.raises(AttributeError):
            setattr(exact, name, None)
    for odd in (None, 5, b"x", ["x"]):
        with pytest.raises(TypeError):
            mx.models.resolve(odd)  # type: ignore[arg-type]


def test_names_that_are_ids_aliases_and_bases_at_once() -> None:
    registry = mx.Registry()
    registry.register_many(
        [
            {"id": "gpt", "base": "x"},
            {"id": "p/gpt", "base": "gpt", "home": True},
            {"id": "q/gpt", "base": "gpt", "aliases": ["x"]},
        ]
    )
    assert registry["gpt"].id == "gpt"
    assert registry["x"].id == "q/gpt"
    registry.remove("gpt")
    assert registry["gpt"].id == "p/gpt"
    registry.update("q/gpt", home=True)
    assert registry.get("gpt") is None
    registry.update("p/gpt", home=None)
    assert registry["gpt"].id == "q/gpt"
    registry.remove("p/gpt")
    registry.update("q/gpt", home=False)
    assert registry["gpt"].id == "q/gpt"
    registry.remove("q/gpt")
    assert "gpt" not in registry
    assert "x" not in registry


def test_extending_an_ambiguous_name_says_so() -> None:
    registry = mx.Registry()
    registry.register_many([{"id": f"{provider}/m", "base": "m"} for provider in "ab"])
    with pytest.raises(mx.AmbiguousNameError, match="2 times"):
        registry.register({"id": "x", "extends": "m"})
