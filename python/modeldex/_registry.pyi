"""The registry: models by name, and every question about them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from os import PathLike
from typing import Any, Self, TypeAlias, TypeVar, Unpack, final, overload

from ._change import Change, Diff, Subscription
from ._edit import Edit, Snapshot
from ._matches import Matches
from ._model import Model
from ._near import Near
from ._resolution import Resolution
from ._selection import Query, Selection
from .conditions import Condition
from .keywords import Conditions
from .progress import Progress
from .schema import Schema
from .why import WhyNot

_T = TypeVar("_T")
_Share: TypeAlias = float | str | Decimal

@final
class Registry(Mapping[str, Model]):
    """Models by name, and every question about them.

    A mapping of ids; aliases and bare names lead to a model too, but are not listed. Reading never
    waits: a change makes a new snapshot and publishes it in one step.

    Args:
        schema: what definitions may say; the shipped one if left out.
        auto_create: a function that defines unknown ids for `get_or_create`, as `auto_create` does.
        auto_create_limit: how many models it makes at most.

    >>> import modeldex as mx
    >>> registry = mx.Registry()
    >>> registry.register({"id": "house/llm", "context_window": 32_000, "capabilities": ["tools"]})
    <Model 'house/llm' context_window=32000>
    >>> registry.best(requires=["tools"], min_context_window=16_000).id
    'house/llm'
    """

    def __new__(
        cls,
        schema: Schema | None = None,
        *,
        auto_create: Callable[[str], Mapping[str, Any] | None] | None = None,
        auto_create_limit: int = 10_000,
    ) -> Self: ...
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
        """Layers of models, lowest first: ``"bundled"``, snapshots, and files of YAML, JSON, JSON lines or TOML.

        A model that an earlier layer has is patched. What a file may hold: docs/files.md. ``progress`` as in `register_many`.

        Raises:
            CatalogueError: a file that cannot be read; `InvalidFileError` where the text is at fault, with its line.
            InvalidModelError: definitions that are not valid, each with file, line and path; nothing is loaded.
        """
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
    def get_or_create(self, id: str) -> Model:
        """The model of a name; where there is none, the one that the function of `auto_create` defines.

        The function gets the id and returns a definition (with that id or none) or None. It is called with no lock
        held, once for an id however many threads ask: the others wait for it and share its error. It may ask the
        registry anything, other unknown ids included. What it returns is checked and registered with the tag
        ``auto_created``, so that a guess can be told: ``tag=mx.none_of("auto_created")``. Where somebody registers
        the id meanwhile, that counts. ``registry[id]`` and `get` never make a model.

        Raises:
            ModelNotFoundError: there is none, and no function, or it returned None; the next call asks again.
            AmbiguousNameError: a bare name of several offerings; nothing is made.
            InvalidModelError: the text cannot be an id (more than 512 bytes, control characters; the function is
                not called), or what it returned is wrong.
            AutoCreateError: the limit is reached, or the function asks for what it is about to make.

        >>> import modeldex as mx
        >>> registry = mx.Registry(auto_create=lambda id: {"context_window": 8_192} if id.startswith("house/") else None)
        >>> registry.get_or_create("house/llm").context_window, registry["house/llm"].tags
        (8192, ('auto_created',))
        """
    def auto_create(self, function: Callable[[str], Mapping[str, Any] | None], *, limit: int = 10_000) -> None:
        """Gives a registry the function that `get_or_create` calls for unknown ids; once.

        As ``Registry(auto_create=function)``, for one that was loaded or opened. Of the models that it made at most
        ``limit`` are there at a time. Views, `frozen` copies, files and pickles have the models, and not the function.

        Raises:
            AutoCreateError: there is one already.
            ModeldexError: the registry is read-only.
        """
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
    def search(self, text: str, limit: int | None = 10, prefix: bool = False) -> Selection:
        """The models of which every word of a text is found in something, the best found first.

        Words are found in ids, aliases, names, bases, tags, capabilities, providers, families, owners, modes (and
        in the synonyms of those) and in descriptions; case, separators and Unicode forms do not matter, and letters
        and digits are apart: ``gpt4o`` finds ``GPT-4o``. Pieces that are written together must stand together, so
        ``3.1`` finds no ``1.3``. First come models of which the whole text is a name, then those with a name that
        begins with it, then by where the word that is found worst stands (names, then terms, then descriptions), then
        the makers' own offerings, then those in service, then by id. Retired and suspended ones are found too.

        Args:
            text: words; nothing is found for none, or for more than 512 bytes, and 32 pieces are read.
            limit: at most so many; None for all.
            prefix: the last word may be the beginning of one, for a search that follows the typing.

        Cost: the models with the rarest word. The first search reads every document; after a change those that
        changed are read, and a price or a status is no such change.

        Raises:
            InvalidConditionError: ``limit`` is not a whole number from 0.

        >>> import modeldex as mx
        >>> mx.models.search("gpt4o", limit=2).ids()
        ['openai/gpt-4o', '302ai/gpt-4o']
        >>> mx.models.search("function calling llama", None).where(max_input_price=0.05).best(by="input_price") is not None
        True
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
    def resolve(self, text: str, provider: str | Sequence[str] | None = None, floor: float = 0.0) -> Resolution:
        """The model that a text means, however it is spelt, and how that was found; never a similar one instead.

        Steps, the first that is certain wins: the name as it stands; the same but for case, separators, Unicode
        forms and what stands around it (`models/`, a maker, a gateway, `@default`); its words in another order;
        a tuned model; a role that was left out (`-instruct`); a date; one slip of the pen in an unknown word of four
        letters or more. A number is never read as another, a provider, a place or `:free` never left out of account.
        What is not certain is a list of ``candidates``. The answer depends on the models alone, not on their order.

        Args:
            text: a name as somebody wrote it; longer than 512 bytes, or with characters that nobody sees, it means nothing.
            provider: who serves it, one or several; synonyms are welcome.
            floor: a score below it is no answer but a candidate: 1.0 for names as they stand, 0.9 for other spellings too.

        Cost: a name as it stands one lookup; on the shipped catalogue another spelling about 25 us, a typo or a name of
        nothing with its candidates about 120 us. The first question that needs it makes an index of all names, about 30 ms there.

        Raises:
            UnknownTermError: no such provider.
            ValueError: ``floor`` is not between 0 and 1.

        >>> import modeldex as mx
        >>> mx.models.resolve("Claude 4.5 Sonnet").model.id
        'anthropic/claude-sonnet-4-5'
        >>> mx.models.resolve("gpt-4o", provider="azure").model.id
        'azure/gpt-4o'
        >>> found = mx.models.resolve("gpt-5o")
        >>> found.model, found.candidates[0].id
        (None, 'openai/gpt-4o')
        """
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
