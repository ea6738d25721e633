"""`modeldex best`: the one model to use."""

from __future__ import annotations

from typing import Any

from modeldex.cli.answer import AsJson, print_json, screen
from modeldex.cli.catalogue import Catalogue, Measurements, opened
from modeldex.cli.conditions import with_options
from modeldex.cli.failure import NothingFoundError, WrongQuestionError
from modeldex.cli.question import By, Distinct, Prefers, Where, Words, asked, nothing, row, unordered

__all__ = ["command"]


@with_options
def command(
    *,
    words: Words = None,
    where: Where = None,
    by: By = None,
    prefers: Prefers = None,
    distinct: Distinct = None,
    as_json: AsJson = False,
    catalogue: Catalogue = None,
    measurements: Measurements = None,
    **conditions: Any,
) -> None:
    """Name the one model that fits best: `modeldex best --requires vision,tools --by cost:1200,300`.

    A model whose price (or whatever `--by` names) is unknown is never the best one.
    """
    registry = opened(catalogue, measurements)
    if by is None and prefers is None:
        raise WrongQuestionError("best by what? say --by input_price, --by cost:1200,300, --by context_window, ...")
    question = asked(registry, words, conditions, where=where, by=by, prefers=prefers, distinct=distinct)
    others = [name for name in registry if name not in question.among] if question.among is not None else None
    query = registry.prepare(*question.positional, **question.keywords)
    model = query.best(exclude=others) if others else query.best()
    if model is None:
        raise NothingFoundError(unordered(registry, question) or nothing(registry, question))
    if as_json:
        print_json(row(model, question.ordering))
        return
    from modeldex.cli.table import table_of

    console = screen()
    console.print(table_of([model], width=console.width, ordering=question.ordering))
