"""A model and what a call of it costs; at run time these are names of `modeldex` and `modeldex._core`."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Self, final

from .capabilities import Capabilities

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
