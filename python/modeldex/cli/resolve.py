"""`modeldex resolve`: which model a text means, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich import box
from rich.table import Table

from modeldex.cli.answer import AsJson, print_json, screen
from modeldex.cli.catalogue import Catalogue, Measurements, opened
from modeldex.cli.failure import NothingFoundError
from modeldex.cli.text import cell, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modeldex import Candidate, Resolution

__all__ = ["command"]

CANDIDATES: Final = 10
SHOWN: Final = 60
"""What a message quotes of a text that may be long."""


def command(
    *,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A model's name as somebody wrote it: 'GPT4o mini'.")],
    provider: Annotated[
        str | None,
        typer.Option("--provider", metavar="PROVIDER", help="Who serves it, where that is known.", show_default=False),
    ] = None,
    floor: Annotated[
        float, typer.Option("--floor", metavar="SCORE", min=0, max=1, help="What scores less is not certain.")
    ] = 0.0,
    as_json: AsJson = False,
    catalogue: Catalogue = None,
    measurements: Measurements = None,
) -> None:
    """Say which model TEXT means and how that was found, or list what it may mean where that is not certain.

    The exit code is 0 only if it is certain.
    """
    found = opened(catalogue, measurements).resolve(text, provider=provider, floor=floor)
    if as_json:
        print_json(_facts(found))
    elif found.model is not None:
        _print(found)
    elif found.candidates:
        _print_candidates(found.candidates)
    if found.model is None:
        raise NothingFoundError(_uncertain(found))


def _print(found: Resolution) -> None:
    from modeldex.cli.table import table_of

    if found.model is None:
        return
    console = screen()
    console.print(cell(found.reason))
    console.print(f"{found.how}, score {found.score:.2f}", style="dim")
    console.print()
    console.print(table_of([found.model], width=console.width))


def _print_candidates(candidates: Sequence[Candidate]) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in ("it may be", "score", "because"):
        table.add_column(heading, justify="right" if heading == "score" else "left", overflow="fold")
    for candidate in candidates[:CANDIDATES]:
        table.add_row(cell(candidate.id, style="bold"), cell(f"{candidate.score:.2f}"), cell(candidate.reason))
    console = screen()
    console.print(table)
    more = len(candidates) - CANDIDATES
    if more > 0:
        console.print(f"\n{more:,} more (--json for all)", style="dim")


def _uncertain(found: Resolution) -> str:
    text = plain(found.text)
    quoted = repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")
    if not found.candidates:
        return f"{quoted} is like no name of a model"
    return f"{quoted} is not certain: {found.reason}" if found.reason else f"{quoted} is not certain"


def _facts(found: Resolution) -> dict[str, Any]:
    return {
        "text": found.text,
        "id": None if found.model is None else found.model.id,
        "how": found.how,
        "score": found.score,
        "reason": found.reason,
        "ambiguous": found.ambiguous,
        "candidates": [
            {"id": each.id, "name": each.name, "score": each.score, "reason": each.reason} for each in found.candidates
        ],
        "model": None if found.model is None else found.model.document,
    }
