"""A name taken apart: its clean text, its words and numbers with their places, and what stands in front of it."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

from modeldex._core import Markers

__all__ = ["Atom", "Front", "Piece", "atoms", "clean", "front", "is_front", "lower", "tables"]

LONGEST: Final = 512
"""Bytes; a longer text is no name."""

# Providers that the synonyms of the vocabulary do not name. Left out are those called by a common word (`echo`, `prime`).
_SERVERS: Final = """
    302ai abacus agentcore agentrouter agnes ai-router ai21 aiand aihubmix ainetcafe aixy aki-io alibaba-coding-plan
    alibaba-coding-plan-cn alibaba-token-plan alibaba-token-plan-cn amd anthropic anyapi anyscale apiserpent arcee
    assemblyai atomic-chat auriko azure-cognitive-services bailing baseten berget bespoke blueclaw bothub cerebras
    chatgpt chutes clarifai claudinio cline-pass cloudferro-sherlock cloudflare-ai-gateway cognition commandcode
    coralbricks cortecs crossmodel crusoe daoxe darkbloom databricks dataforseo deepgram deepinfra deepseek dinference
    drun duckduckgo ebcloud edenai elevenlabs empiriolabs fastrouter freemodel frogbot gigachat gitlab
    google-vertex-anthropic greenpt groq helicone heroku hetzner hpc-ai huggingface hyperbolic impossibl inceptron
    inferenceapis inferx infomaniak io-net iteracompute jiekou kenari kilo kimi-code-plan-cn kimi-code-plan-global
    klokintegration kosmik kuae-cloud-coding-plan kyma lemonade libertai linkup liquid llamagate llmgateway
    llmgateway-providers llmtech llmtr longcat lowrouter lucidquery lynkr meganova melious merge-gateway meta minimax
    minimax-cn minimax-cn-coding-plan minimax-coding-plan mistral mixlayer moark modal model-oracle-ai modelis
    modelscope moonshotai-cn morph munito-eu nace nano-gpt nearai nebius neosmith neuralwatt nscale oci ofox
    ollama-cloud opencode openinfer openreason openrouter opper orcarouter ovhcloud parasail perplexity
    perplexity-agent pinstripes pioneer poe poolside privatemode-ai publicai qihang-ai qiniu-ai qvac recraft reducto
    reflection refuseless regolo-ai replicate requesty routing-run runinfra runwayml sagemaker sakana salad-cloud
    sambanova sap-ai-core sarvam scaledown scaleway scnet-token-plan scx-ai searxng sensenova serper siliconflow
    siliconflow-cn soniox stability stackit standardcompute stepfun stepfun-ai stepfun-ai-step-plan stepfun-step-plan
    streamlake subconscious submodel synthetic tavily tencent tencent-coding-plan tencent-token-plan tencent-tokenhub
    tensormesh tensorx the-grid-ai thinkingmachines tinfoil tinyfish tokengo tokenrouter trustedrouter typesafe
    umans-ai umans-ai-coding-plan unorouter upstage v0 vancine venice vispark vivgrid volcengine
    volcengine-coding-plan voyage vultr wafer.ai wallaby wally wandb watsonx xai xiaomi-token-plan-ams
    xiaomi-token-plan-cn xiaomi-token-plan-sgp xpersona zai zai-coding-plan zeldoc zenifra zenmux zerogpu
    zhipuai-coding-plan
"""
_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")  # noqa: RUF001 - all kinds of dashes
_ATOM: Final = re.compile(r"[0-9]+(?:\.[0-9]+|p[0-9]+(?![0-9a-z]))?|[^\W\d_]+")
_MEASURES: Final = frozenset("abekmtvx")
"""Letters of versions, sizes and contexts."""
_SCHEMES: Final = frozenset({"hf", "http", "https"})
_DOTTED: Final = re.compile(r"[a-z][a-z0-9-]*\.")


class Piece(NamedTuple):
    """A part of a text: what it means, and where it is written."""

    value: str
    start: int
    end: int


class Atom(NamedTuple):
    """A run of letters, or a number (with its point), of the lower-case text."""

    text: str
    start: int
    end: int
    glued: bool
    """Whether nothing stands between it and the atom before it."""
    number: bool


class Front(NamedTuple):
    """What stands in front of a name, and where the name begins."""

    provider: Piece | None
    owner: Piece | None
    start: int


def clean(text: str) -> str:
    """The text in the form that is read (NFKC, one kind of dash, no white space around); empty if it is no name."""
    if not isinstance(text, str):
        raise TypeError(f"a name is a text, not {type(text).__name__}")
    if len(text) > LONGEST:
        return ""
    text = unicodedata.normalize("NFKC", text).translate(_DASHES).strip()
    try:
        size = len(text.encode())
    except UnicodeEncodeError:  # half of a pair of surrogates
        return ""
    return text if size <= LONGEST and text.isprintable() and "\ufffd" not in text else ""


def lower(text: str) -> str:
    """In lower case, every character in its place."""
    folded = text.lower()
    if len(folded) == len(text):
        return folded
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)


def atoms(text: str, start: int = 0) -> list[Atom]:
    """The words and numbers of a lower-case text from a place on."""
    found: list[Atom] = []
    end = -1
    for match in _ATOM.finditer(text, start):
        written = match.group()
        number = written[0].isdigit()
        if number:
            written = written.replace("p", ".")
        found.append(Atom(written, match.start(), match.end(), match.start() == end, number))
        end = match.end()
    return found


class Tables(NamedTuple):
    """The words around a name, from the shipped vocabulary."""

    named: dict[str, str]
    """A word of a provider -> its id."""
    makers: dict[str, str]
    """A word of a maker -> its id."""
    places: frozenset[str]
    silent: frozenset[str]
    """In front, saying neither."""
    priced: frozenset[str]
    """Behind `:` or `@`: what does not tell models apart."""
    tags: frozenset[str]
    """Behind a name, and no name alone."""
    markers: Markers
    """The forms of the ids of tuned models."""


@cache
def tables() -> Tables:
    """Read once, when something is first asked."""
    vocabulary = json.loads(resources.files("modeldex").joinpath("vocabulary.json").read_bytes())
    names = vocabulary["names"]
    synonyms: dict[str, str] = next(facet["synonyms"] for facet in vocabulary["facets"] if facet["name"] == "provider")
    named = {plain(word): provider for word, provider in synonyms.items()}
    named |= {plain(provider): provider for provider in synonyms.values()}
    named |= {plain(word): word for word in _SERVERS.split()}
    named |= {word: providers[0] for word, providers in names["gateways"].items()}
    priced = frozenset([*names["tags"], *names["endings"], *names["silent"], *names["newest"], *names["places"]])
    return Tables(
        named,
        names["vendors"],
        frozenset(names["places"]),
        frozenset([*names["idle"], *names["places"], *_SCHEMES]),
        priced,
        priced | set(names["roles"]) | {"dev", "schnell", "edit", "turbo", "pro"},
        Markers(json.dumps(names["markers"])),
    )


def plain(word: str) -> str:
    """A word in front as the tables have it."""
    return word.strip("@~ ").replace("_", "-").replace(".", "-").replace(" ", "-")


def is_front(word: str) -> bool:
    """Whether a word names a provider or a maker."""
    return word in tables().named or word in tables().makers


def front(low: str, start: int = 0) -> Front:
    """What stands in front of the name in a lower-case text, from a place on.

    A segment of a path falls off where it is a known word, or where what follows can be a name of its own: `org/name` is `name`,
    but `flux-pro/v1.1` is whole.
    """
    named, makers, _, silent, *_ = tables()
    provider = owner = None
    while (end := _segment(low, start)) >= 0:
        word = plain(low[start:end])
        rest = low[end + 1 :].lstrip("/")
        if word in named and provider is None and not (word in makers and start):
            provider = Piece(named[word], start, end)
        if word in makers:
            owner = Piece(makers[word], start, end)
        elif word not in named and word not in silent and "/" not in rest and _nameless(rest):
            break
        start = len(low) - len(rest)
    return _dotted(low, start, provider, owner)


def _segment(low: str, start: int) -> int:
    """Where the segment ends that begins at a place, -1 for the last one.

    A colon ends one behind the word of a provider only (`ollama:llama3.1`), and not in front of a size or tag (`mistral:7b`).
    """
    slash = low.find("/", start)
    colon = low.find(":", start, slash if slash >= 0 else len(low))
    if colon >= 0 and (plain(low[start:colon]) in tables().named or low[start:colon] in _SCHEMES):
        rest = low[colon + 1 :]
        return colon if rest and ("/" in rest or not _nameless(rest)) else slash
    return slash


def _nameless(text: str) -> bool:
    """Whether this is no name without what is before it: a version, a size, a tag."""
    return all(atom.text in tables().tags or atom.text in _MEASURES for atom in atoms(text) if not atom.number)


def _dotted(low: str, start: int, provider: Piece | None, owner: Piece | None) -> Front:
    """Places and makers with a dot, as Bedrock writes them: `us.anthropic.claude-...`."""
    _, makers, places, *_ = tables()
    while match := _DOTTED.match(low, start):
        word = match.group()[:-1]
        if word in makers:
            owner = Piece(makers[word], start, match.end() - 1)
            provider = provider or Piece("amazon-bedrock", start, match.end())
        elif word not in places:
            break
        start = match.end()
    return Front(provider, owner, start)
