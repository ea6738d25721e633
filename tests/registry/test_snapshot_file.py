"""Saving and opening: what comes back is what was there, and a file that was damaged is refused."""

from __future__ import annotations

import hashlib
import os
import pickle
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from tests.registry.oracle import Twin
from tests.registry.strategies import laws, stocks

import modeldex as mx

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SMALL = [
    {"id": "a", "aliases": ["x"], "provider": "p", "capabilities": {"tools": True, "vision": False}, "input_price": 1},
    {
        "id": "é/b",
        "base": "b",
        "home": True,
        "scores": {"s": 0.1},
        "metadata": {"deep": {"n": 3}},
        "released": "2025-06",
    },
    {"id": "c", "description": "text " * 50},
]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    registry = mx.Registry()
    registry.register_many(SMALL)
    registry.save(tmp_path / "small.arrow")
    return tmp_path / "small.arrow"


def same(one: mx.Registry, other: mx.Registry) -> None:
    assert list(one) == list(other)
    assert one.snapshot.fingerprint == other.snapshot.fingerprint
    assert one.select(status="any") == other.select(status="any")
    assert {name: count for name, count in one.measures().items() if count} == {
        name: count for name, count in other.measures().items() if count
    }
    for facet in ("provider", "capability", "lacks", "tag", "base", "status", "billing", "home"):
        assert one.terms(facet) == other.terms(facet)


@settings(laws, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stocks)
def test_what_is_saved_comes_back(tmp_path: Path, written: list[dict[str, Any]]) -> None:
    registry, twin = mx.Registry(), Twin()
    registry.register_many([definition for definition in written if twin.put(definition, replace=True)], replace=True)
    path = tmp_path / "r.arrow"
    registry.save(path)
    again = mx.Registry.open(path)
    same(registry, again)
    for name in registry:
        for alias in (name, *registry[name].aliases):
            assert again[alias] == registry[alias]
    # Its own file again is the same file.
    content = path.read_bytes()
    again.save(path)
    assert path.read_bytes() == content


def test_the_whole_catalogue(tmp_path: Path) -> None:
    registry = mx.Registry.load("bundled")
    registry.save(tmp_path / "c.arrow")
    same(registry, mx.Registry.open(tmp_path / "c.arrow"))


def test_there_and_back_again_is_the_same_catalogue() -> None:
    """A change that is taken back leaves no trace: documents are canonical."""
    registry = mx.Registry.load("bundled")
    for name in list(registry)[::100]:
        before = registry[name]
        registry.update(name, version="another")
        assert registry[name] != before
        assert registry.update(name, version=before.version) == before
    assert registry.snapshot.fingerprint == mx.models.snapshot.fingerprint


def test_the_order_of_keys_is_no_content() -> None:
    one, other = mx.Registry(), mx.Registry()
    one.register({"id": "m", "scores": {"a": 1, "b": 2}, "capabilities": {"tools": True, "vision": True}, "name": "n"})
    other.register(
        {"name": "n", "capabilities": {"vision": True, "tools": True}, "scores": {"b": 2, "a": 1}, "id": "m"}
    )
    assert one["m"] == other["m"]
    assert one.snapshot.fingerprint == other.snapshot.fingerprint


def everything(path: Path) -> str:
    """All that a file says, read to the end."""
    registry = mx.Registry.open(path)
    shown = [(name, dict(model.document)) for name, model in registry.items()]
    return repr((shown, registry.measures(), registry.terms("provider"), registry.snapshot.fingerprint))


def test_truncations_flips_and_additions(saved: Path) -> None:
    content, dice = saved.read_bytes(), random.Random(7)
    path = saved.with_name("damaged.arrow")
    # The engine's own tests try every bit; here every kind of place is met through Python.
    for size in {0, 1, 7, len(content) - 1, *range(0, len(content), len(content) // 150)}:
        path.write_bytes(content[:size])
        with pytest.raises(mx.CatalogueError):
            everything(path)
    for place in {*range(16), *range(len(content) - 16, len(content)), *dice.sample(range(len(content)), 300)}:
        damaged = bytearray(content)
        damaged[place] ^= 1 << dice.randrange(8)
        path.write_bytes(damaged)
        with pytest.raises(mx.CatalogueError) as error:
            everything(path)
        assert error.value.path in (None, str(path))
    for more in (b"\0", b"ARROW1", content):
        path.write_bytes(content + more)
        with pytest.raises(mx.CatalogueError):
            everything(path)


def test_a_missing_or_foreign_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "text.arrow").write_text("ARROW1 no more")
    (tmp_path / "noise.arrow").write_bytes(hashlib.sha512(b"x").digest() * 10_000)
    (tmp_path / "empty.arrow").touch()
    for name in ("missing", "text", "noise", "empty"):
        path = tmp_path / f"{name}.arrow"
        with pytest.raises(mx.CatalogueError) as error:
            mx.Registry.open(path)
        assert error.value.path == str(path)
        assert str(error.value).count(str(path)) == 1, "the file is named once"


def test_saving_replaces_at_once_and_leaves_nothing_else(saved: Path) -> None:
    held = saved.open("rb")
    before = held.read()
    registry = mx.Registry.open(saved)
    registry.register({"id": "new"})
    registry.save(saved)
    held.seek(0)
    assert held.read() == before, "never rewritten in place"
    held.close()
    assert list(mx.Registry.open(saved)) == [*[each["id"] for each in SMALL], "new"]
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]
    for wrong in (saved.parent, saved.parent / "no" / "such.arrow", saved / "x", saved.parent / ("x" * 300)):
        with pytest.raises(mx.CatalogueError):
            registry.save(wrong)
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]
    for odd in (None, 5, [], "a\0b"):
        with pytest.raises((TypeError, ValueError)):
            registry.save(odd)  # type: ignore[arg-type]


def test_a_symbolic_link_is_written_through_or_replaced(saved: Path) -> None:
    link = saved.with_name("link.arrow")
    link.symlink_to(saved)
    registry = mx.Registry.open(link)
    registry.remove("c")
    registry.save(link)
    assert "c" not in mx.Registry.open(link)


def test_a_file_deleted_after_opening_still_answers(saved: Path) -> None:
    registry = mx.Registry.open(saved)
    saved.unlink()
    assert registry.best(requires="tools").id == "a"  # type: ignore[union-attr]
    assert registry["c"].description == "text " * 50
    assert registry.update("a", name="n").name == "n"


def test_a_file_changed_after_opening_is_an_error_or_the_old_answer(saved: Path) -> None:
    """What was read and checked before stays good; what was not is an error that names the file."""
    content = saved.read_bytes()

    def damage() -> None:
        saved.write_bytes(bytes(len(content)))

    def cut() -> None:
        os.truncate(saved, 3)

    asks: list[Callable[[mx.Registry], object]] = [
        lambda registry: registry["b"],
        lambda registry: registry.get("nobody"),
        lambda registry: "nobody" in registry,
        lambda registry: registry.count(requires="tools"),
        lambda registry: registry.select(),
        lambda registry: registry.best(by="input_price"),
        lambda registry: registry.prepare(requires="tools"),
        lambda registry: registry.terms("provider"),
        lambda registry: registry.measures(),
        lambda registry: registry.suggest("c"),
        lambda registry: registry.resolve("c"),
        lambda registry: registry.offerings("b"),
        lambda registry: registry.ids(),
        list,
        lambda registry: registry.register({"id": "new"}),
        lambda registry: registry.update("c", name="n"),
        lambda registry: registry.remove("c"),
        lambda registry: registry.edit().__enter__(),
        lambda registry: registry.snapshot,
        lambda registry: registry.save(saved.with_name("other.arrow")),
        pickle.dumps,
    ]
    for spoil in (damage, cut):
        saved.write_bytes(content)
        read = mx.Registry.open(saved)
        assert read["c"].description == "text " * 50
        assert read.count(requires="tools") == 1
        for ask in asks:
            saved.write_bytes(content)
            fresh = mx.Registry.open(saved)
            spoil()
            assert len(fresh) == 3
            assert repr(fresh) == "<Registry of 3 models, version 1>"
            for _ in range(2):
                with pytest.raises(mx.CatalogueError) as error:
                    ask(fresh)
                assert error.value.path == str(saved)
                assert str(error.value).count(str(saved)) == 1
            # Nothing is kept of the failure.
            saved.write_bytes(content)
            ask(fresh)
        assert read["c"].description == "text " * 50
        assert read["b"].id == "é/b"
        assert read.count(requires="tools") == 1
        assert read.best(requires="tools").id == "a"  # type: ignore[union-attr]


def test_an_opened_registry_gives_the_same_objects_before_and_after_its_first_question(saved: Path) -> None:
    registry = mx.Registry.open(saved)
    frozen = registry.frozen()
    before = [registry[name] for name in ("a", "x", "é/b")]
    assert before[0] is before[1]
    assert [frozen[name] for name in ("a", "x", "é/b")] == before
    assert "nobody" not in registry
    assert registry.get("nobody") is None
    assert registry.count(requires="tools") == 1
    assert all(registry[name] is model for name, model in zip(("a", "x", "é/b"), before, strict=True))
    assert registry.best(requires="tools") is before[0]
    assert registry["b"] is before[2], "a bare name"
    assert frozen.best(requires="tools") is before[0]
    assert registry.update("c", name="n").name == "n"
    assert registry["a"] is before[0]
    assert frozen["c"].name is None


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_many_threads_and_processes_ask_a_file_first(tmp_path: Path) -> None:
    registry = mx.Registry()
    registry.register_many({"id": f"m{at}", "capabilities": {"tools": at % 3 == 0}} for at in range(25_000))
    registry.save(tmp_path / "r.arrow")
    opened = mx.Registry.open(tmp_path / "r.arrow")

    def ask(at: int) -> tuple[str, int]:
        return opened[f"m{at}"].id, opened.count(requires="tools")

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(ask, at) for at in range(0, 25_000, 1_000)]
        children = [os.fork() for _ in range(3)] if hasattr(os, "fork") else []
        if 0 in children:
            # A thread of the parent may be reading the index at this very moment: nobody waits for it.
            try:
                os._exit(0 if ask(7) == ("m7", 8_334) else 1)
            finally:
                os._exit(2)
        assert [each.result() for each in asked] == [(f"m{at}", 8_334) for at in range(0, 25_000, 1_000)]
    for child in children:
        assert os.waitpid(child, 0)[1] == 0


def test_a_read_only_directory_is_enough_to_open(saved: Path) -> None:
    saved.chmod(0o444)
    saved.parent.chmod(0o555)
    try:
        assert len(mx.Registry.open(saved)) == 3
        run = subprocess.run(
            [sys.executable, "-c", f"import modeldex as mx; print(len(mx.Registry.open({str(saved)!r})))"],
            capture_output=True,
            text=True,
            check=True,
            cwd=saved.parent,
        )
        assert run.stdout.strip() == "3"
    finally:
        saved.parent.chmod(0o755)


def test_changes_of_an_opened_registry_do_not_reach_the_file(saved: Path) -> None:
    content = saved.read_bytes()
    registry = mx.Registry.open(saved)
    registry.remove("a")
    registry.register({"id": "z"})
    assert saved.read_bytes() == content
    assert "a" in mx.Registry.open(saved)


def test_opening_and_asking_import_no_pydantic(saved: Path) -> None:
    code = f"""
import sys, modeldex as mx
registry = mx.Registry.open({str(saved)!r})
assert registry.best(requires="tools", by="input_price").id == "a"
assert mx.models["gpt-4o"].context_window == 128_000
assert len(registry.select(mx.f.context_window.is_unknown())) == 3
heavy = {{"pydantic", "numpy", "typer", "rich", "sqlite3", "http.client", "asyncio"}} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code], check=True)
