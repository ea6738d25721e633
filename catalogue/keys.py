"""Where a LiteLLM key points: provider, the provider's own model id, and the variant the key spells."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from catalogue.raw import TABLES, table


@dataclass(frozen=True)
class Place:
    """One LiteLLM key, read."""

    key: str
    word: str
    provider: str
    model_id: str
    when: dict[str, Any] = field(default_factory=dict)
    variant: bool = False
    reason: str | None = None  # set: the key is no model at all


def fold(name: str) -> str:
    """Case and separators made equal; nothing is removed, so `m25` never meets `m2.5`."""
    return re.sub(r"[-_. ]+", "-", name.lower())


def _conditions(groups: dict[str, str | None]) -> dict[str, Any]:
    """The named groups of a variant pattern as conditions of a rate."""
    when: dict[str, Any] = {}
    for name, value in groups.items():
        if name == "rest" or value is None or value == "*":
            continue
        when[name] = value.replace("-x-", "x") if name == "size" else value
    return when


class Keys:
    """The reviewed tables providers.toml, keys.toml and pairs.tsv, compiled."""

    def __init__(self) -> None:
        self.words: dict[str, dict[str, Any]] = table("providers")
        content = table("keys")
        self._variants = [(set(entry["words"]), re.compile(entry["pattern"])) for entry in content["variant"]]
        self._routes = [(entry["word"], re.compile(entry["pattern"]), entry["provider"]) for entry in content["route"]]
        self.routed = sorted({target for _, _, target in self._routes})
        self._no_models = [(re.compile(entry["pattern"]), entry["reason"]) for entry in content["not_a_model"]]
        self.pairs: dict[str, tuple[str, str]] = {}
        for line in (TABLES / "pairs.tsv").read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                name, target, reason = line.split("\t")
                self.pairs[name] = (target, reason)

    def place(self, key: str, word: str) -> Place:
        """Read one key. The variant's conditions are taken off, the provider's prefix too."""
        entry = self.words[word]
        provider: str = entry["provider"]
        for pattern, reason in self._no_models:
            if pattern.fullmatch(key):
                return Place(key, word, provider, key, reason=reason)
        model_id = key
        for prefix in entry["prefixes"]:
            if model_id.startswith(prefix):
                model_id = model_id.removeprefix(prefix)
                break
        when: dict[str, Any] = {}
        variant = False
        for words, pattern in self._variants:
            match = pattern.fullmatch(model_id) if word in words else None
            if match:
                when |= _conditions(match.groupdict())
                model_id = match["rest"]
                variant = True
        for routed, pattern, target in self._routes:
            if routed == word and pattern.fullmatch(model_id):
                provider = target
        return Place(key, word, provider, model_id, when, variant)
