"""`modeldex why`: which conditions a model fails, or which ones leave no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.table import Table

from modeldex.cli.answer import AsJson, print_json, screen
from modeldex.cli.catalogue import Catalogue, Measurements, opened
from modeldex.cli.conditions import with_options
from modeldex.cli.failure import NothingFoundError
from modeldex.cli.question import By, Sort, asked
from modeldex.cli.text import cell, number, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.text import Text

    from modeldex import Reason, WhyNot

__all__ = ["command"]


@with_options
def command(
    *,
    model: Annotated[
        str | None,
        typer.Argument(metavar="[MODEL]", help="The model that was expected: an id or a name.", show_default=False),
    ] = None,
    by: By = None,
    sort: Sort = None,
    as_json: AsJson = False,
    catalogue: Catalogue = None,
    measurements: Measurements = None,
    **conditions: Any,
) -> None:
    """Say which conditions MODEL fails: `modeldex why gpt-3.5-turbo --requires vision --min-context-window 128k`.

    Without MODEL, say which conditions leave no answer: the fewest whose removal would give one.
    """
    registry = opened(catalogue, measurements)
    question = asked(registry, None, conditions, by=by, sort=sort)
    why = registry.why_not(model, *question.positional, **question.keywords)
    if why.model is None and not why.relaxations:
        raise NothingFoundError("the catalogue has no models")
    if as_json:
        print_json(_facts(why))
    elif why:
        _print(why)
    else:
        screen().print(plain(str(why)))


def _print(why: WhyNot) -> None:
    console = screen()
    if why.model is not None:
        table = _table("condition", "seen", "wanted")
        for reason in why.reasons:
            for line in _lines(reason, ""):
                table.add_row(*line)
        count = f"{len(why.reasons)} of {len(why.conditions)} conditions"
        console.print(f"{plain(why.model.id)} fails {count}", style="bold")
    else:
        table = _table("without", ">models", "such as")
        for each in why.relaxations:
            table.add_row(cell(" and ".join(each.without)), cell(f"{each.models:,}"), cell(each.example.id))
        console.print("nothing fits these conditions; it would", style="bold")
    console.print()
    console.print(table)
    more = why.sets - len(why.relaxations)
    if more > 0:
        console.print(f"\n{more:,} more", style="dim")


def _lines(reason: Reason, indent: str) -> Iterator[tuple[Text, Text, Text]]:
    default = " (by default)" if reason.default else ""
    seen = None if reason.parts else _seen(reason.seen)
    note = f" ({reason.note})" if reason.note else ""
    condition = cell(reason.condition + default)
    condition.pad_left(len(indent))
    yield condition, cell(seen and seen + note), cell(reason.wanted)
    for part in reason.parts:
        yield from _lines(part, indent + "  ")


def _seen(seen: object) -> str | None:
    if isinstance(seen, tuple):
        return ", ".join(map(str, seen)) or None
    return number(seen) if isinstance(seen, (int, float)) else None if seen is None else str(seen)


def _table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in headings:
        justify = "right" if heading.startswith(">") else "left"
        table.add_column(heading.removeprefix(">"), justify=justify, overflow="fold")  # type: ignore[arg-type]
    return table


def _facts(why: WhyNot) -> dict[str, Any]:
    return {
        "model": None if why.model is None else why.model.id,
        "fits": not why,
        "conditions": why.conditions,
        "reasons": [_reason(reason) for reason in why.reasons],
        "relaxations": [
            {"without": each.without, "models": each.models, "example": each.example.id} for each in why.relaxations
        ],
        "sets": why.sets,
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "condition": reason.condition,
        "field": reason.field,
        "seen": reason.seen,
        "wanted": reason.wanted,
        "default": reason.default,
        "parts": [_reason(part) for part in reason.parts],
    }
