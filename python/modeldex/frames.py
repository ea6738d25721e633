"""Tables of other libraries, made from anything that streams Arrow. Each library is imported when it is asked for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Protocol

    class Streams(Protocol):
        """A selection, a registry, matches."""

        def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...


class _Stream:
    """Nothing but the stream: polars takes whatever is a sequence too for a list of objects."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Streams) -> None:
        self._rows = rows

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._rows.__arrow_c_stream__(requested_schema)


def _library(name: str, extra: str) -> ModuleType:
    try:
        return __import__(name)
    except ImportError as error:
        message = f"this needs {name}, which is not installed: pip install 'modeldex[{extra}]'"
        raise ImportError(message, name=name) from error


def arrow(rows: Streams) -> Any:
    """A ``pyarrow.Table`` of these rows."""
    return _library("pyarrow", "arrow").table(rows)


def polars(rows: Streams) -> Any:
    """A ``polars.DataFrame`` of these rows."""
    return _library("polars", "polars").DataFrame(_Stream(rows))


def pandas(rows: Streams) -> Any:
    """A ``pandas.DataFrame`` of these rows: prices are decimals, dates are dates, lists are arrays."""
    _library("pandas", "pandas")
    return _library("pyarrow", "pandas").table(rows).to_pandas()
