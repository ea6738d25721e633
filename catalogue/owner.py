"""Who made a model, and whether an offering is by its maker's own provider (`home`)."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from catalogue.keys import fold
from catalogue.raw import table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogue.base import Bases
    from catalogue.row import Row


class Owners:
    """The reviewed table owners.toml, compiled."""

    def __init__(self) -> None:
        content = table("owners")
        self._derivative = re.compile(content["derivative"]["pattern"])
        self._owners: list[tuple[str, re.Pattern[str]]] = [
            (entry["name"], re.compile(entry["pattern"])) for entry in content["owner"]
        ]
        self.homes: dict[str, list[str]] = {entry["name"]: entry["home"] for entry in content["owner"]}

    def of(self, name: str) -> str | None:
        """The maker of the model of that base name; None for a rework by somebody, or an unknown name."""
        if self._derivative.search(name):
            return None
        for owner, pattern in self._owners:
            if pattern.match(name):
                return owner
        return None

    def assign(self, rows: Iterable[Row], bases: Bases) -> None:
        """Owner of every row whose name says it; `home` on at most one row a model.

        Among the homes of an owner the first listed wins; among several rows there, the one whose id is the name.
        """
        candidates: dict[str, list[tuple[int, bool, str, Row]]] = defaultdict(list)
        for row in rows:
            name = bases.peel(row.provider, row.model_id)
            owner = self.of(name) if name else None
            if name is None or owner is None:
                continue
            row.fields["owner"] = owner
            homes = self.homes[owner]
            if row.provider in homes:
                exact = row.model_id.lower() == name
                candidates[fold(name)].append((homes.index(row.provider), not exact, row.id, row))
        for group in candidates.values():
            group.sort(key=lambda item: item[:3])
            group[0][3].fields["home"] = True
