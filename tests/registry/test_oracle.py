"""Whatever is registered and asked, a registry answers as its slow twin does."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from hypothesis import given, strategies as st
from tests.registry.oracle import Question, Twin
from tests.registry.strategies import (
    ALIASES,
    IDS,
    changes,
    condition,
    keys,
    laws,
    leaves,
    questions,
    stocks,
)

import modeldex as mx

pytestmark = pytest.mark.filterwarnings("ignore::modeldex.CoverageWarning")


def filled(written: list[dict[str, Any]]) -> tuple[mx.Registry, Twin]:
    registry, twin = mx.Registry(), Twin()
    for definition in written:
        if twin.put(definition, replace=True):
            registry.register(definition, replace=True)
        else:
            with pytest.raises(mx.InvalidModelError):
                registry.register(definition, replace=True)
    return registry, twin


@laws
@given(stocks, questions())
def test_select_best_and_count(
    written: list[dict[str, Any]], asked: tuple[list[Any], dict[str, Any], Question]
) -> None:
    registry, twin = filled(written)
    conditions, keywords, question = asked
    if twin.unheard(question):
        with pytest.raises((mx.UnknownTermError, mx.UnknownFieldError)):
            registry.select(*conditions, **keywords)
        return
    selected = registry.select(*conditions, **keywords)
    assert selected.ids() == twin.select(question)
    assert [model.id for model in selected] == selected.ids()
    assert registry.count(*conditions, **keywords) == twin.count(question)
    best = registry.best(*conditions, **keywords)
    assert (best and best.id) == twin.best(question)


@laws
@given(stocks, questions())
def test_a_prepared_query_answers_as_the_plain_one(
    written: list[dict[str, Any]], asked: tuple[list[Any], dict[str, Any], Question]
) -> None:
    registry, twin = filled(written)
    conditions, keywords, question = asked
    if twin.unheard(question):
        with pytest.raises((mx.UnknownTermError, mx.UnknownFieldError)):
            registry.prepare(*conditions, **keywords)
        return
    query = registry.prepare(*conditions, **keywords)
    best = query.best()
    assert (best and best.id) == twin.best(question)
    assert query.best() is best
    assert query.ids() == query.select().ids() == twin.select(question)
    assert query.count() == twin.count(question)


@laws
@given(stocks, questions(), questions())
def test_where_narrows_a_selection_without_defaults(
    written: list[dict[str, Any]],
    first: tuple[list[Any], dict[str, Any], Question],
    second: tuple[list[Any], dict[str, Any], Question],
) -> None:
    registry, twin = filled(written)
    if twin.unheard(first[2]) or twin.unheard(second[2]):
        return
    selected = registry.select(*first[0], **first[1])
    rows = [twin.rows[name] for name in twin.select(first[2])]
    narrowed = selected.where(*second[0], **second[1])
    assert narrowed.ids() == twin.select(second[2], rows)
    best = selected.best(*second[0], **second[1])
    assert (best and best.id) == twin.best(second[2], rows)
    assert selected.ids() == [row.id for row in rows]


@laws
@given(stocks, st.lists(keys(), max_size=2))
def test_sort_keeps_all_and_puts_the_unknown_last(written: list[dict[str, Any]], by: list[Any]) -> None:
    registry, twin = filled(written)
    question = Question(keys=[key for _, key in by], nodes=[("has", "status", "none", ())])
    if twin.unheard(question):
        return
    everything = registry.select(status="any")
    rows = list(twin.rows.values())
    expected = twin.select(question, rows)
    signed = [
        order if kind in ("cost", "weighted") else ("-" if descending else "") + what
        for order, ((kind, what), descending) in by
    ]
    assert everything.sort(*signed).ids() == expected
    assert registry.select(status="any", billing="any", sort=signed).ids() == expected


@laws
@given(stocks, st.lists(keys(), min_size=1, max_size=3))
def test_pareto_is_what_no_other_beats(written: list[dict[str, Any]], by: list[Any]) -> None:
    registry, twin = filled(written)
    question = Question(keys=[key for _, key in by])
    if twin.unheard(question):
        return
    rows = list(twin.rows.values())
    found = registry.select(status="any").pareto(*(order for order, _ in by))
    assert found.ids() == twin.pareto(question.keys, rows)


@laws
@given(stocks, st.lists(leaves(), max_size=3), st.data())
def test_a_parameter_is_as_good_as_its_value(
    written: list[dict[str, Any]], said: list[Any], data: st.DataObject
) -> None:
    registry, twin = filled(written)
    question = Question(nodes=said)
    if twin.unheard(question):
        return
    values: dict[str, Any] = {}

    def held(value: Any) -> Any:
        if not data.draw(st.booleans()):
            return value
        values[f"p{len(values)}"] = value
        return mx.param(f"p{len(values) - 1}")

    asked = []
    for node in said:
        match node:
            case ("cmp", measure, sign, value):
                asked.append(condition(("cmp", measure, sign, held(value))))
            case ("cost", tokens, sign, value):
                asked.append(condition(("cost", tuple(map(held, tokens)), sign, held(value))))
            case _:
                asked.append(condition(node))
    query = registry.prepare(*asked)
    assert set(query.params) == set(values)
    assert query.ids(**values) == twin.select(question)
    assert query.count(**values) == twin.count(question)
    best = query.best(**values)
    assert (best and best.id) == twin.best(question)


@laws
@given(stocks, st.one_of(st.sampled_from([*IDS, *ALIASES]), st.text(max_size=6)))
def test_a_name_leads_where_the_twin_says(written: list[dict[str, Any]], text: str) -> None:
    registry, twin = filled(written)
    found = twin.lookup(text)
    resolution = registry.resolve(text)
    assert (text in registry) == isinstance(found, str)
    if isinstance(found, str):
        assert registry[text] is registry.get(text) is registry[found] is resolution.model
        assert resolution.how == ("exact" if text == found else "alias")
        return
    assert registry.get(text, "other") == "other"
    if found is None:
        with pytest.raises(mx.ModelNotFoundError) as missed:
            registry[text]
        assert missed.value.id == text
        assert set(missed.value.suggestions) <= set(registry)
    else:
        with pytest.raises(mx.AmbiguousNameError) as ambiguous:
            registry[text]
        assert ambiguous.value.count == found == len(registry.offerings(text))
        assert resolution.ambiguous
        # Whatever the order of registration.
        assert [one.id for one in resolution.candidates] == sorted(registry.offerings(text).ids())


@laws
@given(stocks)
def test_a_model_shows_what_was_written(written: list[dict[str, Any]]) -> None:
    registry, twin = filled(written)
    assert list(registry) == registry.ids() == list(twin.rows)
    for row in twin.rows.values():
        model = registry[row.id]
        assert model.aliases == tuple(row.aliases)
        assert model.capabilities == {name for name, yes in row.stated.items() if yes}
        assert list(model.providers) == row.terms["provider"]
        assert model.provider == next(iter(row.terms["provider"]), None)
        assert [model.billing] == (row.terms["billing"] or [None])
        for name in ("name", "base", "owner", "mode", "status", "home", "context_window", "max_output_tokens"):
            assert getattr(model, name) == row.written.get(name), name
        for name in ("input_price", "output_price", "cache_read_price", "latency_p50_ms"):
            assert getattr(model, name) == row.numbers.get(name), name
        assert dict(model.scores) == row.written.get("scores", {})
        assert model.tags == tuple(row.written.get("tags", ()))
        for name, stated in row.stated.items():
            assert model.supports(name) is stated
        for name, number in row.numbers.items():
            if name != "released":
                assert model.value(name) == number, name


@laws
@given(stocks)
def test_counts_of_terms_and_measures(written: list[dict[str, Any]]) -> None:
    registry, twin = filled(written)
    for facet in ("provider", "tag", "capability", "lacks", "base", "mode", "status", "billing"):
        expected: dict[str, int] = {}
        for row in twin.rows.values():
            for term in row.terms[facet]:
                expected[term] = expected.get(term, 0) + 1
        found = registry.terms(facet)
        assert found == expected
        assert list(found) == sorted(found, key=lambda term: (-found[term], term))
    known = {name: count for name, count in registry.measures().items() if count}
    numbers = [name for row in twin.rows.values() for name in row.numbers]
    assert known == {name: numbers.count(name) for name in numbers}


@laws
@given(stocks, stocks)
def test_the_fingerprint_is_of_the_content_alone(first: list[dict[str, Any]], second: list[dict[str, Any]]) -> None:
    registry, twin = filled(first)
    other, _ = filled(second)
    for name in list(other):
        other.remove(name)
    other.register_many([row.written for row in reversed(twin.rows.values())])
    assert other.snapshot.fingerprint == registry.snapshot.fingerprint
    same = all(other[name] == registry[name] and hash(other[name]) == hash(registry[name]) for name in registry)
    assert same


@laws
@given(stocks, changes(), st.sampled_from(IDS))
def test_update_merges_as_the_twin_does(written: list[dict[str, Any]], changed: dict[str, Any], name: str) -> None:
    registry, twin = filled(written)
    if name not in twin.rows:
        with pytest.raises(mx.ModelNotFoundError):
            registry.update(name, changed)
        return
    before = registry.select(status="any")
    ids, models = before.ids(), before.models()
    patched = twin.patched(name, changed)
    assert twin.put(patched, replace=True)
    updated = registry.update(name, changed)
    fresh = mx.Registry()
    assert updated == fresh.register(patched)
    assert list(registry) == ids
    assert all(registry[model.id] is model for model in models if model.id != name)
    assert before.models() == models


def test_a_warning_says_that_nobody_states_a_field() -> None:
    registry = mx.Registry()
    registry.register({"id": "m"})
    for ask in (
        lambda: registry.select(min_context_window=1),
        lambda: registry.select(mx.f.context_window >= 1),
        lambda: registry.select(mx.f.context_window.is_known()),
        lambda: registry.best(by="context_window"),
        lambda: registry.prepare(sort="-context_window"),
    ):
        with pytest.warns(mx.CoverageWarning, match="context_window"):
            ask()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        registry.select(max_context_window=None)
        mx.Registry().select(min_context_window=1)
