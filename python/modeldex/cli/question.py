"""What `find` and `best` are asked: words, conditions, an order, put into the arguments of `registry.select`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import typer

from modeldex.cli.conditions import OWN_PANEL, read
from modeldex.cli.order import Ordering, ordering, usd_of
from modeldex.errors import AmbiguousNameError, ModelNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modeldex import Model, Registry
    from modeldex.conditions import Condition

__all__ = ["By", "Distinct", "Prefers", "Question", "Sort", "Where", "Words", "asked", "nothing", "row", "unordered"]

ORDER: Final = "Order"
Words = Annotated[list[str] | None, typer.Argument(help="A model's name, or words of its id.", show_default=False)]
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="FIELD",
        help="Best first by a field, or by the cost of a request: cost:1200,300 (input, output, cached tokens).",
        rich_help_panel=ORDER,
        show_default=False,
    ),
]
Sort = Annotated[
    list[str] | None,
    typer.Option(
        "--sort",
        metavar="FIELDS",
        help="Ascending by these fields; -field descends.",
        rich_help_panel=ORDER,
        show_default=False,
    ),
]
Prefers = Annotated[
    list[str] | None,
    typer.Option(
        "--prefers",
        metavar="PROVIDERS",
        help="Between equals, these first.",
        rich_help_panel=ORDER,
        show_default=False,
    ),
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="TEXT",
        help="A condition as text: 'input_price <= 3 & (requires(vision) | tag.none_of(beta))'. "
        "Several must all hold; docs/queries.md has the grammar.",
        rich_help_panel=OWN_PANEL,
        show_default=False,
    ),
]
Distinct = Annotated[
    str | None,
    typer.Option(
        "--distinct",
        metavar="FIELD",
        help="One model of each: base.",
        rich_help_panel=ORDER,
        show_default=False,
    ),
]


class Question(NamedTuple):
    """The arguments of `registry.select`, and what they cannot say."""

    positional: tuple[Condition, ...]
    keywords: dict[str, Any]
    ordering: Ordering | None
    among: frozenset[str] | None
    """The ids that contain the words, where the words are no model's name."""

    def names(self, model: Model) -> bool:
        """Whether the words allow this model."""
        return self.among is None or model.id in self.among


def asked(
    registry: Registry,
    words: Sequence[str] | None,
    conditions: Mapping[str, Any],
    *,
    where: Sequence[str] | None = None,
    by: str | None = None,
    sort: Sequence[str] | None = None,
    prefers: Sequence[str] | None = None,
    distinct: str | None = None,
) -> Question:
    """Put a question together.

    Raises:
        ModelNotFoundError: no model has that name, and no id has those words.
        WrongQuestionError, InvalidConditionError: an option cannot be read.
    """
    positional, keywords = read(conditions)
    if where:
        from modeldex import parse

        positional = (*positional, *map(parse, where))
    order = ordering(by) if by else None
    among = None
    if words:
        found = _served(registry, "-".join(words))
        if found is not None and "base" not in keywords:
            keywords["base"], home = found
            # Who makes it is the first that people look for.
            prefers = prefers or [home] if home else prefers
        else:
            among = _containing(registry, words)
    stated = {
        "by": order.by if order else None,
        "sort": [field.strip() for part in sort or () for field in part.split(",")] or None,
        "prefers": [name.strip() for part in prefers or () for name in part.split(",")] or None,
        "distinct": distinct,
    }
    keywords.update({name: value for name, value in stated.items() if value is not None})
    return Question(positional, keywords, order, among)


def nothing(registry: Registry, question: Question) -> str:
    """Say that nothing was found, and what the default on the status of models left out."""
    if "status" not in question.keywords:
        keywords = {
            name: value
            for name, value in question.keywords.items()
            if name not in ("by", "sort", "prefers", "distinct")
        }
        left_out = sum(map(question.names, registry.select(*question.positional, **keywords, status="any")))
        if left_out:
            return f"nothing that is in service fits; --status any finds {left_out:,}"
    return "nothing fits these conditions"


def unordered(registry: Registry, question: Question) -> str | None:
    """Say how many fit but cannot be the best, because what they are ordered by is unknown; None where none do."""
    if question.ordering is None:
        return None
    keywords = {name: value for name, value in question.keywords.items() if name not in ("by", "sort", "prefers")}
    fit = sum(map(question.names, registry.select(*question.positional, **keywords)))
    if not fit:
        return None
    what = question.ordering.field or ("what the request costs" if question.ordering.cost else "a part of the sum")
    return (
        f"{fit:,} {'model fits' if fit == 1 else 'models fit'}, but {what} is unknown of all; order by something else"
    )


def row(model: Model, order: Ordering | None) -> dict[str, Any]:
    """Return a model for JSON: its document, and what the request costs if the order is by cost (USD)."""
    document = dict(model.document)
    if order is not None and order.cost is not None:
        document["cost_usd"] = usd_of(model, order.cost)
    return document


def _served(registry: Registry, name: str) -> tuple[str, str | None] | None:
    """The base that `name` leads to, and the provider of the model that it is a name of; None if to none."""
    try:
        model = registry[name]
    except AmbiguousNameError:
        return name, None
    except ModelNotFoundError:
        return (name, None) if registry.terms("base").get(name) else None
    return (model.base, model.provider) if model.base is not None else None


def _containing(registry: Registry, words: Sequence[str]) -> frozenset[str]:
    parts = [word.casefold() for word in words]
    found = frozenset(name for name in registry if all(part in name.casefold() for part in parts))
    if not found:
        # The registry's own error knows the nearest ids.
        registry["-".join(words)]
    return found
