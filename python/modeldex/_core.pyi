"""The engine as Python sees it. Everything here is immutable but the registry, and pickles."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from os import PathLike
from types import TracebackType
from typing import Any, Final, Literal, Self, TypeAlias, TypeVar, Unpack, final, overload

from ._model import Cost as Cost, Model as Model
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
from ._selection import Query as Query, Selection as Selection
from .conditions import Condition
from .keywords import Conditions
from .progress import Progress
from .schema import Schema

_T = TypeVar("_T")
_Share: TypeAlias = float | str | Decimal

__all__ = [
    "Cost", "Edit", "Model", "Order", "Param", "Query", "Registry", "Resolution", "Selection", "Snapshot",
    "Terms", "__version__", "_model", "_query", "_registry", "_resolution", "_selection", "_snapshot",
    "all_of", "any_of", "cost", "highest", "lowest", "none_of", "param",
]  # fmt: skip

__version__: Final[str]

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
    def load(*sources: str | PathLike[str], schema: Schema | None = None, progress: Progress = None) -> Registry:
        """Layers of models, lowest first: ``"bundled"``, and files of JSON or JSON lines; ``progress`` as in `register_many`."""
    def save(self, path: str | PathLike[str], *, progress: bool | None = None) -> None:
        """Writes a snapshot file: complete or not at all. ``progress`` as in `register_many`, but never a callable."""
    def frozen(self) -> Registry:
        """The same models, read-only."""
    def view(
        self,
        *conditions: Condition,
        overrides: Mapping[str, Mapping[str, Any]] | None = None,
        models: Iterable[Mapping[str, Any]] | None = None,
        discount: _Share | Mapping[str, _Share] | None = None,
        allow: str | Model | Iterable[str | Model] | None = None,
        deny: str | Model | Iterable[str | Model] | None = None,
        **keywords: Unpack[Conditions],
    ) -> Registry:
        """This registry as one tenant sees it: read-only, and it follows every change of this one.

        A view copies nothing that it does not change: a model that it leaves as it is is the same object.
        It is asked as any registry is, and may be viewed itself. What is not shown does not exist in it,
        and a name that led to such a model leads to no other: where the maker's offering is not shown,
        the bare name is missing, or ambiguous among those that are.

        Args:
            conditions: as for `select`, with the same keywords; a model is shown where it meets them as the
                view shows it, and whether it is servable does not matter (it does to questions).
            overrides: by id what is different, as for `update`, checked here and now. An override stays when
                its model changes, rests while there is none, and where a change contradicts it the model stays
                as it last was.
            models: definitions of models that only the view has; they come last and are shown unless denied.
                Their names win: should this registry take one of them later, the view goes on with its own.
            discount: the share off every price of tokens (0.2 is 20 % off), or such shares by provider, of
                which the largest counts. Exact, to the nearest femtodollar a token, ties to the even one; in
                attributes, costs, conditions, orders and documents alike. Prices that the view states itself
                and ``rates`` are not discounted; ``billing`` stays.
            allow: the only ids that are shown: ids, other names of models, models, or patterns in which ``*``
                stands for anything. A name means what it leads to when the view is made.
            deny: ids that are not shown, likewise; it is stronger than everything else.

        Cost: microseconds to make (overrides and models: the check of each). Used for the first time, and
        again after a change of this registry, it takes in the change: what it changes itself is made anew, the
        conditions are asked where something that they read has changed, patterns where ids came or went.
        Pickled and saved it is a registry of what it shows.

        Raises:
            ModelNotFoundError, AmbiguousNameError: a name in ``allow``, ``deny`` or ``overrides``.
            InvalidModelError: with every fault of an override or a model and its path.
            UnknownFieldError, UnknownTermError, InvalidConditionError: as for `select`.

        >>> import modeldex as mx
        >>> tenant = mx.models.view(
        ...     provider=["openai", "azure"],
        ...     deny="*-preview",
        ...     discount={"azure": 0.15},
        ...     overrides={"openai/gpt-4o": {"input_price": 2.0}},
        ...     models=[{"id": "house/llm", "provider": "house", "context_window": 32_000}],
        ... )
        >>> tenant["gpt-4o"].input_price, mx.models["gpt-4o"].input_price
        (2.0, 2.5)
        >>> "anthropic/claude-opus-4" in tenant, "house/llm" in tenant
        (False, True)
        """

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
    def register_many(
        self, definitions: Iterable[Mapping[str, Any]], *, replace: bool = False, progress: Progress = None
    ) -> int:
        """Adds many models in one step, all or none, and returns how many.

        Where that takes longer than half a second, a terminal shows a bar on stderr: ``progress`` says always (True),
        never (False), or is called with how many definitions are checked and how many there are.
        """
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
