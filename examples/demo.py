"""Which model serves this request? The main job, on the shipped catalogue; `make demo` runs it.

The request: pictures come in and tools are called, the conversation needs 128,000 tokens of context, and a typical
turn sends 1,200 tokens and gets 300 back.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table

import modeldex as mx

if TYPE_CHECKING:
    from collections.abc import Iterable

MEASUREMENTS = Path(__file__).with_name("measurements.toml")
INPUT, OUTPUT = 1_200, 300
CONSOLE = Console(highlight=False, markup=False, emoji=False)


COLUMNS = {
    "input_price": ("in $/1M", "{:.2f}"),
    "output_price": ("out $/1M", "{:.2f}"),
    "context_window": ("context", "{:,}"),
}
MEASURED = {
    "tokens_per_second": ("tokens/s", "{:.0f}"),
    "latency_p50_ms": ("p50 ms", "{:,.0f}"),
    "scores.coding": ("coding", "{:.2f}"),
}


def shown(value: object, form: str) -> str:
    """Format a value; unknown is a dash, never a 0."""
    return "–" if value is None else form.format(value)  # noqa: RUF001 - a dash


def price_of_a_turn(model: mx.Model) -> str:
    """Say what the request costs here; free is said only where the catalogue states it."""
    if model.billing == "free":
        return "free"
    turn = model.cost(input_tokens=INPUT, output_tokens=OUTPUT)
    return shown(turn.usd if turn.known else None, "${:f}")


def print_models(title: str, models: Iterable[mx.Model], columns: dict[str, tuple[str, str]] = COLUMNS) -> None:
    """Print one table: the model, what a turn costs there, and the fields of `columns` with heading and format."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    table.title, table.title_justify, table.title_style = title, "left", "bold"
    table.add_column("model", overflow="fold")
    for heading in ("a turn", *(heading for heading, _ in columns.values())):
        table.add_column(heading, justify="right", no_wrap=True)
    for model in models:
        values = (shown(model.value(field), form) for field, (_, form) in columns.items())
        leaving = f" ({model.status})" if model.status not in {None, "active"} else ""
        table.add_row(model.id + leaving, price_of_a_turn(model), *values)
    CONSOLE.print(table)
    CONSOLE.print()


def main() -> None:
    """Ask the catalogue, then lay measured speed and quality over it and ask again."""
    needs = mx.f.capabilities.has_all("vision", "tools") & (mx.f.context_window >= 128_000)
    turn = mx.cost(input_tokens=INPUT, output_tokens=OUTPUT)
    registry = mx.Registry.load("bundled")
    fit = registry.select(needs)
    CONSOLE.print(
        f"{len(registry):,} offerings of {len(registry.terms('base')):,} models by {len(registry.terms('provider')):,} "
        f"providers; {len(fit):,} of them see pictures, call tools and hold 128,000 tokens.\n"
    )

    print_models(
        "Cheapest first, each model where it costs least",
        registry.select(needs, by=turn, distinct="base", limit=8),
    )
    print_models(
        "The same, among three providers with a contract",
        registry.select(needs, provider=["openai", "anthropic", "google"], by=turn, limit=5),
    )
    print_models(
        "Largest context first, where the price is known",
        registry.select(
            needs,
            mx.f.input_price.is_known(),
            by="context_window",
            prefers=["openai", "google"],
            distinct="base",
            limit=5,
        ),
    )

    with registry.edit(message="measured values") as edit:
        for name, fields in tomllib.loads(MEASUREMENTS.read_text(encoding="utf-8")).items():
            edit.update(name, fields)
    CONSOLE.print("No public source states speed or quality. With the EXAMPLE numbers of examples/measurements.toml:\n")
    print_models("Fastest first", registry.select(needs, by="tokens_per_second", limit=4), MEASURED)
    print_models(
        "Best at coding first",
        registry.select(needs, mx.f.scores["coding"] >= 0.7, by=mx.highest("scores.coding"), limit=4),
        MEASURED,
    )

    route = registry.prepare(needs, max_latency_p50_ms=2_500, by=turn)
    first = route.best()
    if first is None:
        raise SystemExit("no model fits: the catalogue or the measurements file was changed")
    second = route.best(exclude=[first.id])
    CONSOLE.print(
        f"A router's answer, under 2.5 s and cheapest: {first.id}; should it fail, {second.id if second else 'nobody'}."
    )


if __name__ == "__main__":
    main()
