"""Views: what a tenant sees of a registry, what is refused, and what becomes of it when the registry changes."""

from __future__ import annotations

import copy
import gc
import pickle
import threading
import weakref
from decimal import Decimal
from typing import Any

import pytest

import modeldex as mx

pytestmark = pytest.mark.filterwarnings("ignore::modeldex.CoverageWarning")


def shop() -> mx.Registry:
    registry = mx.Registry()
    for provider, home in (("maker", True), ("azure", False), ("openai", False)):
        registry.register(
            {
                "id": f"{provider}/llm",
                "base": "llm",
                "provider": provider,
                "home": home,
                "input_price": 3,
                "output_price": "0.000000005",
                "capabilities": ["tools"],
            }
        )
    registry.register({"id": "maker/other", "provider": "maker", "aliases": ["other"], "context_window": 8_000})
    return registry


def test_a_clear_view_is_its_registry() -> None:
    registry = shop()
    view = registry.view()
    assert view["maker/llm"] is registry["maker/llm"]
    assert view.snapshot.fingerprint == registry.snapshot.fingerprint
    assert view.select().ids() == registry.select().ids()


def test_what_is_denied_does_not_exist() -> None:
    registry = shop()
    view = registry.view(deny=["maker/llm", registry["other"]])
    assert view.ids() == ["azure/llm", "openai/llm"]
    assert "maker/llm" not in view
    assert view.get("other") is None
    assert view.offerings("llm").ids() == ["azure/llm", "openai/llm"]
    assert view.terms("provider") == {"azure": 1, "openai": 1}
    assert "maker/llm" not in view.suggest("maker/llm", 10)
    assert not view.resolve("maker/llm")
    with pytest.raises(mx.ModelNotFoundError, match="no model is called"):
        view["maker/llm"]


def test_a_bare_name_leads_to_no_other_offering_than_the_makers() -> None:
    registry = shop()
    assert registry["llm"].id == "maker/llm"
    for view in (registry.view(deny="maker/*"), registry.view(provider="azure"), registry.view(allow=["azure/llm"])):
        with pytest.raises(mx.AmbiguousNameError):
            view["llm"]
    with pytest.raises(mx.ModelNotFoundError):
        registry.view(deny=["maker/llm", "azure/llm", "openai/llm"])["llm"]
    assert registry.view(deny=["azure/llm"])["llm"] is registry["llm"]
    # A view of a view keeps to it.
    with pytest.raises(mx.AmbiguousNameError):
        registry.view(deny="maker/*").view(deny="openai/*")["llm"]


def test_an_alias_of_a_hidden_model_leads_nowhere() -> None:
    registry = shop()
    registry.register({"id": "small/one", "base": "other"})
    assert registry["other"].id == "maker/other"
    with pytest.raises(mx.AmbiguousNameError):
        registry.view(deny="maker/other")["other"]


def test_a_condition_shows_what_newly_meets_it() -> None:
    registry = shop()
    view = registry.view(min_context_window=1_000)
    assert view.ids() == ["maker/other"]
    query = view.prepare(provider=["azure", "maker"])
    assert query.ids() == ["maker/other"]
    assert registry.view(where="context_window >= 1000").ids() == view.ids()
    registry.update("azure/llm", context_window=2_000)
    assert query.ids() == view.ids() == ["azure/llm", "maker/other"]
    registry.register({"id": "new", "context_window": 1_000})
    assert view.ids()[-1] == "new"


def test_defaults_are_for_questions_and_not_for_views() -> None:
    registry = shop()
    registry.update("azure/llm", status="retired")
    view = registry.view(requires=["tools"])
    assert "azure/llm" in view
    assert view.select().ids() == ["maker/llm", "openai/llm"]


def test_discounts_are_exact_and_everywhere() -> None:
    registry = shop()
    view = registry.view(discount={"azure": 0.2, "openai": "0.5"})
    assert view["azure/llm"].input_price == 2.4
    assert registry["azure/llm"].input_price == 3.0
    assert view["azure/llm"].cost(input_tokens=1_000_000).usd == Decimal("2.4")
    assert view["azure/llm"].document["input_price"] == 2.4
    # Of two equally near femtodollars the even one.
    assert view["openai/llm"].document["output_price"] == 2e-9
    assert view["azure/llm"].document["output_price"] == 4e-9
    assert view["maker/llm"] is registry["maker/llm"]
    assert view.best(by="input_price") is view["openai/llm"]
    assert view.select(max_input_price=2.4).ids() == ["azure/llm", "openai/llm"]
    assert view.best(by=mx.cost(input_tokens=1)).id == "openai/llm"
    assert view.select(provider="azure").values("input_price") == [2.4]
    twice = view.view(discount=0.5)
    assert twice["azure/llm"].input_price == 1.2
    assert twice["maker/llm"].input_price == 1.5
    assert twice["maker/other"] is registry["maker/other"]


def test_a_discounted_price_follows_the_price() -> None:
    registry = shop()
    view = registry.view(discount=0.1)
    query = view.prepare(by="input_price")
    assert query.best().id == "maker/llm"
    before = view["azure/llm"]
    registry.update("openai/llm", input_price=1)
    assert query.best().input_price == 0.9
    assert view["azure/llm"] is before


def test_what_a_view_states_is_not_discounted() -> None:
    registry = shop()
    view = registry.view(
        discount=0.5,
        overrides={"azure/llm": {"input_price": 1}},
        models=[{"id": "house/llm", "provider": "house", "input_price": 4}],
    )
    assert view["azure/llm"].input_price == 1.0
    assert view["maker/llm"].input_price == 1.5
    assert view["house/llm"].input_price == 4.0


def test_an_override_stays_while_its_model_changes() -> None:
    registry = shop()
    view = registry.view(
        overrides={"maker/llm": {"input_price": 1, "+tags": ["cheap"], "capabilities": {"vision": True}}}
    )
    made = view["maker/llm"]
    assert made.tags == ("cheap",)
    assert made.supports("tools")
    assert made.supports("vision")
    registry.update("azure/llm", context_window=5)
    assert view["maker/llm"] is made
    registry.update("maker/llm", input_price=9, context_window=77, tags=["base"])
    assert view["maker/llm"].input_price == 1.0
    assert view["maker/llm"].context_window == 77
    assert view["maker/llm"].tags == ("base", "cheap")
    assert view.select(tag="cheap").ids() == ["maker/llm"]
    registry.remove("maker/llm")
    assert "maker/llm" not in view
    registry.register({"id": "maker/llm", "provider": "maker"})
    assert view["maker/llm"].input_price == 1.0


def test_a_patch_that_no_longer_fits_leaves_the_model_as_it_was() -> None:
    registry = shop()
    view = registry.view(overrides={"azure/llm": {"unknown": {"context_window": "secret"}}})
    assert view["azure/llm"].unknown == {"context_window": "secret"}
    registry.update("azure/llm", context_window=5, input_price=4)
    assert view["azure/llm"].context_window is None
    assert view["azure/llm"].input_price == 3.0
    registry.update("azure/llm", {"context_window": None})
    assert view["azure/llm"].input_price == 4.0


def test_own_models_come_last_and_win() -> None:
    registry = shop()
    view = registry.view(
        provider="azure", models=[{"id": "own/llm", "aliases": ["mine"], "provider": "house", "base": "llm"}]
    )
    assert view.ids() == ["azure/llm", "own/llm"]
    assert view["mine"].id == "own/llm"
    query = view.prepare(provider="house")
    assert query.ids() == ["own/llm"]
    # Words that the base takes in meanwhile do not change what the query means.
    registry.register({"id": "x", "provider": "stranger", "tags": ["a", "b"], "metadata": {"k": 1}})
    registry.register({"id": "y", "provider": ["house"][0], "aliases": ["mine"]})
    assert registry["mine"].id == "y"
    assert view["mine"].id == "own/llm"
    assert query.ids() == ["own/llm"]
    registry.register({"id": "own/llm", "provider": "azure"})
    assert view["own/llm"].provider == "house"
    assert view.ids() == ["azure/llm", "own/llm"]


def test_own_words_stay_what_they_are_when_the_base_takes_them_in() -> None:
    registry = shop()
    view = registry.view(models=[{"id": "own", "tags": ["w"], "metadata": {"z": 2}}])
    inner = view.view(models=[{"id": "deep", "tags": ["v"], "scores": {"q": 1}}])
    asked = [inner.prepare(tag="w"), inner.prepare(tag="v"), inner.prepare(mx.f.metadata["z"] >= 2)]
    asked.append(inner.prepare(by=mx.highest("scores.q")))
    assert [query.ids()[:1] for query in asked] == [["own"], ["deep"], ["own"], ["deep"]]
    registry.register({"id": "b", "tags": ["v", "x", "w"], "metadata": {"y": 1, "z": 3}, "scores": {"q": 0.5}})
    assert [query.ids() for query in asked[:3]] == [["b", "own"], ["b", "deep"], ["b", "own"]]
    assert asked[3].ids()[:2] == ["deep", "b"]
    assert asked[3].best().id == "deep"


@pytest.mark.parametrize(
    ("keywords", "error", "told"),
    [
        ({"overrides": {"maker/lm": {"input_price": 1}}}, mx.ModelNotFoundError, "did you mean 'maker/llm'"),
        ({"overrides": {"other": {"input_price": 1}}}, mx.ModelNotFoundError, "other"),
        ({"overrides": {"maker/llm": {"input_price": -1}}}, mx.InvalidModelError, "input_price"),
        ({"overrides": {"maker/llm": {"id": "x"}}}, mx.InvalidModelError, "cannot be changed"),
        ({"overrides": {"maker/llm": 3}}, TypeError, "mapping of fields"),
        ({"models": [{"id": "maker/llm"}]}, mx.InvalidModelError, "overrides="),
        ({"models": [{"id": "a", "aliases": ["other"]}]}, mx.DuplicateModelError, "already leads"),
        ({"models": [{"id": "a"}, {"id": "a"}]}, mx.DuplicateModelError, "already registered"),
        ({"models": [{"idd": "a"}]}, mx.InvalidModelError, "id"),
        ({"models": 3}, TypeError, "iter"),
        ({"allow": ["maker/lm"]}, mx.ModelNotFoundError, "maker/llm"),
        ({"deny": [3]}, mx.InvalidConditionError, "deny="),
        ({"deny": 3}, mx.InvalidConditionError, "deny="),
        ({"deny": "*" * 600}, mx.ModelNotFoundError, "no model"),
        ({"discount": 20}, mx.InvalidConditionError, "share from 0 to 1"),
        ({"discount": -0.1}, mx.InvalidConditionError, "share from 0 to 1"),
        ({"discount": True}, mx.InvalidConditionError, "share from 0 to 1"),
        ({"discount": float("nan")}, mx.InvalidConditionError, "share from 0 to 1"),
        ({"discount": "0.1234567891"}, mx.InvalidConditionError, "9 decimals"),
        ({"discount": {"opnai": 0.1}}, mx.UnknownTermError, "openai"),
        ({"discount": {"azure": 2}}, mx.InvalidConditionError, "share"),
        ({"by": "input_price"}, mx.InvalidConditionError, "asked of a view"),
        ({"limit": 3}, mx.InvalidConditionError, "asked of a view"),
        ({"max_input_pric": 3}, mx.UnknownFieldError, "max_input_price"),
        ({"max_input_price": mx.param("x")}, mx.InvalidConditionError, "param"),
    ],
)
def test_faults_are_told_when_the_view_is_made(keywords: dict[str, Any], error: type[Exception], told: str) -> None:
    registry = shop()
    before = registry.snapshot.version
    with pytest.raises(error, match=told.replace("*", r"\*")):
        registry.view(**keywords)
    assert registry.snapshot.version == before


def test_every_fault_of_every_override_is_told() -> None:
    overrides = {"maker/llm": {"input_price": -1, "mode": 3}, "azure/llm": {"nonsense": 1}}
    with pytest.raises(mx.InvalidModelError) as error:
        shop().view(overrides=overrides)
    assert {(each.model, each.path) for each in error.value.problems} == {
        ("maker/llm", "input_price"),
        ("maker/llm", "mode"),
        ("azure/llm", "nonsense"),
    }


def test_what_the_caller_keeps_is_not_the_views() -> None:
    registry = shop()
    patch: dict[str, Any] = {"scores": {"x": 1.0}}
    view = registry.view(overrides={"maker/llm": patch})
    patch["scores"]["x"] = 2.0
    registry.update("maker/llm", context_window=3)
    assert view["maker/llm"].scores == {"x": 1.0}


def test_changes_through_a_view_are_refused() -> None:
    registry = shop()
    view = registry.view(deny="azure/*", models=[{"id": "own"}])
    for refused in (
        lambda: view.register({"id": "a"}),
        lambda: view.update("own", context_window=1),
        lambda: view.remove("own"),
        lambda: view.register_many([{"id": "a"}]),
    ):
        with pytest.raises(mx.ModeldexError, match="a view is read-only: change the registry that it is of"):
            refused()
    assert len(registry) == 4


def test_a_view_saves_what_it_shows(tmp_path: Any) -> None:
    registry = shop()
    view = registry.view(deny="azure/*", discount=0.5, models=[{"id": "own", "tags": ["t"]}])
    view.save(tmp_path / "view.arrow")
    opened = mx.Registry.open(tmp_path / "view.arrow")
    assert opened.ids() == view.ids()
    assert opened["maker/llm"].input_price == 1.5
    assert opened.snapshot.fingerprint == view.snapshot.fingerprint
    assert pickle.loads(pickle.dumps(view.snapshot)).fingerprint == view.snapshot.fingerprint
    assert pickle.loads(pickle.dumps(view.select(tag="t"))).ids() == ["own"]
    copied = copy.copy(view)
    assert copied.ids() == view.ids()


def test_a_selection_of_the_base_brings_nothing_into_one_of_the_view() -> None:
    registry = shop()
    view = registry.view(deny="azure/*")
    both = view.select(provider="openai") | registry.select()
    assert both.ids() == ["openai/llm", "maker/llm", "maker/other"]
    assert (view.select() & registry.select(provider="azure")).ids() == []


def test_a_view_goes_and_leaves_nothing() -> None:
    registry = shop()
    view = registry.view(discount=0.5, overrides={"azure/llm": {"input_price": 1}})
    model = view["maker/llm"]
    gone, kept = weakref.ref(view), weakref.ref(registry)
    held = weakref.ref(model)
    del model, view
    assert gone() is None
    assert held() is None
    view = registry.view(deny="azure/*")
    del registry
    gc.collect()
    assert kept() is not None
    assert view.ids()
    del view
    assert kept() is None


def test_thousands_of_views_of_one_catalogue() -> None:
    registry = shop()
    tenants = [
        registry.view(
            deny=[registry.ids()[place % 3]],
            discount=place % 100 / 100,
            overrides={"maker/other": {"tags": [f"t{place}"]}},
        )
        for place in range(2_000)
    ]
    for turn in range(2):
        registry.update("maker/llm", input_price=turn + 1)
        for place, view in enumerate(tenants):
            assert view["maker/other"].tags == (f"t{place}",)
            assert len(view) == 3
            if place % 3:
                expected = Decimal(turn + 1) * (100 - place % 100) / 100
                assert view["maker/llm"].cost(input_tokens=1_000_000).usd == expected


def test_threads_ask_a_view_while_its_registry_changes() -> None:
    registry = shop()
    view = registry.view(
        discount=0.5,
        overrides={"maker/other": {"input_price": 7, "+tags": ["v"]}},
        models=[{"id": "own", "provider": "house"}],
        deny="openai/*",
    )
    cheap = view.prepare(by="input_price", provider="maker")
    faults: list[BaseException] = []
    done = threading.Event()

    def ask() -> None:
        try:
            while not done.is_set():
                # One price moves, so that any answer must be half of some state of it.
                assert view["maker/llm"].input_price * 2 in range(1, 400)
                assert "openai/llm" not in view.ids()
                assert view["maker/other"].tags[-1] == "v"
                assert view["maker/other"].input_price == 7.0
                assert view.select(provider="house").ids() == ["own"]
                assert cheap.best().id in ("maker/llm", "maker/other")
                found = view.select(status="any")
                assert [model.id for model in found] == found.ids()
        except BaseException as error:  # noqa: BLE001
            faults.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for turn in range(1, 400):
        registry.update("maker/llm", input_price=turn)
        registry.update("maker/other", tags=[f"n{turn}"])
        registry.register({"id": f"n{turn}", "provider": f"p{turn}"})
    done.set()
    for thread in threads:
        thread.join()
    assert not faults, faults[0]
    assert view["maker/other"].tags == ("n399", "v")
