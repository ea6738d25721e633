"""How models and selections look in a notebook: plain tables, everything escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._core import Model, Selection
    from .why import Reason, WhyNot

__all__ = ["model", "selection", "why_not"]

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


def why_not(why: WhyNot) -> str:
    """The conditions that a model fails, or those without which there would be an answer, as HTML."""
    if why.model is not None:
        rows = [line for reason in why.reasons for line in _reason(reason, "")]
        return _table((why.model.id, "field", "seen", "wanted"), rows) if rows else f"<p>{escape(str(why))}</p>"
    if not why or not why.relaxations:
        return f"<p>{escape(str(why))}</p>"
    sets = ((" and ".join(each.without), f"{each.models:,}", each.example.id) for each in why.relaxations)
    return _table(("nothing fits; without", "models", "such as"), sets)


def _reason(reason: Reason, indent: str) -> list[tuple[str, str, str, str]]:
    line = (indent + reason.condition, reason.field, _text(reason.seen), reason.wanted)
    return [line, *(inner for part in reason.parts for inner in _reason(part, indent + "\N{NO-BREAK SPACE}" * 3))]


def _text(value: object) -> str:
    if value is None:
        return ""
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    def line(cells: Iterable[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    return f"<table>{line(head, 'th')}{''.join(line(row, 'td') for row in rows)}</table>"
