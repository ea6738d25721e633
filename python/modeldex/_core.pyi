"""The engine as Python sees it. Everything here is immutable but the registry, and pickles."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from os import PathLike
from types import TracebackType
from typing import Any, Final, Literal, Self, TypeVar, Unpack, final, overload

from ._question import (
    Order as Order,
    Param as Param,
    Terms as Terms,
    all_of as all_of,
    any_of as any_of,
    cost as cost,
    highest as highest,
    lowest as lowest,
    none_of as none_of,
    param as param,
)
from .capabilities import Capabilities
from .conditions import Condition
from .keywords import Conditions
from .schema import Schema

_T = TypeVar("_T")

__all__ = [
    "Cost", "Edit", "Model", "Order", "Param", "Query", "Registry", "Resolution", "Selection", "Snapshot",
    "Terms", "__version__", "_model", "_query", "_registry", "_resolution", "_selection", "_snapshot",
    "all_of", "any_of", "cost", "highest", "lowest", "none_of", "param",
]  # fmt: skip

__version__: Final[str]

@final
class Model:
    """One offering: a model as one provider serves it. Immutable, hashable, picklable.

    Every field of a definition is an attribute; what nobody stated is None (an empty tuple or mapping
    for lists and mappings). Reading one costs as much as a slot of a dataclass. The registry hands out
    the same object each time while the model is unchanged; ``==`` compares id and content.

    >>> import modeldex as mx
    >>> mx.models["openai/gpt-4o"].context_window
    128000
    """

    # identity
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def base(self) -> str | None:
        """The model that this is an offering of."""
    @property
    def version(self) -> str | None: ...
    @property
    def description(self) -> str | None: ...
    @property
    def owner(self) -> str | None:
        """Who made it."""
    @property
    def family(self) -> str | None: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...
    @property
    def tags(self) -> tuple[str, ...]: ...
    @property
    def provider(self) -> str | None:
        """Who serves it; the first where there are several."""
    @property
    def providers(self) -> tuple[str, ...]: ...
    @property
    def home(self) -> bool | None:
        """Whether the provider is the maker's own service."""
    @property
    def extends(self) -> str | None:
        """The id of the model whose facts were taken over."""

    # kind
    @property
    def mode(self) -> str | None:
        """What it is called for: chat, embedding, ..."""
    @property
    def tasks(self) -> tuple[str, ...]: ...
    @property
    def endpoints(self) -> tuple[str, ...]: ...
    @property
    def modalities(self) -> Mapping[str, tuple[str, ...]]:
        """``input`` and ``output``."""

    # ability
    @property
    def capabilities(self) -> Capabilities:
        """Those stated true. A synonym is found by ``in`` too."""
    @property
    def supported_parameters(self) -> Mapping[str, Any] | Sequence[str]: ...

    # limits
    @property
    def context_window(self) -> int | None:
        """Tokens of a request and its answer together."""
    @property
    def max_input_tokens(self) -> int | None: ...
    @property
    def max_output_tokens(self) -> int | None: ...
    @property
    def rate_limit_rpm(self) -> int | None:
        """Requests a minute."""
    @property
    def rate_limit_tpm(self) -> int | None:
        """Tokens a minute."""

    # price
    @property
    def billing(self) -> Literal["metered", "free", "free_tier", "plan", "unknown"] | None: ...
    @property
    def input_price(self) -> float | None:
        """USD per 1M tokens; the float nearest to the exact price."""
    @property
    def output_price(self) -> float | None:
        """USD per 1M tokens."""
    @property
    def cache_read_price(self) -> float | None:
        """USD per 1M tokens."""
    @property
    def cache_write_price(self) -> float | None:
        """USD per 1M tokens."""
    @property
    def rates(self) -> tuple[Mapping[str, Any], ...]:
        """Every other price: ``unit``, ``usd``, ``per``, ``when``."""
    @property
    def service_tier(self) -> tuple[str, ...]: ...

    # speed and quality
    @property
    def latency_p50_ms(self) -> float | None:
        """Milliseconds of a whole answer."""
    @property
    def latency_p99_ms(self) -> float | None:
        """Milliseconds of a whole answer."""
    @property
    def tokens_per_second(self) -> float | None: ...
    @property
    def latency(self) -> Mapping[str, Any]: ...
    @property
    def quality_tier(self) -> Literal["best", "balanced", "cheap", "unknown"] | None: ...
    @property
    def scores(self) -> Mapping[str, float]: ...

    # life
    @property
    def status(
        self,
    ) -> Literal["preview", "active", "deprecated", "maintenance", "disabled", "retired"] | None: ...
    @property
    def released(self) -> date | None:
        """The first of the month where only the month is stated (as for the other dates)."""
    @property
    def deprecated_on(self) -> date | None: ...
    @property
    def retires_on(self) -> date | None: ...
    @property
    def knowledge_cutoff(self) -> date | None: ...
    @property
    def replacement(self) -> str | None: ...

    # place and shape
    @property
    def hardware(self) -> tuple[str, ...]: ...
    @property
    def privacy(self) -> tuple[str, ...]: ...
    @property
    def regions(self) -> tuple[str, ...]: ...
    @property
    def license(self) -> str | None: ...
    @property
    def parameters_total(self) -> int | None: ...
    @property
    def parameters_active(self) -> int | None: ...
    @property
    def experts(self) -> int | None: ...
    @property
    def experts_per_token(self) -> int | None: ...

    # serving
    @property
    def api_name(self) -> str | None:
        """What the provider calls it: what to send."""
    @property
    def base_url(self) -> str | None: ...
    @property
    def api_key_env(self) -> str | tuple[str, ...] | None:
        """The environment variable that holds the key, or several of them."""
    @property
    def deployment(self) -> str | None: ...
    @property
    def zoo_url(self) -> str | None: ...

    # the rest
    @property
    def metadata(self) -> Mapping[str, Any]: ...
    @property
    def source(self) -> Mapping[str, Any]:
        """What each source said that no field takes."""
    @property
    def unknown(self) -> Mapping[str, str]:
        """Field -> why it is unknown on purpose."""
    @property
    def derived(self) -> Mapping[str, str]:
        """Field -> what it was derived from."""
    @property
    def document(self) -> Mapping[str, Any]:
        """The whole definition, frozen; decoded when first asked for."""

    def supports(self, capability: str) -> bool | None:
        """Whether a capability is stated; None where nobody said. Synonyms are understood.

        Raises:
            UnknownTermError: no such capability; the message names the nearest.

        >>> import modeldex as mx
        >>> mx.models["gpt-4o"].supports("function_calling")
        True
        """
    def cost(self, *, input_tokens: int = 0, output_tokens: int = 0, cached_tokens: int = 0) -> Cost:
        """What a call costs, exact. ``cached_tokens`` are part of ``input_tokens``.

        Raises:
            ValueError: more cached tokens than input tokens.
            OverflowError: a negative number of tokens.

        >>> import modeldex as mx
        >>> mx.models["gpt-4o"].cost(input_tokens=1_200, output_tokens=300).usd
        Decimal('0.006')
        """
    def value(self, field: str) -> Any:
        """Any field by its name: ``"input_price"``, ``"scores.coding"``, ``"metadata.fps"``, an own one.

        Raises:
            UnknownFieldError: the schema knows no such field.
        """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: Any, /) -> Self: ...
    def _repr_html_(self) -> str: ...

@final
class Cost:
    """What a call of one model costs. A part whose price is unknown makes the whole unknown, never 0."""

    def __new__(cls, id: str, parts: Sequence[int | None]) -> Self: ...
    @property
    def id(self) -> str: ...
    @property
    def known(self) -> bool: ...
    @property
    def usd(self) -> Decimal:
        """Exact USD.

        Raises:
            UnknownPriceError: a price that is needed is unknown; test ``known`` first.
        """
    @property
    def femtodollars(self) -> int | None:
        """1e-15 USD, exact; None where unknown."""
    @property
    def breakdown(self) -> Mapping[str, Decimal | None]:
        """USD of ``input`` (without the cached part), ``output`` and ``cached``."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

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
    def values(self, field: str) -> list[Any]:
        """The value of a field for each model, None where unknown."""
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
    A query unpickled is bound to no registry: `bind` it.
    """

    @property
    def params(self) -> tuple[str, ...]:
        """What each call must give, by keyword."""
    def best(self, *, exclude: str | Model | Iterable[str | Model] | None = None, **values: Any) -> Model | None:
        """The first in order that fits; ``exclude`` names those that must not be the answer."""
    def select(self, *, exclude: str | Model | Iterable[str | Model] | None = None, **values: Any) -> Selection: ...
    def count(self, *, exclude: str | Model | Iterable[str | Model] | None = None, **values: Any) -> int: ...
    def ids(self, *, exclude: str | Model | Iterable[str | Model] | None = None, **values: Any) -> list[str]: ...
    def bind(self, registry: Registry) -> Query:
        """The same question to another registry."""

@final
class Resolution:
    """What a text was resolved to. False where nothing is certain."""

    @property
    def text(self) -> str: ...
    @property
    def model(self) -> Model | None: ...
    @property
    def how(self) -> Literal["exact", "alias"] | None: ...
    @property
    def score(self) -> float: ...
    @property
    def candidates(self) -> tuple[Model, ...]:
        """What it might have meant, the likeliest first; empty where the answer is certain."""
    @property
    def ambiguous(self) -> bool:
        """A bare name of several offerings, none of them the maker's own."""
    def __bool__(self) -> bool: ...

@final
class Snapshot:
    """The state of a registry at one moment."""

    @property
    def version(self) -> int:
        """How many changes led here."""
    @property
    def fingerprint(self) -> str:
        """32 hexadecimal digits: equal content, equal fingerprint, whatever the order."""
    def __len__(self) -> int: ...

@final
class Edit:
    """Several changes that are published together when the ``with`` block ends, or not at all."""

    @property
    def author(self) -> str | None: ...
    @property
    def message(self) -> str | None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, _value: BaseException | None, _traceback: TracebackType | None, /
    ) -> Literal[False]: ...
    def register(self, definition: Mapping[str, Any], *, replace: bool = False) -> None: ...
    def update(self, id: str, changes: Mapping[str, Any] | None = None, /, **fields: Any) -> None: ...
    def remove(self, id: str) -> None: ...

@final
class Registry(Mapping[str, Model]):
    """Models by name, and every question about them.

    A mapping of ids; aliases and bare names lead to a model too, but are not listed. Reading never
    waits: a change makes a new snapshot and publishes it in one step.

    Args:
        schema: what definitions may say; the shipped one if left out.

    >>> import modeldex as mx
    >>> registry = mx.Registry()
    >>> registry.register({"id": "house/llm", "context_window": 32_000, "capabilities": ["tools"]})
    <Model 'house/llm' context_window=32000>
    >>> registry.best(requires=["tools"], min_context_window=16_000).id
    'house/llm'
    """

    def __new__(cls, schema: Schema | None = None) -> Self: ...
    @staticmethod
    def open(path: str | PathLike[str]) -> Registry:
        """The registry that `save` wrote. Documents are read, and checked, when first touched.

        Raises:
            CatalogueError: the file is missing, cut, changed, or of another format.
        """
    @staticmethod
    def load(*sources: str | PathLike[str], schema: Schema | None = None) -> Registry:
        """Layers of models, lowest first: ``"bundled"``, and files of JSON or JSON lines."""
    def save(self, path: str | PathLike[str]) -> None:
        """Writes a snapshot file: complete or not at all."""
    def frozen(self) -> Registry:
        """The same models, read-only."""

    def __getitem__(self, name: str, /) -> Model:
        """The model of an id, an alias or an unambiguous bare name.

        Raises:
            ModelNotFoundError: a KeyError, with the nearest ids.
            AmbiguousNameError: a KeyError, with the candidates.
        """
    @overload
    def get(self, id: str, default: None = None, /) -> Model | None: ...
    @overload
    def get(self, id: str, default: _T, /) -> Model | _T: ...
    def __contains__(self, name: object, /) -> bool: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[str]:
        """The ids, in the order of registration."""
    def ids(self) -> list[str]: ...
    def select(self, *conditions: Condition, **keywords: Unpack[Conditions]) -> Selection:
        """The models that meet all conditions.

        In the order of registration unless ``by`` (best first, as the schema says) or ``sort`` (literal)
        says otherwise. Models in maintenance, disabled or retired are left out unless ``status=`` is
        given; ordering by money considers metered and free offerings unless ``billing=`` is given.

        Raises:
            UnknownFieldError, UnknownTermError, InvalidConditionError: with the nearest right spelling.

        >>> import modeldex as mx
        >>> mx.models.select(base="gpt-4o", provider=["openai", "azure"]).ids()
        ['azure/gpt-4o', 'openai/gpt-4o']
        """
    def best(self, *conditions: Condition, **keywords: Unpack[Conditions]) -> Model | None:
        """The first model in order whose sort keys are all known; None where nothing fits."""
    def count(self, *conditions: Condition, **keywords: Unpack[Conditions]) -> int:
        """How many models meet all conditions."""
    def prepare(self, *conditions: Condition, **keywords: Unpack[Conditions]) -> Query:
        """The question compiled once; `param` stands for what each call brings."""
    def offerings(self, base: str) -> Selection:
        """Everybody who serves the model of this base name, in the order of registration."""
    def resolve(self, text: str) -> Resolution:
        """What a text means: an id, an alias, or nothing certain (then ``candidates`` are suggestions)."""
    def suggest(self, text: str, limit: int = 3) -> list[str]:
        """The ids nearest to a text."""
    def terms(self, facet: str) -> dict[str, int]:
        """The terms of a facet with how many models have each, most first."""
    def measures(self) -> dict[str, int]:
        """The measures with how many models state each."""

    def register(self, definition: Mapping[str, Any], *, replace: bool = False) -> Model:
        """Adds a model.

        Raises:
            InvalidModelError: with every fault and its path; nothing is changed.
            DuplicateModelError: the id or an alias is taken.
        """
    def register_many(self, definitions: Iterable[Mapping[str, Any]], *, replace: bool = False) -> int:
        """Adds many models in one step, all or none, and returns how many."""
    def update(self, id: str, changes: Mapping[str, Any] | None = None, /, **fields: Any) -> Model:
        """Changes some fields: mappings merge, lists are replaced, ``+tags`` adds, None unsets."""
    def remove(self, id: str) -> None:
        """Takes a model out; aliases will not do."""
    def edit(self, *, author: str | None = None, message: str | None = None) -> Edit:
        """Several changes as one snapshot, all or nothing: ``with registry.edit() as edit: ...``."""

    @property
    def snapshot(self) -> Snapshot: ...
    @property
    def schema(self) -> Schema: ...

def _model(document: bytes, vocabulary: str | None = None) -> Model: ...
def _query(conditions: tuple[Condition, ...], keywords: dict[str, Any]) -> Query: ...
def _registry(bytes: bytes, frozen: bool) -> Registry: ...
def _resolution(
    text: str, model: Model | None, how: str | None, score: float, candidates: tuple[Model, ...], ambiguous: bool
) -> Resolution: ...
def _selection(bytes: bytes) -> Selection: ...
def _snapshot(bytes: bytes) -> Snapshot: ...
