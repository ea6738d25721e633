"""`modeldex show`: everything known of one model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.table import Table

from modeldex.cli.answer import AsJson, print_json, screen
from modeldex.cli.catalogue import Catalogue, Measurements, opened
from modeldex.cli.text import cell, number, plain
from modeldex.cli.vocabulary import vocabulary

if TYPE_CHECKING:
    from rich.text import Text

    from modeldex import Model

__all__ = ["command"]

SKIPPED: Final = frozenset({"id", "unknown"})


def command(
    *,
    name: Annotated[str, typer.Argument(metavar="ID", help="An id, or a name that leads to one: gpt-4o.")],
    as_json: AsJson = False,
    catalogue: Catalogue = None,
    measurements: Measurements = None,
) -> None:
    """Show everything known of one model, and what is unknown on purpose."""
    model = opened(catalogue, measurements)[name]
    if as_json:
        print_json(model.document)
        return
    console = screen()
    console.print(plain(model.id), style="bold")
    table = Table.grid(padding=(0, 2))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for field, value in _lines(model):
        table.add_row(plain(field), value)
    console.print(table)


def _lines(model: Model) -> Iterator[tuple[str, Text]]:
    units = {measure["name"]: measure.get("unit") or "" for measure in vocabulary()["measures"]}
    for field, value in model.document.items():
        if field == "rates":
            yield from ((field, cell(_rate(rate))) for rate in value)
        elif field not in SKIPPED:
            for path, leaf in _leaves(field, value):
                yield path, cell(_shown(leaf, units.get(path, "")))
    for path, reason in (model.document.get("unknown") or {}).items():
        yield path, cell(f"unknown: {reason}", style="dim")


def _leaves(path: str, value: object) -> Iterator[tuple[str, object]]:
    """Flatten mappings to dotted paths; what is stated as yes or no is gathered in one line each."""
    if not isinstance(value, Mapping):
        yield path, value
        return
    flags = {name: stated for name, stated in value.items() if isinstance(stated, bool)}
    for answer in (True, False):
        names = [name for name, stated in flags.items() if stated is answer]
        if names:
            yield path if answer else f"{path} (no)", names
    for name, inner in value.items():
        if name not in flags:
            yield from _leaves(f"{path}.{name}", inner)


def _rate(rate: Mapping[str, Any]) -> str:
    per = f"{rate['per']:,} " if rate.get("per", 1) != 1 else ""
    when = f", {_shown(rate['when'], '')}" if rate.get("when") else ""
    return f"{rate['usd']} USD per {per}{rate['unit']}{when}"


def _shown(value: object, unit: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return f"{number(value)} {unit}".rstrip()
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_shown(inner, '')}" for name, inner in value.items())
    if isinstance(value, (list, tuple)):
        between = "; " if any(isinstance(item, Mapping) for item in value) else ", "
        return between.join(_shown(item, "") or "" for item in value)
    return str(value)
