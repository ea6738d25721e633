"""What is asked wrongly is told at once, with the nearest right spelling; odd values never crash."""

from __future__ import annotations

import copy
import datetime
import pickle
import subprocess
import sys
import textwrap
from decimal import Decimal
from typing import Any

import pytest

import modeldex as mx


@pytest.fixture
def registry() -> mx.Registry:
    registry = mx.Registry()
    registry.register_many(
        [
            {"id": "a", "provider": "azure", "context_window": 5, "input_price": 1, "released": "2025-01-31",
             "capabilities": ["tools"], "modalities": {"input": ["text", "image"]}, "mode": "chat", "status": "active",
             "privacy": ["gdpr"], "tags": ["blue"], "scores": {"coding": 0.5}, "metadata": {"fps": 30}},
            {"id": "b", "provider": "openai", "context_window": 9, "input_price": 2, "tags": ["red"]},
        ]
    )  # fmt: skip
    return registry


MISSPELT = [
    ({"requires": "tool"}, "tools", mx.UnknownTermError),
    ({"requires": ["tools", "visoin"]}, "vision", mx.UnknownTermError),
    ({"lacks": "visio"}, "vision", mx.UnknownTermError),
    ({"mode": "chatt"}, "chat", mx.UnknownTermError),
    ({"status": "activ"}, "active", mx.UnknownTermError),
    ({"status": ["active", "retierd"]}, "retired", mx.UnknownTermError),
    ({"accepts": "imag"}, "image", mx.UnknownTermError),
    ({"produces": "txt"}, "text", mx.UnknownTermError),
    ({"complies": "gdrp"}, "gdpr", mx.UnknownTermError),
    ({"billing": "meterd"}, "metered", mx.UnknownTermError),
    ({"quality_tier": "bset"}, "best", mx.UnknownTermError),
    ({"provider": "azur"}, "azure", mx.UnknownTermError),
    ({"prefers": ["openia"]}, "openai", mx.UnknownTermError),
    ({"tag": mx.none_of("bleu")}, "blue", mx.UnknownTermError),
    ({"reqires": "tools"}, "requires", mx.UnknownFieldError),
    ({"providr": "azure"}, "provider", mx.UnknownFieldError),
    ({"min_context_windw": 1}, "min_context_window", mx.UnknownFieldError),
    ({"max_input_prize": 1}, "max_input_price", mx.UnknownFieldError),
    ({"by": "input_prise"}, "input_price", mx.UnknownFieldError),
    ({"by": mx.highest("score.coding")}, "scores.coding", mx.UnknownFieldError),
    ({"sort": "-contextwindow"}, "context_window", mx.UnknownFieldError),
    ({"distinct": "bas"}, "base", mx.UnknownFieldError),
    ({"limitt": 1}, "limit", mx.UnknownFieldError),
    ({"max_output_tokens": 1}, "min_max_output_tokens=", mx.InvalidConditionError),
    ({"max_output_tokens": 1}, "mx.f.max_output_tokens >=", mx.InvalidConditionError),
    ({"context_window": 1}, "min_context_window=", mx.InvalidConditionError),
]


@pytest.mark.parametrize(("asked", "nearest", "error"), MISSPELT)
def test_a_misspelling_names_the_nearest(
    registry: mx.Registry, asked: dict[str, Any], nearest: str, error: Any
) -> None:
    for ask in (registry.select, registry.best, registry.count, registry.prepare, registry.select().where):
        with pytest.raises(error) as told:
            ask(**asked)
        assert nearest in str(told.value)
        assert isinstance(told.value, ValueError)
        if error is not mx.InvalidConditionError:
            assert told.value.suggestions[0] == nearest


def test_a_misspelling_in_an_expression(registry: mx.Registry) -> None:
    for condition, nearest in (
        (lambda: mx.f.provider == "azur", "azure"),
        (lambda: mx.f.capabilities.has_any("tools", "visoin"), "vision"),
        (lambda: ~mx.f.mode.has("chatt"), "chat"),
        (lambda: mx.f["context_windw"] > 0.5, "context_window"),
        (lambda: mx.f["providr"] == "azure", "provider"),
        (lambda: (mx.f.context_window > 1) | ~(mx.f.tags == "bleu"), "blue"),
    ):
        with pytest.raises((mx.UnknownTermError, mx.UnknownFieldError)) as told:
            registry.select(condition())
        assert nearest in told.value.suggestions
    # Somebody may state it one day.
    for later, near in ((mx.f.scores["codin"], "scores.coding"), (mx.f.metadata["fsp"], "metadata.fps")):
        with pytest.warns(mx.CoverageWarning, match=f"did you mean {near}"):
            assert registry.count(later > 0.5) == 0
    with pytest.raises(AttributeError, match="context_window"):
        mx.f.context_windw  # type: ignore[attr-defined]  # noqa: B018


def test_an_empty_all_asks_nothing_and_an_empty_any_selects_nothing(registry: mx.Registry) -> None:
    both, none = ["a", "b"], []
    for asked, ids in [
        ({"requires": []}, both), ({"requires": ()}, both), ({"provider": []}, none), ({"provider": set()}, none),
        ({"provider": mx.none_of()}, both), ({"provider": mx.all_of()}, both), ({"provider": mx.any_of()}, none),
        ({"requires": mx.any_of()}, none), ({"provider": None}, both), ({"min_context_window": None}, both),
        ({"tag": mx.any_of("zz", missing_ok=True)}, none), ({"tag": mx.any_of("zz", "red", missing_ok=True)}, ["b"]),
        ({"tag": mx.none_of("zz", missing_ok=True)}, both), ({"limit": 0}, none), ({"limit": 2**62}, both),
        ({"limit": None}, both), ({"exclude": []}, both), ({"exclude": None}, both), ({"prefers": []}, both),
        ({"status": "any"}, both), ({"status": []}, none),
    ]:  # fmt: skip
        assert registry.select(**asked).ids() == ids, asked


def test_all_of_a_term_that_no_model_has_selects_nothing(registry: mx.Registry) -> None:
    """A set of rows: no row has the missing term, so none has all of them."""
    assert registry.select(tag=mx.all_of("zz", missing_ok=True)).ids() == []
    assert registry.select(tag=mx.all_of("red", "zz", missing_ok=True)).ids() == []


def test_exclude_in_every_form(registry: mx.Registry) -> None:
    a, b = registry["a"], registry["b"]
    for form in ("a", a, ["a"], (a,), {a}, {"a": 1}, frozenset(["a"]), (x for x in ["a"]), registry.select(tag="blue"),
                 ["a", "gone", "a"], [a, "a"]):  # fmt: skip
        assert registry.select(exclude=form).ids() == ["b"]  # type: ignore[arg-type]
    assert registry.best(exclude=[a, b]) is None
    assert registry.select(exclude=["gone", "x" * 1_000_000]).ids() == ["a", "b"]
    for odd in (5, True, 1.5, [None], [5], b"a", object()):
        with pytest.raises((TypeError, mx.InvalidConditionError)):
            registry.select(exclude=odd)  # type: ignore[arg-type]


ODD: list[Any] = [
    True,
    b"x",
    "12",
    float("nan"),
    [],
    {},
    object(),
    1j,
    (1,),
    Decimal("NaN"),
    Decimal("sNaN"),
    {1},
    range(3),
]


@pytest.mark.parametrize("name", ["min_context_window", "max_input_price", "min_released", "limit", "by", "sort",
                                  "distinct", "requires", "provider", "prefers"])  # fmt: skip
def test_a_value_of_the_wrong_type_is_an_invalid_condition(registry: mx.Registry, name: str) -> None:
    # A number may be written as a text, as YAML and HTTP give it.
    numbers = ("min_context_window", "max_input_price")
    texts = name in ("by", "sort", "distinct", "requires", "provider", "prefers", *numbers)
    listed = name in ("by", "sort", "requires", "provider", "prefers")
    for odd in ODD:
        if (isinstance(odd, str) and texts) or (odd == [] and listed):
            continue
        with pytest.raises(mx.InvalidConditionError):
            registry.select(**{name: odd})


def test_numbers_beyond_any_column(registry: mx.Registry) -> None:
    huge = 10**400
    assert registry.select(min_context_window=-0.0).ids() == ["a", "b"]
    for low in (float("-inf"), -1, Decimal("-1e300"), -(2**70), -huge):
        assert registry.select(min_context_window=low).ids() == ["a", "b"], low
        assert registry.select(max_input_price=low).ids() == [], low
    for high in (float("inf"), 2**70, Decimal("1e300"), 1e308, huge):
        assert registry.select(min_context_window=high).ids() == [], high
        assert registry.select(max_input_price=high).ids() == ["a", "b"], high
        assert registry.select(mx.f.input_price < high).ids() == ["a", "b"], high
        assert registry.select(mx.f.input_price == high).ids() == [], high


def test_a_limit_is_no_truth_value(registry: mx.Registry) -> None:
    for odd in (True, False, -1, 1.0, "1", 10**30):
        with pytest.raises(mx.InvalidConditionError, match="limit"):
            registry.select(limit=odd)  # type: ignore[arg-type]


def test_prices_are_compared_exactly_over_their_whole_range() -> None:
    registry = mx.Registry()
    registry.register_many(
        [{"id": "dear", "input_price": "9200000000"}, {"id": "dearest", "input_price": "9223372036"}]
    )
    assert registry.select(min_input_price=9_100_000_000).ids() == ["dear", "dearest"]
    assert registry.select(max_input_price=9_100_000_000).ids() == []
    assert registry.select(max_input_price=9_210_000_000).ids() == ["dear"]
    assert registry.select(mx.f.input_price > 9_200_000_000).ids() == ["dearest"]
    assert registry.select(mx.f.input_price == 9_223_372_036).ids() == ["dearest"]


def test_dates(registry: mx.Registry) -> None:
    day = datetime.date(2025, 1, 31)
    for same in (day, "2025-01-31"):
        assert registry.select(min_released=same, max_released=same).ids() == ["a"]  # type: ignore[arg-type]
        assert registry.select(mx.f.released == same).ids() == ["a"]
    assert registry.select(mx.f.released >= "2025-01").ids() == ["a"]
    assert registry.select(mx.f.released > day).ids() == []
    assert registry.select(min_released=datetime.date.min).ids() == ["a"]
    for odd in ("2025-13", "2025", "yesterday", "", "2025-02-30", 20250131, 1.5, True, "2025-01-31T00:00"):
        with pytest.raises(mx.InvalidConditionError, match="released"):
            registry.select(min_released=odd)  # type: ignore[arg-type]
        with pytest.raises(mx.InvalidConditionError, match="released"):
            registry.select(mx.f.released >= odd)  # type: ignore[operator]


def test_positional_arguments_are_conditions(registry: mx.Registry) -> None:
    for odd in ("a", None, 5, {"requires": "tools"}, ["a"], mx.f, mx.f.context_window, mx.any_of("a"), lambda: True):
        with pytest.raises(TypeError):
            registry.select(odd)  # type: ignore[arg-type]


def test_texts_that_are_no_unicode_or_far_too_long(registry: mx.Registry) -> None:
    for text in ("\ud800", "x" * 1_000_000, "a\0b", ""):
        for asked in ({"provider": text}, {"requires": [text]}, {"by": text}, {"sort": text}, {"distinct": text},
                      {"prefers": text}, {text: 1}, {"tag": mx.any_of("red") if text == "\ud800" else mx.any_of(text)}):  # fmt: skip
            try:
                registry.select(**asked)  # type: ignore[arg-type]
            except mx.ModeldexError as error:
                assert len(str(error)) < 1_000  # noqa: PT017
            else:
                assert asked.get("tag") == mx.any_of("red")
        for ask in (registry.resolve, registry.suggest):
            assert not getattr(ask(text), "model", None)
        assert len(repr(registry.resolve(text))) < 1_000


def test_thousands_of_terms_and_conditions(registry: mx.Registry) -> None:
    assert registry.select(tag=["red"] * 10_000).ids() == ["b"]
    assert registry.select(tag=mx.any_of(*[f"t{n}" for n in range(10_000)], "red", missing_ok=True)).ids() == ["b"]
    condition = mx.f.context_window > 100
    for number in range(3_000):
        condition = condition | (mx.f.context_window == number)
    assert registry.select(condition).ids() == ["a", "b"]
    assert registry.prepare(*[mx.f.context_window > 1] * 5_000).count() == 2
    assert registry.select(sort=["context_window"] * 1_000).ids() == ["a", "b"]


DEEP = """
    import pickle
    import modeldex as mx
    registry = mx.Registry()
    registry.register({"id": "m", "context_window": 1})
    left = mx.f.context_window > 0
    twice = left
    for _ in range(100_000):
        twice = ~twice
    assert registry.select(twice).ids() == ["m"]
    for _ in range(100_000):
        left = (left & (mx.f.context_window > 2)) | (mx.f.context_window > 3)
    for use in (registry.select, registry.prepare, repr, hash, pickle.dumps, lambda it: it == left):
        try:
            use(left)
        except (mx.InvalidConditionError, RecursionError) as error:
            print(type(error).__name__)
    del left
    print("alive")
"""


def test_conditions_nested_without_end() -> None:
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(DEEP)], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr[-500:]
    assert run.stdout.startswith("InvalidConditionError\nInvalidConditionError\n")
    assert run.stdout.endswith("alive\n")


def test_conditions_are_values() -> None:
    one, same = (mx.f.context_window > 1) & mx.f.tags.has("x"), (mx.f.context_window > 1.0) & mx.f.tags.has("x")
    assert one == same
    assert hash(one) == hash(same)
    assert one != ~one
    assert ~~one == one
    assert pickle.loads(pickle.dumps(one)) == one
    with pytest.raises(TypeError, match="truth"):
        bool(one)
    with pytest.raises(TypeError, match="truth"):
        _ = 1 < mx.f.context_window < 3
    with pytest.raises(AttributeError):
        one.node = ()


@pytest.mark.parametrize(
    ("slip", "said"),
    [
        (lambda: mx.f.scores.coding, r"write mx\.f\.scores\['coding'\]"),
        (lambda: mx.f.scores["coding"].python, r"brackets: \['python'\]"),
        (lambda: mx.f.capabilities.has_al, r"did you mean \.has_all\?"),
        (lambda: mx.f.provider.openai, r"mx\.f\.provider\.has\("),
        (lambda: mx.f.input_price.between, r"mx\.f\.input_price >= "),
    ],
)
def test_a_slip_on_a_field_is_told_what_would_be_right(slip: Any, said: str) -> None:
    with pytest.raises(AttributeError, match=said):
        slip()


def test_fields_and_groups_can_be_copied() -> None:
    for field in (mx.f.provider, mx.f.input_price, mx.f.scores["x"], mx.f.scores, mx.f.metadata):
        assert (
            copy.copy(field).name == copy.deepcopy(field).name == pickle.loads(pickle.dumps(field)).name == field.name
        )
    assert not hasattr(mx.f.scores, "__array__")
