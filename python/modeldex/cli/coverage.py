"""`modeldex coverage`: for each field, the share of the models that state it."""

from __future__ import annotations

from rich import box
from rich.table import Table

from modeldex.cli.answer import AsJson, print_json, screen
from modeldex.cli.catalogue import Catalogue, Measurements, opened
from modeldex.cli.text import cell

__all__ = ["command"]


def command(
    *,
    as_json: AsJson = False,
    catalogue: Catalogue = None,
    measurements: Measurements = None,
) -> None:
    """Show for each field, own numbers included, which share of the models states it: what can be asked about."""
    registry = opened(catalogue, measurements)
    coverage = registry.coverage()
    if as_json:
        print_json(coverage)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("field", overflow="fold")
    table.add_column("stated", justify="right")
    for field, share in coverage.items():
        table.add_row(cell(field), cell(_percent(share)))
    console = screen()
    console.print(table)
    console.print(f"\n{len(registry):,} models", style="dim")


def _percent(share: float) -> str | None:
    """Return a share that is neither 0 nor 1 as neither "0.0%" nor "100.0%"; nothing where nobody states the field."""
    if share == 0:
        return None
    shown = f"{share:.1%}"
    if shown == "0.0%":
        return "<0.1%"
    return ">99.9%" if shown == "100.0%" and share < 1 else shown
