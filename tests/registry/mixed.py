"""Gets, questions and changes mixed at random, each answer compared with what a slow twin says it must be.

Every worker owns some ids that only it changes, so that its twin, a dict, always knows what they must be, whatever the
others do. Everything that a model states is computed from one number: a model whose fields are of different numbers
was read in the middle of a change.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import modeldex as mx

OWN = 12
"""Ids that a worker owns; some of them are registered at any time."""
DECIDED = ["get", "missed", "other", "select", "best", "count", "prepared", "update", "replace", "remove", "edit"]
# Per mille: a router asks far more than its catalogue changes.
WEIGHTS = [700, 40, 170, 20, 30, 15, 15, 4, 3, 2, 1]


def written(owner: str, place: int, number: int) -> dict[str, Any]:
    """A definition whose fields all follow from one number."""
    return {
        "id": f"{owner}/{place}",
        "owner": owner,
        "provider": owner,
        "context_window": number,
        "input_price": number % 1_000,
        "tags": [f"t{number % 7}"],
        "metadata": {"number": number},
        "capabilities": {"tools": number % 2 == 0, "vision": number % 3 == 0},
    }


def check(model: mx.Model, number: int | None = None) -> int:
    """The number that a model was made from; all of its fields must be of it."""
    found = model.context_window
    assert found is not None, model
    whole = (
        model.input_price == found % 1_000
        and model.tags == (f"t{found % 7}",)
        and model.metadata["number"] == found
        and ("tools" in model.capabilities) == (found % 2 == 0)
        and model.supports("vision") is (found % 3 == 0)
    )
    assert whole, f"a torn read of {model.id}: {dict(model.document)}"
    assert number is None or found == number, f"{model.id} is {found}, its owner wrote {number}"
    return found


class Worker:
    """One thread's operations, and its twin."""

    def __init__(self, registry: mx.Registry, owner: str, others: list[str], seed: int) -> None:
        self.registry, self.owner, self.others = registry, owner, others
        self.dice = random.Random(f"{seed} {owner}")
        self.twin: dict[int, int] = {}
        """Place -> number, in the order of registration."""
        self.done: Counter[str] = Counter()
        with registry.edit() as edit:
            for place in range(OWN // 2):
                self.twin[place] = place
                edit.register(written(owner, place, place))
        self.query = registry.prepare(owner=owner, by="context_window")
        self.calls: dict[str, Callable[[int], None]] = {name: getattr(self, name) for name in DECIDED}

    def run(self, operations: int) -> Counter[str]:
        for name in self.dice.choices(DECIDED, WEIGHTS, k=operations):
            self.calls[name](self.dice.randrange(OWN))
            self.done[name] += 1
        self.settle()
        return self.done

    def settle(self) -> None:
        """At the end everything that this worker owns is as it left it."""
        found = self.registry.select(owner=self.owner, status="any")
        assert [(int(model.id.split("/")[1]), check(model)) for model in found] == list(self.twin.items())

    def number(self) -> int:
        return self.dice.randrange(1_000_000)

    def get(self, place: int) -> None:
        model = self.registry.get(f"{self.owner}/{place}")
        if place in self.twin:
            assert model is not None, f"{self.owner}/{place} is lost"
            assert model.context_window == self.twin[place], f"an old state of {model.id}"
        else:
            assert model is None, f"{self.owner}/{place} was removed"

    def missed(self, place: int) -> None:
        assert self.registry.get(f"{self.owner}/{place + OWN}") is None
        assert (f"{self.owner}/{place}" in self.registry) is (place in self.twin)

    def other(self, place: int) -> None:
        """Somebody else's model: any whole state of it will do."""
        model = self.registry.get(f"{self.dice.choice(self.others)}/{place}")
        if model is not None:
            check(model)

    def select(self, _place: int) -> None:
        least = self.number()
        found = self.registry.select(owner=self.owner, min_context_window=least).ids()
        assert found == [f"{self.owner}/{place}" for place, number in self.twin.items() if number >= least]

    def best(self, _place: int) -> None:
        found = self.registry.best(owner=self.owner, requires="tools", sort="-context_window")
        even = [number for number in self.twin.values() if number % 2 == 0]
        assert (found and check(found)) == max(even, default=None)

    def count(self, _place: int) -> None:
        odd = sum(number % 2 for number in self.twin.values())
        assert self.registry.count(owner=self.owner, lacks="tools") == odd

    def prepared(self, _place: int) -> None:
        found = self.query.best()
        assert (found and check(found)) == max(self.twin.values(), default=None)

    def update(self, place: int) -> None:
        if place in self.twin:
            number = self.number()
            fields = written(self.owner, place, number)
            model = self.registry.update(fields.pop("id"), fields)
            self.twin[place] = number
            check(model, number)

    def replace(self, place: int) -> None:
        number = self.number()
        self.registry.register(written(self.owner, place, number), replace=True)
        self.twin[place] = number

    def remove(self, place: int) -> None:
        if place in self.twin:
            self.registry.remove(f"{self.owner}/{place}")
            del self.twin[place]

    def edit(self, place: int) -> None:
        """Two changes at once; an edit that another change overtook is made again, as its error says."""
        import modeldex as mx

        numbers = {place: self.number(), (place + 1) % OWN: self.number()}
        for _ in range(1_000):
            overtaken = ""
            try:
                with self.registry.edit() as edit:
                    for at, number in numbers.items():
                        edit.register(written(self.owner, at, number), replace=True)
            except mx.ModeldexError as error:
                overtaken = str(error)
            if not overtaken:
                self.twin.update(numbers)
                return
            assert "another change" in overtaken, overtaken
        raise AssertionError("an edit was overtaken a thousand times")
