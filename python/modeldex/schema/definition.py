"""The one declaration of what is known of a model: every field with its type, meaning, unit and place in the engine.

Everything else about the fields is derived from this page: what is accepted, what the engine is told, the typed
conditions, ``mx.f`` and the JSON Schema for editors. Only the id is required; what is not stated is unknown.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict

from .._core import Scale, scale
from .forms import (
    JSON,
    NAME,
    NAMES,
    RATES,
    REASONS,
    TEXT,
    VARIABLES,
    read_names,
    read_rates,
    read_reasons,
    read_sources,
    read_variables,
)
from .markers import Document, Facet, Flag, Group, Keyed, Measure, Parts, Stated
from .reading import read_name, read_text, read_url
from .vocabularies import (
    BILLING,
    CAPABILITIES,
    ENDPOINTS,
    MODALITIES,
    MODES,
    PRIVACY,
    PROVIDERS,
    QUALITY_TIERS,
    STATUSES,
)

Price = Decimal | int | float | str
Day = str | datetime.date

PROVIDER = Facet(name="provider", doc="Who serves it: openai, azure, amazon-bedrock, ...", vocabulary=PROVIDERS)
PROVIDER_LIST = Facet(
    name="provider",
    doc="Everybody who serves it under this id; the first one is `provider`.",
    vocabulary=PROVIDERS,
    many=True,
)
CAPABILITY = Stated(
    name="capability",
    doc="What it can do (true) and what it is stated not to do (false); what is left out is unknown.",
    vocabulary=CAPABILITIES,
    many=True,
    keyword="requires",
    wants="all",
    denied=Facet(
        name="lacks",
        doc="What it is stated not to do.",
        vocabulary=CAPABILITIES,
        many=True,
        keyword="lacks",
        wants="all",
    ),
)
MODALITY = Parts(
    doc="What goes in and what comes out: text, image, audio, ...",
    parts={
        "input": Facet(
            name="input",
            noun="modality",
            doc="Modalities it takes.",
            vocabulary=MODALITIES,
            many=True,
            keyword="accepts",
            wants="all",
        ),
        "output": Facet(
            name="output",
            noun="modality",
            doc="Modalities it gives.",
            vocabulary=MODALITIES,
            many=True,
            keyword="produces",
            wants="all",
        ),
    },
)


# Scales say what a weighted sum takes for worst and best. Nobody's catalogue need reach an end: what lies beyond
# counts as the end. Ratios count where a tenth is to a hundredth as ten is to one.
WINDOW = scale(2**10, 2**20, log=True)
PRICE = scale(100, 0.01, log=True)
DAYS = scale("2020-01-01", "2030-01-01")


def _tokens(doc: str, on: Scale = WINDOW) -> Measure:
    return Measure(doc=doc, kind="count", unit="tokens", better="high", scale=on)


def _price(doc: str) -> Measure:
    return Measure(doc=doc + ", USD per 1M tokens.", kind="money", unit="USD per 1M tokens", better="low", scale=PRICE)


def _date(doc: str, on: Scale | None = None) -> Measure:
    return Measure(doc=doc, kind="date", unit="date", better="high", scale=on)


class Definition(BaseModel):
    """One offering: a model as one provider serves it. Immutable; made by ``Schema.compile`` or by hand."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    # identity
    id: Annotated[str, Document(read=read_name, form=NAME, doc="The unique name: any non-empty text up to 512 bytes.")]
    name: Annotated[str | None, Document(read=read_text, form=TEXT, doc="The name to show to people.")] = None
    base: Annotated[str | None, Facet(name="base", doc="The model this is an offering of: gpt-4o.")] = None
    version: Annotated[str | None, Document(read=read_name, form=NAME, doc="The version, as its maker writes it.")] = (
        None
    )
    description: Annotated[str | None, Document(read=read_text, form=TEXT, doc="What it is, in a few words.")] = None
    owner: Annotated[str | None, Facet(name="owner", doc="Who made it.")] = None
    family: Annotated[str | None, Facet(name="family", doc="The line of models it belongs to: gpt-4o, llama-3.")] = None
    aliases: Annotated[
        list[str] | None,
        Document(read=read_names, form=NAMES, doc="Other names that lead to it; each leads to one model only."),
    ] = None
    tags: Annotated[list[str] | None, Facet(name="tag", many=True, doc="Words of your own.")] = None
    provider: Annotated[str | None, PROVIDER] = None
    providers: Annotated[list[str] | None, PROVIDER_LIST] = None
    home: Annotated[bool | None, Flag(name="home", doc="True where the provider is the maker's own service.")] = None
    extends: Annotated[
        str | None,
        Document(
            read=read_name,
            form=NAME,
            doc="The id of a model whose facts are taken over where none is stated here.",
        ),
    ] = None

    # kind
    mode: Annotated[
        str | None,
        Facet(name="mode", vocabulary=MODES, doc="What it is called for: chat, embedding, detection, ..."),
    ] = None
    tasks: Annotated[
        list[str] | None, Facet(name="task", many=True, doc="What it is good for, in words of your own.")
    ] = None
    endpoints: Annotated[
        list[str] | None,
        Facet(
            name="endpoint",
            many=True,
            vocabulary=ENDPOINTS,
            doc="The interfaces it answers: chat_completions, responses, ...",
        ),
    ] = None
    modalities: Annotated[dict[str, list[str]] | None, MODALITY] = None

    # ability
    capabilities: Annotated[dict[str, bool] | list[str] | None, CAPABILITY] = None
    supported_parameters: Annotated[
        list[str] | dict[str, Any] | None,
        Keyed(
            name="parameter",
            many=True,
            doc="Request parameters it takes: names, or a mapping from names to what is allowed.",
        ),
    ] = None

    # limits
    context_window: Annotated[int | None, _tokens("Tokens that a request and its answer may hold together.")] = None
    max_input_tokens: Annotated[int | None, _tokens("Tokens that a request may hold.")] = None
    max_output_tokens: Annotated[
        int | None, _tokens("Tokens that an answer may hold.", scale(2**8, 2**17, log=True))
    ] = None
    rate_limit_rpm: Annotated[
        int | None,
        Measure(
            kind="count",
            unit="requests per minute",
            better="high",
            scale=scale(1, 10_000, log=True),
            doc="Requests a minute.",
        ),
    ] = None
    rate_limit_tpm: Annotated[
        int | None,
        Measure(
            kind="count",
            unit="tokens per minute",
            better="high",
            scale=scale(1_000, 10_000_000, log=True),
            doc="Tokens a minute.",
        ),
    ] = None

    # price
    billing: Annotated[
        str | None,
        Facet(
            name="billing",
            vocabulary=BILLING,
            doc="How it is paid: a price of 0 alone does not say that it is free.",
        ),
    ] = None
    input_price: Annotated[Price | None, _price("Input tokens")] = None
    output_price: Annotated[Price | None, _price("Output tokens")] = None
    cache_read_price: Annotated[Price | None, _price("Input tokens read from the cache")] = None
    cache_write_price: Annotated[Price | None, _price("Input tokens written to the cache")] = None
    rates: Annotated[
        list[dict[str, Any]] | None,
        Document(read=read_rates, form=RATES, doc="Every other price: what for, how much, per how many, and when."),
    ] = None
    service_tier: Annotated[
        list[str] | None,
        Facet(name="service_tier", many=True, doc="Tiers it can be called in: batch, priority, flex."),
    ] = None

    # speed
    latency_p50_ms: Annotated[
        float | None,
        Measure(unit="ms", better="low", scale=scale(60_000, 100, log=True), doc="Median time of a whole answer."),
    ] = None
    latency_p99_ms: Annotated[
        float | None,
        Measure(
            unit="ms",
            better="low",
            scale=scale(120_000, 100, log=True),
            doc="99th percentile of the time of a whole answer.",
        ),
    ] = None
    tokens_per_second: Annotated[
        float | None,
        Measure(
            unit="tokens per second", better="high", scale=scale(1, 1_000, log=True), doc="Output tokens a second."
        ),
    ] = None
    latency: Annotated[
        dict[str, Any] | None,
        Document(form=JSON, doc="A latency profile: distributions of the times inside an answer."),
    ] = None

    # quality
    quality_tier: Annotated[
        str | None, Facet(name="quality_tier", vocabulary=QUALITY_TIERS, doc="A rough class of quality.")
    ] = None
    scores: Annotated[
        dict[str, float] | None,
        Group(
            prefix="scores.",
            better="high",
            scale=scale(0, 1),
            doc="Measured quality by name; more is better unless declared.",
        ),
    ] = None

    # life
    status: Annotated[str | None, Facet(name="status", vocabulary=STATUSES, doc="Where in its life it is.")] = None
    released: Annotated[Day | None, _date("The day it came out.", DAYS)] = None
    deprecated_on: Annotated[Day | None, _date("The day from which it should not be used for new work.")] = None
    retires_on: Annotated[Day | None, _date("The day it stops answering.")] = None
    knowledge_cutoff: Annotated[Day | None, _date("The day its knowledge ends.", DAYS)] = None
    replacement: Annotated[
        str | None, Document(read=read_name, form=NAME, doc="What to use instead: an id or a base.")
    ] = None

    # place
    hardware: Annotated[
        list[str] | None, Facet(name="hardware", many=True, doc="What it runs on, as RUNTIME/DEVICE.")
    ] = None
    privacy: Annotated[
        list[str] | None,
        Facet(
            name="privacy",
            noun="privacy level",
            many=True,
            vocabulary=PRIVACY,
            keyword="complies",
            wants="all",
            doc="Levels of privacy it complies with.",
        ),
    ] = None
    regions: Annotated[list[str] | None, Facet(name="region", many=True, doc="Where it is served.")] = None
    license: Annotated[
        str | None, Facet(name="license", doc="The licence of the weights, as an SPDX id where there is one.")
    ] = None

    # shape
    parameters_total: Annotated[int | None, Measure(kind="count", unit="parameters", doc="Parameters in all.")] = None
    parameters_active: Annotated[
        int | None, Measure(kind="count", unit="parameters", doc="Parameters used for one token.")
    ] = None
    experts: Annotated[int | None, Measure(kind="count", unit="experts", doc="Experts of a mixture.")] = None
    experts_per_token: Annotated[
        int | None, Measure(kind="count", unit="experts", doc="Experts used for one token.")
    ] = None

    # serving
    api_name: Annotated[
        str | None, Document(read=read_name, form=NAME, doc="What its provider calls it in a request.")
    ] = None
    base_url: Annotated[str | None, Document(read=read_url, form=NAME, doc="Where requests go.")] = None
    api_key_env: Annotated[
        str | list[str] | None,
        Document(
            read=read_variables,
            form=VARIABLES,
            doc="The name of the environment variable that holds the key (or several); never the key.",
        ),
    ] = None
    deployment: Annotated[Any, Document(form={}, doc="How it is deployed: anything.")] = None
    zoo_url: Annotated[str | None, Document(read=read_url, form=NAME, doc="The model zoo it comes from.")] = None

    # the rest
    metadata: Annotated[
        dict[str, Any] | None,
        Group(
            prefix="metadata.",
            nested=True,
            doc="Anything; every finite number in it is a measure, at any depth.",
        ),
    ] = None
    source: Annotated[
        dict[str, Any] | None,
        Document(read=read_sources, form=JSON, doc="By source: what it said and no field takes."),
    ] = None
    unknown: Annotated[
        dict[str, str] | None,
        Document(read=read_reasons, form=REASONS, doc="Why a field is unknown on purpose, by its path."),
    ] = None
    derived: Annotated[
        dict[str, str] | None,
        Document(read=read_reasons, form=REASONS, doc="What a field was derived from, by its path."),
    ] = None
