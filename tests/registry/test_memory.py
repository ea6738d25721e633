"""Nothing grows with what comes and goes: models, words, questions and texts of strangers leave no trace."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import modeldex as mx

if TYPE_CHECKING:
    from collections.abc import Callable

STATM = Path("/proc/self/statm")
pytestmark = pytest.mark.skipif(not STATM.exists(), reason="only Linux tells the memory of a process so")
CYCLES = 2_000
REMEMBERED = 2_048
"""As many ways to state capabilities are kept for the next model that states the same; then all are let go."""
NAMES = ("tools", "vision", "streaming", "json_mode", "reasoning", "seed", "logprobs", "temperature", "web_search",
         "computer_use", "audio_input", "video_input", "pdf_input")  # fmt: skip


def resident() -> int:
    gc.collect()
    return int(STATM.read_text().split()[1]) * 4096


def growth(work: Callable[[int], object], cycles: int = CYCLES, *, first: int | None = None) -> float:
    """Bytes that each cycle leaves behind, after so many to warm up: a tenth as many where nobody says."""
    first = cycles // 10 if first is None else first
    for number in range(first):
        work(number)
    before = resident()
    for number in range(first, first + cycles):
        work(number)
    return (resident() - before) / cycles


def come_and_go(registry: mx.Registry, **fields: Callable[[int], Any]) -> Callable[[int], object]:
    def work(number: int) -> None:
        registry.register({"id": f"m{number}", **{name: make(number) for name, make in fields.items()}})
        model = registry[f"m{number}"]
        assert model.document["id"] == f"m{number}"
        assert model in registry.select()
        registry.remove(model.id)

    return work


@pytest.fixture
def registry() -> mx.Registry:
    registry = mx.Registry()
    registry.register_many({"id": f"stay {place}", "tags": ["t"], "context_window": place} for place in range(50))
    return registry


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"description": lambda number: str(number) * 100},
        {"tags": lambda number: [f"tag {number}"]},
        {"provider": lambda number: f"provider {number}"},
        {"aliases": lambda number: [f"alias {number}"]},
        {"capabilities": lambda number: {name: bool(number >> bit & 1) for bit, name in enumerate(NAMES)}},
    ],
    ids=["plain", "description", "tags", "provider", "aliases", "capabilities"],
)
def test_models_that_come_and_go(registry: mx.Registry, fields: dict[str, Callable[[int], Any]]) -> None:
    assert growth(come_and_go(registry, **fields), first=REMEMBERED + 1) < 1_024


def test_updates_and_edits(registry: mx.Registry) -> None:
    def work(number: int) -> None:
        registry.update("stay 1", name=f"n{number}", **{"+tags": [f"t{number % 3}"]})
        with registry.edit() as edit:
            edit.update("stay 2", context_window=number)
            edit.register({"id": "new"})
            edit.remove("new")

    assert growth(work) < 1_024


def test_questions_and_misses(registry: mx.Registry) -> None:
    kept = registry.prepare(mx.f.context_window > mx.param("low"), by="context_window")

    def work(number: int) -> None:
        assert registry.get(f"nobody {number}") is None
        assert not registry.resolve(f"nobody {number}")
        registry.select(min_context_window=number, tag=mx.any_of(f"t{number}", "t", missing_ok=True)).models()
        registry.prepare(mx.f.context_window > number % 50).best()
        kept.best(low=number % 60)
        for ask in (lambda: registry[f"nobody {number}"], lambda: registry.select(tag=f"t{number}")):
            with pytest.raises(mx.ModeldexError):
                ask()
        with pytest.raises(mx.InvalidModelError):
            registry.register({"id": f"m{number}", "mode": f"mode {number}"})

    assert growth(work) < 1_024


def test_registries_and_their_pickles() -> None:
    def work(number: int) -> None:
        registry = mx.Registry()
        registry.register({"id": "m", "context_window": number})
        query = registry.prepare(by="context_window")
        assert query.best() is registry["m"]
        registry.frozen().select().where(min_context_window=1)

    assert growth(work, 500) < 4_096


def test_opening_again_and_again(tmp_path: Path) -> None:
    registry = mx.Registry()
    registry.register_many({"id": f"m{place}", "description": "d" * 1_000} for place in range(500))
    registry.save(tmp_path / "r.arrow")

    def work(_: int) -> None:
        again = mx.Registry.open(tmp_path / "r.arrow")
        assert len(again.select().models()) == 500

    assert growth(work, 100) < 50_000


def test_old_snapshots_go_with_their_last_reader(registry: mx.Registry) -> None:
    held = registry.select()
    before = resident()
    for number in range(300):
        registry.register_many(
            ({"id": f"big {place}", "description": str(number) * 3_000} for place in range(20)), replace=True
        )
    assert resident() - before < 20_000_000
    assert len(held) == 50


def test_models_of_equal_capabilities_share_them() -> None:
    """734 ways to state capabilities in the catalogue: they share one table of synonyms."""
    models = mx.models.select(status="any").models()
    tables = {id(model.capabilities._synonyms) for model in models}
    assert len({id(model.capabilities) for model in models}) > 100
    assert len(tables) == 1
