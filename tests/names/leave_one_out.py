"""Leave one out: every name of a model is asked of a registry that lacks the model. Whoever answers is somebody else."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from tests.names.offerings import by_base, definitions, named, registry, rows
from tests.names.verdict import Case, Judged, judge, meaning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import modeldex as mx


FEW = 40
"""Models of a provider of which no two are left out together."""


def spelled(id: str) -> list[Case]:
    """The id, its aliases, and the bare name where the model is the only one or its maker's own."""
    row = rows()[id]
    cases = [meaning(text, kind, id) for kind, text in (("id", id), *(("alias", alias) for alias in row.aliases))]
    if row.base and (row.home or len(by_base()[row.base]) == 1):
        cases.append(Case(row.base, "bare name", frozenset([row.base]), named(row.base), marks=None))
    if row.base and "/" in row.written:
        cases.append(
            Case(row.written, "as its provider writes it", frozenset([row.base]), named(row.written), marks=None)
        )
    return cases


def removed(made: mx.Registry, ids: Iterable[str]) -> Iterator[Judged]:
    """Take each model out, ask all its names, put it back."""
    written = {one["id"]: one for one in definitions()}
    for id in ids:
        made.remove(id)
        for case in spelled(id):
            yield judge(made, case, gone=id)
        made.register(written[id])


def rebuilt(ids: Iterable[str]) -> Iterator[Judged]:
    """The same with a registry that never had the model: what was there before must not matter."""
    for id in ids:
        made = registry(without=frozenset([id]))
        for case in spelled(id):
            yield judge(made, case, gone=id)


def together(made: mx.Registry, ids: list[str], size: int = 200) -> Iterator[Judged]:
    """The same, so many models at a time, no two of one base, nor of a provider of few: fast enough for every test run.

    A registry that lacks all models of a provider does not know its name.
    """
    written = {one["id"]: one for one in definitions()}
    groups = list[list[str]]()
    counts = defaultdict[str | None, int](int)
    served = Counter(row.provider for row in rows().values())
    for id in ids:
        row = rows()[id]
        keys = (row.base, *([f"{row.provider}/"] if served[row.provider] < FEW else []))
        place = max(counts[key] for key in keys)
        for key in keys:
            counts[key] = place + 1
        while len(groups) <= place:
            groups.append([])
        groups[place].append(id)
    for group in groups:
        for start in range(0, len(group), size):
            part = group[start : start + size]
            with made.edit() as edit:
                for id in part:
                    edit.remove(id)
            for id in part:
                for case in spelled(id):
                    yield judge(made, case, gone=id)
            made.register_many([written[id] for id in part], progress=False)
