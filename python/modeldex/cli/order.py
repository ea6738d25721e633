"""The order of an answer: `--by input_price`, `--by 'cost(1200,300)'`, `--by 'highest(metadata.fps)'`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from modeldex.cli.amounts import count
from modeldex.cli.failure import WrongQuestionError

if TYPE_CHECKING:
    from decimal import Decimal

    from modeldex import Model, Order

__all__ = ["Cost", "Ordering", "ordering", "usd_of"]

_CALL: Final = re.compile(r"(?P<name>[a-z_]+)(?:\((?P<inside>[^()]*)\)|:(?P<after>.*))")


class Cost(NamedTuple):
    """The token counts of one request."""

    input_tokens: int
    output_tokens: int = 0
    cached_tokens: int = 0


class Ordering(NamedTuple):
    """What `by=` takes, and what the table shows for it."""

    by: str | Order
    field: str | None = None
    cost: Cost | None = None


def ordering(text: str) -> Ordering:
    """Read an order: a field (best first), `highest(field)`, `cost(input,output,cached)`, `weighted(field=0.7)`, ...

    A colon spares the shell's quotes: `cost:1200,300`.

    >>> ordering("cost:1200,300").cost
    Cost(input_tokens=1200, output_tokens=300, cached_tokens=0)

    Raises:
        WrongQuestionError: it is none of these.
    """
    if text.strip().startswith("weighted("):
        from modeldex.grammar.orders import order

        return Ordering(order(text.strip()))
    found = _CALL.fullmatch(text.strip())
    if found is None:
        return Ordering(text.strip(), field=text.strip())
    inside = found["inside"] if found["inside"] is not None else found["after"]
    match found["name"]:
        case "cost":
            return _cost(inside)
        case "highest" | "lowest" as direction:
            import modeldex

            field = inside.strip()
            return Ordering(modeldex.highest(field) if direction == "highest" else modeldex.lowest(field), field=field)
        case name:
            raise WrongQuestionError(
                f"--by: {name!r} is not known; use a field, cost(1200,300), "
                "weighted(scores.coding=0.7, input_price=0.3), highest(field) or lowest(field)"
            )


def usd_of(model: Model, request: Cost) -> Decimal | None:
    """Return what the request costs at this model; None if a price it needs is unknown."""
    cost = model.cost(**request._asdict())
    return cost.usd if cost.known else None


def _cost(inside: str) -> Ordering:
    import modeldex

    counts = [count(part, option="--by cost(...)") for part in inside.split(",") if part.strip()]
    if not 1 <= len(counts) <= len(Cost._fields):
        raise WrongQuestionError(
            "--by: cost takes input, output and cached tokens: cost(1200,300) or cost(1200,300,1000)"
        )
    request = Cost(*counts)
    if request.cached_tokens > request.input_tokens:
        raise WrongQuestionError("--by: the cached tokens are part of the input tokens, and cannot be more")
    return Ordering(modeldex.cost(**request._asdict()), cost=request)
