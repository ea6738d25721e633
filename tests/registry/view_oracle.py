"""The slow twin of a view: made anew from the twin of the registry that it is of, whenever it is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from fnmatch import fnmatchcase
from typing import Any

from tests.registry.oracle import MONEY, Node, Row, Twin


def discounted(price: Decimal, share: Decimal) -> Decimal:
    """To the nearest femtodollar a token, ties to the even one."""
    return (price * (1 - share)).quantize(Decimal("1e-9"), ROUND_HALF_EVEN)


class Shown(Twin):
    """What a view shows: the rows, and those that only their names are left of."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: list[Row] = []

    def lookup(self, text: str) -> str | int | None:
        if text in self.rows or any(text in row.aliases for row in self.rows.values()):
            return super().lookup(text)
        offerings = [row for row in self.rows.values() if text in row.terms["base"]]
        names = any(text == row.id or text in row.aliases for row in self.hidden)
        home = any(text in row.terms["base"] and row.terms["home"] for row in self.hidden)
        # It led to one that is not shown: it leads to no other.
        return len(offerings) or None if names or home else super().lookup(text)


@dataclass
class ViewTwin:
    base: Twin | ViewTwin
    nodes: list[Node] = field(default_factory=list)
    allow: list[str] | None = None
    deny: list[str] = field(default_factory=list)
    discount: Decimal | dict[str, Decimal] = Decimal(0)
    overrides: dict[str, dict[str, Any]] = field(default_factory=dict)
    own: list[dict[str, Any]] = field(default_factory=list)
    words: set[tuple[str, str]] = field(default_factory=set)

    def share(self, row: Row) -> Decimal:
        if isinstance(self.discount, Decimal):
            return self.discount
        return max((self.discount.get(each, Decimal(0)) for each in row.terms["provider"]), default=Decimal(0))

    def changed(self, row: Row) -> Row:
        """The row as the view shows it."""
        written = dict(row.written)
        for name in MONEY:
            if name in written:
                written[name] = discounted(Decimal(str(written[name])), self.share(row))
        found = Row(written)
        if row.id in self.overrides:
            twin = Twin()
            twin.rows[row.id] = found
            found = Row(twin.patched(row.id, self.overrides[row.id]))
        else:
            found.terms["billing"] = row.terms["billing"]
        found.aliases = row.aliases
        return found

    def look(self) -> Shown:
        base = self.base.look() if isinstance(self.base, ViewTwin) else self.base
        shown = Shown()
        mine = [Row(written) for written in self.own]
        names = {name for row in mine for name in (row.id, *row.aliases)}
        known = [(row, False) for row in base.rows.values()]
        known += [(row, True) for row in base.hidden] if isinstance(base, Shown) else []
        for row, hidden in known:
            if row.id in names:
                continue
            found = row if hidden else self.changed(row)
            if any(alias in names for alias in found.aliases):
                found = Row(found.written) if hidden else found
                found.aliases = [alias for alias in found.aliases if alias not in names]
            matches = [fnmatchcase(row.id, each) for each in self.deny]
            visible = not hidden and not any(matches) and all(found.holds(node) for node in self.nodes)
            if self.allow is not None and not any(fnmatchcase(row.id, each) for each in self.allow):
                visible = False
            if visible:
                shown.rows[row.id] = found
            else:
                shown.hidden.append(found)
        for row in mine:
            if any(fnmatchcase(row.id, each) for each in self.deny):
                shown.hidden.append(row)
            else:
                shown.rows[row.id] = row
        for row in (*shown.rows.values(), *shown.hidden):
            self.words |= {(facet, term) for facet, terms in row.terms.items() for term in terms}
            self.words |= {("measure", name) for name in row.numbers}
        shown.words = base.words | self.words
        return shown
