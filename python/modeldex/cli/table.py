"""Models as a table that fits the terminal: ids, limits and prices always, the rest as there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from rich import box
from rich.table import Table

from modeldex.cli.order import usd_of
from modeldex.cli.text import cell, dollars, number, plain, price, tokens
from modeldex.cli.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.text import Text

    from modeldex import Model
    from modeldex.cli.order import Ordering

__all__ = ["table_of"]

GAP: Final = 2
READABLE: Final = 24
"""A list that is cut shorter than this says nothing."""


class Column(NamedTuple):
    """One column: its heading and what it shows of a model."""

    heading: str
    shown: Callable[[Model], object]
    field: str = ""
    right: bool = True


ALWAYS: Final = (
    Column("context", lambda model: tokens(model.context_window), "context_window"),
    Column("output", lambda model: tokens(model.max_output_tokens), "max_output_tokens"),
    Column("in $/1M", lambda model: price(model.input_price), "input_price"),
    Column("out $/1M", lambda model: price(model.output_price), "output_price"),
)
AS_THERE_IS_ROOM: Final = (
    Column("status", lambda model: model.status, right=False),
    Column("billing", lambda model: model.billing, right=False),
    Column("cached $/1M", lambda model: price(model.cache_read_price), "cache_read_price"),
    Column("released", lambda model: model.released, "released", right=False),
    Column("knowledge", lambda model: model.knowledge_cutoff, "knowledge_cutoff", right=False),
    Column("reads", lambda model: ", ".join(model.modalities.get("input") or ()) or None, right=False),
)
LAST: Final = Column("capabilities", lambda model: ", ".join(sorted(model.capabilities)) or None, right=False)


def table_of(models: Sequence[Model], *, width: int, ordering: Ordering | None = None) -> Table:
    """Return a table of `models` for a terminal of `width` columns; what they are ordered by is always shown.

    Unknown values are a dash, never a 0. Ids are wrapped where they do not fit, and never cut.
    """
    columns = list(ALWAYS) if ordering is None else _with_order(ALWAYS, ordering)
    cells = [[cell(column.shown(model)) for model in models] for column in columns]
    room = width - max((len(plain(model.id)) for model in models), default=0)
    room -= sum(_width(column, shown) for column, shown in zip(columns, cells, strict=True))
    for column in AS_THERE_IS_ROOM:
        shown = [cell(column.shown(model)) for model in models]
        if column.field and column.field in {other.field for other in columns}:
            continue
        if _width(column, shown) > room:
            break
        columns.append(column)
        cells.append(shown)
        room -= _width(column, shown)
    if room - GAP >= READABLE:
        columns.append(LAST)
        cells.append([cell(LAST.shown(model)) for model in models])
    names = [_name(model, warn=AS_THERE_IS_ROOM[0] not in columns) for model in models]
    return _table(columns, names, cells, room - GAP)


def _table(columns: Sequence[Column], names: Sequence[Text], cells: Sequence[Sequence[Text]], room: int) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column("model", overflow="fold", style="bold")
    for column in columns:
        widest = room if column is LAST else None
        justify = "right" if column.right else "left"
        table.add_column(column.heading, justify=justify, no_wrap=True, overflow="ellipsis", max_width=widest)  # type: ignore[arg-type]
    for row in zip(names, *cells, strict=True):
        table.add_row(*row)
    return table


def _width(column: Column, shown: Sequence[Text]) -> int:
    return GAP + max(len(column.heading), *(text.cell_len for text in shown), 0)


def _with_order(columns: Sequence[Column], ordering: Ordering) -> list[Column]:
    if ordering.cost is not None:
        request = ordering.cost
        heading = f"cost {tokens(request.input_tokens)}+{tokens(request.output_tokens)}"
        return [Column(heading, lambda model: dollars(usd_of(model, request))), *columns]
    field = ordering.field
    if field is None or any(column.field == field for column in columns):
        return list(columns)
    kinds = {measure["name"]: measure["kind"] for measure in vocabulary()["measures"]}
    form: Callable[..., object] = price if kinds.get(field) == "money" else number
    return [Column(plain(field), lambda model: form(model.value(field)), field), *columns]


def _name(model: Model, *, warn: bool) -> Text:
    # A model on its way out should not be chosen unawares where there is no room for a column that says so.
    name = cell(model.id)
    if warn and model.status not in (None, "active"):
        name.append(f" ({plain(model.status)})", style="not bold yellow")
    return name
