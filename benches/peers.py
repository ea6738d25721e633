"""The peers, each used as its own users would, at its best.

All of them answer the question that every router asks: vision and tools, a large context, a price cap, metered; the
cheapest first. What can be prepared beforehand is prepared: flags are plain booleans, unknown numbers are set so that
no test for None is needed, rows that are not servable are left out, statements are compiled once.
"""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from math import inf
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal

from benches.rounds import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import modeldex as mx

    Order = Literal["input_price", "cost"]

CONTEXT = 200_000
CAPS = [3.0 + step / 100 for step in range(8)]
"""USD per 1M input tokens; they vary from call to call, so that nobody can answer from memory."""
INPUT, OUTPUT = 1_200, 300
OFF = {"maintenance", "disabled", "retired"}


@dataclass(slots=True)
class Offering:
    """What an application without a registry keeps."""

    id: str
    provider: str | None
    mode: str | None
    billing: str | None
    status: str | None
    vision: bool
    tools: bool
    context_window: int
    input_price: float
    output_price: float


def offering(model: mx.Model) -> Offering:
    known = model.capabilities
    return Offering(
        id=model.id,
        provider=model.provider,
        mode=model.mode,
        billing=model.billing,
        status=model.status,
        vision="vision" in known,
        tools="tools" in known,
        context_window=model.context_window or 0,
        input_price=inf if model.input_price is None else model.input_price,
        output_price=inf if model.output_price is None else model.output_price,
    )


def offerings(models: Iterable[mx.Model]) -> list[Offering]:
    """The servable ones."""
    return [offering(model) for model in models if model.status not in OFF]


def scan(rows: list[Offering], order: Order) -> Call:
    """A list comprehension over slots dataclasses, and min."""
    rank: Callable[[Offering], float]
    rank = (
        attrgetter("input_price")
        if order == "input_price"
        else lambda row: 1200 * row.input_price + 300 * row.output_price
    )
    fits = "row.vision and row.tools and row.context_window >= 200_000 and row.input_price <= cap and row.billing == 'metered'"
    names = {"rows": rows, "rank": rank, "caps": CAPS}
    return Call("list comprehension", f"min([row for row in rows if {fits}], key=rank)", names, over="cap in caps")


def polars_filter(rows: list[Offering], order: Order) -> Call:
    """A frame, filtered by expressions; eager, which is 5 times faster here than lazy."""
    import polars

    frame = _frame(rows)
    rank = "input_price" if order == "input_price" else "cost"

    def best(cap: float) -> str:
        col = polars.col
        fits = frame.filter(col.vision, col.tools, col.metered, col.context_window >= CONTEXT, col.input_price <= cap)
        return str(fits["id"][fits[rank].arg_min()])

    return Call("polars", "best(cap)", {"best": best, "caps": CAPS}, over="cap in caps")


def polars_masks(rows: list[Offering], order: Order) -> Call:
    """Columns combined by hand: less than a frame offers, and the fastest way through polars that was found."""
    frame = _frame(rows)
    rank = frame["input_price" if order == "input_price" else "cost"]
    ids, vision, tools, metered = frame["id"], frame["vision"], frame["tools"], frame["metered"]
    context, price = frame["context_window"], frame["input_price"]

    def best(cap: float) -> str:
        fits = vision & tools & metered & (context >= CONTEXT) & (price <= cap)
        return str(ids.filter(fits)[rank.filter(fits).arg_min()])

    return Call("polars, masks by hand", "best(cap)", {"best": best, "caps": CAPS}, over="cap in caps")


def _frame(rows: list[Offering]) -> Any:
    import polars

    frame = polars.DataFrame({name: [getattr(row, name) for row in rows] for name in Offering.__slots__})
    cost = INPUT * polars.col.input_price + OUTPUT * polars.col.output_price
    return frame.with_columns(metered=polars.col.billing == "metered", cost=cost).rechunk()


def duckdb(rows: list[Offering], order: Order) -> Call:
    """A prepared statement on one thread, which is faster for so few rows."""
    import duckdb

    rank = "input_price" if order == "input_price" else f"{INPUT} * input_price + {OUTPUT} * output_price"
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    connection.execute(
        "CREATE TABLE model (id VARCHAR, vision BOOLEAN, tools BOOLEAN, metered BOOLEAN,"
        " context_window BIGINT, input_price DOUBLE, output_price DOUBLE)"
    )
    values = [
        (row.id, row.vision, row.tools, row.billing == "metered", row.context_window, row.input_price, row.output_price)
        for row in rows
    ]
    connection.executemany("INSERT INTO model VALUES (?, ?, ?, ?, ?, ?, ?)", values)
    connection.execute(
        f"PREPARE best AS SELECT arg_min(id, {rank}) FROM model WHERE vision AND tools AND metered"
        f" AND context_window >= {CONTEXT} AND input_price <= $1"
    )
    names = {"execute": connection.execute, "caps": CAPS}
    return Call("duckdb", "execute(f'EXECUTE best({cap})').fetchone()", names, over="cap in caps")


class Sqlite:
    """A table in memory with a covering index made for this very query."""

    FITS = "vision = 1 AND tools = 1 AND billing = 'metered'"

    def __init__(self, rows: list[Offering], order: Order) -> None:
        rank = "input_price" if order == "input_price" else f"({INPUT} * input_price + {OUTPUT} * output_price)"
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.cursor = self.connection.cursor()
        self.cursor.execute(
            "CREATE TABLE model (place INTEGER PRIMARY KEY, id TEXT, vision INT, tools INT, billing TEXT,"
            " context_window INT, input_price REAL, output_price REAL)"
        )
        values = [
            (at, row.id, row.vision, row.tools, row.billing, row.context_window, row.input_price, row.output_price)
            for at, row in enumerate(rows)
        ]
        self.cursor.executemany("INSERT INTO model VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        self.cursor.execute(
            f"CREATE INDEX best ON model ({rank}, place, context_window, input_price, output_price, id, vision, tools,"
            f" billing) WHERE {self.FITS}"
        )
        self.cursor.execute("CREATE UNIQUE INDEX name ON model (id)")
        self.cursor.execute("ANALYZE")
        self.query = (
            f"SELECT id FROM model INDEXED BY best WHERE {self.FITS} AND context_window >= ? AND input_price <= ?"
            f" ORDER BY {rank}, place LIMIT 1"
        )

    def call(self) -> Call:
        names = {"execute": self.cursor.execute, "query": self.query, "caps": CAPS}
        return Call("sqlite3", f"execute(query, ({CONTEXT}, cap)).fetchone()", names, over="cap in caps")


def litellm() -> Any:
    """LiteLLM, offline. Its table lists a specimen whose numbers are texts: every scan must skip it."""
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    import litellm

    litellm.model_cost.pop("sample_spec", None)
    return litellm


def litellm_scan(order: Order) -> Call:
    """What there is no function for: a scan of the dict of dicts."""
    fits = (
        "model.get('supports_vision') and model.get('supports_function_calling')"
        " and (model.get('max_input_tokens') or 0) >= 200_000 and 0 < (model.get('input_cost_per_token') or inf) * 1e6 <= cap"
        " and model.get('output_cost_per_token') is not None"
    )
    rank = {
        "input_price": lambda found: found[1]["input_cost_per_token"],
        "cost": lambda found: 1200 * found[1]["input_cost_per_token"] + 300 * found[1]["output_cost_per_token"],
    }[order]
    names = {"models": litellm().model_cost, "rank": rank, "inf": inf, "caps": CAPS}
    text = f"min([(id, model) for id, model in models.items() if {fits}], key=rank)"
    return Call("litellm", text, names, over="cap in caps")


def litellm_rows() -> list[dict[str, Any]]:
    """LiteLLM's own entries as definitions, so that the same question can be asked of the same rows."""
    return [
        _definition(
            id,
            vision=entry.get("supports_vision"),
            tools=entry.get("supports_function_calling"),
            context=entry.get("max_input_tokens"),
            prices=(entry.get("input_cost_per_token"), entry.get("output_cost_per_token")),
        )
        for id, entry in litellm().model_cost.items()
    ]


def liter_models() -> list[tuple[str, Any]]:
    """The catalogue of liter-llm as a list that is kept: listing it anew takes longer than scanning it."""
    import liter_llm

    kept = [(model.key, liter_llm.exact_model_info(model.key)) for model in liter_llm.list_catalog_models()]
    return [(id, found) for id, found in kept if found is not None]


def liter_scan(models: list[tuple[str, Any]], order: Order) -> Call:
    """A scan of its objects."""
    fits = (
        "model.supports_vision and model.supports_function_calling and (model.max_input_tokens or 0) >= 200_000"
        " and 0 < (model.input_cost_per_token or inf) * 1e6 <= cap and model.output_cost_per_token is not None"
    )
    rank = {
        "input_price": lambda found: found[1].input_cost_per_token,
        "cost": lambda found: 1200 * found[1].input_cost_per_token + 300 * found[1].output_cost_per_token,
    }[order]
    names = {"models": models, "rank": rank, "inf": inf, "caps": CAPS}
    text = f"min([(id, model) for id, model in models if {fits}], key=rank)"
    return Call("liter-llm", text, names, over="cap in caps")


def liter_rows(models: list[tuple[str, Any]]) -> list[dict[str, Any]]:
    """Its entries as definitions."""
    return [
        _definition(
            id,
            vision=model.supports_vision,
            tools=model.supports_function_calling,
            context=model.max_input_tokens,
            prices=(model.input_cost_per_token, model.output_cost_per_token),
        )
        for id, model in models
    ]


def _definition(id: str, *, vision: Any, tools: Any, context: Any, prices: tuple[Any, Any]) -> dict[str, Any]:
    known = {"vision": bool(vision), "tools": bool(tools)}
    made: dict[str, Any] = {"id": id, "capabilities": known, "billing": "metered"}
    if context and int(context) > 0:
        made["context_window"] = int(context)
    # USD per token become USD per 1M tokens, as a text with the finest step that prices have.
    # A price of 0 is no metered price, and the cheapest must have both.
    if prices[0] and prices[1] is not None:
        made["input_price"], made["output_price"] = (f"{price * 1e6:.9f}" for price in prices)
    return made
