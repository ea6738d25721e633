"""`modeldex find`: the models that fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from modeldex.cli.answer import AsJson, print_json, screen
from modeldex.cli.catalogue import Catalogue, Measurements, opened
from modeldex.cli.conditions import with_options
from modeldex.cli.failure import NothingFoundError
from modeldex.cli.question import By, Distinct, Prefers, Sort, Where, Words, asked, nothing, row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modeldex import Model
    from modeldex.cli.question import Question

__all__ = ["command"]

TABLE_ROWS: Final = 20
Limit = Annotated[
    int | None,
    typer.Option(
        "--limit",
        "-n",
        min=0,
        rich_help_panel="Order",
        show_default=False,
        help="At most so many: 20 in a table and all in JSON unless said; 0 for all.",
    ),
]


@with_options
def command(
    *,
    words: Words = None,
    where: Where = None,
    by: By = None,
    sort: Sort = None,
    prefers: Prefers = None,
    distinct: Distinct = None,
    limit: Limit = None,
    as_json: AsJson = False,
    catalogue: Catalogue = None,
    measurements: Measurements = None,
    **conditions: Any,
) -> None:
    """List the models that fit, in the order asked for.

    WORDS ask who serves a model (`modeldex find gpt-4o`); where no model has that name, they are looked for in the ids.
    """
    registry = opened(catalogue, measurements)
    question = asked(registry, words, conditions, where=where, by=by, sort=sort, prefers=prefers, distinct=distinct)
    models = [model for model in registry.select(*question.positional, **question.keywords) if question.names(model)]
    if not models:
        raise NothingFoundError(nothing(registry, question))
    wanted = (0 if as_json else TABLE_ROWS) if limit is None else limit
    shown = models[:wanted] if wanted else models
    if as_json:
        print_json([row(model, question.ordering) for model in shown])
    else:
        _print_table(shown, len(models), question)


def _print_table(shown: Sequence[Model], found: int, question: Question) -> None:
    from modeldex.cli.table import table_of

    console = screen()
    console.print(table_of(shown, width=console.width, ordering=question.ordering))
    rest = found - len(shown)
    more = f"; {rest:,} more (--limit 0 for all)" if rest else ""
    console.print(f"\n{found:,} {'model' if found == 1 else 'models'}{more}", style="dim")
