"""What a question gives: a selection, a prepared query; at run time these are names of `modeldex` and `modeldex._core`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Unpack, final, overload

from ._core import Registry
from ._matches import Matches
from ._model import Model
from .conditions import Condition
from .keywords import Conditions, Key
from .why import WhyNot

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
    def to_arrow(self) -> Any:
        """A ``pyarrow.Table``, with the columns that a saved file has.

        ``id``, a list of terms for each facet, the measures that a model of the registry states (prices as
        decimals, dates as dates), and ``document``: the JSON text of the definition.

        Raises:
            ImportError: pyarrow is not installed; ``modeldex[arrow]`` is what to install.

        Cost: most of it is for the documents. Libraries that speak Arrow read a
        selection without this, as ``duckdb.sql("SELECT id FROM found")`` does.
        """
    def to_polars(self) -> Any:
        """A ``polars.DataFrame``; as `to_arrow`, the extra is ``modeldex[polars]``.

        polars itself takes a selection, which is a sequence, for a list of objects.
        """
    def to_pandas(self) -> Any:
        """A ``pandas.DataFrame``; as `to_arrow`, the extra is ``modeldex[pandas]``."""
    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """The models as a stream of Arrow batches, for libraries that speak the Arrow PyCapsule interface."""
    def where(self, *conditions: Condition, **keywords: Unpack[Conditions]) -> Selection:
        """Those that meet the conditions too; nothing is left out by default."""
    def best(self, *conditions: Condition, **keywords: Unpack[Conditions]) -> Model | None:
        """As `Registry.best`, among these."""
    def sort(self, *fields: Key) -> Selection:
        """By these fields; ``"-field"`` is descending, the unknown comes last."""
    def pareto(self, *fields: Key) -> Selection:
        """The models that no other of the selection beats: is as good in every field and better in one.

        Equals stay all, a model of which a field is unknown is left out, the order stays. Which way is better says
        the schema; `highest`, `lowest`, `cost` and `weighted` say it themselves.

        Raises:
            InvalidConditionError: a field of which the schema does not say which way is better.
            TypeError: no field.

        Cost: n log n for one or two fields; for more, each model is compared with those that stay.

        >>> import modeldex as mx
        >>> registry = mx.Registry()
        >>> for id, price, coding in [("a", 1, 0.5), ("b", 2, 0.9), ("c", 3, 0.8)]:
        ...     _ = registry.register({"id": id, "input_price": price, "scores": {"coding": coding}})
        >>> registry.select().pareto("input_price", "scores.coding").ids()
        ['a', 'b']
        """
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
    def why_not(
        self,
        model: str | Model | None = None,
        /,
        *,
        exclude: str | Model | Iterable[str | Model] | None = None,
        **values: Any,
    ) -> WhyNot:
        """As `Registry.why_not`, for the conditions of this query and the values of one call."""
    def pick(
        self,
        *,
        seed: int | str | bytes | None = None,
        near: float = 0.1,
        exclude: str | Model | Iterable[str | Model] | None = None,
        **values: Any,
    ) -> Model | None:
        """One of the models that are nearly as good as the best, so that many processes do not all choose the same.

        Those whose key differs from the best one's by at most ``near`` times that are near-equals, by each
        key in turn; among them only those of the first provider in ``prefers=`` that any is of. One of
        these is chosen: the weight falls evenly with the distance from the best, from 1 to 1/2 at the edge.
        Without an order all that fit weigh the same. None where nothing fits.

        Args:
            seed: the same one, with the same values and the same state of the registry, gives the same
                model, on every machine; without one every call is thrown anew.
            near: a share of the best key, 0 or more; 0 chooses among exact equals.
            exclude: ids or models that must not be the answer.
            **values: one for each parameter.

        Raises:
            InvalidConditionError: ``near`` is negative or not a number.
            TypeError: the seed is of another kind.

        Cost: one evaluation of the conditions, and a look at each model that meets them.

        >>> import modeldex as mx
        >>> route = mx.models.prepare(requires=["vision"], min_context_window=mx.param("tokens"), by="input_price")
        >>> route.pick(tokens=100_000, seed="request 7") is route.pick(tokens=100_000, seed="request 7")
        True
        """
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
