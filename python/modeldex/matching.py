"""Requests as rows: those of equal shape become columns of one prepared query.

What `Registry.match` does; the engine's part is `Query.match`. A shape is all that a request says but its numbers, so
a million requests of a router have a handful of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sized
from typing import TYPE_CHECKING, Any

import numpy as np

from ._core import Matches, Order, Param, Terms, _joined, cost, param
from .errors import InvalidConditionError, ModeldexError

if TYPE_CHECKING:
    from ._core import Registry

    Shape = tuple[tuple[str, object], ...]

__all__ = ["match"]

TOKENS = ("input_tokens", "output_tokens", "cached_tokens")
"""As keywords of a request: the order is by the cost of so many tokens."""


class _Varies:
    """In a shape: what stands for a number that each request has its own of."""


_NUMBER, _COST = _Varies(), _Varies()


def match(registry: Registry, requests: Any) -> Matches:
    """The answers to requests of any shapes, in their order, all from one state of the registry."""
    state, away = registry.frozen(), list(registry.suspended())
    table = _table(requests)
    size, dense, rows = _rows(requests) if table is None else _split(table)
    groups: dict[Shape, tuple[list[int], list[list[Any]]]] = {}
    for place, row in enumerate(rows):
        shape, numbers = _read(place, row)
        places, columns = groups.setdefault(shape, ([], [[] for _ in numbers]))
        places.append(place)
        for column, number in zip(columns, numbers, strict=True):
            column.append(number)
    names = sorted(dense)
    varying: Shape = tuple((name, _NUMBER) for name in names)
    parts = []
    for shape, (places, columns) in groups.items():
        # One row stands for all where nothing but columns of numbers tells requests apart.
        at = np.arange(size) if len(groups) == 1 else np.array(places)
        own = [dense[name] if len(at) == size else dense[name][at] for name in names]
        given = [column[0] if len(column) < len(at) else column for column in columns]
        parts.append((_answers(state, away, (*shape, *varying), at, [*given, *own]), at))
    return _joined(state.select(limit=0), parts, size)


def _answers(state: Registry, away: list[str], shape: Shape, places: Any, columns: list[Any]) -> Matches:
    """The answers to the requests of one shape; an error names the first that it is about."""
    try:
        asked, names = _keywords(shape)
        query = state.prepare(**asked)
    except (ModeldexError, TypeError, ValueError) as error:
        raise _wrong(places[0], error) from error
    given = dict(zip(names, columns, strict=True))
    try:
        return query.match(exclude=away, **given)
    except (ModeldexError, TypeError, ValueError):
        # One after the other, to learn which it was.
        for at, place in enumerate(places):
            try:
                query.best(**{name: _plain(column, at) for name, column in given.items()})
            except (ModeldexError, TypeError, ValueError) as error:
                raise _wrong(place, error) from error
        raise


def _wrong(place: int, error: Exception) -> InvalidConditionError:
    return InvalidConditionError(f"request {place}: {error}")


def _keywords(shape: Shape) -> tuple[dict[str, Any], list[str]]:
    """The keywords of a shape's query, and the names of its parameters in the order of its columns."""
    asked: dict[str, Any] = {}
    names: list[str] = []

    def new() -> Param:
        names.append(f"p{len(names)}")
        return param(names[-1])

    tokens: dict[str, Param] = {}
    for name, what in shape:
        if what is _COST:
            asked[name] = cost(new(), new(), new())
        elif name in TOKENS:
            tokens[name] = new()
        else:
            asked[name] = new() if what is _NUMBER else what
    if tokens:
        if "by" in asked:
            raise InvalidConditionError(
                "a request has by= or numbers of tokens, which say that the order is by their cost, not both", "by"
            )
        asked["by"] = cost(**tokens)
    return asked, names


def _read(place: int, request: object) -> tuple[Shape, list[Any]]:
    """The shape of a request, and its numbers. What is None is not asked."""
    if not isinstance(request, Mapping):
        raise TypeError(f"request {place}: a request is a mapping of keywords, not {type(request).__name__}")
    shape: list[tuple[str, object]] = []
    numbers: list[Any] = []
    for name in sorted(request, key=str):
        value = request[name]
        if value is None:
            continue
        if not isinstance(name, str):
            raise TypeError(f"request {place}: a keyword is a text, not {type(name).__name__}")
        if name in TOKENS or name.startswith(("min_", "max_")):
            shape.append((name, _NUMBER))
            numbers.append(value)
        elif isinstance(value, Order) and (tokens := _tokens(value)):
            shape.append((name, _COST))
            numbers.extend(tokens)
        else:
            shape.append((name, _fixed(place, name, value)))
    return tuple(shape), numbers


def _tokens(order: Order) -> tuple[Any, ...]:
    """The numbers of tokens of a cost; nothing of another order, and where a parameter stands for one."""
    reduced: Any = order.__reduce__()
    make, parts = reduced[:2]
    tokens = tuple(parts) if make is cost else ()
    return () if any(isinstance(part, Param) for part in tokens) else tokens


def _fixed(place: int, name: str, value: Any) -> object:
    """A value that shapes are told apart by."""
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, list):
        value = tuple(value)
    elif isinstance(value, set):
        value = frozenset(value)
    try:
        hash(value)
    except TypeError:
        raise InvalidConditionError(f"request {place}: {name} takes a text or a list of texts", name) from None
    return value


def _plain(column: Any, at: int) -> Any:
    """The value of one request, numpy's as Python's own."""
    value = column[at] if isinstance(column, list | np.ndarray) else column
    return value.item() if isinstance(value, np.generic) else value


def _table(requests: Any) -> dict[str, Any] | None:
    """The columns of a table by name; nothing where the requests are rows."""
    if isinstance(requests, np.ndarray) and requests.dtype.names:
        return {name: requests[name] for name in requests.dtype.names}
    if isinstance(requests, Mapping):
        return dict(requests)
    if hasattr(requests, "__arrow_c_stream__"):
        from .frames import arrow

        table = arrow(requests)
        return {name: _arrow_column(table.column(name)) for name in table.column_names}
    return None


def _arrow_column(column: Any) -> Any:
    if column.null_count:
        return column.to_pylist()
    array = column.to_numpy()
    return array if array.dtype.kind in "iufM" else column.to_pylist()


def _rows(requests: Any) -> tuple[int, dict[str, Any], Iterable[object]]:
    if isinstance(requests, str | bytes) or not isinstance(requests, Iterable):
        raise TypeError(f"requests are mappings of keywords or a table of them, not {type(requests).__name__}")
    rows = requests if isinstance(requests, list | tuple) else list(requests)
    return len(rows), {}, rows


def _split(table: dict[str, Any]) -> tuple[int, dict[str, Any], Iterable[object]]:
    """How many requests a table has, its columns of numbers as arrays, and the rest of it as rows.

    One row stands for all where there is no rest.
    """
    dense: dict[str, Any] = {}
    rest: dict[str, list[Any]] = {}
    single: dict[str, Any] = {}
    size, first = None, ""
    for name, column in table.items():
        if column is None or isinstance(column, str | Order | Terms) or not isinstance(column, Sized):
            single[name] = column
            continue
        if size is not None and len(column) != size:
            raise ValueError(f"columns are of one length: {first!r} has {size}, {name!r} has {len(column)}")
        size, first = len(column), name
        number = name in TOKENS or str(name).startswith(("min_", "max_"))
        masked = isinstance(column, np.ma.MaskedArray)
        if (
            number
            and isinstance(column, np.ndarray)
            and not masked
            and column.ndim == 1
            and column.dtype.kind in "iufM"
        ):
            dense[name] = column
        else:
            rest[name] = _listed(column)
    if not rest:
        return 1 if size is None else size, dense, [single]
    names = list(rest)
    return (
        size or 0,
        dense,
        ({**single, **dict(zip(names, values, strict=True))} for values in zip(*rest.values(), strict=True)),
    )


def _listed(column: Any) -> list[Any]:
    """The values of a column as Python's own, a masked one None."""
    values: list[Any] = column.tolist() if hasattr(column, "tolist") else list(column)
    return values
