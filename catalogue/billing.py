"""What a stated price of 0 means: the reviewed table billing.toml, asked by provider and model id."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalogue.raw import table

KINDS = ("free", "free_tier", "plan", "trial", "local", "unit")


@dataclass(frozen=True)
class Verdict:
    """`kind` of billing.toml, or metered / unknown; `term` is what the row's `billing` says, if anything."""

    kind: str
    reason: str
    whole: bool = False

    @property
    def term(self) -> str | None:
        """What the row's `billing` says: nothing where it is not known."""
        if self.kind in ("metered", "free", "free_tier", "plan"):
            return self.kind
        return "plan" if self.kind == "trial" else None

    @property
    def gratis(self) -> bool:
        """Is a stated 0 a price?"""
        return self.kind in ("free", "free_tier")


class Billing:
    """The table, compiled."""

    def __init__(self) -> None:
        content = table("billing")
        self._anywhere = [re.compile(pattern) for pattern in content["anywhere"]["free_tier"]]
        self._anywhere_reason: str = content["anywhere"]["reason"]
        self._ids: list[tuple[str, str, re.Pattern[str], str]] = []
        self._providers: dict[str, Verdict] = {}
        for kind in KINDS:
            entry = content[kind]
            for provider, patterns in entry.get("ids", {}).items():
                self._ids.extend((kind, provider, re.compile(pattern), entry["reason"]) for pattern in patterns)
            for provider in entry.get("providers", ()):
                self._providers[provider] = Verdict(kind, entry["reason"], entry.get("whole", False))

    def zero(self, provider: str, model_id: str) -> Verdict:
        """What a 0 says here."""
        if any(pattern.fullmatch(model_id) for pattern in self._anywhere):
            return Verdict("free_tier", self._anywhere_reason)
        for kind, owner, pattern, reason in self._ids:
            if owner == provider and pattern.fullmatch(model_id):
                return Verdict(kind, reason)
        return self._providers.get(provider) or Verdict("unknown", "the source says 0 and nobody says that it is free")

    def above_zero(self, provider: str) -> Verdict:
        """What an amount above 0 says here: metered, unless the provider is billed otherwise as a whole."""
        verdict = self._providers.get(provider)
        return verdict if verdict and verdict.whole else Verdict("metered", "a price is stated")

    def verdict(self, provider: str, model_id: str, *, nothing: bool) -> Verdict:
        """How an offering is billed that is priced 0 as a whole (`nothing`), or above."""
        return self.zero(provider, model_id) if nothing else self.above_zero(provider)
