"""What a question gives: a selection, a prepared query; at run time these are names of `modeldex` and `modeldex._core`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Unpack, final, overload

from ._core import Registry
from ._matches import Matches
from ._model import Model
from .conditions import Condition
from .keywords import Conditions

@final
class Selection(Sequence[Model]):
    """Models of one snapshot, in order. Immutable: a later change of the registry does not show."""

    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: int, /) -> Model: ...
    @overload
    def __getitem__(self, index: slice, /) -> Selection: ...
    def __iter__(self) -> Iterator[Model]: ...
    def __contains__(self, item: object, /) -> bool:
        """A model (equal, not only of the same id), or an id."""
    def index(self, item: object, start: int = 0, stop: int | None = None, /) -> int:
        """The place of a model or id.

        Raises:
            ValueError: it is not in the selection.
        """
    def count(self, item: object) -> int: ...
    def models(self) -> list[Model]:
        """A new list; faster than iterating."""
    def ids(self) -> list[str]: ...
    def values(self, field: str) -> Any:
        """The values of a field, in the order of the models.

        A measure is a numpy array that is yours to change: float64, NaN where unknown; dates as
        datetime64[D], NaT where unknown. Any other field is a list, None where unknown.

        Raises:
            UnknownFieldError: with the nearest right spelling.

        Cost: some nanoseconds a model for a measure, a microsecond for another field.

        >>> import modeldex as mx
        >>> mx.models.select(base="gpt-4o", provider=["openai", "azure"]).values("input_price")
        array([2.5, 2.5])
        """
    def where(self, *conditions: Condition, **keywords: Unpack[Conditions]) -> Selection:
        """Those that meet the conditions too; nothing is left out by default."""
    def best(self, *conditions: Condition, **keywords: Unpack[Conditions]) -> Model | None:
        """As `Registry.best`, among these."""
    def sort(self, *fields: str) -> Selection:
        """By these fields; ``"-field"`` is descending, the unknown comes last."""
    def __and__(self, other: Selection, /) -> Selection:
        """Those in both, by id; order and models are the left side's."""
    def __or__(self, other: Selection, /) -> Selection: ...
    def __sub__(self, other: Selection, /) -> Selection: ...
    def __rand__(self, other: Selection, /) -> Selection: ...
    def __ror__(self, other: Selection, /) -> Selection: ...
    def __rsub__(self, other: Selection, /) -> Selection: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def _repr_html_(self) -> str: ...

@final
class Query:
    """A question compiled once, answered by the registry as it is at each call.

    Without parameters an answer is remembered until something that it depends on changes.
    A query unpickled is bound to no registry: `bind` it. ``str(query)`` is the text that `from_text` reads a query of
    equal answers from.
    """

    @property
    def params(self) -> tuple[str, ...]:
        """What each call must give, by keyword."""
    def best(self, *, exclude: str | Model | Iterable[str | Model] | None = None, **values: Any) -> Model | None:
        """The first in order that fits; ``exclude`` names those that must not be the answer."""
    def select(self, *, exclude: str | Model | Iterable[str | Model] | None = None, **values: Any) -> Selection: ...
    def count(self, *, exclude: str | Model | Iterable[str | Model] | None = None, **values: Any) -> int: ...
    def ids(self, *, exclude: str | Model | Iterable[str | Model] | None = None, **values: Any) -> list[str]: ...
    def match(self, *, exclude: str | Model | Iterable[str | Model] | None = None, **columns: Any) -> Matches:
        """For each of many requests what `best` answers, all from one state of the registry.

        Each parameter is a column: a numpy array (dates as datetime64), a list, a Series of another
        library, or one value for all requests. ``exclude`` holds for all of them. The arrays must not
        be written to meanwhile: other threads run.

        Raises:
            InvalidConditionError: a value is missing (NaN, NaT, masked, None) or wrong; it names the request.
            ValueError: columns are of different lengths.

        Cost: the conditions without parameters are evaluated once; then some ten nanoseconds a request,
        shared between threads from 65,536 requests on.

        >>> import modeldex as mx
        >>> by = mx.cost(input_tokens=mx.param("tokens"), output_tokens=mx.param("out"))
        >>> route = mx.models.prepare(base="gpt-4o", min_context_window=mx.param("tokens"), by=by)
        >>> route.match(tokens=[1_000, 900_000], out=300)
        <Matches of 2 requests: 1 answered by 1 models>
        """
    def bind(self, registry: Registry) -> Query:
        """The same question to another registry."""
    @staticmethod
    def from_dict(mapping: Mapping[str, Any], registry: Registry | None = None) -> Query:
        """The query that a mapping says, as YAML and JSON give one: the keywords of `Registry.prepare`, and ``where``.

        Numbers may be texts (``"128k"``, ``"$tokens"`` for a parameter), terms may be ``{"none_of": ["beta"]}``, an
        order ``{"cost": {"input_tokens": 1200}}``. Without a registry it is unbound: `bind` it. A mapping may also be
        given to ``registry.prepare(**mapping)``.

        Raises:
            InvalidConditionError: the mapping has not this shape.
            UnknownFieldError, UnknownTermError: the registry does not know a name, found when it is bound.

        >>> import modeldex as mx
        >>> route = {"where": "input_price <= 3", "requires": ["vision"], "by": {"cost": {"input_tokens": "$tokens"}}}
        >>> mx.Query.from_dict(route, mx.models).params
        ('tokens',)
        """
    @staticmethod
    def from_text(text: str, registry: Registry | None = None) -> Query:
        """The query that a text says: a condition, then ``by``, ``sort``, ``prefers``, ``distinct``, ``limit``, ``exclude``.

        Raises:
            InvalidConditionError: it is no query; the message shows where and says what would be right.

        >>> import modeldex as mx
        >>> query = mx.Query.from_text("requires(vision) & context_window >= 200k by input_price limit 5", mx.models)
        >>> print(query)
        requires(vision) & context_window >= 200000 by input_price limit 5
        """
    def to_dict(self) -> dict[str, Any]:
        """The mapping that `from_dict` reads a query of equal answers from; JSON keeps it as it is."""
