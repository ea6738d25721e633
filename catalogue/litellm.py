"""A LiteLLM entry laid under a row: it fills what is unknown, and what it says otherwise is kept apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalogue.amounts import Amounts, is_money
from catalogue.modelsdev import NO_LIMIT
from catalogue.raw import DATE, table

if TYPE_CHECKING:
    from catalogue.billing import Billing
    from catalogue.keys import Place
    from catalogue.ledger import Ledger
    from catalogue.row import Row

SOURCE = "litellm"
FLAGS: dict[str, str] = table("flags")["litellm"]
MODES = table("modes")
GENERAL_MODES = ("chat", "responses")  # too general to replace the export's word, which is read off the modalities
LIMITS = {
    "max_input_tokens": "max_input_tokens",
    "max_output_tokens": "max_output_tokens",
    "rpm": "rate_limit_rpm",
    "tpm": "rate_limit_tpm",
}


class Entry:
    """One entry on its way under a row."""

    def __init__(self, row: Row, place: Place, entry: dict[str, Any], ledger: Ledger) -> None:
        self.row = row
        self.place = place
        self.entry = entry
        self.ledger = ledger
        self.first = not row.keys
        self.left: dict[str, Any] = {}  # what no field takes, or was overruled

    # -- bookkeeping

    def note(self, name: str, outcome: str, value: object) -> None:
        """What became of one field, shown as the source wrote it."""
        said = self.entry.get(name, value)
        if outcome in ("source", "overruled"):
            self.left[name] = said
        self.ledger.note(SOURCE, name, outcome, self.place.key, said)

    def fill(self, name: str, path: str, value: object) -> None:
        """A plain field: fill, agree or be overruled."""
        fields = self.row.fields
        if path not in fields:
            fields[path] = value
            self.row.unknown.pop(path, None)
            self.note(name, "carried", value)
        else:
            same = self.ledger.compare(path, self.row.id, fields[path], value)
            self.note(name, "agrees" if same else "overruled", value)

    def add(self, name: str, path: str, terms: list[str]) -> None:
        """A list of terms: those that are new are added."""
        known: list[str] = self.row.fields.setdefault(path, [])
        known.extend(term for term in terms if term not in known)
        self.note(name, "carried", terms)

    def lay(self, billing: Billing) -> None:
        """Lay the whole entry under its row."""
        self.ledger.open(SOURCE)
        Amounts(self, billing).lay()
        for name, value in self.entry.items():
            if not is_money(name):
                self.fact(name, value)
        self.ledger.close(self.place.key, set(self.entry))
        self.row.keys.append(self.place.key)
        if self.first:
            self.row.source[SOURCE] = {"key": self.place.key, **self.left}
        elif self.left:
            self.row.source[SOURCE].setdefault("also", {})[self.place.key] = self.left

    # -- facts

    def fact(self, name: str, value: Any) -> None:  # whatever the source wrote
        """One field that is no money."""
        if name == "litellm_provider":
            self.note(name, "carried", value)  # as the row's provider; the word itself is a declared synonym
        elif name == "mode":
            self.mode(value)
        elif name in LIMITS:
            self.limit(name, int(value))
        elif name in FLAGS:
            self.flag(name, FLAGS[name], value=value)
        elif name == "deprecation_date":
            self.fill(name, "deprecated_on", value)
        elif name in ("supported_modalities", "supported_output_modalities"):
            self.modalities(name, "output" if "output" in name else "input", value)
        else:
            self.listed(name, value)

    def listed(self, name: str, value: Any) -> None:  # whatever the source wrote
        """Lists with a field of their own; anything else is kept under `source`."""
        if name == "supported_endpoints":
            self.add(name, "endpoints", [MODES["endpoint"][path] for path in value])
        elif name == "supported_regions":
            self.add(name, "regions", value)
        elif name == "reasoning_effort_levels" and value:
            self.fill(name, "supported_parameters", {"reasoning_effort": {"values": list(value)}})
        else:
            self.note(name, "source", value)

    def limit(self, name: str, number: int) -> None:
        """A limit; fillers are unknown."""
        field = LIMITS[name]
        if number not in NO_LIMIT:
            self.fill(name, field, number)
            return
        self.ledger.limits.append((SOURCE, self.place.key, field, number))
        if field not in self.row.fields:
            self.row.unknown.setdefault(field, f"LiteLLM says {number}, which stands for not known")
        self.note(name, "unknown", number)

    def flag(self, name: str, capability: str, *, value: bool) -> None:
        """A capability, stated true or false."""
        known = self.row.capabilities
        if capability not in known:
            known[capability] = value
            self.note(name, "carried", value)
        else:
            same = self.ledger.compare(f"capabilities.{capability}", self.row.id, known[capability], value)
            self.note(name, "agrees" if same else "overruled", value)

    def mode(self, value: str) -> None:
        """The kind: a word more exact than the export's, which is read off the modalities, replaces it."""
        row, mode = self.row, MODES["mode"][value]
        known = row.fields.get("mode")
        weak = row.origin == "models_dev" and self.first
        if known is None or known == mode or not weak or mode in GENERAL_MODES:
            self.fill("mode", "mode", mode)
            return
        self.ledger.compare("mode", row.id, known, mode)
        row.say("models_dev", "mode", known)
        row.derived.pop("mode", None)
        row.fields["mode"] = mode
        self.note("mode", "refined", value)

    def modalities(self, name: str, side: str, value: list[str]) -> None:
        """Modalities of one side, where nobody stated them."""
        known: dict[str, list[str]] = self.row.fields.setdefault("modalities", {})
        if side not in known:
            known[side] = list(value)
            self.note(name, "carried", value)
        else:
            same = self.ledger.compare(f"modalities.{side}", self.row.id, sorted(known[side]), sorted(value))
            self.note(name, "agrees" if same else "overruled", value)


def settle(row: Row) -> None:
    """What follows from the merged facts: json_mode, and the status at the catalogue's date."""
    if row.capabilities.get("structured_output") and "json_mode" not in row.capabilities:
        row.capabilities["json_mode"] = True
        row.derived["capabilities.json_mode"] = "structured_output"
    day = row.fields.get("deprecated_on")
    if day is None:
        return
    row.fields["status"] = "deprecated" if day <= DATE else "active"
    row.derived["status"] = "deprecated_on"
