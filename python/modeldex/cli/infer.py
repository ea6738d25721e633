"""`modeldex infer`: what an id that nobody knows says of itself."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from modeldex.cli.answer import AsJson, print_json, screen
from modeldex.cli.failure import NOT_FOUND, NothingFoundError
from modeldex.cli.text import cell, number

__all__ = ["command"]

SHOWN = 60
"""What a message quotes of a text that may be long."""


def command(
    *,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="An id, known or not: acme/qwen3-30b-a3b-thinking.")],
    as_json: AsJson = False,
) -> None:
    """Guess what a model is from its id alone, and show which piece of the id says so. The catalogue is not asked."""
    from modeldex.discover import infer

    guess = infer(text)
    if as_json:
        print_json(guess.as_dict())
        if not guess:
            raise typer.Exit(NOT_FOUND)
        return
    if not guess:
        raise NothingFoundError(f"{_quoted(text)} says nothing of a model")
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("guess", "value", "said by"):
        table.add_column(heading, overflow="fold")
    for field, value in guess.said().items():
        table.add_row(cell(field, "cyan"), cell(_shown(value)), cell(guess.evidence[field], "dim"))
    screen().print(table)


def _quoted(text: str) -> str:
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return number(value) or ""
    if is_dataclass(value):
        parts = ((field.name, getattr(value, field.name)) for field in fields(value))
        return ", ".join(f"{name}: {part}" for name, part in parts if part is not None)
    return str(value)
