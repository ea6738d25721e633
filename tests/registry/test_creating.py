"""Models made when they are asked for: once, checked, marked, capped, and with nobody waiting for ever."""

from __future__ import annotations

import gc
import os
import pickle
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import modeldex as mx
from modeldex import AutoCreateError, InvalidModelError, ModelNotFoundError


def guess(name: str) -> dict[str, Any]:
    return {"context_window": len(name), "tags": ["beta"]}


def test_what_is_there_is_given_and_what_is_not_is_made() -> None:
    asked: list[str] = []

    def made(name: str) -> dict[str, Any]:
        asked.append(name)
        return guess(name)

    registry = mx.Registry(auto_create=made)
    there = registry.register({"id": "there", "aliases": ["other"]})
    assert registry.get_or_create("there") is registry.get_or_create("other") is there
    assert asked == []
    model = registry.get_or_create("house/llm")
    assert model is registry["house/llm"] is registry.get_or_create("house/llm")
    assert (model.context_window, model.tags, asked) == (9, ("beta", "auto_created"), ["house/llm"])
    assert registry.select(tag=mx.none_of("auto_created")).ids() == ["there"]


def test_looking_up_stays_strict() -> None:
    registry = mx.Registry(auto_create=guess)
    assert registry.get("x") is None
    assert "x" not in registry
    with pytest.raises(ModelNotFoundError):
        registry["x"]
    assert len(registry) == 0


def test_without_a_function_it_is_a_lookup() -> None:
    registry = mx.Registry()
    registry.register({"id": "gpt-4o"})
    assert registry.get_or_create("gpt-4o").id == "gpt-4o"
    with pytest.raises(ModelNotFoundError, match="did you mean 'gpt-4o'"):
        registry.get_or_create("gpt-4")


def test_none_is_not_made_and_may_be_asked_again() -> None:
    answers: list[Any] = [None, {"name": "later"}]
    registry = mx.Registry(auto_create=lambda _: answers.pop(0))
    registry.register({"id": "gpt-4o"})
    with pytest.raises(ModelNotFoundError, match="did you mean 'gpt-4o'"):
        registry.get_or_create("gpt-4x")
    assert registry.get_or_create("gpt-4x").name == "later"


def test_an_ambiguous_name_is_not_made() -> None:
    registry = mx.Registry(auto_create=guess)
    registry.register_many([{"id": "a/m", "base": "m"}, {"id": "b/m", "base": "m"}])
    with pytest.raises(mx.AmbiguousNameError):
        registry.get_or_create("m")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"id": "other"}, "asked for this id and defined 'other'"),
        ({"context_window": -1}, "context_window"),
        ({"no_such": 1}, "no_such"),
        ({"tags": 3}, "tags"),
        ("text", "return a mapping of fields, or None"),
        (7, "return a mapping of fields, or None"),
    ],
)
def test_what_the_function_returns_is_checked(given: Any, told: str) -> None:
    registry = mx.Registry(auto_create=lambda _: given)
    with pytest.raises(InvalidModelError, match=told):
        registry.get_or_create("m")
    assert len(registry) == 0


def test_an_alias_that_is_taken_is_an_error() -> None:
    registry = mx.Registry(auto_create=lambda _: {"aliases": ["there"]})
    registry.register({"id": "there"})
    with pytest.raises(mx.DuplicateModelError, match="there"):
        registry.get_or_create("m")


@pytest.mark.parametrize("name", ["", "x" * 513, "é" * 257, "a\x00b", "a\nb", "a\u202eb", " a", "a ", "\ud800"])
def test_what_cannot_be_an_id_is_refused_before_the_call(name: str) -> None:
    def never(_: str) -> None:
        raise AssertionError

    registry = mx.Registry(auto_create=never)
    with pytest.raises(InvalidModelError, match="cannot be the name of a model"):
        registry.get_or_create(name)


def test_an_exception_stores_nothing_and_the_next_call_tries_again() -> None:
    failures = [OSError("down"), None]

    def made(name: str) -> dict[str, Any]:
        if error := failures.pop(0):
            raise error
        return {"name": name}

    registry = mx.Registry(auto_create=made)
    with pytest.raises(OSError, match="down"):
        registry.get_or_create("m")
    assert len(registry) == 0
    assert registry.get_or_create("m").name == "m"


def test_many_threads_are_one_call() -> None:
    calls: list[str] = []

    def slow(name: str) -> dict[str, Any] | None:
        calls.append(name)
        time.sleep(0.02)
        if name == "bad":
            raise OSError("down")
        return None if name == "none" else {"name": name}

    registry = mx.Registry(auto_create=slow)
    names = ["a", "b", "bad", "none"] * 8
    start = threading.Barrier(len(names))

    def ask(name: str) -> object:
        start.wait()
        try:
            return registry.get_or_create(name)
        except (OSError, ModelNotFoundError) as error:
            return type(error)

    with ThreadPoolExecutor(len(names)) as pool:
        found = list(pool.map(ask, names))
    assert calls.count("a") == calls.count("b") == 1
    for name, given in zip(names, found, strict=True):
        assert given == {"bad": OSError, "none": ModelNotFoundError}.get(name) or given is registry[name]
    assert sorted(registry) == ["a", "b"]


def test_the_registry_is_free_while_the_function_runs() -> None:
    inside, on = threading.Event(), threading.Event()

    def slow(_: str) -> dict[str, Any]:
        inside.set()
        assert on.wait(30)
        return {}

    registry = mx.Registry(auto_create=slow)
    registry.register({"id": "there"})
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(registry.get_or_create, "m")
        assert inside.wait(30)
        assert registry["there"].id == "there"
        # What somebody states meanwhile is better than a guess.
        stated = registry.register({"id": "m", "name": "stated"})
        on.set()
        assert waiting.result(30) is stated
    assert stated.tags == ()


def test_the_function_may_ask_for_others_but_not_for_itself() -> None:
    def made(name: str) -> dict[str, Any]:
        if name == "itself":
            registry.get_or_create("itself")
        if name == "whole":
            return {"context_window": registry.get_or_create("part").context_window}
        return {"context_window": 7}

    registry = mx.Registry(auto_create=made)
    assert registry.get_or_create("whole").context_window == 7
    assert sorted(registry) == ["part", "whole"]
    with pytest.raises(AutoCreateError, match="wait for itself"):
        registry.get_or_create("itself")
    assert "itself" not in registry


def test_two_that_ask_for_each_other_do_not_wait_for_ever() -> None:
    both = threading.Barrier(2)

    def made(name: str) -> dict[str, Any]:
        both.wait(30)
        registry.get_or_create("b" if name == "a" else "a")
        return {}

    registry = mx.Registry(auto_create=made)
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(registry.get_or_create, name) for name in "ab"]
        assert any(isinstance(each.exception(30), AutoCreateError) for each in asked)


def test_what_the_function_registers_itself_is_given() -> None:
    def made(name: str) -> None:
        registry.register({"id": name, "name": "mine"})

    registry = mx.Registry(auto_create=made)
    assert registry.get_or_create("m").name == "mine"


def test_so_many_are_made_and_no_more() -> None:
    registry = mx.Registry(auto_create=guess, auto_create_limit=2)
    registry.get_or_create("a")
    registry.get_or_create("b")
    with pytest.raises(AutoCreateError, match="has made 2 models, and the limit is 2"):
        registry.get_or_create("c")
    assert registry.get_or_create("a").id == "a"
    registry.remove("a")
    assert registry.get_or_create("c").id == "c"
    with pytest.raises(AutoCreateError, match="limit"):
        registry.get_or_create("a")


@pytest.mark.parametrize("limit", [-1, 1.5, "3", True])
def test_a_limit_is_a_whole_number(limit: Any) -> None:
    with pytest.raises(ValueError, match="whole number"):
        mx.Registry(auto_create=guess, auto_create_limit=limit)


def test_the_function_is_a_function_and_given_once() -> None:
    function: Any = "text"
    with pytest.raises(TypeError, match="function of an id"):
        mx.Registry(auto_create=function)
    loaded = mx.Registry.load("bundled")
    loaded.auto_create(guess, limit=1)
    assert loaded.get_or_create("house/llm").id == "house/llm"
    with pytest.raises(AutoCreateError, match="already"):
        loaded.auto_create(guess)


def test_views_copies_and_pickles_have_the_models_and_not_the_function() -> None:
    registry = mx.Registry(auto_create=guess)
    registry.get_or_create("a")
    for other in (registry.view(), registry.frozen(), pickle.loads(pickle.dumps(registry))):
        assert other.get_or_create("a").tags == ("beta", "auto_created")
        with pytest.raises(ModelNotFoundError):
            other.get_or_create("b")
    for other in (registry.view(), registry.frozen()):
        with pytest.raises(mx.ModeldexError, match="read-only"):
            other.auto_create(guess)


def test_a_function_that_holds_the_registry_is_collected_with_it() -> None:
    class Holder:
        def __init__(self) -> None:
            self.registry = mx.Registry(auto_create=self.made)

        def made(self, name: str) -> dict[str, Any]:
            return {"name": f"{name} {len(self.registry)}"}

    holder = Holder()
    assert holder.registry.get_or_create("a").name == "a 0"
    gone = weakref.ref(holder)
    del holder
    gc.collect()
    assert gone() is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_process_forked_while_the_function_runs_makes_its_own() -> None:
    inside, on = threading.Event(), threading.Event()
    parent = os.getpid()

    def slow(_: str) -> dict[str, Any]:
        if os.getpid() == parent:
            inside.set()
            assert on.wait(30)
        return {"name": str(os.getpid() == parent)}

    registry = mx.Registry(auto_create=slow)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(registry.get_or_create, "m")
        assert inside.wait(30)
        child = os.fork()
        if not child:
            os._exit(0 if registry.get_or_create("m").name == "False" else 1)
        deadline = time.monotonic() + 30
        while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() < deadline:
            time.sleep(0.01)
        on.set()
        assert waiting.result(30).name == "True"
    assert ended == (child, 0)
