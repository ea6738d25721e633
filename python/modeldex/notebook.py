"""How models and selections look in a notebook: plain tables, everything escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._core import Model, Selection

__all__ = ["model", "selection"]

COLUMNS = ("provider", "status", "context_window", "max_output_tokens", "input_price", "output_price")
SHOWN = 20
"""Rows of a selection that are shown."""
LONGEST = 2_000
"""Characters of a cell that are shown: a description may be a megabyte."""


def model(one: Model) -> str:
    """A table of the stated fields of a model, as HTML."""
    rows = [(name, _text(value)) for name, value in one.document.items()]
    return _table(("field", one.id), rows)


def selection(some: Selection) -> str:
    """A table of the first models of a selection, as HTML."""
    rows = [(each.id, *(_text(getattr(each, name)) for name in COLUMNS)) for each in some[:SHOWN]]
    more = f"<p>{len(some) - SHOWN} more</p>" if len(some) > SHOWN else ""
    return _table(("id", *COLUMNS), rows) + more


def _text(value: object) -> str:
    if value is None:
        return ""
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    def line(cells: Iterable[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    return f"<table>{line(head, 'th')}{''.join(line(row, 'td') for row in rows)}</table>"
