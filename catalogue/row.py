"""One row in the making: a definition, plus what the sources said that no field takes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalogue import money

if TYPE_CHECKING:
    from decimal import Decimal

PRICES = ("input_price", "output_price", "cache_read_price", "cache_write_price")
PLAIN_UNIT = {
    "input_price": "input_token",
    "output_price": "output_token",
    "cache_read_price": "cache_read_token",
    "cache_write_price": "cache_write_token",
}


def rate_key(unit: str, when: dict[str, Any]) -> tuple[str, str]:
    """Two rates of one row are the same rate when unit and conditions are."""
    return unit, json.dumps(when, sort_keys=True)


@dataclass
class Row:
    """A definition under construction. `rates` is keyed so that no rate can be there twice."""

    id: str
    provider: str
    model_id: str
    origin: str  # models_dev or litellm
    fields: dict[str, Any] = field(default_factory=dict)
    capabilities: dict[str, bool] = field(default_factory=dict)
    rates: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    derived: dict[str, str] = field(default_factory=dict)
    source: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)  # LiteLLM keys that mean this row
    aliases: list[str] = field(default_factory=list)
    context_tiers: frozenset[int] = frozenset()  # thresholds models.dev states

    def say(self, source: str, name: str, value: object) -> None:
        """Keep under `source.<source>` what no field takes."""
        self.source.setdefault(source, {})[name] = value

    def add_rate(self, unit: str, usd: str, per: int, when: dict[str, Any]) -> None:
        """One more rate; the same unit under the same conditions is replaced."""
        rate: dict[str, Any] = {"unit": unit, "usd": usd, "per": per}
        if when:
            rate["when"] = dict(sorted(when.items()))
        self.rates[rate_key(unit, when)] = rate

    def priced(self) -> bool:
        """Does the row state any amount above 0?"""
        if any(self.fields.get(price, "0") != "0" for price in PRICES):
            return True
        return bool(self.rates)

    def definition(self) -> dict[str, Any]:
        """The finished definition, before its keys are put in order."""
        result: dict[str, Any] = {"id": self.id, "provider": self.provider, **self.fields}
        if self.aliases:
            result["aliases"] = sorted(self.aliases)
        if self.capabilities:
            result["capabilities"] = self.capabilities
        if self.rates:
            result["rates"] = [self.rates[key] for key in sorted(self.rates)]
            tiers = sorted({rate["when"]["tier"] for rate in result["rates"] if "tier" in rate.get("when", {})})
            if tiers:
                result["service_tier"] = tiers
        beside = {"unknown": self.unknown, "derived": self.derived, "source": self.source}
        return result | {name: value for name, value in beside.items() if value}


def token_price(value: Decimal | int) -> tuple[str, bool]:
    """USD per 1M tokens from USD per token."""
    return money.text(value, money.MILLION)
