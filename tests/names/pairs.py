"""True pairs (a text that somebody wrote, what it means), derived from the raw files of the sources each time.

The truth is what the sources say, not what a folding rule makes equal: the display name that models.dev gives offerings
of several providers, the pairs of LiteLLM's keys that were reviewed, the ids that genai-prices lists as one model, the
log names of model-prices, and the reviewed `base` of each row.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

from tests.names.halves import side
from tests.names.offerings import CATALOGUE, Row, by_base, by_place, marks, named, plain, rows, same, spelt_alike, words
from tests.names.verdict import Case

if TYPE_CHECKING:
    from collections.abc import Iterator

GENAI = {
    "aws": "amazon-bedrock",
    "cloudflare": "cloudflare-workers-ai",
    "fireworks": "fireworks-ai",
    "novita": "novita-ai",
    "together": "togetherai",
    "voyageai": "voyage",
    "x-ai": "xai",
}
NOISE = {
    "Embed v3 English": "Azure's id puts the maker in front, so that its base is another one",
    "Nemotron 3 Ultra (free)": "the same model is listed with and without its sizes",
    "Ministral 3 14B": "the same model is listed with and without its series",
    "deepseek-chat": "a moving name: what it led to when a price was noted is not what it leads to",
    "deepseek-reasoner": "a moving name",
}
"""Texts and ids whose pairs were looked at, of the DEV half, and are no truth: one model under two bases, or moving names."""
CROSS = 5
"""Of the texts that put one provider before the spelling of another, one in so many is asked: 90,000 would be the same again."""


def raw(name: str) -> Any:
    """One source as published."""
    with gzip.open(CATALOGUE / "raw" / f"{name}.json.gz", "rt", encoding="utf-8") as file:
        return json.load(file)


def _chosen(text: str, one_in: int) -> bool:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) % one_in == 0


def _agree(first: Row, second: Row) -> bool:
    """Does models.dev call both by one name?"""
    return bool(first.name and second.name and first.name.casefold().split() == second.name.casefold().split())


def written() -> Iterator[Case]:
    """Each provider's own spelling, without the provider: the model is the same whoever serves it."""
    found = defaultdict[str, list[Row]](list)
    for row in rows().values():
        if row.base is not None:
            found[row.written].append(row)
    for text, listed in found.items():
        means = frozenset(row.base for row in listed if row.base)
        provider = named(text)
        tags = marks(text, provider, listed[0].owner)
        yield Case(text, "as another wrote it", means, provider, marks=tags)


def across() -> Iterator[Case]:
    """The spelling of one provider where another one serves the model: `openrouter/claude-sonnet-4-5`."""
    for base, offerings in by_base().items():
        spellings = sorted({row.written for row in offerings if _modest(row)})
        for provider in sorted({row.provider for row in offerings}):
            here = by_place()[provider, base]
            for spelling in spellings:
                text = f"{provider}/{spelling}"
                if text in rows() or not _chosen(text, CROSS):
                    continue
                there = next(row for row in offerings if row.written == spelling)
                kind = "across, one name" if any(_agree(row, there) for row in here) else "across, one base"
                yield Case(text, kind, frozenset([base]), provider)
                if not named(spelling):
                    yield Case(spelling, f"{kind}, hint", frozenset([base]), provider, hint=provider)


def _modest(row: Row) -> bool:
    """A spelling that says nothing but the model, with its maker at most."""
    return not row.marks and not marks(row.written, None, row.owner) and row.written.count("/") < 2


def shown() -> Iterator[Case]:
    """Display names that several providers give one model: `Claude Sonnet 4.5`.

    A name that is itself a base, but for case and separators, may mean that one too.
    """
    found = defaultdict[str, dict[str, set[str]]](lambda: defaultdict(set))
    for row in rows().values():
        if row.name and row.base and row.name != row.written:
            found[row.name][row.base].add(row.provider)
    for name, bases in sorted(found.items()):
        agreed = [base for base, providers in bases.items() if len(providers) > 1]
        if not agreed:
            continue
        means = frozenset(bases) | spelt_alike().get(same(name), frozenset())
        remark = re.search(r"[\[(]|free", name.lower())  # (Reasoning), (free), (Amazon Bedrock, US): a tag, a place
        yield Case(name, "display name, remark" if remark else "display name", means, marks=None)


def litellm() -> Iterator[Case]:
    """LiteLLM's keys and the rows that they mean: matched or reviewed when the catalogue was built."""
    lines = (CATALOGUE / "aliases.tsv").read_text(encoding="utf-8").splitlines()[1:]
    for line in lines:
        key, id, how, _ = line.split("\t")
        row = rows()[id]
        provider = named(key)
        if key == id or row.base is None or provider not in (None, row.provider):
            continue  # nothing to find, or a key that says one thing and means another: refused as an alias, too
        kind = "litellm key, variant" if how.endswith("variant") else "litellm key"
        yield Case(key, kind, frozenset([row.base]), provider, row.id, row.marks)


def genai() -> Iterator[Case]:
    """What genai-prices lists as one model of one provider, where the catalogue knows some of it and not all."""
    known = {(row.provider, row.written): row for row in rows().values()}
    for source in raw("genai-prices"):
        provider = GENAI.get(source["id"], source["id"])
        for model in source["models"]:
            texts = dict.fromkeys([model["id"], *_equals(model["match"])])
            found = {known[provider, text].base for text in texts if (provider, text) in known}
            base = next(iter(found)) if len(found) == 1 else None
            if base is None or base in NOISE:
                continue
            for text in texts:
                if (provider, text) in known or "regional." in text:
                    continue
                tags = marks(text, provider)
                bases = frozenset([base])
                yield Case(f"{provider}/{text}", "genai-prices", bases, provider, marks=tags)
                yield Case(text, "genai-prices, hint", bases, provider, marks=tags, hint=provider)


def _equals(match: dict[str, Any]) -> Iterator[str]:
    for operator, value in match.items():
        if operator == "equals":
            yield value
        elif operator == "or":
            for part in value:
                yield from _equals(part)


def log_names() -> Iterator[Case]:
    """The other names that model-prices resolves: of models, and of providers."""
    tables = raw("model-prices")["aliases"]
    for text, meant in tables["models"].items():
        if meant in rows() and rows()[meant].base:
            yield Case(text, "model-prices", frozenset(filter(None, [rows()[meant].base])), named(text))


@cache
def pairs() -> tuple[tuple[str, Case], ...]:
    """Every pair with its half. What has bases on both sides of the cut is in neither."""
    found = list[tuple[str, Case]]()
    for source in (written, across, shown, litellm, genai, log_names):
        for case in source():
            where = side([min(case.bases)] if case.kind.startswith("display name") else case.bases)
            if where is not None and plain(case.text) and case.text not in NOISE:
                found.append((where, case))
    assert len({plain(word) for word in words()}) == len(words())
    return tuple(found)
