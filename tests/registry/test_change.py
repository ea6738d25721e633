"""A registry under change does what its twin does, step by step; a change that is refused changes nothing."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from tests.registry.oracle import Question, Twin
from tests.registry.strategies import ALIASES, CASES, IDS, changes, definitions, questions

import modeldex as mx

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore::modeldex.CoverageWarning")

steps = st.one_of(
    st.tuples(st.just("put"), definitions(), st.booleans()),
    st.tuples(st.just("update"), st.sampled_from(IDS), changes()),
    st.tuples(st.just("remove"), st.sampled_from(IDS), st.none()),
)


class StoppedError(Exception):
    """What ends a block before its end."""


def stop(when: bool) -> None:
    if when:
        raise StoppedError


class Changes(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.registry = mx.Registry()
        self.twin = Twin()
        self.objects: dict[str, mx.Model] = {}
        self.prepared: list[tuple[mx.Query, Question]] = []
        self.kept: list[tuple[mx.Selection, list[str], list[mx.Model]]] = []
        self.earlier: list[tuple[mx.Snapshot, dict[str, mx.Model]]] = []
        self.told: list[mx.Change] = []
        self.registry.subscribe(self.told.append)
        self.state = self.seen()

    def seen(self) -> tuple[int, str, list[str]]:
        snapshot = self.registry.snapshot
        return snapshot.version, snapshot.fingerprint, list(self.registry)

    def changed(self, *ids: str) -> None:
        """After a change: what it did not touch has the same objects."""
        version, _, _ = self.state
        self.state = self.seen()
        assert self.state[0] == version + 1
        for name, model in self.objects.items():
            if name not in ids:
                assert self.registry[name] is model
        before, self.objects = self.objects, {name: self.registry[name] for name in self.registry}
        change = self.told[-1]
        assert (len(self.told), change.since, change.version) == (self.state[0], version, version + 1)
        assert set(change.added) == self.objects.keys() - before.keys()
        assert set(change.removed) == before.keys() - self.objects.keys()
        different = {name for name, model in self.objects.items() if name in before and before[name] != model}
        assert different <= set(change.updated) <= set(ids)

    def refused(self) -> None:
        """After an error: nothing has changed."""
        assert self.seen() == self.state
        assert len(self.told) == self.state[0]
        assert all(self.registry[name] is model for name, model in self.objects.items())

    def applied(self, twin: Twin, target: Any, step: tuple[str, Any, Any]) -> bool:
        """One step on the twin and on the registry or an edit; whether both took it."""
        kind, what, how = step
        if kind == "put":
            if twin.put(what, replace=how):
                target.register(what, replace=how)
                return True
            with pytest.raises(mx.InvalidModelError):
                target.register(what, replace=how)
            return False
        if what not in twin.rows:
            with pytest.raises(mx.ModelNotFoundError):
                target.update(what, how) if kind == "update" else target.remove(what)
            return False
        if kind == "remove":
            twin.remove(what)
            target.remove(what)
            return True
        assert twin.put(twin.patched(what, how), replace=True)
        target.update(what, how)
        return True

    @rule(step=steps)
    def one(self, step: tuple[str, Any, Any]) -> None:
        if self.applied(self.twin, self.registry, step):
            self.changed(step[1]["id"] if step[0] == "put" else step[1])
        else:
            self.refused()

    @rule(found=st.lists(definitions(), max_size=4), replace=st.booleans())
    def many(self, found: list[dict[str, Any]], replace: bool) -> None:
        twin = self.twin.copy()
        if all(twin.put(each, replace=replace) for each in found):
            assert self.registry.register_many(iter(found), replace=replace) == len(found)
            self.twin = twin
            if found:
                self.changed(*(each["id"] for each in found))
            self.state = self.seen()
        else:
            with pytest.raises(mx.InvalidModelError):
                self.registry.register_many(found, replace=replace)
            self.refused()

    @rule(found=st.lists(steps, min_size=1, max_size=4), fails=st.booleans())
    def edit(self, found: list[tuple[str, Any, Any]], fails: bool) -> None:
        twin = self.twin.copy()
        try:
            with self.registry.edit(message="a batch") as edit:
                # A step that is refused leaves the edit as it was before that step.
                taken = [step for step in found if self.applied(twin, edit, step)]
                self.refused()
                stop(fails)
        except StoppedError:
            assert fails
            self.refused()
            return
        self.twin = twin
        if taken:
            self.changed(*(step[1]["id"] if step[0] == "put" else step[1] for step in taken))
        else:
            self.refused()

    @rule(found=st.lists(definitions(), max_size=6), kept=st.booleans())
    def replace_all(self, found: list[dict[str, Any]], kept: bool) -> None:
        if kept:
            there = {each["id"] for each in found}
            found = [*(row.written for name, row in self.twin.rows.items() if name not in there), *found]
        twin = self.twin.replaced(found)
        if twin is None:
            with pytest.raises(mx.InvalidModelError):
                self.registry.replace_all(iter(found))
            self.refused()
            return
        diff = self.registry.replace_all(iter(found))
        self.twin = twin
        if diff:
            self.changed(*diff.added, *diff.removed, *diff.updated)
        else:
            self.refused()

    @rule(name=st.sampled_from(IDS), seconds=st.sampled_from([60, 1e9, 1e-9]))
    def suspend(self, name: str, seconds: float) -> None:
        if name not in self.twin.rows:
            with pytest.raises(mx.ModelNotFoundError):
                self.registry.suspend(name, seconds=seconds)
        else:
            self.registry.suspend(name, seconds=seconds)
            (self.twin.suspended.add if seconds > 1 else self.twin.suspended.discard)(name)
        self.refused()

    @rule(name=st.sampled_from(IDS))
    def resume(self, name: str) -> None:
        if name in self.twin.rows:
            assert self.registry.resume(name) == (name in self.twin.suspended)
            self.twin.suspended.discard(name)

    @rule()
    def remember(self) -> None:
        self.earlier.append((self.registry.snapshot, dict(self.objects)))

    @precondition(lambda self: self.earlier)
    @rule()
    def compare(self) -> None:
        for snapshot, before in self.earlier:
            diff = self.registry.snapshot.diff(snapshot)
            assert set(diff.added) == self.objects.keys() - before.keys()
            assert set(diff.removed) == before.keys() - self.objects.keys()
            both = self.objects.keys() & before.keys()
            assert set(diff.updated) == {name for name in both if self.objects[name] != before[name]}

    @rule(broken=st.sampled_from([{"mode": "chatt"}, {"context_window": -1}, {"input_price": float("nan")}]))
    def invalid(self, broken: dict[str, Any]) -> None:
        good = {"id": "never seen"}
        for change in (
            lambda: self.registry.register(good | broken),
            lambda: self.registry.register_many([good, {"id": "other"} | broken]),
        ):
            with pytest.raises(mx.InvalidModelError):
                change()
        for name in self.twin.rows:
            with pytest.raises(mx.InvalidModelError):
                self.registry.update(name, broken)
        self.refused()

    @rule(asked=questions())
    def ask(self, asked: tuple[list[Any], dict[str, Any], Question]) -> None:
        conditions, keywords, question = asked
        if not self.twin.unheard(question):
            selected = self.registry.select(*conditions, **keywords)
            assert selected.ids() == self.twin.select(question)
            self.kept.append((selected, selected.ids(), selected.models()))

    @rule(asked=questions())
    def prepare(self, asked: tuple[list[Any], dict[str, Any], Question]) -> None:
        conditions, keywords, question = asked
        if not self.twin.unheard(question):
            self.prepared.append((self.registry.prepare(*conditions, **keywords), question))

    @precondition(lambda self: self.prepared)
    @rule()
    def answer(self) -> None:
        for query, question in self.prepared:
            best = query.best()
            assert (best and best.id) == self.twin.best(question)
            assert best is None or self.registry[best.id] is best
            assert query.ids() == self.twin.select(question)
            assert query.count() == self.twin.count(question)

    @rule(text=st.sampled_from([*IDS, *ALIASES]))
    def look_up(self, text: str) -> None:
        found = self.twin.lookup(text)
        assert (text in self.registry) == isinstance(found, str)
        if isinstance(found, str):
            assert self.registry[text] is self.objects[found]

    @rule()
    def pickled(self) -> None:
        again = pickle.loads(pickle.dumps(self.registry))
        assert list(again) == list(self.registry)
        assert again.snapshot.fingerprint == self.registry.snapshot.fingerprint
        assert all(again[name] == model for name, model in self.objects.items())

    @invariant()
    def as_the_twin(self) -> None:
        assert list(self.registry) == list(self.twin.rows)
        assert len(self.registry) == len(self.twin.rows)
        assert self.registry.suspended().keys() == self.twin.suspended

    def teardown(self) -> None:
        for selected, ids, models in self.kept:
            assert selected.ids() == ids
            assert selected.models() == models


def test_a_registry_under_change() -> None:
    run_state_machine_as_test(Changes, settings=settings(max_examples=max(20, CASES // 2), stateful_step_count=30))


def test_save_and_open_of_what_changes_left(tmp_path: Path) -> None:
    registry = mx.Registry()
    registry.register_many([{"id": f"m{place}", "tags": [f"t{place}"], "aliases": [f"a{place}"]} for place in range(9)])
    registry.remove("m4")
    registry.register({"id": "m4", "scores": {"new": 1}})
    registry.update("m2", aliases=None, name="two")
    registry.remove("m8")
    registry.save(tmp_path / "r.arrow")
    again = mx.Registry.open(tmp_path / "r.arrow")
    assert list(again) == list(registry) == ["m0", "m1", "m2", "m3", "m5", "m6", "m7", "m4"]
    assert again.snapshot.fingerprint == registry.snapshot.fingerprint
    assert "a2" not in again
    assert again["a3"] == registry["m3"]
    with pytest.raises(mx.UnknownTermError):
        again.select(tag="t8")


def test_a_schema_that_turns_an_update_into_another_model_is_refused() -> None:
    """It was tried for ever."""
    from modeldex.schema import Definition
    from modeldex.schema.extension import Own

    class Strange(mx.Schema):
        def compile(self, definition: Any, *rest: Any) -> Any:
            row = super().compile(definition, *rest)
            return row._replace(document=row.document.replace(b'"a"', b'"b"')) if row.id == "a" else row

    registry = mx.Registry(Strange(Definition, Own()))
    registry.register({"id": "b"})
    registry.register({"id": "a"})
    with pytest.raises(mx.ModeldexError, match="an update keeps the id"):
        registry.update("a", name="other")
