"""A misspelt or differently written name, resolved: beside FakeAI's matcher, LiteLLM's miss path and a scan with rapidfuzz.

The peers answer something else than we do (the likeliest name, however unlike; or an error), so that answers are not
compared with theirs, but with what was meant.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import random
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from typing import TYPE_CHECKING, Any

import pytest

import modeldex as mx
from benches import peers
from benches.rounds import Call, Race

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from benches.conftest import Report

MANY = 500
FEW = 2
"""Texts of a round for a peer that takes half a second each."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"
QUESTION = "names"


@cache
def texts(kind: str) -> tuple[tuple[str, str], ...]:
    """So many texts, each with the id that it means: one wrong letter in an id, or the id as others would write it."""
    chance = random.Random(11)
    made = list[tuple[str, str]]()
    for id in chance.sample([id for id in mx.models if not set(id) & set(":@~")], MANY):
        if kind == "one wrong letter":
            places = [place for place, letter in enumerate(id) if letter.isascii() and letter.islower()]
            at = chance.choice(places)
            made.append((id[:at] + chance.choice(LETTERS.replace(id[at], "")) + id[at + 1 :], id))
        elif kind == "another spelling":
            provider, _, name = id.partition("/")
            habits = (name.upper(), name.replace("-", "_"), name.replace("-", " "), f"{name}:latest")
            made.append((f"{provider}/{chance.choice(habits)}", id))
        else:
            made.append((f"{id.partition('/')[0]}/no-such-{chance.randrange(1_000)}-{chance.choice(LETTERS)}", ""))
    return tuple(made)


KINDS = ("one wrong letter", "another spelling", "a name of nothing")


def ours(kind: str, many: int = MANY) -> Call:
    names = {"resolve": mx.models.resolve, "texts": [text for text, _ in texts(kind)[:many]]}
    return Call("modeldex", "resolve(text)", names, over="text in texts")


def fakeai_matcher() -> Any:
    """FakeAI's module of that name alone: the package around it is a web server that wants to be imported whole."""
    try:
        path = distribution("fakeai").locate_file("fakeai/models_registry/discovery.py")
    except PackageNotFoundError:
        pytest.skip("fakeai is not installed: pip install --no-deps --group bench-alone")
    spec = importlib.util.spec_from_file_location("fakeai_discovery", str(path))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("kind", KINDS)
def test_beside_a_scan_with_rapidfuzz(kind: str, benchmark: BenchmarkFixture, report: Report) -> None:
    """The nearest of all names by Levenshtein, 0.6 alike or more."""
    from rapidfuzz import process
    from rapidfuzz.distance import Levenshtein

    names = {
        "nearest": process.extractOne,
        "names": [id.lower() for id in mx.models],
        "scorer": Levenshtein.normalized_similarity,
        "texts": [text for text, _ in texts(kind)],
    }
    scan = Call("rapidfuzz", "nearest(text, names, scorer=scorer, score_cutoff=0.6)", names, over="text in texts[:50]")
    race = Race(ours(kind), scan).run(benchmark)
    report(QUESTION, f"resolve, {kind}, {len(mx.models):,} models", race, "rapidfuzz")


@pytest.mark.parametrize("kind", KINDS)
def test_beside_fakeai(kind: str, benchmark: BenchmarkFixture, report: Report) -> None:
    """Its matcher over the same ids. Two texts a round: it takes half a second for each."""
    matcher = fakeai_matcher()
    names = {"match": matcher.fuzzy_match_model, "ids": list(mx.models), "texts": [text for text, _ in texts(kind)]}
    match = Call("fakeai", "match(text, ids)[0]", names, over=f"text in texts[:{FEW}]")
    race = Race(ours(kind), match).run(benchmark, rounds=5)
    report(QUESTION, f"resolve, {kind}, {len(mx.models):,} models", race, "fakeai")


@pytest.mark.parametrize("kind", KINDS)
def test_beside_litellm(kind: str, benchmark: BenchmarkFixture, report: Report) -> None:
    """What it does with a name that it does not know: it tries its prefixes, prints a hint and raises."""
    lookup = peers.litellm().get_model_info

    def missed(text: str) -> object:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
            return lookup(text)
        return None

    names = {"missed": missed, "texts": [text for text, _ in texts(kind)]}
    miss = Call("litellm", "missed(text)", names, over="text in texts")
    race = Race(ours(kind), miss).run(benchmark)
    report(QUESTION, f"resolve, {kind}, {len(mx.models):,} models", race, "litellm")


def test_answers_are_those_that_were_meant() -> None:
    """A fast answer is worth nothing where it is wrong: never another model, and what means nothing is nothing."""
    for kind in KINDS:
        found = [(mx.models.resolve(text).model, id) for text, id in texts(kind)]
        right = sum((model.id if model else "") == id for model, id in found)
        wrong = [(model.id, id) for model, id in found if model and (model.base or model.id) != base_of(id)]
        assert wrong == [], kind
        assert right > MANY * 0.8, (kind, right)


def base_of(id: str) -> str | None:
    """What an id is an offering of."""
    return (mx.models[id].base or id) if id else None
