"""`Registry.nearest` beside rapidfuzz over `Registry.names`, whatever was changed before."""

from __future__ import annotations

import copy
import math
import pickle
import random
import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

import modeldex as mx

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 6
CASES = 10_000
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-./:_ABCé"


def oracle(names: list[str], text: str, limit: int, cutoff: float) -> list[tuple[str, float]]:
    found = process.extract(
        text, names, scorer=Levenshtein.normalized_similarity, score_cutoff=cutoff, limit=limit, processor=None
    )
    return [(name, score) for name, score, _ in found]


def agrees(registry: mx.Registry, names: list[str], text: str, limit: int, cutoff: float) -> int:
    """Scores are equal to the last bit, and so are order and ties; how many there are."""
    found = registry.nearest(text, limit=limit, cutoff=cutoff)
    assert [(near.name, near.score) for near in found] == oracle(names, text, limit, cutoff), (text, limit, cutoff)
    assert all(registry[near.name] is near.model for near in found)
    return len(found)


def listed(registry: mx.Registry) -> list[str]:
    """The names as anybody can find them."""
    names = [name for model in registry.values() for name in (model.id, *model.aliases)]
    known = set(names)
    bases = {base for base in registry.terms("base") if base not in known and base in registry}
    return [*names, *sorted(bases)]


def misspelt(name: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(name) + 1)
        kind = chance.randrange(4)
        letter = chance.choice(LETTERS)
        swapped = name[at + 1 : at + 2] + name[at : at + 1]
        name = name[:at] + [letter, "", letter, swapped][kind] + name[at + [0, 1, 1, 2][kind] :]
    return name


def cutoffs(chance: random.Random) -> float:
    whole = chance.randint(1, 40)
    # Very scores, among others: there rounding decides.
    exact = 1 - chance.randint(0, whole) / whole
    return chance.choice([0.6, 0.6, exact, exact, chance.random(), 1.0, 0.9])


def test_the_shipped_catalogue() -> None:
    chance, names = random.Random(SEED), mx.models.names()
    assert names == listed(mx.models)
    letters = "".join(names)
    found = 0
    for case in range(CASES // 20):
        name = chance.choice(names)
        text = misspelt(name, chance) if case % 5 else "".join(chance.choices(letters, k=len(name)))
        found += agrees(mx.models, names, text, chance.choice([1, 1, 5, 20]), max(0.3, cutoffs(chance)))
    assert found > CASES // 40


def test_parts_of_the_shipped_catalogue() -> None:
    """Many cases over few names, so that rapidfuzz takes seconds and not minutes."""
    chance, every = random.Random(SEED + 1), mx.models.names()
    definitions = [{"id": name} for name in every]
    found = 0
    for _ in range(CASES // 100):
        registry = mx.Registry()
        registry.register_many(chance.sample(definitions, k=chance.choice([3, 70, 600])), progress=False)
        names = registry.names()
        for _ in range(100):
            text = misspelt(chance.choice(chance.choice([names, every])), chance)
            found += agrees(registry, names, text, chance.choice([0, 1, 2, 5, 1_000]), cutoffs(chance))
    assert found > CASES


TEXTS = st.one_of(
    st.text("ab1-", min_size=1, max_size=6),
    st.text("abAé日\u0301", min_size=1, max_size=5),
    st.text("ab", min_size=60, max_size=70),
    st.sampled_from(["a" * 200, "é" * 100, "x/" * 60]),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), TEXTS, st.lists(TEXTS, max_size=2), st.none() | TEXTS),
        st.tuples(st.just("alias"), TEXTS, TEXTS),
        st.tuples(st.just("price"), TEXTS, st.integers(0, 9)),
        st.tuples(st.just("remove"), TEXTS),
        st.tuples(st.just("ask"), TEXTS, st.integers(0, 6), st.floats(0, 1)),
    ),
    max_size=25,
)


def step(registry: mx.Registry, kind: str, *rest: Any) -> None:
    match kind, *rest:
        case "put", id, aliases, base:
            definition = {"id": id, "aliases": aliases} | ({"base": base, "provider": "p"} if base else {})
            registry.register(definition, replace=True)
        case "alias", id, alias:
            registry.update(id, aliases=[alias])
        case "price", id, price:
            registry.update(id, input_price=price)
        case "remove", id:
            registry.remove(id)
        case "ask", text, limit, cutoff:
            agrees(registry, listed(registry), text, limit, cutoff)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS, TEXTS, st.floats(0, 1))
def test_changes_in_between(steps: list[tuple[Any, ...]], text: str, cutoff: float) -> None:
    registry = mx.Registry()
    views = [
        registry.view(deny=["a*", "é*"]),
        registry.view(models=[{"id": "of a view", "aliases": ["ab", "b1"], "base": "view"}], min_input_price=3),
    ]
    for each in steps:
        try:
            step(registry, *each)
        except (mx.ModelNotFoundError, mx.DuplicateModelError, mx.InvalidModelError):
            continue
    for one in [registry, registry.frozen(), *views]:
        names = listed(one)
        assert one.names() == names
        for least in (cutoff, 0.0, 0.6, 1.0):
            agrees(one, names, text, 4, least)


@pytest.mark.parametrize("cutoff", [0.0, 0.5, 0.6, 2 / 3, 0.75, 1.0])
def test_ties_and_long_texts(cutoff: float) -> None:
    registry = mx.Registry()
    ids = ["ab", "ba", "aa", "bb", "é" * 64, "é" * 65, "x" * 63, "x" * 64, "x" * 65, "x" * 512, "y" * 129]
    registry.register_many([{"id": id} for id in ids], progress=False)
    for text in [*ids, "", "a", "abab", "x" * 66, "é" * 200, "z" * 40, "日本", "\0", "X" * 64]:
        for limit in range(4):
            agrees(registry, registry.names(), text, limit, cutoff)
        agrees(registry, registry.names(), text, 100, cutoff)


def test_what_cannot_be_a_name_is_near_to_nothing() -> None:
    registry = mx.Registry()
    registry.register({"id": "x" * 512})
    assert [near.name for near in registry.nearest("x" * 511)] == ["x" * 512]
    for text in ("x" * 513, "é" * 257, "x" * 10_000_000, "\ud800", "x\udfff"):
        assert registry.nearest(text, cutoff=0.0) == []
    assert mx.Registry().nearest("x", cutoff=0.0) == []
    assert mx.Registry().names() == []


def test_a_name_that_many_share_leads_nowhere_and_is_none() -> None:
    registry = mx.Registry()
    registry.register({"id": "a/llm", "base": "llm", "provider": "a"})
    assert registry.names() == ["a/llm", "llm"]
    registry.register({"id": "b/llm", "base": "llm", "provider": "b"})
    assert registry.names() == ["a/llm", "b/llm"]
    assert [near.name for near in registry.nearest("llm", cutoff=0.1)] == ["a/llm", "b/llm"]
    registry.remove("a/llm")
    assert [(near.name, near.model.id) for near in registry.nearest("llm", cutoff=0.5)] == [
        ("llm", "b/llm"),
        ("b/llm", "b/llm"),
    ]


def test_what_a_view_does_not_show_is_not_near() -> None:
    view = mx.models.view(deny="openai/*")
    assert mx.models.nearest("opnai/gpt-4o", 1)[0].name == "openai/gpt-4o"
    names = view.names()
    assert not any(name.startswith("openai/") for name in names)
    for text in ("opnai/gpt-4o", "gpt-4o-mini", "gpt-4-o"):
        agrees(view, names, text, 5, 0.5)


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"limit": -1}, ValueError, "0 or more"),
        ({"limit": 1.0}, TypeError, "an int, not float"),
        ({"limit": "3"}, TypeError, "an int, not str"),
        ({"limit": True}, TypeError, "an int, not bool"),
        ({"limit": None}, TypeError, "an int, not NoneType"),
        ({"cutoff": -0.1}, ValueError, "from 0 to 1"),
        ({"cutoff": 1.01}, ValueError, "from 0 to 1"),
        ({"cutoff": math.nan}, ValueError, "from 0 to 1"),
        ({"cutoff": 10**400}, ValueError, "from 0 to 1"),
        ({"cutoff": "0.6"}, TypeError, "a float from 0 to 1, not str"),
        ({"cutoff": None}, TypeError, "a float from 0 to 1, not NoneType"),
        ({"text": 3}, TypeError, "text"),
        ({"text": None}, TypeError, "text"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        mx.models.nearest(**{"text": "gpt-4o", **arguments})


def test_whole_numbers_and_huge_ones_will_do() -> None:
    assert [near.name for near in mx.models.nearest("openai/gpt-4o", 10**30, 1)] == ["openai/gpt-4o"]
    assert mx.models.nearest("gpt-4o", 0) == []


def test_an_item_is_a_value() -> None:
    near = mx.models.nearest("gtp-4o")[0]
    assert repr(near).startswith(f"<Near '{near.name}' score=0.667: <Model ")
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(near, protocol))
        assert (again, hash(again)) == (near, hash(near))
    assert copy.copy(near) == near == mx.models.nearest("gtp-4o")[0]
    others = mx.models.nearest("gtp-4o")[1:] + mx.models.nearest("gpt-4o", 1)
    assert near not in others
    assert near != near.name
    with pytest.raises(AttributeError):
        near.score = 1.0  # type: ignore[misc]


def test_an_answer_is_remembered_until_names_change() -> None:
    registry = mx.Registry()
    registry.register({"id": "a/llm", "base": "llm", "input_price": 1})

    def found() -> list[tuple[str, str, float | None]]:
        twice = [registry.nearest("llx", cutoff=0.5) for _ in range(2)]
        assert twice[0] == twice[1]
        assert registry.nearest("llx", 1, 0.5) == twice[0][:1]
        assert all(near.model is registry[near.model.id] for near in twice[1])
        return [(near.name, near.model.id, near.model.input_price) for near in twice[1]]

    assert found() == [("llm", "a/llm", 1)]
    registry.update("a/llm", input_price=2)
    assert found() == [("llm", "a/llm", 2)], "the model of now"
    registry.update("a/llm", aliases=["lly"])
    assert found() == [("lly", "a/llm", 2), ("llm", "a/llm", 2)]
    view = registry.view(max_input_price=2)
    assert [near.name for near in view.nearest("llx", cutoff=0.5)] == ["lly", "llm"]
    registry.register({"id": "b/llm", "base": "llm"})
    assert found() == [("lly", "a/llm", 2)], "the bare name is ambiguous now"
    registry.update("a/llm", home=True)
    assert found() == [("lly", "a/llm", 2), ("llm", "a/llm", 2)], "it leads home"
    registry.update("a/llm", input_price=3)
    assert view.nearest("llx", cutoff=0.5) == []
    registry.remove("a/llm")
    assert found() == [("llm", "b/llm", None)]


def test_many_questions_leave_nothing_behind() -> None:
    registry = mx.Registry()
    registry.register({"id": "x" * 500})
    for at in range(20_000):
        assert registry.nearest(f"{at}" + "y" * 400) == []
    assert registry.nearest("x" * 499)[0].name == "x" * 500


def rounds(stop: threading.Event) -> Iterator[int]:
    turn = 0
    while not stop.is_set() and turn < 400:
        yield turn
        turn += 1


def test_questions_while_names_change() -> None:
    registry = mx.Registry()
    registry.register_many([{"id": f"model-{at}"} for at in range(3_000)], progress=False)
    stop, faults = threading.Event(), list[BaseException]()

    def ask() -> None:
        try:
            while not stop.is_set():
                found = registry.nearest("modle-77", 3)
                assert found[0].name == "model-77"
                assert all(near.model.id == near.name for near in found)
        except BaseException as fault:  # noqa: BLE001
            faults.append(fault)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for turn in rounds(stop):
        registry.register({"id": f"other-{turn}", "aliases": [f"far-away-{turn}"]})
        if turn:
            registry.remove(f"other-{turn - 1}")
    stop.set()
    for thread in threads:
        thread.join()
    assert not faults
    assert registry.names() == listed(registry)
