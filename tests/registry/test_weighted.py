"""A weighted sum of fields: the same bits as numpy, on the scales that the schema declares."""

from __future__ import annotations

import datetime
import json
import math
import pickle
import random
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from tests.registry.oracle import worth
from tests.registry.strategies import laws

import modeldex as mx
from modeldex.schema import Measure, Schema

PRICE, WINDOW = (100, 0.01, True), (1024, 1_048_576, True)
pytestmark = pytest.mark.filterwarnings("ignore::modeldex.CoverageWarning")
finite = st.floats(allow_nan=False, allow_infinity=False)


def of_rows(size: int, seed: int) -> tuple[mx.Registry, dict[str, Any]]:
    """Models with three fields, some unknown, and the same as columns with NaN."""
    dice, registry = random.Random(seed), mx.Registry()
    columns: dict[str, list[float]] = {"input_price": [], "context_window": [], "scores.coding": []}
    with registry.edit() as edit:
        for place in range(size):
            price = dice.choice([None, 0, 0.005, 0.15, 1, 3, 3, 250, round(dice.uniform(0, 50), 6)])
            window = dice.choice([None, 1, 1024, 8192, 128_000, 200_000, 10**7])
            score = dice.choice([None, 0, 1, 0.5, -2, 7, dice.random(), dice.random(), dice.random()])
            stated = {
                "input_price": price,
                "context_window": window,
                "scores": {"coding": score} if score is not None else None,
            }
            edit.register(
                {
                    "id": f"m{place}",
                    "billing": "metered",
                    **{name: value for name, value in stated.items() if value is not None},
                }
            )
            for name, value in zip(columns, (price, window, score), strict=True):
                columns[name].append(math.nan if value is None else value)
    return registry, {name: np.array(column, dtype=np.float64) for name, column in columns.items()}


@laws
@given(st.integers(0, 60), st.integers(0, 2**32), st.permutations(["input_price", "context_window", "scores.coding"]),
       st.lists(st.floats(1e-6, 1e6), min_size=3, max_size=3), st.integers(1, 3))  # fmt: skip
def test_the_order_is_that_of_numpy(size: int, seed: int, fields: list[str], weights: list[float], count: int) -> None:
    registry, columns = of_rows(size, seed)
    scales = {"input_price": PRICE, "context_window": WINDOW, "scores.coding": (0, 1, False)}
    total = np.zeros(size)
    for name, weight in list(zip(fields, weights, strict=True))[:count]:
        total += weight * worth(columns[name], *scales[name])
    # Stable, NaN last: what numpy does with the negated sum.
    expected = [f"m{place}" for place in np.argsort(-total, kind="stable")]
    by = mx.weighted(dict(list(zip(fields, weights, strict=True))[:count]))
    assert registry.select(by=by).ids() == expected
    assert registry.select(by=by, limit=5).ids() == expected[:5]
    best = registry.best(by=by)
    assert (best and best.id) == (expected[0] if not np.isnan(total).all() and size else None)


@laws
@given(finite, finite, finite, st.booleans())
def test_worth_has_the_bits_of_numpy(value: float, worst: float, best: float, log: bool) -> None:
    try:
        scale = mx.scale(worst, best, log=log)
    except mx.InvalidConditionError:
        apart = np.float64(best) - np.float64(worst)
        assert (
            apart == 0
            or not np.isfinite(apart)
            or (
                log
                and (min(worst, best) <= 0 or worth(best, 0.5, 2, log) == worth(worst, 0.5, 2, log) or worst != best)
            )
        )
        return
    expected = np.float64(worth(value, worst, best, log))
    assert np.float64(scale.worth(value)) == expected
    assert 0 <= expected <= 1
    assert (scale.worth(worst), scale.worth(best)) == (0, 1)


def test_a_model_with_an_unknown_field_is_last_and_never_the_best() -> None:
    registry = mx.Registry()
    registry.register({"id": "half", "scores": {"x": 1}})
    assert registry.best(by=mx.weighted({"scores.x": 1, "input_price": 0.1})) is None
    registry.register({"id": "whole", "scores": {"x": 0}, "input_price": 1000})
    by = mx.weighted({"scores.x": 1, "input_price": 0.1})
    assert registry.best(by=by).id == "whole"  # type: ignore[union-attr]
    assert registry.select(by=by, billing="any").ids() == ["whole", "half"]
    # What weighs nothing need not be known.
    assert registry.best(by=mx.weighted({"scores.x": 1, "input_price": 0})).id == "half"  # type: ignore[union-attr]


def test_it_is_one_of_several_keys() -> None:
    registry = mx.Registry()
    for name, score, price, window in [("a", 2, 3, 10), ("b", 1, 1, 20), ("c", 5, 1, 30), ("d", 0.5, 0, 40)]:
        registry.register(
            {"id": name, "scores": {"x": score}, "input_price": price, "context_window": window, "billing": "metered"}
        )
    top = mx.weighted({"scores.x": 1})
    assert registry.select(by=[top, "input_price", "context_window"]).ids() == ["c", "b", "a", "d"]
    assert registry.best(by=[top, "input_price", "context_window"]).id == "c"  # type: ignore[union-attr]
    assert registry.select(by=["input_price", top], limit=3).ids() == ["d", "b", "c"]
    assert registry.select().sort(top, "-context_window").ids() == ["c", "b", "a", "d"]
    assert registry.prepare(by=[top, mx.highest("context_window")]).best() is registry["c"]


def test_by_money_only_where_a_price_weighs() -> None:
    registry = mx.Registry()
    registry.register({"id": "rationed", "billing": "free_tier", "input_price": 0, "scores": {"x": 1}})
    registry.register({"id": "paid", "input_price": 1, "scores": {"x": 0.5}})
    assert registry.best(by=mx.weighted({"scores.x": 1})).id == "rationed"  # type: ignore[union-attr]
    assert registry.best(by=mx.weighted({"scores.x": 1, "input_price": 0.1})).id == "paid"  # type: ignore[union-attr]
    assert registry.best(by=mx.weighted({"input_price": 0.1}), billing="any").id == "rationed"  # type: ignore[union-attr]


def test_a_field_without_a_scale_says_how_to_give_one() -> None:
    registry = mx.Registry()
    registry.register({"id": "m", "metadata": {"fps": 30}, "experts": 8, "retires_on": "2027-01-01"})
    for name in ("metadata.fps", "experts", "retires_on"):
        with pytest.raises(mx.InvalidConditionError, match=r"mx\.scale\(worst, best, weight=0\.5\)") as told:
            registry.best(by=mx.weighted({name: 0.5}))
        assert name in str(told.value)
    assert registry.best(by=mx.weighted({"metadata.fps": mx.scale(0, 60), "experts": mx.scale(1, 64, log=True)}))
    assert registry.best(by=mx.weighted({"retires_on": mx.scale("2026-01", datetime.date(2030, 1, 1))}))
    with pytest.raises(mx.UnknownFieldError, match="input_price"):
        registry.best(by=mx.weighted({"input_prise": 1}))


def test_weights_that_make_no_sense_are_refused() -> None:
    nan, inf = math.nan, math.inf
    bad: list[Any] = [{}, {"a": 0}, {"a": -1}, {"a": nan}, {"a": inf}, {"a": "1"}, {"a": True}, {"a": None}, {1: 1},
                      {"a": 1e308, "b": 1e308}, [("a", 1)], "a", 3, None]  # fmt: skip
    for weights in bad:
        with pytest.raises((mx.InvalidConditionError, TypeError)):
            mx.weighted(weights)
    with pytest.raises(mx.InvalidConditionError, match="turn its scale round"):
        mx.weighted({"input_price": -0.3})
    for ends in ((0, 0), (nan, 1), (0, inf), (-1e308, 1e308), ("x", "y"), (None, 1), (True, 2)):
        with pytest.raises((mx.InvalidConditionError, TypeError)):
            mx.scale(*ends)
    for ends in ((0, 1), (1, -1), (1, 1)):
        with pytest.raises(mx.InvalidConditionError):
            mx.scale(*ends, log=True)
    for weight in (-1, nan, inf, "1", True):
        with pytest.raises(mx.InvalidConditionError):
            mx.scale(0, 1, weight=weight)


def test_orders_and_scales_are_values() -> None:
    by = mx.weighted({"scores.x": 0.7, "metadata.fps": mx.scale(0, Decimal(60), weight=0.2, log=False)})
    again = mx.weighted({"scores.x": 0.7, "metadata.fps": mx.scale(0, 60, weight=0.2)})
    assert by == again
    assert hash(by) == hash(again)
    assert by != mx.weighted({"scores.x": 0.7})
    assert pickle.loads(pickle.dumps(by)) == by
    assert repr(by) == "weighted({'scores.x': 0.7, 'metadata.fps': scale(0.0, 60.0, weight=0.2)})"
    scale = mx.scale("2020-01-01", "2020-01-11", log=False)
    assert pickle.loads(pickle.dumps(scale)) == scale
    assert (scale.best - scale.worst, scale.log, scale.weight) == (10, False, 1)
    assert scale.worth(datetime.date(2020, 1, 6)) == 0.5
    assert {scale, mx.Scale("2020-01-01", "2020-01-11")} == {scale}


def test_own_fields_have_scales_of_their_own() -> None:
    schema = Schema.default().extend(
        scores={"house": mx.Higher, "lapses": mx.Lower, "elo": mx.scale(800, 1600), "odd": None},
        measures={
            "joules": Measure(better="low", scale=mx.scale(50, 1)),
            "karma": mx.scale(0, 10, weight=3),
            "plain": mx.Higher,
        },
    )
    words = {measure["name"]: measure for measure in schema.vocabulary()["measures"]}
    assert words["scores.elo"]["better"] == words["karma"]["better"] == "high"
    assert Schema.from_vocabulary(json.loads(json.dumps(schema.vocabulary()))) == schema
    assert pickle.loads(pickle.dumps(schema)) == schema
    registry = mx.Registry(schema=schema)
    registry.register(
        {
            "id": "a",
            "scores": {"house": 0.5, "lapses": 0.1, "elo": 1200, "odd": 1},
            "joules": 25.5,
            "karma": 5,
            "plain": 1,
        }
    )
    registry.register(
        {
            "id": "b",
            "scores": {"house": 0.4, "lapses": 0.9, "elo": 1100, "odd": 2},
            "joules": 30,
            "karma": 4,
            "plain": 2,
        }
    )
    for name in ("scores.house", "scores.lapses", "scores.elo", "joules", "karma"):
        assert registry.best(by=mx.weighted({name: 1})).id == "a", name  # type: ignore[union-attr]
    for name in ("plain", "scores.odd"):
        with pytest.raises(mx.InvalidConditionError, match="scale"):
            registry.best(by=mx.weighted({name: 1}))
    with pytest.raises(ValueError, match="the other way"):
        Schema.default().extend(measures={"x": Measure(better="low", scale=mx.scale(0, 1))})


def test_scales_are_kept_in_files_and_a_file_without_them_opens(tmp_path: Any) -> None:
    schema = Schema.default().extend(scores={"elo": mx.scale(800, 1600)})
    registry = mx.Registry(schema=schema)
    registry.register({"id": "a", "scores": {"elo": 900}})
    registry.register({"id": "b", "scores": {"elo": 1500}})
    registry.save(tmp_path / "kept.arrow")
    opened = mx.Registry.open(tmp_path / "kept.arrow")
    assert opened.best(by=mx.weighted({"scores.elo": 1})).id == "b"  # type: ignore[union-attr]
    assert opened.schema == schema


def test_every_direction_and_scale_agree() -> None:
    words = Schema.default().vocabulary()
    scaled = [each for each in (*words["measures"], *words["groups"]) if each["scale"]]
    assert len(scaled) > 10
    for each in scaled:
        assert each["better"] == ("high" if each["scale"]["best"] > each["scale"]["worst"] else "low")
