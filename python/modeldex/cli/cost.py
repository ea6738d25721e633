"""`modeldex cost`: what one request costs at one model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.table import Table

from modeldex.cli.amounts import count
from modeldex.cli.answer import AsJson, print_json, screen
from modeldex.cli.catalogue import Catalogue, Measurements, opened
from modeldex.cli.failure import NothingFoundError, WrongQuestionError
from modeldex.cli.text import cell, dollars, plain, price
from modeldex.cli.vocabulary import vocabulary

if TYPE_CHECKING:
    from modeldex import Cost, Model

__all__ = ["command"]


def command(
    *,
    name: Annotated[str, typer.Argument(metavar="ID", help="An id, or a name that leads to one: gpt-4o.")],
    input_tokens: Annotated[
        str, typer.Option(metavar="COUNT", help="Tokens sent, those read from a cache included.")
    ] = "0",
    output_tokens: Annotated[str, typer.Option(metavar="COUNT", help="Tokens received.")] = "0",
    cached_tokens: Annotated[str, typer.Option(metavar="COUNT", help="Those of the input that a cache holds.")] = "0",
    as_json: AsJson = False,
    catalogue: Catalogue = None,
    measurements: Measurements = None,
) -> None:
    """Say what a request costs, to the last digit. A price that is not known is never taken for 0."""
    texts = {"input": input_tokens, "output": output_tokens, "cached": cached_tokens}
    request = {part: count(text, option=f"--{part}-tokens") for part, text in texts.items()}
    if request["cached"] > request["input"]:
        raise WrongQuestionError("the cached tokens are part of the input tokens, and cannot be more")
    model = opened(catalogue, measurements)[name]
    cost = model.cost(**{f"{part}_tokens": tokens for part, tokens in request.items()})
    if as_json:
        print_json(
            {
                "id": model.id,
                "known": cost.known,
                "usd": cost.usd if cost.known else None,
                "femtodollars": cost.femtodollars if cost.known else None,
                "breakdown": dict(cost.breakdown),
                **{f"{part}_tokens": tokens for part, tokens in request.items()},
            }
        )
    else:
        _print_table(model, cost, request)
    if not cost.known:
        missing = ", ".join(part for part, usd in cost.breakdown.items() if usd is None)
        raise NothingFoundError(
            f"the cost at {model.id} is not known: no price is stated for {missing or 'this request'}"
        )


def _print_table(model: Model, cost: Cost, request: dict[str, int]) -> None:
    fields = vocabulary()["cost"]
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
        title=plain(model.id),
        title_justify="left",
        show_footer=True,
    )
    table.add_column("", footer="total")
    table.add_column("tokens", justify="right")
    table.add_column("$/1M", justify="right")
    table.add_column("USD", justify="right", footer=cell(dollars(cost.usd) if cost.known else None, style="bold"))
    # Cached tokens are part of the input, and are charged at their own price.
    charged = {**request, "input": request["input"] - request["cached"]}
    for part, usd in cost.breakdown.items():
        tokens, field = charged.get(part, 0), fields.get(part)
        if tokens:
            at = price(model.value(field)) if field else None
            table.add_row(plain(part), f"{tokens:,}", cell(at), cell(dollars(usd)))
    screen().print(table)
