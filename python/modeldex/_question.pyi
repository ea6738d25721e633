"""What questions are made of; at run time these are names of `modeldex` and `modeldex._core`."""

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Self, final

from .conditions import Condition

@final
class Terms:
    """Terms and how they combine; made by `any_of`, `all_of`, `none_of`."""

    def __new__(cls, mode: str, terms: Sequence[str], missing_ok: bool) -> Self: ...
    @property
    def mode(self) -> str: ...
    @property
    def terms(self) -> list[str]: ...
    @property
    def missing_ok(self) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

def any_of(*terms: str, missing_ok: bool = False) -> Terms:
    """Any of these terms; with ``missing_ok`` a term that no model has is no error."""

def all_of(*terms: str, missing_ok: bool = False) -> Terms:
    """All of these terms."""

def none_of(*terms: str, missing_ok: bool = False) -> Terms:
    """None of these terms: a model that states nothing matches."""

@final
class Param:
    """A value that is given with each request of a prepared query."""

    def __new__(cls, name: str) -> Self: ...
    @property
    def name(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

def param(name: str) -> Param:
    """Stands for a value that each call of a prepared query gives as a keyword of this name."""

@final
class Order:
    """One key of an order; made by `cost`, `weighted`, `highest`, `lowest`.

    A `cost` compared with an amount in USD is a condition: ``mx.cost(input_tokens=1_200) <= 0.01``. It is exact to
    the femtodollar; a float is the decimal that it prints as (0.1 is a tenth). A model of which a price that is
    needed is unknown meets no comparison. Comparing any other order raises `TypeError`.

    >>> import modeldex as mx
    >>> registry = mx.Registry()
    >>> _ = registry.register({"id": "m", "input_price": 2, "output_price": 8})
    >>> registry.select(mx.cost(input_tokens=1_000, output_tokens=1_000) <= 0.01).ids()
    ['m']
    """

    def __lt__(self, other: float | Decimal | Param, /) -> Condition: ...
    def __le__(self, other: float | Decimal | Param, /) -> Condition: ...
    def __gt__(self, other: float | Decimal | Param, /) -> Condition: ...
    def __ge__(self, other: float | Decimal | Param, /) -> Condition: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

def cost(input_tokens: int | Param = 0, output_tokens: int | Param = 0, cached_tokens: int | Param = 0) -> Order:
    """Cheapest first for a call of so many tokens; the cached ones are part of the input.

    Compared with an amount in USD it is a condition: see `Order`.
    """

def highest(field: str) -> Order:
    """Highest first, whatever the schema says."""

def lowest(field: str) -> Order:
    """Lowest first, whatever the schema says."""

@final
class Scale:
    """Which number of a field is worst and which is best; made by `scale`."""

    def __new__(
        cls,
        worst: float | Decimal | datetime.date | str,
        best: float | Decimal | datetime.date | str,
        *,
        log: bool = False,
        weight: float | Decimal = 1.0,
    ) -> Self: ...
    @property
    def worst(self) -> float: ...
    @property
    def best(self) -> float: ...
    @property
    def log(self) -> bool: ...
    @property
    def weight(self) -> float: ...
    def worth(self, value: float | Decimal | datetime.date | str) -> float:
        """How good a number is: 0 at the worst and beyond, 1 at the best and beyond."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

def scale(
    worst: float | Decimal | datetime.date | str,
    best: float | Decimal | datetime.date | str,
    *,
    log: bool = False,
    weight: float | Decimal = 1.0,
) -> Scale:
    """A scale for `weighted`, or for a field of one's own in `Schema.extend`.

    A number ``x`` is worth ``(x - worst) / (best - worst)`` after it was clipped to the ends: 0 for the worst, 1 for
    the best. With ``log`` equal ratios count alike: ``x``, ``worst`` and ``best`` are first replaced by
    ``e + 2 * (m - 1)`` with ``m, e = numpy.frexp(x)``, which is the logarithm to base 2 at the powers of two and a
    straight line between them, so that every machine gives the same bits.

    Args:
        worst: the number that is worth 0, in the field's unit; a date where the field is one.
        best: the number that is worth 1; less than ``worst`` where less is better.
        log: equal ratios instead of equal steps; both ends above 0.
        weight: how much the field counts in a `weighted` sum.

    Raises:
        InvalidConditionError: an end that is no finite number, ends that are equal, a weight below 0.

    >>> import modeldex as mx
    >>> mx.scale(0, 60).worth(15)
    0.25
    """

def weighted(weights: Mapping[str, float | Decimal | Scale], /) -> Order:
    """The weighted sum of several fields, highest first: how a router weighs quality against price.

    Each number becomes its worth from 0 (worst) to 1 (best) on the scale that the schema declares for the field (see
    `scale` for the formula); the sum starts at 0.0 and adds ``weight * worth`` in the order of the mapping, in 64-bit
    floats and divided by nothing, so that numpy gives the same bits. A model of which one of the fields is unknown
    comes last, and is never the answer of `best`. A weight of 0 leaves its field out.

    Prices, context and output limits, rate limits, latencies, speed and `scores.*` (0 to 1) have scales, and so do
    the dates `released` and `knowledge_cutoff`; any other field gets one here. As an order it is by money where one
    of its fields is a price: only metered and free offerings are considered unless ``billing=`` says otherwise.

    Args:
        weights: field -> weight, or field -> ``mx.scale(worst, best, weight=...)`` for a scale of one's own.

    Raises:
        InvalidConditionError: a weight that is negative, not finite or NaN, no weight above 0; and when the question
            is asked, a field without a scale.

    Cost: one pass over the models that meet the conditions.

    >>> import modeldex as mx
    >>> registry = mx.Registry()
    >>> _ = registry.register({"id": "good", "scores": {"coding": 0.9}, "input_price": 10, "metadata": {"fps": 10}})
    >>> _ = registry.register({"id": "quick", "scores": {"coding": 0.6}, "input_price": 1, "metadata": {"fps": 50}})
    >>> registry.best(by=mx.weighted({"scores.coding": 0.7, "input_price": 0.3})).id
    'good'
    >>> registry.best(by=mx.weighted({"scores.coding": 0.3, "metadata.fps": mx.scale(0, 60, weight=0.7)})).id
    'quick'
    """
