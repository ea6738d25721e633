"""The answers to many requests; at run time these are names of `modeldex` and `modeldex._core`."""

from collections.abc import Iterator
from typing import final, overload

import numpy as np
from numpy.typing import NDArray

from ._model import Model
from ._selection import Selection

@final
class Matches:
    """For each of many requests the model that answers it: what `Query.match` and `Registry.match` return.

    As long as there were requests. Its arrays cannot be written to; ``.copy()`` can.

    >>> import modeldex as mx
    >>> route = mx.models.prepare(base="gpt-4o", provider="openai", max_input_price=mx.param("cap"), by="input_price")
    >>> matches = route.match(cap=[1.0, 2.5, 9.0])
    >>> matches.rows.tolist(), matches.prices.tolist()
    ([-1, 0, 0], [nan, 2.5, 2.5])
    >>> matches.models.ids() == [matches[1].id] and matches[0] is None
    True
    """

    @property
    def models(self) -> Selection:
        """The different answers, each once, in the order of registration."""
    @property
    def rows(self) -> NDArray[np.int32]:
        """For each request the place of its answer in ``models``, -1 where nothing fits."""
    @property
    def keys(self) -> NDArray[np.float64]:
        """For each request the first key of its answer as a model shows it, a cost in USD.

        NaN where nothing fits, and where the question has no order.
        """
    @property
    def prices(self) -> NDArray[np.float64]:
        """``keys`` where the order is by money: USD of a cost, USD per 1M tokens of a price.

        Raises:
            TypeError: the order is by something else.
        """
    def ids(self) -> list[str | None]:
        """For each request the id of its answer, None where nothing fits."""
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: int, /) -> Model | None: ...
    @overload
    def __getitem__(self, index: slice, /) -> list[Model | None]: ...
    def __iter__(self) -> Iterator[Model | None]: ...
