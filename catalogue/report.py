"""REPORT.md and report.json: what became of every field of every entry, and every doubtful value by name."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalogue import raw
from catalogue.ledger import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogue.build import Catalogue


def numbers(made: Catalogue) -> dict[str, Any]:
    """The whole report, for report.json."""
    ledger = made.ledger
    rows = list(made.rows.values())
    fields: dict[str, dict[str, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
    for (source, name, outcome), number in sorted(ledger.counts.items()):
        where, value = ledger.examples[source, name, outcome]
        fields[source][name][outcome] = {"count": number, "example": f"{where}: {value}"}
    groups = Counter(row.fields["base"] for row in rows if "base" in row.fields)
    homes = {row.fields["base"] for row in rows if row.fields.get("home")}
    return {
        "date": raw.DATE,
        "rows": {
            "all": len(rows),
            "models_dev": sum(row.origin == "models_dev" for row in rows),
            "models_dev_with_litellm": sum(row.origin == "models_dev" and bool(row.keys) for row in rows),
            "litellm_only": sum(row.origin == "litellm" for row in rows),
            "providers": len({row.provider for row in rows}),
        },
        "provenance": raw.read("models_dev")["$provenance"],
        "not_read_yet": raw.SOURCE["later"]["files"],
        "entries": dict(sorted(ledger.entries.items())),
        "litellm_keys": {
            "all": ledger.entries["litellm"],
            "by_match": dict(sorted(Counter(how for _, _, how, _ in made.pairs).items())),
            "by_alias": dict(sorted(Counter(alias for *_, alias in made.pairs).items())),
            "bare_names_that_lead_elsewhere": elsewhere(made),
            "no_model": [{"key": key, "reason": reason} for key, reason in sorted(ledger.left_out)],
        },
        "bases": {
            "models": len(groups),
            "rows_without": sum("base" not in row.fields for row in rows),
            "with_home": len(homes),
            "several_offerings_no_home": sum(several > 1 and base not in homes for base, several in groups.items()),
        },
        "terms": {
            "billing": count(row.fields.get("billing") for row in rows),
            "status": count(row.fields.get("status") for row in rows),
            "mode": count(row.fields.get("mode") for row in rows),
            "capability": count(name for row in rows for name, yes in row.capabilities.items() if yes),
            "lacks": count(name for row in rows for name, yes in row.capabilities.items() if not yes),
        },
        "prices": {
            "input_price_known": sum("input_price" in row.fields for row in rows),
            "input_price_zero": sum(row.fields.get("input_price") == "0" for row in rows),
            "zeros_by_kind": {
                f"{source} {price} {kind}": number
                for (source, price, kind), number in sorted(Counter((s, p, k) for s, _, p, k in ledger.zeros).items())
            },
            "rounded_to_femtodollars": [
                {"where": where, "field": name, "usd": usd} for where, name, usd in sorted(ledger.roundings)
            ],
            "zeros": [{"source": s, "where": w, "price": p, "kind": k} for s, w, p, k in sorted(ledger.zeros)],
        },
        "unknown_limits": [
            {"source": s, "where": w, "limit": name, "said": value} for s, w, name, value in sorted(ledger.limits)
        ],
        "contradictions": {
            name: {
                "compared": ledger.compared[name],
                "contradicted": ledger.conflicts[name],
                "example": " | ".join(ledger.conflict_examples[name]) if name in ledger.conflict_examples else None,
            }
            for name in sorted(ledger.compared)
        },
        "fields": {
            source: {name: dict(by) for name, by in sorted(names.items())} for source, names in sorted(fields.items())
        },
    }


def elsewhere(made: Catalogue) -> list[dict[str, str | None]]:
    """LiteLLM keys that are bare names: LiteLLM means one provider's row, the name alone leads to the maker's, or nowhere."""
    homes = {row.fields["base"]: row.id for row in made.rows.values() if row.fields.get("home")}
    bare = ((key, row_id) for key, row_id, _, alias in made.pairs if alias == "is a bare name")
    return [{"key": key, "litellm": row_id, "home": homes.get(key)} for key, row_id in bare if homes.get(key) != row_id]


def count(values: Iterable[str | None]) -> dict[str, int]:
    """How often each value occurs, most frequent first; None is what is not stated."""
    counter = Counter("(not stated)" if value is None else value for value in values)
    return dict(sorted(counter.items(), key=lambda item: (-item[1], item[0])))


def markdown(told: dict[str, Any]) -> str:
    """The same for people."""
    rows, keys, bases, prices = told["rows"], told["litellm_keys"], told["bases"], told["prices"]
    matches = ", ".join(f"{number:,} {how}" for how, number in keys["by_match"].items())
    aliases = ", ".join(f"{number:,} {word}" for word, number in keys["by_alias"].items())
    lines = [
        "# What became of the sources",
        "",
        f"Written by `python -m catalogue.build`; with every name in report.json. The catalogue holds at {told['date']}.",
        "",
        f"- **{rows['all']:,} rows** of {rows['providers']} providers: {rows['models_dev']:,} from models.dev,",
        f"  {rows['models_dev_with_litellm']:,} of them with facts of LiteLLM, and {rows['litellm_only']:,} that only LiteLLM lists.",
        f"- **{keys['all']:,} LiteLLM entries**: {matches}, {len(keys['no_model'])} no models. As aliases: {aliases}.",
        f"  {len(keys['bare_names_that_lead_elsewhere'])} of its bare names mean another row to LiteLLM than the maker's.",
        f"- **{bases['models']:,} models** (`base`); {bases['with_home']:,} have an offering by their maker.",
        f"  {bases['several_offerings_no_home']:,} have several offerings and none by the maker: their bare name is ambiguous.",
        f"  {bases['rows_without']:,} rows have no certain base.",
        f"- Input prices known: {prices['input_price_known']:,}, of them 0: {prices['input_price_zero']:,}.",
        f"  Amounts finer than a femtodollar, rounded half-even: {len(prices['rounded_to_femtodollars'])}.",
        f'- Limits that stand for "not known" (0 or 99,999,999): {len(told["unknown_limits"])}, each listed in report.json.',
        f"- Not read yet: {', '.join(told['not_read_yet'])}.",
        "",
        "## Zero prices and what they were taken for",
        "",
        "free and free_tier are prices of 0; every other kind is an unknown price with its reason in the row.",
        "beside: a 0 next to a price above 0.",
        "",
        "| source, price, kind | count |",
        "|---|---|",
        *(f"| {kind} | {number} |" for kind, number in prices["zeros_by_kind"].items()),
        "",
        "## Terms",
        "",
    ]
    for facet, terms in told["terms"].items():
        lines.append(f"- {facet}: " + ", ".join(f"{term} {number:,}" for term, number in terms.items()))
    lines += [
        "",
        "## Contradictions between sources",
        "",
        "The first source stands, the other's word is kept under `source`.",
        "",
    ]
    lines += ["| fact | compared | contradicted | example: where, first, other |", "|---|---|---|---|"]
    for name, entry in told["contradictions"].items():
        lines.append(f"| {name} | {entry['compared']:,} | {entry['contradicted']:,} | {cell(entry['example'] or '')} |")
    lines += ["", "## LiteLLM keys that are no models", ""]
    lines += [f"- `{entry['key']}`: {entry['reason']}" for entry in keys["no_model"]]
    for source, names in told["fields"].items():
        lines += ["", f"## Every field of {source}: {told['entries'][source]:,} entries", ""]
        lines += [f"| field | {' | '.join(OUTCOMES)} | example |", "|---|" + "---|" * (len(OUTCOMES) + 1)]
        for name, by in names.items():
            counts = " | ".join(f"{by[outcome]['count']:,}" if outcome in by else "" for outcome in OUTCOMES)
            example = next(iter(by.values()))["example"]
            lines.append(f"| {name} | {counts} | {cell(example)} |")
    return "\n".join(lines) + "\n"


def cell(text: str) -> str:
    """Text for a table's cell."""
    return text.replace("|", "/")[:140]


def texts(made: Catalogue) -> dict[Path, str]:
    """Both reports by file name."""
    told = numbers(made)
    return {
        Path("REPORT.md"): markdown(told),
        Path("report.json"): json.dumps(told, indent=1, ensure_ascii=False) + "\n",
    }
