"""LiteLLM's keys as declared aliases of the rows they mean, and the committed table of the pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogue.keys import Place
    from catalogue.row import Row


class Aliases:
    """Decides for each pair (key, row) whether the key may be declared as an alias."""

    def __init__(self, rows: Iterable[Row], providers: Iterable[str]) -> None:
        listed = list(rows)
        self._ids = {row.id for row in listed}
        self._bases = {row.fields["base"] for row in listed if "base" in row.fields}
        self._raw_ids = {row.model_id for row in listed}
        self._providers = set(providers)
        self._taken: dict[str, str] = {}

    def refusal(self, place: Place, row: Row) -> str | None:
        """Why the key is not declared, or None if it may be."""
        key = place.key
        if key == row.id:
            return "is the id"
        if key in self._ids:
            return "is the id of another row"
        if self._taken.get(key, row.id) != row.id:
            return "is another row's alias"
        if key in self._bases:
            return "is a bare name"
        if place.when:
            return "is priced otherwise"
        named, slash, _ = key.partition("/")
        if slash and named in self._providers and named != row.provider:
            return "names another provider"
        return None

    def declare(self, place: Place, row: Row) -> str:
        """Declare the key on the row where that is allowed; the word for the table of pairs."""
        refusal = self.refusal(place, row)
        if refusal:
            return refusal
        self._taken[place.key] = row.id
        row.aliases.append(place.key)
        return "declared"
