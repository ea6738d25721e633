"""Build the shipped definitions: `python -m catalogue.build`. Standard library only, deterministic.

models.dev's export is the base. A LiteLLM entry is laid under the row it means: the same id, the same id but
for case and separators, or a pair of the reviewed table; else it becomes a row of its own.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalogue import litellm, modelsdev, provider, raw, report, write
from catalogue.alias import Aliases
from catalogue.base import Bases
from catalogue.billing import Billing
from catalogue.keys import Keys, Place, fold
from catalogue.ledger import Ledger
from catalogue.owner import Owners
from catalogue.row import Row

HOW = ("exact", "folded", "reviewed", "own")  # also the order in which entries are laid under a row


@dataclass
class Catalogue:
    """Everything a build makes."""

    rows: dict[str, Row]
    pairs: list[tuple[str, str, str, str]]  # LiteLLM key, row id, how it got there, declared or why not
    providers: dict[str, dict[str, Any]]
    synonyms: dict[str, str]
    ledger: Ledger

    def definitions(self) -> dict[str, list[dict[str, Any]]]:
        """Definitions by provider."""
        result: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self.rows.values():
            result[row.provider].append(row.definition())
        return dict(sorted(result.items()))


def target(place: Place, rows: dict[str, Row], folded: dict[tuple[str, str], list[str]], keys: Keys) -> tuple[str, str]:
    """The row id a key means, and how that was found: exact, folded, reviewed, own."""
    whole = f"{place.provider}/{place.model_id}"
    if whole in rows and rows[whole].origin == "models_dev":
        return whole, "exact"
    if whole in keys.pairs:
        return keys.pairs[whole][0], "reviewed"
    same = folded.get((place.provider, fold(place.model_id)), [])
    if len(same) == 1:
        return same[0], "folded"
    return whole, "own"


def build() -> Catalogue:
    """Read, merge, name: no file is written."""
    keys, billing, ledger = Keys(), Billing(), Ledger()
    export = raw.read("models_dev")["providers"]
    entries = raw.read("litellm")
    providers = provider.facts(export, raw.read("models_dev_providers"), keys, ledger)
    rows: dict[str, Row] = {}
    for name, content in export.items():
        for entry in content["models"].values():
            row = modelsdev.make(name, entry, billing, ledger)
            rows[row.id] = row
    folded: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows.values():
        folded[row.provider, fold(row.model_id)].append(row.id)
    placed: list[tuple[Place, str, str]] = []
    for key, entry in entries.items():
        place = keys.place(key, entry["litellm_provider"])
        if place.reason:
            ledger.open(litellm.SOURCE)
            for name, value in entry.items():
                ledger.note(litellm.SOURCE, name, "left out", key, value)
            ledger.left_out.append((key, place.reason))
        else:
            placed.append((place, *target(place, rows, folded, keys)))
    placed.sort(key=lambda item: (item[0].variant, HOW.index(item[2]), item[0].word, item[0].key))
    for place, row_id, _ in placed:
        if row_id not in rows:
            provider_id, _, model_id = row_id.partition("/")
            rows[row_id] = Row(row_id, provider_id, model_id, litellm.SOURCE)
        litellm.Entry(rows[row_id], place, entries[place.key], ledger).lay(billing)
    return _name(rows, placed, providers, keys, ledger)


def _name(
    rows: dict[str, Row],
    placed: list[tuple[Place, str, str]],
    providers: dict[str, Any],
    keys: Keys,
    ledger: Ledger,
) -> Catalogue:
    """Status, bases, homes, provider facts, aliases: what needs all rows at once."""
    for row in rows.values():
        litellm.settle(row)
        fact = providers[row.provider]
        row.fields["api_name"] = row.model_id
        for name in ("base_url", "api_key_env"):
            if name in fact:
                row.fields[name] = fact[name]
    bases = Bases()
    Owners().assign(rows.values(), bases)
    bases.assign(rows.values())
    aliases = Aliases(rows.values(), providers)
    pairs = [
        (place.key, row_id, f"{how}, variant" if place.variant else how, aliases.declare(place, rows[row_id]))
        for place, row_id, how in placed
    ]
    return Catalogue(rows, sorted(pairs), providers, provider.synonyms(providers, keys), ledger)


def texts(made: Catalogue) -> dict[Path, str]:
    """Every file of a build by its path under catalogue/."""
    lines = ["litellm_key\tid\thow\talias", *("\t".join(pair) for pair in made.pairs)]
    return {
        **write.models(made.definitions()),
        Path("providers.json"): write.mapping(made.providers),
        Path("provider_synonyms.json"): write.mapping(made.synonyms),
        Path("aliases.tsv"): "\n".join(lines) + "\n",
        **report.texts(made),
    }


def main(arguments: list[str]) -> int:
    """Build and write everything, then the snapshot; with `--check`, say what differs instead (exit code 1).

    `--text` leaves the snapshot out: it needs the installed package, all else needs nothing.
    """
    made = build()
    files = texts(made)
    here = Path(__file__).resolve().parent
    print(f"{len(made.rows)} rows, {len(made.pairs)} LiteLLM keys placed, {len(made.ledger.left_out)} no models")
    if "--check" in arguments:
        changed = write.differences(here, files)
        for path in changed:
            print(f"catalogue/{path} is not what its sources make; run `make catalogue`")
        if changed:
            return 1
    else:
        write.put(here, files)
    if "--text" in arguments:
        return 0
    from catalogue import compile as snapshot

    return snapshot.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
