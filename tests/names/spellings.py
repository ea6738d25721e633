"""Spellings of names that the catalogue has, each with what it means: habits, words in front, tags, dates behind."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from tests.names.habits import BARE, WHOLE, picked, titled
from tests.names.halves import half
from tests.names.offerings import SYNONYMS, Row, by_base, by_place, named, rows
from tests.names.verdict import Case

from modeldex.schema.name_words import NAME_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

EACH = 120
"""Texts of each habit and half."""
ORGANISATIONS = {
    "alibaba": "Qwen",
    "deepseek": "deepseek-ai",
    "google": "google",
    "meta": "meta-llama",
    "microsoft": "microsoft",
    "minimax": "MiniMaxAI",
    "mistral": "mistralai",
    "moonshotai": "moonshotai",
    "nvidia": "nvidia",
    "openai": "openai",
    "zai": "zai-org",
}
DATES = ("2024-08-06", "20250929")
TAGS = ("free", "nitro", "batch", "thinking")


@cache
def _known() -> frozenset[str]:
    """Everything that is a name already, or differs from one in case alone: what a text must not be to be a spelling."""
    found = {row.id for row in rows().values()} | {alias for row in rows().values() for alias in row.aliases}
    return frozenset(text.lower() for text in found | set(by_base()))


@cache
def _words() -> dict[str, tuple[str, ...]]:
    """LiteLLM's words in front of a key, by provider; its names of price lists are none."""
    words = [(provider, word) for word, provider in SYNONYMS.items() if re.fullmatch(r"[a-z_]+", word)]
    return {provider: tuple(word for other, word in words if other == provider) for provider, _ in words}


def _sampled(listed: Iterable[str], habit: str) -> list[str]:
    return sorted(listed, key=lambda text: picked(text, habit, 2**32))


def _case(text: str, kind: str, row: Row) -> Case:
    bases = frozenset([row.base]) if row.base else frozenset[str]()
    return Case(text, kind, bases, row.provider, row.id, row.marks)


def _model(text: str, kind: str, base: str) -> Case:
    """A text that means a model, at the provider that it names, if it names one."""
    return Case(text, kind, frozenset([base]), named(text))


def _bare(wanted: str) -> Iterator[Case]:
    bases = [base for base in by_base() if half(base) == wanted]
    for kind, habit in BARE.items():
        count = 0
        for base in _sampled(bases, kind):
            text = habit(base)
            if text == base or count == EACH or (text.lower() in _known() and "case" not in kind):
                continue
            count += 1
            yield Case(text, kind, frozenset([base]))


def _whole(wanted: str) -> Iterator[Case]:
    for kind, habit in WHOLE.items():
        count = 0
        for row in _rows(wanted, kind):
            text = habit(row.id)
            tagged = kind in ("id: :latest", "id: @default") and re.search("[:@]", row.written)
            if text == row.id or count == EACH or text in _known() or tagged:
                continue
            count += 1
            yield _case(text, kind, row)


def _rows(wanted: str, habit: str, *, unmarked: bool = False) -> list[Row]:
    """The offerings of one half, in an order of the habit's own."""
    ids = [row.id for row in rows().values() if row.base and half(row.base) == wanted and not (unmarked and row.marks)]
    return [rows()[id] for id in _sampled(ids, habit)]


def _in_front(row: Row, base: str) -> Iterator[Case]:
    """Words in front of a name: LiteLLM's, makers', Hugging Face's, those of resource names."""
    for word in _words().get(row.provider, ()):
        yield _case(f"{word}/{row.written}", "prefix: litellm's provider", row)
        yield replace(_case(row.written, "hint: litellm's word", row), hint=word)
    yield replace(_case(row.written, "hint: provider=", row), hint=row.provider)
    if row.home and row.owner:
        makers = [word for word, owner in NAME_WORDS["vendors"].items() if owner == row.owner] or [row.owner]
        yield _model(f"{makers[picked(base, 'vendor', len(makers))]}/{base}", "prefix: maker", base)
    if row.owner in ORGANISATIONS:
        yield _model(f"{ORGANISATIONS[row.owner]}/{titled(base)}", "hugging face", base)
    if row.provider == "google":
        yield _case(f"gemini/{row.written}", "prefix: gemini/", row)
        yield Case(f"publishers/google/models/{row.written}", "prefix: publishers/", frozenset([base]))
    if row.provider == "google-vertex":
        yield _case(f"vertex_ai/{row.written}", "prefix: vertex_ai/", row)


def _at_bedrock(row: Row, base: str) -> Iterator[Case]:
    """Places and versions of Amazon's ids."""
    if row.provider != "amazon-bedrock" or not re.match(r"[a-z]+\.[a-z]", row.written):
        return
    yield _case(f"bedrock/{row.written}", "prefix: bedrock/", row)
    if not row.marks:
        abroad = frozenset(["us"])
        yield Case(f"bedrock/us.{row.written}", "prefix: bedrock/us.", frozenset([base]), row.provider, marks=abroad)
        short = re.sub(r"-v\d+(:\d+)?$", "", row.written)
        yield replace(_case(f"bedrock/{short}", "bedrock without version", row), id=None)


def _left_out(row: Row, base: str) -> Iterator[Case]:
    """A provider's name with less, or with the bare name, behind it."""
    if row.marks:
        return
    if "/" in row.written and len(by_place()[row.provider, base]) == 1:
        yield _case(f"{row.provider}/{row.written.rsplit('/', 1)[-1]}", "maker left out", row)
    if row.written.lower() != base:
        yield replace(_case(f"{row.provider}/{base}", "provider and bare name", row), id=None)


def _around(wanted: str) -> Iterator[Case]:
    made = dict[str, dict[str, Case]]()
    for row in rows().values():
        if row.base and half(row.base) == wanted:
            for source in (_in_front, _at_bedrock, _left_out):
                for case in source(row, row.base):
                    if case.text not in rows() or case.hint:
                        made.setdefault(case.kind, {}).setdefault(f"{case.hint} {case.text}", case)
    for kind, cases in sorted(made.items()):
        yield from (cases[key] for key in _sampled(cases, kind)[: 2 * EACH])


def _other_tag(wanted: str) -> Iterator[Case]:
    """What asks for another price class or place of an offering."""
    bases = [base for base in by_base() if half(base) == wanted]
    for base in _sampled(bases, ":free")[: 2 * EACH]:
        yield Case(f"{base}:free", "suffix: :free", frozenset([base]), marks=frozenset(["free"]))
    for sign, words in ((":", TAGS), ("@", ("eu",))):
        for word in words:
            kind = "id: another tag" if sign == ":" else "id: another place"
            for row in _rows(wanted, word, unmarked=True)[: EACH // 2]:
                text = f"{row.id}{sign}{word}"
                if text not in rows() and not any(f"/{word}/" in alias for alias in row.aliases):
                    yield replace(_case(text, kind, row), id=None, marks=frozenset([word]))


def _other_date(wanted: str) -> Iterator[Case]:
    """What asks for a snapshot that nobody lists."""
    bases = [base for base in by_base() if half(base) == wanted and not re.search(r"\d{4}|latest", base)]
    for date in DATES:
        for base in _sampled(bases, date)[:EACH]:
            text = f"{base}{'-@'[picked(base, 'at', 2)]}{date}"
            if text not in _known():
                yield Case(text, "dated: no such snapshot", frozenset([base]), dated=True)
        listed = [row for row in _rows(wanted, date, unmarked=True) if not re.search(r"\d{4}|latest", row.written)]
        for row in listed[:EACH]:
            text = f"{row.id}-{date}"
            if text not in _known():
                yield replace(_case(text, "id: no such snapshot", row), id=None, dated=True)


@cache
def spellings(wanted: str) -> tuple[Case, ...]:
    """Every spelling of names of one half. A provider that the text does not name is not expected."""
    sources = (_bare, _whole, _around, _other_tag, _other_date)
    found = tuple(case for source in sources for case in source(wanted))
    assert len(found) > 3_000, len(found)
    return found


def free_of_surprise(case: Case) -> bool:
    """Does the text say what the case means, to the reviewed tables? A check of the harness itself."""
    return case.hint is not None or case.provider is None or named(case.text) in (case.provider, None)
