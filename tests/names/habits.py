"""How people and programs write a name: one function a habit."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Habit = Callable[[str], str]

DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"


def picked(text: str, habit: str, many: int) -> int:
    """A number below `many` that follows from both texts."""
    return int.from_bytes(hashlib.sha256(f"{habit}:{text}".encode()).digest()[:4]) % many


def titled(text: str) -> str:
    """`claude-opus-4` as `Claude-Opus-4`."""
    return re.sub(r"[a-z]+", lambda match: match[0].capitalize(), text)


def dotted(text: str) -> str:
    """`claude-sonnet-4-5` as `claude-sonnet-4.5`; dates and long numbers stay."""
    return re.sub(r"(?<!\d-)(?<![\d.])(\d)-(\d)(?=-[a-z]|-\d{4}|$)", r"\1.\2", text)


def dashed(text: str) -> str:
    """`gpt-4.1` as `gpt-4-1`."""
    return re.sub(r"(?<=\d)\.(?=\d)", "-", text)


def pointed(text: str) -> str:
    """`glm-5.3` as `glm-5p3`: Fireworks."""
    return re.sub(r"(?<=\d)\.(?=\d)", "p", text)


def joined(text: str) -> str:
    """`gpt-4o-mini` as `gpt4omini`; between two digits a separator stays."""
    return re.sub(r"(?<![\d])[-_ ]|[-_ ](?!\d)", "", text)


def loosely(text: str) -> str:
    """`gpt-4o-mini` as `gpt4o-mini`: the first word and its number."""
    return re.sub(r"^([a-z]+)-(?=\d)", r"\1", text)


def swapped(text: str) -> str:
    """`claude-sonnet-4-5` as `claude-4-5-sonnet`: the second word to the end, or the last to the second place."""
    parts = text.split("-")
    if len(parts) < 3:
        return text
    if parts[1].isalpha():
        return "-".join([parts[0], *parts[2:], parts[1]])
    if parts[-1].isalpha():
        return "-".join([parts[0], parts[-1], *parts[1:-1]])
    return text


def tagged_size(text: str) -> str:
    """`llama-3.1-8b` as `llama3.1:8b`: Ollama."""
    match = re.fullmatch(r"([a-z]+)-?([\d.]*)-(e?\d+(?:\.\d+)?b)(-[a-z]+)?", text)
    return f"{match[1]}{match[2]}:{match[3]}{match[4] or ''}" if match else text


def wide(text: str) -> str:
    """Full-width letters, as an input method for Chinese leaves them."""
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


def dashes(text: str) -> str:
    """Every hyphen as one of Unicode's others."""
    dash = DASHES[picked(text, "dash", len(DASHES))]
    return text.replace("-", dash)


def mathematical(text: str) -> str:
    """Bold letters of mathematics, as they are pasted from where no markup is allowed."""
    return "".join(chr(0x1D5EE + ord(letter) - ord("a")) if "a" <= letter <= "z" else letter for letter in text)


BARE: dict[str, Habit] = {
    "case: upper": str.upper,
    "case: title": titled,
    "version: dotted": dotted,
    "version: dashed": dashed,
    "version: p": pointed,
    "separators: _": lambda text: text.replace("-", "_"),
    "separators: space": lambda text: text.replace("-", " "),
    "separators: space, title": lambda text: titled(text.replace("-", " ")),
    "separators: none": joined,
    "separators: first gone": loosely,
    "separators: doubled": lambda text: text.replace("-", "--", 1),
    "words swapped": swapped,
    "ollama": tagged_size,
    "suffix: :latest": lambda text: f"{text}:latest",
    "suffix: @default": lambda text: f"{text}@default",
    "prefix: models/": lambda text: f"models/{text}",
    "prefix: litellm_proxy/": lambda text: f"litellm_proxy/{text}",
    "unicode: dashes": dashes,
    "unicode: full width": wide,
    "unicode: mathematical": mathematical,
    "spaces around": lambda text: f"  {text}\t\n",
    "non-breaking space": lambda text: text.replace("-", "\u00a0"),
}
"""Habits with a bare name: the model is meant, at whoever offers it."""

WHOLE: dict[str, Habit] = {
    "id: upper": str.upper,
    "id: title": titled,
    "id: _": lambda text: text.replace("-", "_"),
    "id: provider:model": lambda text: text.replace("/", ":", 1),
    "id: version dashed": dashed,
    "id: version dotted": dotted,
    "id: spaces": lambda text: f" {text} ",
    "id: :latest": lambda text: f"{text}:latest",
    "id: @default": lambda text: f"{text}@default",
}
"""Habits with a whole id: this very offering is meant."""
