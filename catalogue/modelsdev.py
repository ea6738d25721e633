"""A row from a models.dev offering. models.dev comes first: what it states stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from catalogue.raw import table
from catalogue.row import Row, token_price

if TYPE_CHECKING:
    from decimal import Decimal

    from catalogue.billing import Billing, Verdict
    from catalogue.ledger import Ledger

SOURCE = "models_dev"
FLAGS: dict[str, dict[str, str]] = table("flags")["models_dev"]
MODES = table("modes")
LIMITS = {"context": "context_window", "input": "max_input_tokens", "output": "max_output_tokens"}
NO_LIMIT = (0, 99_999_999)  # fillers for "not known"
PLAIN = {
    "input_cost_per_token": "input_price",
    "output_cost_per_token": "output_price",
    "cache_read_input_token_cost": "cache_read_price",
    "cache_creation_input_token_cost": "cache_write_price",
}
UNITS = {
    "input_cost_per_token": "input_token",
    "output_cost_per_token": "output_token",
    "cache_read_input_token_cost": "cache_read_token",
    "cache_creation_input_token_cost": "cache_write_token",
    "input_cost_per_audio_token": "input_audio_token",
    "output_cost_per_audio_token": "output_audio_token",
    "output_cost_per_reasoning_token": "reasoning_token",
}
BESIDE = "0 beside a price: not billed apart, or not known"
DATES = {"knowledge": "knowledge_cutoff", "release_date": "released"}
DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?")


def make(provider: str, entry: dict[str, Any], billing: Billing, ledger: Ledger) -> Row:
    """The row of one offering of the export."""
    return Offering(provider, entry, billing, ledger).read()


def flat_names(entry: dict[str, Any]) -> set[str]:
    """Names of all fields of an entry, nested ones with dots: what the ledger must have seen."""
    names: set[str] = set()
    for name, value in entry.items():
        if isinstance(value, dict):
            names |= {f"{name}.{inner}" for inner in value if inner != "tiers"}
            for tier in value.get("tiers", ()):
                names |= {f"{name}.tiers[].{inner}" for inner in tier}
        else:
            names.add(name)
    return names


class Offering:
    """One entry of the export on its way to a row."""

    def __init__(self, provider: str, entry: dict[str, Any], billing: Billing, ledger: Ledger) -> None:
        self.row = Row(f"{provider}/{entry['id']}", provider, entry["id"], SOURCE)
        self.entry = entry
        self.billing = billing
        self.ledger = ledger

    def note(self, name: str, outcome: str, value: object) -> None:
        """What became of one field."""
        self.ledger.note(SOURCE, name, outcome, self.row.id, value)

    def read(self) -> Row:
        """The row, with every field of the entry accounted for."""
        self.ledger.open(SOURCE)
        self.note("id", "carried", self.entry["id"])
        for name in ("name", "family"):
            if name in self.entry:
                self.row.fields[name] = self.entry[name]
                self.note(name, "carried", self.entry[name])
        self.kind()
        self.flags()
        self.limits()
        self.prices()
        self.life()
        self.ledger.close(self.row.id, flat_names(self.entry))
        return self.row

    def kind(self) -> None:
        """Modalities, mode and request shape."""
        row, modalities = self.row, self.entry["modalities"]
        row.fields["modalities"] = {side: list(modalities[side]) for side in ("input", "output")}
        for side in ("input", "output"):
            self.note(f"modalities.{side}", "carried", ",".join(modalities[side]))
        if "mode" in self.entry:
            row.fields["mode"] = MODES["mode"][self.entry["mode"]]
            self.note("mode", "carried", self.entry["mode"])
        elif len(modalities["output"]) == 1 and modalities["output"][0] in MODES["output"]:
            row.fields["mode"] = MODES["output"][modalities["output"][0]]
            row.derived["mode"] = "modalities.output"
        if "shape" in self.entry:
            row.fields["endpoints"] = [MODES["shape"][self.entry["shape"]]]
            self.note("shape", "carried", self.entry["shape"])

    def flags(self) -> None:
        """Capabilities; a false that says nothing states nothing."""
        for name, value in self.entry["capabilities"].items():
            rule = FLAGS[name]
            stated = value or rule["false_is"] == "no"
            if stated:
                self.row.capabilities[rule["capability"]] = value
            self.note(f"capabilities.{name}", "carried" if stated else "unknown", value)

    def limits(self) -> None:
        """Three limits; fillers are unknown."""
        for name, field in LIMITS.items():
            value = self.entry["limit"].get(name)
            if value is None:
                continue
            if value in NO_LIMIT:
                self.row.unknown[field] = f"models.dev says {value}, which stands for not known"
                self.ledger.limits.append((SOURCE, self.row.id, field, value))
                self.note(f"limit.{name}", "unknown", value)
            else:
                self.row.fields[field] = value
                self.note(f"limit.{name}", "carried", value)

    def life(self) -> None:
        """Dates, and the status that being listed gives; a past deprecation date may change it later."""
        for name, field in DATES.items():
            if name not in self.entry:
                continue
            if DATE.fullmatch(self.entry[name]):
                self.row.fields[field] = self.entry[name]
                self.note(name, "carried", self.entry[name])
            else:
                self.row.say(SOURCE, name, self.entry[name])
                self.note(name, "source", self.entry[name])
        self.row.say(SOURCE, "last_updated", self.entry["last_updated"])
        self.note("last_updated", "source", self.entry["last_updated"])
        self.row.fields["status"] = "active"
        self.row.derived["status"] = "listed by models.dev"

    def prices(self) -> None:
        """Plain prices and rates. The export has input and output price, or nothing."""
        pricing = self.entry.get("pricing") or {}
        if not pricing:
            usual = self.billing.above_zero(self.row.provider)
            if usual.whole and usual.term:
                self.row.fields["billing"] = usual.term
            return
        nothing = pricing["input_cost_per_token"] == 0 and pricing["output_cost_per_token"] == 0
        verdict = self.billing.verdict(self.row.provider, self.row.model_id, nothing=nothing)
        if verdict.term:
            self.row.fields["billing"] = verdict.term
        for name, value in pricing.items():
            if name != "tiers":
                self.price(name, value, verdict, nothing=nothing)
        self.tiers(pricing.get("tiers", ()))

    def price(self, name: str, value: Decimal | int, verdict: Verdict, *, nothing: bool) -> None:
        """One amount of the entry; `nothing` says that the whole offering is priced 0."""
        field = PLAIN.get(name)
        if value == 0 and not (nothing and verdict.gratis):
            if field:
                self.row.unknown[field] = f"{verdict.kind}: models.dev says 0; {verdict.reason}" if nothing else BESIDE
                self.ledger.zeros.append((SOURCE, self.row.id, field, verdict.kind if nothing else "beside"))
            self.note(f"pricing.{name}", "unknown", value)
            return
        if field:
            self.row.fields[field] = self.amount(name, value)
            if value == 0:
                self.ledger.zeros.append((SOURCE, self.row.id, field, verdict.kind))
        else:
            self.row.add_rate(UNITS[name], self.amount(name, value), 1_000_000, {})
        self.note(f"pricing.{name}", "carried", value)

    def tiers(self, tiers: list[dict[str, Any]]) -> None:
        """Prices above a length of context."""
        self.row.context_tiers = frozenset(tier["min_context_tokens"] for tier in tiers)
        for tier in tiers:
            when = {"min_context_tokens": tier["min_context_tokens"]}
            for name, value in tier.items():
                carried = name == "min_context_tokens" or value != 0
                if name != "min_context_tokens" and carried:
                    self.row.add_rate(UNITS[name], self.amount(name, value), 1_000_000, when)
                self.note(f"pricing.tiers[].{name}", "carried" if carried else "unknown", value)

    def amount(self, name: str, value: Decimal | int) -> str:
        """USD per 1M tokens; what was rounded is listed."""
        text, changed = token_price(value)
        if changed:
            self.ledger.roundings.append((self.row.id, name, str(value)))
        return text
