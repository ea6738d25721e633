"""Several keys, top few, best of each, and what nobody states yet."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

import modeldex as mx


def shelf() -> mx.Registry:
    registry = mx.Registry()
    rows: list[tuple[str, str | None, str, float | None, int | None]] = [
        ("a1", "a", "azure", 2, 10), ("a2", "a", "openai", 1, 10), ("a3", "a", "acme", 1, 20), ("b1", "b", "azure", None, 99),
        ("b2", "b", "acme", 3, 10), ("n1", None, "azure", 1, None), ("n2", None, "openai", 5, 5)]  # fmt: skip
    for name, base, provider, price, window in rows:
        stated = {"base": base, "input_price": price, "context_window": window}
        registry.register(
            {
                "id": name,
                "provider": provider,
                "billing": "metered",
                **{k: v for k, v in stated.items() if v is not None},
            }
        )
    return registry


def test_the_best_offering_of_each_model() -> None:
    registry = shelf()
    # Without a base a model stands for itself.
    assert registry.select(distinct="base").ids() == ["a1", "b1", "n1", "n2"]
    assert registry.select(distinct="base", by="input_price").ids() == ["a2", "n1", "b2", "n2"]
    assert registry.select(distinct="base", by="input_price", limit=2).ids() == ["a2", "n1"]
    assert registry.select(distinct="base", by=["input_price", "context_window"]).ids() == ["a3", "n1", "b2", "n2"]
    assert registry.select(distinct="base", by="input_price", prefers="acme").ids() == ["a3", "n1", "b2", "n2"]
    assert registry.select(distinct="base", prefers=["openai", "acme"]).ids() == ["a2", "n2", "b2", "n1"]
    assert registry.select(distinct="base", by="input_price", limit=0).ids() == []
    assert registry.select().where(distinct="base", sort="-context_window", limit=2).ids() == ["b1", "a3"]
    route = registry.prepare(distinct="base", by=mx.cost(input_tokens=mx.param("tokens")), limit=2)
    assert route.ids(tokens=5) == ["a2", "n1"]
    # The best is the first of all, distinct or not.
    assert registry.best(distinct="base", by=["input_price", "context_window"]) is registry["a3"]
    assert registry.select().best(distinct="base", by=["input_price", "context_window"]) is registry["a3"]


def test_prefers_breaks_ties_of_all_keys() -> None:
    registry = shelf()
    assert registry.select(by="input_price", prefers="acme", limit=3).ids() == ["a3", "a2", "n1"]
    assert registry.select(by=["input_price", mx.lowest("context_window")], prefers="acme", limit=3).ids() == [
        "a2",
        "a3",
        "n1",
    ]
    assert registry.best(by=["input_price", mx.cost(input_tokens=3)], prefers=["azure"]) is registry["n1"]
    assert registry.best(by=[mx.cost(input_tokens=3), "context_window"], prefers=["azure"]) is registry["a3"]


@pytest.mark.filterwarnings("ignore::modeldex.CoverageWarning")
def test_pareto() -> None:
    registry = shelf()
    everything = registry.select()
    assert everything.pareto("input_price", "context_window").ids() == ["a3"]
    assert everything.pareto("input_price").ids() == ["a2", "a3", "n1"]
    assert everything.pareto(mx.highest("input_price"), "context_window").ids() == ["a3", "b2", "n2"]
    assert everything.sort("-input_price").pareto(mx.highest("input_price"), "context_window").ids() == [
        "n2",
        "b2",
        "a3",
    ]
    assert everything.pareto(mx.cost(input_tokens=1, output_tokens=1)).ids() == []
    assert everything.pareto(mx.cost(input_tokens=1), mx.weighted({"context_window": 1})).ids() == ["a2", "a3"]
    assert everything[:0].pareto("input_price").ids() == []
    with pytest.raises(TypeError, match="at least one"):
        everything.pareto()
    with pytest.raises(mx.UnknownFieldError, match="input_price"):
        everything.pareto("input_prise")
    with pytest.raises(mx.InvalidConditionError, match=r"mx\.highest"):
        everything.pareto("experts")
    with pytest.raises(mx.InvalidConditionError, match="prepare"):
        everything.pareto(mx.cost(input_tokens=mx.param("n")))
    for wrong in (3, None, b"x", ["input_price", 3]):
        with pytest.raises((mx.InvalidConditionError, TypeError)):
            everything.pareto(wrong)  # type: ignore[arg-type]


def test_a_name_of_a_group_that_nobody_states_warns_and_is_unknown_everywhere() -> None:
    registry = mx.Registry()
    registry.register({"id": "m", "scores": {"coding": 0.5}, "metadata": {"fps": 30}})
    asked: list[Any] = [
        lambda: registry.select(mx.f.scores["codnig"] >= 0).ids(),
        lambda: registry.select(mx.f.scores["codnig"].is_known()).ids(),
        lambda: registry.select().pareto("scores.codnig").ids(),
        lambda: [each for each in [registry.best(by="scores.codnig")] if each],
        lambda: [each for each in [registry.best(by=["scores.coding", "scores.codnig"])] if each],
        lambda: [each for each in [registry.best(by=mx.weighted({"scores.codnig": 1}))] if each],
    ]
    for ask in asked:
        with pytest.warns(mx.CoverageWarning, match=r"states scores\.codnig; did you mean scores\.coding\?"):
            assert ask() == []
    with pytest.warns(mx.CoverageWarning, match=r"metadata\.zzz$"):
        assert registry.select(~(mx.f.metadata["zzz"] > 1), mx.f.metadata["zzz"].is_unknown()).ids() == ["m"]
    with pytest.warns(mx.CoverageWarning):
        assert registry.select(sort="-scores.none").ids() == ["m"]
    with pytest.raises(mx.UnknownFieldError, match="context_window"):
        registry.select(mx.f["context_windw"] > 3)
    with pytest.raises(mx.UnknownFieldError):
        registry.select(mx.f.metadata["x" * 600] > 3)
    with pytest.warns(mx.CoverageWarning):
        registry.select(mx.f.metadata["a\0b"] > 3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert mx.Registry().select(mx.f.scores["x"] > 1).ids() == []


def test_a_prepared_query_picks_up_what_is_stated_later() -> None:
    registry = mx.Registry()
    registry.register({"id": "a", "scores": {"x": 1}})
    with pytest.warns(mx.CoverageWarning):
        query = registry.prepare((mx.f.scores["late"] > 0) | (mx.f.metadata["later"] > 0), by="scores.x")
    with pytest.warns(mx.CoverageWarning):
        capped = registry.prepare(mx.f.scores["late"] >= mx.param("least"))
    tagged = registry.prepare(tag=mx.any_of("new", "newer", missing_ok=True))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert query.best() is None
        assert capped.ids(least=0) == tagged.ids() == []
        registry.update("a", scores={"late": 1})
        assert query.best() is registry["a"]
        assert query.best() is registry["a"]
        assert capped.ids(least=1) == ["a"]
        assert capped.ids(least=2) == []
        registry.register({"id": "b", "scores": {"x": 2}, "metadata": {"later": 1}, "tags": ["newer"]})
        assert query.best() is registry["b"]
        assert query.ids() == ["b", "a"]
        assert tagged.ids() == ["b"]
        registry.update("a", tags=["new"])
        assert tagged.count() == 2
        registry.remove("b")
        assert query.ids() == tagged.ids() == ["a"]
    assert query.params == ()
    assert capped.params == ("least",)
