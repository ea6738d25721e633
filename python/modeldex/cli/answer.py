"""Where an answer goes: a table on a terminal, or JSON for another program."""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Mapping, Sequence, Set as AbstractSet
from decimal import Decimal
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

__all__ = ["AsJson", "print_json", "screen"]

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON: one object or one array on stdout.")]


class Screen(Console):
    """A console that leaves a broken pipe to the caller, and guesses no colours: names and numbers stay plain."""

    def __init__(self) -> None:
        super().__init__(highlight=False, markup=False, emoji=False)

    def on_broken_pipe(self) -> NoReturn:
        """Raise, so that every way of answering treats it alike."""
        raise BrokenPipeError


def screen() -> Screen:
    """Return the terminal: its width and colours, or 80 columns and no colours when piped."""
    return Screen()


def print_json(answer: object) -> None:
    """Print one JSON value; mappings of models are written as objects, dates as texts, sets in order."""
    # ASCII only: valid in every encoding, and no letter of a model's name can steer the terminal.
    indent = 2 if sys.stdout.isatty() else None
    sys.stdout.write(json.dumps(answer, default=_as_json, allow_nan=False, indent=indent) + "\n")
    sys.stdout.flush()


def _as_json(value: Any) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, AbstractSet):
        return sorted(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
