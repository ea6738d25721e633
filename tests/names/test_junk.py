"""Junk resolves to nothing and raises nothing, with and without a provider, whatever the registry holds."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, strategies as st
from tests.names.junk import JUNK, answered
from tests.registry.strategies import laws

import modeldex as mx


@pytest.mark.parametrize(("name", "text"), JUNK, ids=[name for name, _ in JUNK])
def test_junk_is_nothing(name: str, text: str) -> None:
    assert answered(mx.models, text) is None, name
    assert answered(mx.models, text, provider="openai") is None, name
    assert answered(mx.Registry(), text) is None, name


@pytest.mark.parametrize(("name", "text"), JUNK, ids=[name for name, _ in JUNK])
def test_junk_as_a_provider_is_nothing_or_refused(name: str, text: str) -> None:
    found = "refused"
    with contextlib.suppress(ValueError, LookupError):
        found = answered(mx.models, "gpt-4o", provider=text) or "nothing"
    assert found in ("refused", "nothing") or not text.strip(), name


@laws
@given(st.text(max_size=40))
def test_any_text_is_taken(text: str) -> None:
    """Whatever it is: it resolves to something whose name it is, or to nothing; the answer prints."""
    found = mx.models.resolve(text)
    assert repr(found)
    assert bool(found) == (found.model is not None)
    assert found.text == text
    assert len(found.candidates) < 50


@laws
@given(st.text(alphabet="ab-4.:/@_ \u200b\u00ad\u0301", max_size=30))
def test_separators_alone_never_answer(text: str) -> None:
    """Two letters, a digit and every separator: nothing of that is a model of the catalogue."""
    assert not mx.models.resolve(text)
