"""Facts of providers: name, base URL, key variable; and the synonyms of their names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from catalogue.raw import table

if TYPE_CHECKING:
    from catalogue.keys import Keys
    from catalogue.ledger import Ledger

KEY_WORDS = ("API_KEY", "APIKEY", "API_TOKEN", "TOKEN", "KEY", "PAT")
VARIABLE = re.compile(r"[A-Za-z_]\w*")
LISTED = "models_dev.provider"
RECORDS = "models_dev_providers"
REVIEWED: dict[str, str] = table("facts")["key"]


def key_variable(provider: str, names: list[str]) -> str | None:
    """The variable that holds the secret, among those a provider wants.

    `key_variable("azure", ["AZURE_RESOURCE_NAME", "AZURE_API_KEY"])` is `AZURE_API_KEY`. None if no name says
    so, or if no shell could set it (`302AI_API_KEY`).
    """
    if provider in REVIEWED:
        return REVIEWED[provider]
    possible = [name for name in names if VARIABLE.fullmatch(name)]
    for word in KEY_WORDS:
        for name in possible:
            if name.endswith(word):
                return name
    return possible[0] if len(possible) == 1 else None


def facts(export: dict[str, Any], settings: dict[str, Any], keys: Keys, ledger: Ledger) -> dict[str, dict[str, Any]]:
    """All providers by id, in order: models.dev's record first, filled from models-dev-providers.json."""
    result = {provider: _listed(provider, entry, ledger) for provider, entry in export.items()}
    words = keys.words
    for provider in sorted({entry["provider"] for entry in words.values()} | set(keys.routed)):
        fact = result.setdefault(provider, {"name": provider, "listed_by": []})
        fact["listed_by"].append("litellm")
    records: dict[str, dict[str, Any]] = {record["name"]: record for record in settings["providers"]}
    meant = {entry["record"]: entry["provider"] for entry in words.values() if "record" in entry}
    for name in sorted(records, key=lambda name: (name != meant.get(name, name), name)):
        ledger.open(RECORDS)
        fact = result.get(meant.get(name, name), {})
        if fact:
            _fill(fact, records[name], ledger)
        else:
            for field, value in records[name].items():
                ledger.note(RECORDS, field, "left out", name, value)
        ledger.close(name, set(records[name]))
    return dict(sorted(result.items()))


def _listed(provider: str, entry: dict[str, Any], ledger: Ledger) -> dict[str, Any]:
    """The facts of one provider of the export."""
    ledger.open(LISTED)
    for name in entry.keys() - {"models"}:
        ledger.note(LISTED, name, "carried", provider, entry[name])
    fact: dict[str, Any] = {"name": entry["name"], "listed_by": ["models_dev"]}
    if "api" in entry:
        fact["base_url"] = entry["api"]
    variable = key_variable(provider, entry["env"])
    if variable:
        fact["api_key_env"] = variable
    return fact | {"env": entry["env"], "npm": entry["npm"], "doc": entry["doc"]}


def _fill(fact: dict[str, Any], record: dict[str, Any], ledger: Ledger) -> None:
    """Fill what is not known from a record; all else that it says is kept under `said`, by its name."""
    said = dict(record)
    own = fact["listed_by"] == ["litellm"]
    for field, name, value in (
        ("name", "display_name", record["display_name"] if own else None),
        ("base_url", "base_url", record.get("base_url")),
        ("api_key_env", "auth", record.get("auth", {}).get("env_var")),
    ):
        known = fact.get(field)
        if value is None:
            continue
        if known is None or known.rstrip("/") == value.rstrip("/") or (field == "name" and "said" not in fact):
            fact[field] = value if known is None or field == "name" else known
            ledger.note(RECORDS, name, "carried" if fact[field] is value else "agrees", record["name"], value)
            del said[name]
        else:
            ledger.note(RECORDS, name, "overruled", record["name"], value)
    ledger.note(RECORDS, "name", "carried", record["name"], said.pop("name"))
    for name in said.keys() - ledger.seen:
        ledger.note(RECORDS, name, "source", record["name"], said[name])
    fact.setdefault("said", {})[record["name"]] = said


def synonyms(providers: dict[str, dict[str, Any]], keys: Keys) -> dict[str, str]:
    """Other words for a provider -> its id: LiteLLM's, and those of the records, where they are no id themselves."""
    found = {word: entry["provider"] for word, entry in keys.words.items()}
    for provider, fact in providers.items():
        for record in fact.get("said", {}).values():
            found |= dict.fromkeys(record.get("aliases", ()), provider)
    return {word: provider for word, provider in sorted(found.items()) if word not in providers}
