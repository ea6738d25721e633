"""The shipped definitions as the proofs of names see them: by provider and base, with the marks that tell offerings apart.

Nothing here is taken from the resolver: what a text names is read with the reviewed tables alone.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import modeldex as mx
from modeldex.schema.name_words import NAME_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

CATALOGUE = Path(__file__).resolve().parents[2] / "catalogue"
SYNONYMS: dict[str, str] = json.loads((CATALOGUE / "provider_synonyms.json").read_text(encoding="utf-8"))
FIELDS = ("id", "base", "provider", "aliases", "home", "owner", "family", "name", "status", "released", "api_name")
SIZE = re.compile(r"(?:e?\d+(?:\.\d+)?|\d+x\d+)[bm](?:-cloud)?")
VERSION = re.compile(r"(?:v?\d+|00\d|\d{4,8}(?:-\d{3})?)")
DATES = re.compile(
    r"[-@:](?:20\d\d-\d\d-\d\d|20\d{6}|2[3-7]\d{4}|\d\d-20\d\d|(?:0[1-9]|1[0-2])-(?:[0-2]\d|3[01])|\d{4}|latest|00\d)(?![\w.])"
)


PAIRS = (
    ("cohere-embed-v3-english", "embed-english-v3"),
    ("cohere-embed-v3-multilingual", "embed-multilingual-v3"),
    ("cohere-rerank-v4.0-fast", "rerank-v4.0-fast"),
    ("cohere-rerank-v4.0-pro", "rerank-v4.0-pro"),
    ("m2-her", "minimax-m2-her"),
    ("nemotron-nano-12b-v2", "nemotron-nano-v2-12b"),
    ("nemotron-nano-12b-v2-vl", "nemotron-nano-v2-12b-vl"),
)
"""Bases that are one model under two names, looked at one by one."""


def plain(word: str) -> str:
    """A word of a path as the tables spell it."""
    return re.sub(r"[-_. ]+", "-", word.lower().lstrip("@~"))


@dataclass(frozen=True)
class Row:
    """One offering of the catalogue."""

    id: str
    provider: str
    written: str  # as its provider writes it
    base: str | None
    name: str | None
    family: str | None
    owner: str | None
    home: bool
    aliases: tuple[str, ...]
    marks: frozenset[str]


@cache
def definitions() -> tuple[dict[str, Any], ...]:
    """Every definition, with what names need and no more: it registers four times as fast."""
    found = []
    for path in sorted((CATALOGUE / "models").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            whole = json.loads(line)
            found.append({name: whole[name] for name in FIELDS if name in whole})
    assert len(found) > 9_000
    return tuple(found)


@cache
def words() -> dict[str, str]:
    """Every word that names a provider, and which: ids, LiteLLM's words, those of other tools."""
    ids = {definition["provider"] for definition in definitions()}
    return {
        **NAME_WORDS["servers"],
        **{plain(word): provider for word, provider in SYNONYMS.items()},
        **{plain(provider): provider for provider in ids},
    }


def named(text: str) -> str | None:
    """The provider that a text names with its first word, if it does."""
    parts = text.strip().split("/")
    if len(parts) == 1:
        before, colon, rest = text.strip().partition(":")
        return words().get(plain(before)) if colon and not SIZE.fullmatch(rest) else None
    for part in parts[:-1]:
        if plain(part) not in NAME_WORDS["idle"]:
            return words().get(plain(part))
    return None


def marks(written: str, provider: str | None, owner: str | None = None) -> frozenset[str]:
    """What tells this offering from the plain one of the same model at the same provider: place, tag, tier.

    A vendor's word in front of what another one made says who serves it: `baidu/deepseek-v4` of a gateway.
    """
    found = set[str]()
    *path, last = written.lower().split("/")
    for segment in path:
        word = plain(segment)
        vendor = NAME_WORDS["vendors"].get(word)
        known = word in NAME_WORDS["idle"] or word in NAME_WORDS["organisations"]
        served = words().get(word)
        foreign = vendor is None or owner not in (None, vendor)
        if not known and foreign and (served is None or served != provider):
            found.add(word)
    geo = re.match(r"([a-z]+(?:-[a-z]+)?)\.(?=[a-z])", last)
    if geo and geo[1] in NAME_WORDS["places"]:
        found.add(geo[1])
    tags = re.split(r"[:@]", last)[1:]
    for tag in tags:
        said = tag in NAME_WORDS["silent"] or SIZE.fullmatch(tag) or VERSION.fullmatch(tag)
        if "peft" in tags or not said:
            found.add(tag)
    if re.search(r"[-:]free$", last):
        found.add("free")
    if last.startswith("fw-"):
        found.add("fw")
    return frozenset(found)


@cache
def rows() -> dict[str, Row]:
    """Every offering by id."""
    return {
        one["id"]: Row(
            id=one["id"],
            provider=one["provider"],
            written=one["api_name"],
            base=one.get("base"),
            name=one.get("name"),
            family=one.get("family"),
            owner=one.get("owner"),
            home=bool(one.get("home")),
            aliases=tuple(one.get("aliases", ())),
            marks=marks(one["api_name"], one["provider"], one.get("owner")),
        )
        for one in definitions()
    }


@cache
def by_base() -> dict[str, tuple[Row, ...]]:
    """The offerings of each model."""
    found = defaultdict[str, list[Row]](list)
    for row in rows().values():
        if row.base is not None:
            found[row.base].append(row)
    return {base: tuple(found[base]) for base in sorted(found)}


@cache
def by_place() -> dict[tuple[str, str], tuple[Row, ...]]:
    """The offerings of each model at each provider."""
    found = defaultdict[tuple[str, str], list[Row]](list)
    for row in rows().values():
        if row.base is not None:
            found[row.provider, row.base].append(row)
    return {place: tuple(listed) for place, listed in found.items()}


def same(name: str) -> str:
    """A base as the sources' habits leave it: `qwen-3` is `qwen3`, and `x-latest` is `x`; `m25` is not `m2.5`."""
    dashed = re.sub(r"[-_. :]+", "-", name.strip().lower()).removesuffix("-latest")
    return re.sub(r"(?<!\d)-|-(?!\d)", "", dashed)


def last(written: str) -> str:
    """The end of a path, without Bedrock's vendor, and with a point for Fireworks' p."""
    end = re.sub(r"^(?:[a-z-]+\.)+(?=[a-z])", "", written.lower().rsplit("/", 1)[-1])
    return re.sub(r"(?<=\d)p(?=\d)", ".", end)


def undated(name: str) -> str:
    """A base without dates: two snapshots of one model have this in common."""
    return same(DATES.sub("", name.lower()))


def words_of(name: str) -> tuple[object, ...]:
    """The words of a base in no order, and its numbers in theirs: `claude-4-sonnet`, `claude-sonnet-4`."""
    return tuple(sorted(re.findall(r"[a-z]+", name.lower()))), tuple(re.findall(r"\d+", name))


@cache
def spelt_alike() -> dict[str, frozenset[str]]:
    """The bases of each spelling: what `same` makes equal, the same words in another order, and reviewed pairs."""
    found = defaultdict[object, set[str]](set)
    for one, other in PAIRS:
        assert {one, other} <= set(by_base()), f"{one} or {other} is no base any more"
        found[same(one)].add(other)
        found[same(other)].add(one)
    for base in by_base():
        found[same(base)].add(base)
        found[words_of(base)].add(base)
    return {same(base): frozenset(found[same(base)] | found[words_of(base)]) for base in by_base()}


def alike(bases: Iterable[str]) -> frozenset[str]:
    """These bases and all others of the same spelling."""
    return frozenset(other for base in bases for other in spelt_alike().get(same(base), frozenset([base])))


def registry(*, aliases: bool = True, without: frozenset[str] = frozenset(), seed: int | None = None) -> mx.Registry:
    """The catalogue registered anew: without the declared aliases, without some ids, in another order."""
    import random

    listed = [one for one in definitions() if one["id"] not in without]
    if not aliases:
        listed = [{name: value for name, value in one.items() if name != "aliases"} for one in listed]
    if seed is not None:
        random.Random(seed).shuffle(listed)
    made = mx.Registry()
    made.register_many(listed, progress=False)
    return made
