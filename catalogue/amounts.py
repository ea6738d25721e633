"""The money of a LiteLLM entry: plain prices, rates under conditions, and what its zeros say."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from catalogue import money
from catalogue.billing import Billing, Verdict
from catalogue.modelsdev import BESIDE
from catalogue.raw import table
from catalogue.row import PLAIN_UNIT, rate_key

if TYPE_CHECKING:
    from catalogue.litellm import Entry

RATES: dict[str, dict[str, Any]] = table("rates")
DOUBTS: dict[str, str] = {key: entry["reason"] for entry in table("doubts")["litellm"] for key in entry["keys"]}
SEARCH = {f"search_context_size_{size}": size for size in ("low", "medium", "high")}
RANGES = {"range": "min_context_tokens", "max_results_range": "min_results"}
NESTED = ("tiered_pricing", "off_peak_pricing")


def is_money(name: str) -> bool:
    """Does that field of an entry speak of prices?"""
    return "cost" in name or name in NESTED


@dataclass(frozen=True)
class Rule:
    """What one price field means: a unit, the conditions, and the plain price it is where there are none."""

    field: str
    unit: str
    when: dict[str, Any]
    price: str | None = None

    @staticmethod
    def of(field: str, name: str, when: dict[str, Any]) -> Rule:
        """The reviewed rule of `name`, found in `field`, under further conditions."""
        entry = RATES[name]
        price: str | None = entry.get("price")
        merged = dict(sorted({**entry.get("when", {}), **when}.items()))
        return Rule(field, entry.get("unit") or PLAIN_UNIT[str(price)], merged, None if merged else price)

    @property
    def per(self) -> int:
        """Units the price is for."""
        return money.MILLION if self.unit.endswith("_token") else 1


class Amounts:
    """All amounts of one entry."""

    def __init__(self, entry: Entry, billing: Billing) -> None:
        self.entry = entry
        self.row = entry.row
        self.said = entry.entry
        self.own = entry.place.when  # conditions that the key itself spells
        self.billing = billing
        self.verdict = self._verdict()

    def lay(self) -> None:
        """Every amount as a plain price or a rate; then how the row is billed."""
        for name, value in self.said.items():
            if name in RATES:
                self.amount(Rule.of(name, name, self.own), value)
            elif name in NESTED or name == "search_context_cost_per_query":
                self.nested(name, value)
            elif is_money(name):
                self.entry.note(name, "source", value)  # Databricks units: a currency of its own, no dollars
        usual = self.billing.above_zero(self.row.provider)
        if usual.term and (usual.whole or self.row.priced()):
            self.row.fields.setdefault("billing", usual.term)

    def _verdict(self) -> Verdict:
        """What a 0 says in this entry."""
        if self.said.get("input_cost_per_token") != 0:
            return Verdict("beside", BESIDE)
        if any(is_money(name) and isinstance(value, Decimal | int) and value > 0 for name, value in self.said.items()):
            return Verdict("unit", "billed by another unit than the token")
        return self.billing.zero(self.row.provider, self.row.model_id)

    def nested(self, name: str, value: Any) -> None:  # whatever the source wrote
        """Amounts inside a list or mapping: ranges, hours, sizes of a search."""
        if name == "tiered_pricing":
            for tier in value:
                starts = {key: int(tier[field][0]) for field, key in RANGES.items() if field in tier}
                when = {**self.own, **{key: start for key, start in starts.items() if start > 0}}
                for inner, usd in tier.items():
                    if inner in RATES:
                        self.amount(Rule.of(name, inner, when), usd)
        elif name == "off_peak_pricing":
            for inner, usd in value.items():
                if inner in RATES:
                    self.amount(Rule.of(name, inner, {**self.own, "period": "off_peak"}), usd)
            hours = {inner: content for inner, content in value.items() if inner not in RATES}
            self.entry.note(name, "source", hours)
            self.entry.left[name] = hours
        else:
            for size, usd in value.items():
                when = dict(sorted({**self.own, "search_context": SEARCH[size]}.items()))
                self.amount(Rule(name, "search_query", when), usd)

    def amount(self, rule: Rule, usd: Decimal | int) -> None:
        """One amount: a plain price where it is unconditional, else a rate."""
        if usd == 0:
            self.zero(rule)
            return
        text, changed = money.text(usd, rule.per)
        if changed:
            self.entry.ledger.roundings.append((self.entry.place.key, rule.field, str(usd)))
        doubt = DOUBTS.get(self.entry.place.key)
        if rule.price and doubt:
            self.row.unknown[rule.price] = doubt
            self.entry.left[rule.field] = usd
            self.entry.note(rule.field, "unknown", usd)
        elif rule.price:
            self.entry.fill(rule.field, rule.price, text)
        else:
            self.rate(rule, text)

    def rate(self, rule: Rule, text: str) -> None:
        """A rate: new, the same as a known one, or overruled."""
        row, ledger = self.row, self.entry.ledger
        key = rate_key(rule.unit, rule.when)
        if key in row.rates:
            same = ledger.compare("rates", f"{row.id} {rule.unit} {key[1]}", row.rates[key]["usd"], text)
            self.entry.note(rule.field, "agrees" if same else "overruled", text)
        elif self.other_ladder(rule.when):
            ledger.compare("context tier", row.id, sorted(row.context_tiers), rule.when["min_context_tokens"])
            self.entry.note(rule.field, "overruled", text)
        else:
            row.add_rate(rule.unit, text, rule.per, rule.when)
            self.entry.note(rule.field, "carried", text)

    def other_ladder(self, when: dict[str, Any]) -> bool:
        """Is that a threshold models.dev does not have? Two ladders must not be mixed: models.dev's stands whole."""
        tiers = self.row.context_tiers
        return set(when) == {"min_context_tokens"} and bool(tiers) and when["min_context_tokens"] not in tiers

    def zero(self, rule: Rule) -> None:
        """A 0: a price in gratis rows, else unknown."""
        row, verdict, price = self.row, self.verdict, rule.price
        if price is None:
            self.entry.note(rule.field, "unknown", 0)
            return
        if row.fields.get(price) == "0":
            self.entry.note(rule.field, "agrees", 0)
            return
        self.entry.ledger.zeros.append(("litellm", self.entry.place.key, price, verdict.kind))
        if verdict.gratis and price not in row.fields and row.fields.get("billing") in (None, verdict.kind):
            row.fields[price] = "0"
            row.fields["billing"] = verdict.kind
            row.unknown.pop(price, None)
            self.entry.note(rule.field, "carried", 0)
            return
        if price not in row.fields:
            why = BESIDE if verdict.kind == "beside" else f"{verdict.kind}: LiteLLM says 0; {verdict.reason}"
            row.unknown.setdefault(price, why)
        if verdict.term:
            row.fields.setdefault("billing", verdict.term)
        self.entry.note(rule.field, "unknown", 0)
