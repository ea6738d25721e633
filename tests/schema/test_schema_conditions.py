"""`mx.f` and conditions: what each expression becomes, and what is refused before any engine is asked."""

from __future__ import annotations

import copy
import datetime
import pickle
import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest

from modeldex.conditions import Condition
from modeldex.errors import InvalidConditionError
from modeldex.fields import Fields, f

DAY = datetime.date(2026, 12, 31)
NAN = float("nan")
loose: Any = f
"""The same without its types: what mypy would have caught must be refused at run time too."""


@pytest.mark.parametrize(
    ("condition", "node"),
    [
        (f.context_window >= 128_000, ("cmp", "context_window", ">=", 128_000)),
        (f.input_price < Decimal("2.5"), ("cmp", "input_price", "<", Decimal("2.5"))),
        (f.input_price <= 2, ("cmp", "input_price", "<=", 2)),
        (f.input_price > 2, ("cmp", "input_price", ">", 2)),
        (f.experts == 8, ("cmp", "experts", "==", 8)),
        (f.experts != 8, ("cmp", "experts", "!=", 8)),
        (3 < f.input_price, ("cmp", "input_price", ">", 3)),  # noqa: SIM300
        (f.retires_on >= DAY, ("cmp", "retires_on", ">=", DAY)),
        (f.retires_on >= "2026-12-31", ("cmp", "retires_on", ">=", DAY)),
        (f.retires_on < "2026-12", ("cmp", "retires_on", "<", datetime.date(2026, 12, 1))),
        (f.scores["coding"] >= 0.8, ("cmp", "scores.coding", ">=", 0.8)),
        (f.metadata["gpu"]["count"] == 2, ("cmp", "metadata.gpu.count", "==", 2)),
        (f.metadata["gpu.count"] == 2, ("cmp", "metadata.gpu.count", "==", 2)),
        (f.capabilities.has("vision"), ("term", "capability", "any", ("vision",))),
        (f.tags.has_any("a", "b"), ("term", "tag", "any", ("a", "b"))),
        (f.tag.has_all("a", "b"), ("term", "tag", "all", ("a", "b"))),
        (f.tag.has_none("a"), ("term", "tag", "none", ("a",))),
        (f.provider == "openai", ("term", "provider", "any", ("openai",))),
        (f.provider != "openai", ("term", "provider", "none", ("openai",))),
        (f.input.has("image"), ("term", "input", "any", ("image",))),
        (f.lacks.has("tools"), ("term", "lacks", "any", ("tools",))),
        (f.retires_on.is_unknown(), ("unknown", "retires_on")),
        (f.capability.is_known(), ("known", "capability")),
        (f["team"] == "search", ("term", "team", "any", ("search",))),
        (f["team"].has_all("a"), ("term", "team", "all", ("a",))),
        (f["energy"] <= 2, ("cmp", "energy", "<=", 2)),
        (f["energy"] != 2, ("cmp", "energy", "!=", 2)),
        (~(f.experts == 8), ("not", ("cmp", "experts", "==", 8))),
    ],
)
def test_an_expression_is_data(condition: Condition, node: tuple[Any, ...]) -> None:
    assert type(condition) is Condition
    assert condition.node == node
    assert pickle.loads(pickle.dumps(condition)) == condition
    assert copy.deepcopy(condition) == condition
    assert hash(condition) == hash(Condition(node))
    assert repr(condition).startswith("Condition(")


def test_chains_are_flat_and_mixed_ones_nest() -> None:
    a, b, c = f.experts > 1, f.experts > 2, f.experts > 3
    assert (a & b & c).node == ("and", (a.node, b.node, c.node))
    assert (a | b | c).node == ("or", (a.node, b.node, c.node))
    assert ((a | b) & ~c).node == ("and", (("or", (a.node, b.node)), ("not", c.node)))
    many = a
    for _ in range(5000):
        many = many & a
    assert len(many.node) == 2


@pytest.mark.parametrize(
    "misuse",
    [
        lambda: bool(loose.experts > 1),
        lambda: 1 < loose.experts < 3,
        lambda: (loose.experts > 1) and (loose.experts < 3),
        lambda: not loose.experts,
        lambda: "vision" in loose.capabilities,
        lambda: "coding" in loose.scores,
        lambda: list(loose.scores),
        lambda: list(loose.tags),
        lambda: list(loose),
        lambda: loose.scores[1],
        lambda: loose[1],
        lambda: loose[""],
        lambda: (loose.experts > 1) & True,
        lambda: loose.tags < "a",
    ],
)
def test_what_would_silently_mean_something_else_is_a_type_error(misuse: Any) -> None:
    with pytest.raises(TypeError):
        misuse()


@pytest.mark.parametrize(
    "misuse",
    [
        lambda: loose.experts > None,
        lambda: loose.experts > "2",
        lambda: loose.experts > NAN,
        lambda: loose.experts > True,
        lambda: loose.experts == [1],
        lambda: loose.retires_on > "soon",
        lambda: loose.retires_on > "2026-13-01",
        lambda: loose.retires_on > 2026,
        lambda: loose.retires_on > datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        lambda: loose.retires_on > None,
        lambda: loose.provider == 3,
        lambda: loose.tags.has(["a"]),
        lambda: loose["x"] > "a",
    ],
)
def test_a_value_of_the_wrong_kind_is_told_at_once(misuse: Any) -> None:
    with pytest.raises(InvalidConditionError):
        misuse()


def test_a_misspelt_field_names_the_nearest() -> None:
    with pytest.raises(AttributeError, match=r"mx\.f\.context_window") as caught:
        f.contxt_window  # type: ignore[attr-defined]  # noqa: B018
    assert "mx.f['contxt_window']" in str(caught.value)
    assert not hasattr(f, "__array__")


def test_fields_and_conditions_are_immutable_and_pickle() -> None:
    with pytest.raises(AttributeError):
        (f.experts > 1).node = ()
    with pytest.raises(AttributeError):
        f.experts.name = "x"
    with pytest.raises(AttributeError):
        f.experts = 1  # type: ignore[misc,assignment]
    for field in (f.experts, f.released, f.tags, f["own"], f.scores["x"]):
        again = pickle.loads(pickle.dumps(field))
        assert (type(again), again.name) == (type(field), field.name)
    assert isinstance(pickle.loads(pickle.dumps(f)), Fields)


def test_what_a_query_needs_imports_nothing_heavy() -> None:
    # The files alone, without the package around them: what they need themselves is what counts here.
    program = """
import sys, types, pathlib, importlib
package = types.ModuleType("modeldex"); package.__path__ = [sys.argv[1]]; sys.modules["modeldex"] = package
before = set(sys.modules)
for name in ("errors", "conditions", "fields"):
    importlib.import_module("modeldex." + name)
new = {name for name in set(sys.modules) - before if not name.startswith("modeldex")}
print(*sorted(new - {"__future__"}))
"""
    import modeldex.conditions

    folder = str(modeldex.conditions.__file__).rpartition("/")[0]
    done = subprocess.run([sys.executable, "-I", "-c", program, folder], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
