"""The engine as Python sees it. Everything here is immutable but the registry, and pickles."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from os import PathLike
from types import TracebackType
from typing import Any, Final, Literal, Self, TypeAlias, TypeVar, Unpack, final, overload

from ._change import Change as Change, Diff as Diff, Subscription as Subscription
from ._matches import Matches as Matches
from ._model import Cost as Cost, Model as Model
from ._near import Near as Near
from ._question import (
    Order as Order,
    Param as Param,
    Scale as Scale,
    Terms as Terms,
    all_of as all_of,
    any_of as any_of,
    cost as cost,
    highest as highest,
    lowest as lowest,
    none_of as none_of,
    param as param,
    scale as scale,
    weighted as weighted,
)
from ._selection import Query as Query, Selection as Selection
from .conditions import Condition
from .keywords import Conditions
from .progress import Progress
from .schema import Schema
from .why import WhyNot

_T = TypeVar("_T")
_Share: TypeAlias = float | str | Decimal

__all__ = [
    "Change", "Cost", "Diff", "Edit", "Matches", "Model", "Near", "Order", "Param", "Query", "Registry", "Resolution", "Scale", "Selection",
    "Snapshot", "Subscription", "Terms", "__version__", "_change", "_diff", "_joined", "_matches", "_model", "_near", "_query", "_registry",
    "_resolution", "_scale", "_selection", "_snapshot",
    "all_of", "any_of", "cost", "highest", "lowest", "none_of", "param", "scale", "weighted",
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
    def diff(self, earlier: Snapshot) -> Diff:
        """What is different from an earlier snapshot, or from any other: models are compared by id.

        Two snapshots of one registry are compared where they share nothing; those of unrelated registries
        document by document.

        >>> import modeldex as mx
        >>> registry = mx.Registry()
        >>> model = registry.register({"id": "house/llm", "status": "preview"})
        >>> earlier = registry.snapshot
        >>> model = registry.update("house/llm", status="active", scores={"coding": 0.7})
        >>> dict(registry.snapshot.diff(earlier).updated)
        {'house/llm': {'status': ('preview', 'active'), 'scores.coding': (None, 0.7)}}
        """
    def __len__(self) -> int: ...

@final
class Edit:
    """Several changes that are published together when the ``with`` block ends, or not at all.

    ``author`` and ``message`` are told to subscribers.
    """

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
        """The registry that `save` wrote, in milliseconds whatever its size: what is asked for is read when it is.

        A name is looked up in the file and a document read from it, each block checked when first touched. The first
        question (`select`, `best`, `count`, a bare name, a change) reads the index of all models, once: about half a
        second for a million, during which other threads go on. So damage may show as late as that, and never as a
        wrong answer.

        Raises:
            CatalogueError: the file is missing, cut, changed, or of another format.
        """
    @staticmethod
    def load(*sources: str | PathLike[str], schema: Schema | None = None, progress: Progress = None) -> Registry:
        """Layers of models, lowest first: ``"bundled"``, and files of JSON or JSON lines; ``progress`` as in `register_many`."""
    def save(self, path: str | PathLike[str], *, progress: bool | None = None) -> None:
        """Writes a snapshot file: complete or not at all. ``progress`` as in `register_many`, but never a callable.

        It is an Arrow IPC file too: `pyarrow.ipc.open_file`, `polars.read_ipc` and, by way of pyarrow, duckdb read its
        columns (`id`, a list of terms for each facet, the numbers, `document`).

        Raises:
            CatalogueError: it cannot be written there; what was there is as it was.
        """
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

        Who is suspended in this registry is left out of the answers of its views too. Whatever changes a
        registry is refused, and so is ``subscribe``: both are asked of this one.

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
    def why_not(
        self, model: str | Model | Condition | None = None, /, *conditions: Condition, **keywords: Unpack[Conditions]
    ) -> WhyNot:
        """Which conditions a model fails; without a model, which ones leave no answer.

        What ``best`` would be asked, condition by condition: each term of a list that means all of them,
        the defaults on status and billing, ``exclude``, and each key of the order, which must be known.
        ``prefers``, ``distinct`` and ``limit`` only choose among what fits. False where the model fits.

        Without a model the smallest sets of conditions whose removal would give an answer, exact for any
        number of conditions: one pass over all rows.

        Raises:
            ModelNotFoundError, AmbiguousNameError: no model has that name.
            UnknownFieldError, UnknownTermError, InvalidConditionError: as `select`.

        >>> import modeldex as mx
        >>> registry = mx.Registry()
        >>> _ = registry.register({"id": "old", "context_window": 16_385, "capabilities": ["tools"], "status": "retired"})
        >>> print(registry.why_not("old", requires=["vision", "tools"], min_context_window=128_000))
        old fails 3 of 4 conditions:
          requires='vision': capability is tools, wanted vision
          min_context_window=128000: context_window is 16385, wanted >= 128000
          status=none_of('maintenance', 'disabled', 'retired') (by default): status is retired, wanted none of maintenance, disabled, retired
        >>> print(registry.why_not(requires="tools"))
        nothing fits; it would
          without status=none_of('maintenance', 'disabled', 'retired') (by default): 1 model fits, such as old
        """
    def coverage(self) -> dict[str, float]:
        """For each facet and then each measure, own numbers included, the share of models that state it, 0 to 1.

        In the order of the vocabulary. ``capability`` counts the models that state one as true, ``lacks``
        those that state one as false. Looks at every model.

        >>> import modeldex as mx
        >>> registry = mx.Registry()
        >>> _ = registry.register({"id": "a", "context_window": 4_096, "metadata": {"fps": 30}})
        >>> _ = registry.register({"id": "b", "capabilities": ["tools"]})
        >>> {field: share for field, share in registry.coverage().items() if share}
        {'capability': 0.5, 'context_window': 0.5, 'metadata.fps': 0.5}
        """
    def match(self, requests: Any) -> Matches:
        """For each of many requests what `best` answers, whatever each asks for; all from one state.

        A request is a mapping of the keywords of `best`; what is None is not asked. Its numbers (``min_...``,
        ``max_...``, the tokens of ``by=mx.cost(...)``) may be different for each: requests that differ in
        nothing else are answered together, as `Query.match` does. ``input_tokens``, ``output_tokens`` and
        ``cached_tokens`` order by the cost of so many. Requests are a list of mappings, or a table with a
        column for each keyword: a mapping of columns, a structured array of numpy, whatever streams Arrow.

        Raises:
            InvalidConditionError: a request asks nothing sensible; it says which.
            TypeError, ValueError: these are no requests; columns are of different lengths.

        Cost: the conditions of each request are read one by one; of a table with nothing but columns of numbers, as `Query.match`.

        >>> import modeldex as mx
        >>> mx.models.match([
        ...     {"base": "gpt-4o", "provider": "openai", "by": "input_price"},
        ...     {"base": "gpt-4o", "provider": "openai", "by": "input_price", "max_input_price": 0.01},
        ... ]).ids()
        ['openai/gpt-4o', None]
        """
    def offerings(self, base: str) -> Selection:
        """Everybody who serves the model of this base name, in the order of registration."""
    def resolve(self, text: str) -> Resolution:
        """What a text means: an id, an alias, or nothing certain (then ``candidates`` are suggestions)."""
    def suggest(self, text: str, limit: int = 3) -> list[str]:
        """The ids nearest to a text."""
    def nearest(self, text: str, limit: int = 5, cutoff: float = 0.6) -> list[Near]:
        """The names that are spelt most like a text, the likest first, with the model that each leads to.

        The score is the normalised Levenshtein similarity: 1 less the number of letters to insert, delete
        or replace over the length of the longer text, in characters, exact and with regard to case. Scores,
        order and ties are those of ``rapidfuzz.process.extract(text, registry.names(),
        scorer=Levenshtein.normalized_similarity, score_cutoff=cutoff, limit=limit)``; as there, the cutoff
        is read as a float of 32 bits. This says what is spelt alike, never what is meant: see `resolve`.

        Args:
            text: near one of more than 512 bytes, or with lone surrogates, there is nothing.
            limit: how many names at most; a model may come by several of its names.
            cutoff: the least score, from 0 to 1.

        Cost: the first call makes an index of all names (below a microsecond each, and about 40 bytes and the
        name itself in memory), which prices do not touch; names that come and go are added to it in small parts.
        Then microseconds for the shipped catalogue. A few answers are remembered until names change.

        Raises:
            TypeError, ValueError: limit or cutoff is no number, or none of those.

        >>> import modeldex as mx
        >>> [(near.name, near.model.id, round(near.score, 3)) for near in mx.models.nearest("gtp-4o-mini", limit=2)]
        [('gpt-4o-mini', 'openai/gpt-4o-mini', 0.818), ('gpt-4.1-mini', 'openai/gpt-4.1-mini', 0.667)]
        """
    def names(self) -> list[str]:
        """Every name that leads to a model.

        Each id followed by its aliases, in the order of registration, then the bare names that lead to one model,
        by their text.

        >>> import modeldex as mx
        >>> registry = mx.Registry()
        >>> for provider in "house", "other":
        ...     _ = registry.register({"id": f"{provider}/llm", "base": f"llm-{provider}", "aliases": [f"{provider}-1"]})
        >>> registry.names()
        ['house/llm', 'house-1', 'other/llm', 'other-1', 'llm-house', 'llm-other']
        """
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
    def replace_all(self, definitions: Iterable[Mapping[str, Any]], *, progress: Progress = None) -> Diff:
        """Makes these the only models, in one step, all or none, and returns what is different.

        Models that stay keep their place in the order, those that are the same their object; new ones come
        last, in the order given. Where nothing is different, nothing is published. ``extends`` finds the
        models given, then those registered before.

        Raises:
            InvalidModelError: with every fault of every definition; nothing is changed.
            DuplicateModelError: an id is given twice, or an alias is taken.

        >>> import modeldex as mx
        >>> registry = mx.Registry()
        >>> registry.register_many([{"id": "a"}, {"id": "b"}])
        2
        >>> registry.replace_all([{"id": "c"}, {"id": "b"}])
        <Diff 1 added, 1 removed, 0 updated>
        >>> list(registry)
        ['b', 'c']
        """
    def update(self, id: str, changes: Mapping[str, Any] | None = None, /, **fields: Any) -> Model:
        """Changes some fields: mappings merge, lists are replaced, ``+tags`` adds, None unsets.

        Numbers that change by themselves (latencies, limits, prices above zero, scores and top-level numbers
        of metadata that are there already) and status, quality tier and mode are written directly, without
        checking the whole definition again: live statistics can be fed back.

        Raises:
            InvalidModelError: with every fault and its path; nothing is changed.
            ModelNotFoundError: no such id; an alias will not do, and the error says what it stands for.
        """
    def remove(self, id: str) -> None:
        """Takes a model out; aliases will not do."""
    def suspend(self, id: str, *, seconds: float) -> None:
        """Leaves an offering out of every answer for so many seconds, by the monotonic clock.

        Questions, prepared ones and those on a selection included, go on without it, whatever ``status=``
        they ask for; ``len``, ``in``, ``[]``, iteration, `offerings` and selections already taken still show it. It comes
        back by itself. Nothing is changed or published: there is no version, nobody is told, and nothing of it
        is saved. It holds through changes of the model and ends when that is removed. Again is a new end.

        Raises:
            ModelNotFoundError: no such id; an alias will not do.
            ValueError: ``seconds`` is not above 0, or beyond 1e10.

        >>> import modeldex as mx
        >>> registry = mx.Registry()
        >>> registry.register_many([{"id": "a"}, {"id": "b"}])
        2
        >>> registry.suspend("a", seconds=30)
        >>> registry.select().ids()
        ['b']
        >>> registry.resume("a")
        True
        """
    def resume(self, id: str) -> bool:
        """Ends a suspension before its time; whether there was one."""
    def suspended(self) -> dict[str, float]:
        """The ids that are suspended, those that come back first first, with the seconds left for each."""
    def subscribe(self, callback: Callable[[Change], object]) -> Subscription:
        """Calls a function with a `Change` after every change, once a publication.

        It is called when the change can be seen, by the thread that made it, with no lock held: it may do
        anything, change the registry and close its subscription included. Each subscriber is told of every
        version once and in order. Where its callback is running already (in another thread, or because it
        changed something itself), that call tells the rest when it is done; where more than a thousand wait,
        they are told as one. An exception is reported through ``sys.unraisablehook`` and hurts neither the
        change nor anybody else; one that is no ``Exception``, an interrupt, goes on to whoever made the change.
        The registry keeps the callback until the subscription is closed. A view is none to subscribe to, its
        registry is.

        >>> import modeldex as mx
        >>> registry = mx.Registry()
        >>> with registry.subscribe(lambda change: print(change.version, change.added)):
        ...     model = registry.register({"id": "house/llm"})
        1 ('house/llm',)
        """
    def edit(self, *, author: str | None = None, message: str | None = None) -> Edit:
        """Several changes as one snapshot, all or nothing: ``with registry.edit() as edit: ...``.

        Subscribers are told the author and the message.
        """

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """All models as a stream of Arrow batches, for pyarrow, polars, duckdb; columns as `Selection.to_arrow`."""

    @property
    def snapshot(self) -> Snapshot: ...
    @property
    def schema(self) -> Schema: ...

def _change(
    since: int,
    version: int,
    added: tuple[str, ...],
    updated: tuple[str, ...],
    removed: tuple[str, ...],
    author: str | None,
    message: str | None,
) -> Change: ...
def _diff(
    added: tuple[str, ...], removed: tuple[str, ...], updated: Mapping[str, Mapping[str, tuple[Any, Any]]]
) -> Diff: ...
def _joined(none: Selection, parts: list[tuple[Matches, Any]], size: int) -> Matches: ...
def _matches(models: Selection, rows: Any, keys: Any, money: bool) -> Matches: ...
def _model(document: bytes, vocabulary: str | None = None) -> Model: ...
def _near(model: Model, name: str, score: float) -> Near: ...
def _query(conditions: tuple[Condition, ...], keywords: dict[str, Any]) -> Query: ...
def _registry(bytes: bytes, frozen: bool) -> Registry: ...
def _resolution(
    text: str, model: Model | None, how: str | None, score: float, candidates: tuple[Model, ...], ambiguous: bool
) -> Resolution: ...
def _scale(worst: float, best: float, log: bool, weight: float) -> Scale: ...
def _selection(bytes: bytes) -> Selection: ...
def _snapshot(bytes: bytes) -> Snapshot: ...
