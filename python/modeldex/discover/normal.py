"""The plain form of a name: what is left when how it is written and by whom it is served are put aside."""

from __future__ import annotations

import re
from typing import Final

from .words import clean, front, lower, tables

__all__ = ["normalise"]

_BEDROCK: Final = re.compile(r"(?:(?<=-\d{8})-v\d+|-v1)?:\d+(?=$|[:@])")
_POINT: Final = re.compile(r"(?<=\d)p(?=\d)")
_BETWEEN: Final = re.compile(r"[\W_]+")


def normalise(text: str) -> str:
    """Return the plain form of a name: lower case, `-` between its parts, nothing in front, no tag behind.

    Paths, providers, makers and places in front fall off, and behind it price classes and modes (`:free`, `@default`) and
    Bedrock's `-v1:0`. Dates, sizes, quantisations and versions stay: they tell models apart. What has no letter is no name,
    nor what is longer than 512 bytes: "". Normalising twice changes nothing.

    >>> from modeldex.discover import normalise
    >>> normalise("openai/gpt-oss-120b"), normalise("meta_llama/Llama_3.1_8B"), normalise("GPT-4o:free")
    ('gpt-oss-120b', 'llama-3-1-8b', 'gpt-4o')
    >>> normalise("us.anthropic.claude-3-haiku-20240307-v1:0"), normalise("models/gemini-2.5-pro"), normalise("4/-")
    ('claude-3-haiku-20240307', 'gemini-2-5-pro', '')
    """
    low = lower(clean(text)).casefold()
    while low != (again := lower(clean(low)).casefold()):  # few letters change twice
        low = again
    name = low[_start(low) :]
    name = _BEDROCK.sub("", name)
    head, *tags = re.split("[:@]", name)
    kept = [head, *(tag for tag in tags if tag.replace("_", "-") not in tables().priced)]
    plain = _BETWEEN.sub("-", _POINT.sub("-", "-".join(kept))).strip("-")
    return plain if any(map(str.isalpha, plain)) else ""


def _start(low: str) -> int:
    """Where the name begins. A tuned model is one of its own, with its base and its owner in its name."""
    tuned = tables().markers.tuned(low)
    if tuned is not None and (tuned[1] is None or not low.startswith(tuned[1])):
        return len(tuned[7]) + 1 if tuned[7] else 0
    inside = tables().markers.resource(low)
    return front(low, low.rfind(inside) if inside else 0).start
