"""Every error: a builtin as well, one sentence, its facts as attributes, the same after a pickle."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from modeldex import errors
from modeldex.errors import Problem

ERRORS: list[tuple[errors.ModeldexError, type[Exception], str, dict[str, Any]]] = [
    (
        errors.ModelNotFoundError("gpt-4oo", ["gpt-4o", "gpt-4"]),
        KeyError,
        "no model is called 'gpt-4oo'; did you mean 'gpt-4o' or 'gpt-4'?",
        {"id": "gpt-4oo", "suggestions": ("gpt-4o", "gpt-4")},
    ),
    (errors.ModelNotFoundError("x"), KeyError, "no model is called 'x'", {"suggestions": ()}),
    (
        errors.AmbiguousNameError("gpt-oss-120b", 79, ["groq/gpt-oss-120b", "azure/gpt-oss-120b"]),
        KeyError,
        (
            "'gpt-oss-120b' is offered 79 times ('groq/gpt-oss-120b', 'azure/gpt-oss-120b', …): "
            "use a full id, or list them with registry.offerings('gpt-oss-120b')"
        ),
        {"name": "gpt-oss-120b", "count": 79, "candidates": ("groq/gpt-oss-120b", "azure/gpt-oss-120b")},
    ),
    (errors.AutoCreateError("too many"), RuntimeError, "too many", {}),
    (
        errors.InvalidFileError("is no number", "a.yaml", 3, 5, "models[0].input_price"),
        errors.CatalogueError,
        "a.yaml:3:5: models[0].input_price: is no number",
        {"path": "a.yaml", "line": 3, "column": 5, "place": "models[0].input_price"},
    ),
    (
        errors.InvalidModelError([("mode", "is wrong", "m"), Problem("", "is empty", "m")]),
        ValueError,
        "the definition of 'm' is not valid (2 faults): mode: is wrong; is empty",
        {"problems": (Problem("mode", "is wrong", "m"), Problem("", "is empty", "m"))},
    ),
    (errors.InvalidModelError([("a", "b")]), ValueError, "the definition is not valid: a: b", {}),
    (
        errors.DuplicateModelError("m"),
        errors.InvalidModelError,
        "the definition of 'm' is not valid: id: 'm' is already registered; pass replace=True to replace it",
        {"id": "m", "name": "m", "holder": "m"},
    ),
    (
        errors.DuplicateModelError("m", "n", "o"),
        ValueError,
        "the definition of 'm' is not valid: aliases: 'n' already leads to 'o'; choose another alias",
        {"id": "m", "name": "n", "holder": "o"},
    ),
    (
        errors.UnknownFieldError("contxt", ["context_window"], "condition"),
        ValueError,
        "'contxt' is no condition of this registry; did you mean 'context_window'?",
        {"name": "contxt", "suggestions": ("context_window",)},
    ),
    (
        errors.UnknownTermError("visoin", "capability", ["vision", "video_input", "fusion"]),
        ValueError,
        "'visoin' is no known capability; did you mean 'vision', 'video_input' or 'fusion'?",
        {"name": "visoin", "facet": "capability"},
    ),
    (errors.InvalidConditionError("limit is negative", "limit"), ValueError, "limit is negative", {"name": "limit"}),
    (
        errors.UnknownPriceError("m", ["input_price", "output_price"]),
        ValueError,
        "the cost is unknown because input_price and output_price of 'm' are unknown; test .known before reading .usd",
        {"id": "m", "parts": ("input_price", "output_price")},
    ),
    (errors.CatalogueError("is cut", "a.arrow"), ValueError, "a.arrow: is cut", {"path": "a.arrow"}),
    (errors.CatalogueError("is cut"), ValueError, "is cut", {"path": None}),
    (errors.InternalError("a defect"), RuntimeError, "a defect", {}),
]


@pytest.mark.parametrize(("error", "builtin", "text", "facts"), ERRORS)
def test_an_error(error: errors.ModeldexError, builtin: type[Exception], text: str, facts: dict[str, Any]) -> None:
    assert isinstance(error, errors.ModeldexError)
    assert isinstance(error, builtin)
    assert str(error) == text
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is type(error)
        assert str(again) == text
        for name, value in facts.items():
            assert getattr(again, name) == value


def test_every_error_is_tried_here() -> None:
    named = {getattr(errors, name) for name in errors.__all__}
    tried = {type(error) for error, *_ in ERRORS}
    assert named - tried == {errors.ModeldexError, errors.CoverageWarning, Problem}


def test_a_problem_is_a_triple_with_names() -> None:
    problem = Problem("rates[0].usd", "is negative", "m")
    path, message, model = problem
    assert (path, message, model) == (problem.path, problem.message, problem.model)
    assert str(problem) == "rates[0].usd: is negative"
    assert pickle.loads(pickle.dumps(problem)) == problem
    assert type(pickle.loads(pickle.dumps(problem))) is Problem
    assert repr(problem) == "Problem(path='rates[0].usd', message='is negative', model='m')"


def test_what_strangers_send_is_cut() -> None:
    assert len(str(errors.ModelNotFoundError("x" * 10_000_000))) < 1000
    assert len(str(errors.UnknownTermError("x" * 10_000_000, "tag", ["y" * 10_000_000] * 100))) < 5000
