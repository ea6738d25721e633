"""S11: a million requests, each with its own token counts and price cap, matched to the cheapest offering.

Vision and tools, metered, a context of at least the tokens, an input price of at most the cap, and the least cost of
the call. The peers get columns that are filtered beforehand, equal rows removed; at their very best somebody has also
removed by hand the rows that another one beats in every respect, which is what the engine finds out for each query.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import modeldex as mx
from benches.rounds import Race, Sampled

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_benchmark.fixture import BenchmarkFixture

    from benches.conftest import Report

SIZE = 1_000_000
ROUNDS = 5
"""A round of a peer takes seconds."""
PART = 50_000
"""Those that look at every candidate for every request get so many; what they take grows with the requests alone."""
BLOCK = 4_096
"""Requests that the peers look at together: so many that the table of all candidates stays in the cache."""
BY_HAND = "dominated rows removed by hand"


@pytest.fixture(scope="module")
def requests() -> dict[str, Any]:
    """From short questions to whole books, caps as people set them."""
    dice = np.random.default_rng(11)
    return {
        "tokens": np.exp(dice.uniform(np.log(10), np.log(900_000), SIZE)).astype(np.int64),
        "out": dice.integers(1, 8_000, SIZE),
        "cap": dice.integers(1, 1_000, SIZE) / 100,
    }


@pytest.fixture(scope="module")
def candidates() -> Any:
    """Input price, output price and context of every offering that can be the answer, equal ones once."""
    found = mx.models.select(requires=["vision", "tools"], billing="metered")
    columns = np.stack([found.values(name) for name in ("input_price", "output_price", "context_window")], axis=1)
    return np.unique(columns[~np.isnan(columns).any(axis=1)], axis=0)


def undominated(rows: Any) -> Any:
    """Those that no other one beats in both prices and the context."""
    beaten = [
        ((other := np.delete(rows, at, axis=0)) * (1, 1, -1) <= row * (1, 1, -1)).all(axis=1).any() and len(other)
        for at, row in enumerate(rows)
    ]
    return rows[~np.array(beaten, dtype=bool)]


def by_numpy(rows: Any, asked: dict[str, Any]) -> Any:
    """What the answer to each request costs in USD: one table of candidates by requests after the other."""
    size = len(asked["tokens"])
    costs = np.empty(size)
    prices, cap, context = rows[:, :2] / 1e6, rows[:, :1], rows[:, 2:]
    amounts = np.stack([asked["tokens"], asked["out"]]).astype(float)
    for at in range(0, size, BLOCK):
        part = slice(at, at + BLOCK)
        fits = (context >= asked["tokens"][part]) & (cap <= asked["cap"][part])
        costs[part] = np.where(fits, prices @ amounts[:, part], np.inf).min(axis=0)
    return costs


def by_polars(rows: Any, asked: dict[str, Any]) -> Any:
    """The same by a cross join of each part of the requests with the candidates."""
    import polars

    col = polars.col
    offers = polars.DataFrame(rows, schema=["input", "output", "context"])
    frame = polars.DataFrame(asked).with_row_index("place")
    fits = (col.context >= col.tokens) & (col.input <= col.cap)
    cost = (col.tokens * col.input + col.out * col.output) / 1e6
    costs = np.full(len(frame), np.inf)
    for part in frame.iter_slices(BLOCK):
        joined = part.lazy().join(offers.lazy(), how="cross").filter(fits).select("place", cost=cost)
        best = joined.group_by("place").agg(col.cost.min()).collect()
        costs[best["place"].to_numpy()] = best["cost"].to_numpy()
    return costs


def by_modeldex(query: mx.Query, asked: dict[str, Any]) -> Any:
    return query.match(**asked).prices


def timed(name: str, work: Callable[..., Any], side: Any, asked: dict[str, Any]) -> Sampled:
    def sample() -> float:
        start = time.perf_counter()
        work(side, asked)
        return (time.perf_counter() - start) / len(asked["tokens"])

    return Sampled(name, sample)


def test_match(requests: dict[str, Any], candidates: Any, benchmark: BenchmarkFixture, report: Report) -> None:
    query = mx.models.prepare(
        requires=["vision", "tools"],
        billing="metered",
        min_context_window=mx.param("tokens"),
        max_input_price=mx.param("cap"),
        by=mx.cost(input_tokens=mx.param("tokens"), output_tokens=mx.param("out")),
    )
    few = undominated(candidates)
    assert 1 < len(few) < len(candidates)
    sides: dict[str, tuple[Callable[..., Any], Any]] = {
        "modeldex": (by_modeldex, query),
        "numpy": (by_numpy, candidates),
        f"numpy, {BY_HAND}": (by_numpy, few),
    }
    what = f"{SIZE:,} requests, each its tokens and cap, to the cheapest offering; a request"
    try:
        import polars  # noqa: F401
    except ImportError as error:
        report.unmeasured("S11", what, "polars", str(error), goal=10)
    else:
        sides |= {"polars": (by_polars, candidates), f"polars, {BY_HAND}": (by_polars, few)}
    expected = np.nan_to_num(by_modeldex(query, requests), nan=np.inf)
    assert 0 < np.isinf(expected).sum() < SIZE / 2
    few_requests = {name: values[:PART] for name, values in requests.items()}
    asked = {name: few_requests if side is candidates else requests for name, (_, side) in sides.items()}
    for name, (work, side) in list(sides.items())[1:]:
        found = work(side, asked[name])
        np.testing.assert_allclose(found, expected[: len(found)], rtol=1e-12, err_msg=name)
    race = Race(*(timed(name, work, side, asked[name]) for name, (work, side) in sides.items())).run(benchmark, ROUNDS)
    for name in list(sides)[1:]:
        # A query that somebody has thought through beforehand is another question, there to be seen beside.
        report("S11", what, race, name, goal=None if BY_HAND in name else 10)
