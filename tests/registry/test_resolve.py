"""`registry.resolve` from Python: what comes back, what a tuned model costs, who may serve it, what is refused."""

from __future__ import annotations

import copy
import pickle
import threading

import pytest

import modeldex as mx

SMALL = [
    {"id": "openai/gpt-oss-120b", "context_window": 131_072},
    {"id": "meta-llama/Llama-3.1-8B-Instruct", "context_window": 131_072},
]


def small() -> mx.Registry:
    registry = mx.Registry()
    for definition in SMALL:
        registry.register(definition)
    return registry


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("gpt-oss-120b", "openai/gpt-oss-120b"),
        ("meta_llama/Llama_3.1_8B", "meta-llama/Llama-3.1-8B-Instruct"),
        ("Llama 3.1 8B instruct", "meta-llama/Llama-3.1-8B-Instruct"),
    ],
)
def test_names_of_models_that_say_nothing_of_themselves(text: str, id: str) -> None:
    found = small().resolve(text)
    assert found
    assert found.how == "folded"
    assert found.model is not None
    assert found.model.id == id
    assert found.model.context_window == 131_072


def test_a_role_is_left_out_only_where_nobody_tells_models_apart_by_it() -> None:
    registry = small()
    registry.register({"id": "other/gemma-3-4b"})
    assert registry.resolve("llama-3.1-8b")
    registry.register({"id": "other/gemma-3-4b-it"})
    uncertain = registry.resolve("llama-3.1-8b")
    assert not uncertain
    assert uncertain.candidates[0].id == "meta-llama/Llama-3.1-8B-Instruct"
    registry.remove("other/gemma-3-4b")
    assert registry.resolve("llama-3.1-8b")


def test_a_tuned_model_inherits_all_but_names_and_prices() -> None:
    base = mx.models["openai/gpt-4.1"]
    found = mx.models.resolve("openai/ft:gpt-4.1:acme::9NG2")
    tuned = found.model
    assert found.how == "fine_tune"
    assert tuned is not None
    assert (tuned.id, tuned.extends, tuned.base, tuned.api_name) == (
        "openai/ft:gpt-4.1:acme::9NG2",
        "openai/gpt-4.1",
        None,
        "ft:gpt-4.1:acme::9NG2",
    )
    for field in (
        "provider",
        "owner",
        "mode",
        "context_window",
        "max_output_tokens",
        "capabilities",
        "modalities",
        "status",
    ):
        assert tuned.value(field) == base.value(field), field
    assert [tuned.input_price, tuned.output_price, tuned.cache_read_price, tuned.rates] == [None, None, None, ()]
    assert tuned.billing == "unknown"
    assert "tuned" in tuned.unknown["input_price"]
    cost = tuned.cost(input_tokens=10)
    assert not cost.known
    with pytest.raises(mx.UnknownPriceError):
        _ = cost.usd
    assert tuned.id not in mx.models
    assert mx.models.resolve("openai/ft:gpt-4.1:acme::9NG2").model == tuned


def test_a_tuned_model_is_priced_where_what_tunings_cost_is_stated() -> None:
    found = mx.models.resolve("ft:gpt-4o-2024-08-06:acme:lines:9NG2")
    assert found.how == "fine_tune"
    assert found.model is mx.models["openai/ft:gpt-4o-2024-08-06"]
    assert found.model.input_price == 3.75


def test_who_serves_it() -> None:
    resolve = mx.models.resolve
    azure = resolve("gpt-4o", provider="azure")
    assert azure.model is mx.models["azure/gpt-4o"]
    assert resolve("GPT-4o", "bedrock").model is None
    assert resolve("claude-sonnet-4-5-20250929", provider=["bedrock", "anthropic"]).model is not None
    assert resolve("gemini-2.5-pro", provider="vertex_ai").model is mx.models["google-vertex/gemini-2.5-pro"]
    assert resolve("azure/gpt-4o", provider="openai").model is None
    assert resolve("gpt-4o", provider=[]).model is None
    with pytest.raises(mx.UnknownTermError, match="azure"):
        resolve("gpt-4o", provider="azur")
    for odd in (3, {"azure": 1}.values, b"azure", [1]):
        with pytest.raises(TypeError, match="a provider is"):
            resolve("gpt-4o", provider=odd)  # type: ignore[arg-type]


def test_how_sure_it_must_be() -> None:
    assert mx.models.resolve("openai/gpt-4o", floor=1.0)
    careful = mx.models.resolve("GPT4o", floor=1.0)
    assert not careful
    assert (careful.how, careful.score, careful.ambiguous) == (None, 0.0, False)
    assert [(one.id, one.score) for one in careful.candidates] == [("openai/gpt-4o", 0.98)]
    for odd in (-0.1, 1.1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="between 0 and 1"):
            mx.models.resolve("gpt-4o", floor=odd)


def test_a_candidate_stands_for_its_model() -> None:
    found = mx.models.resolve("gpt-4o:free")
    first = found.candidates[0]
    assert first.model is mx.models["openai/gpt-4o"]
    assert mx.models["openai/gpt-4o"] in found.candidates
    assert first == first.model
    assert hash(first) == hash(first.model)
    assert first != mx.models["openai/gpt-4.1"]
    assert first != "openai/gpt-4o"
    assert "openai/gpt-4o" in repr(first)
    assert [one.score for one in found.candidates] == sorted((one.score for one in found.candidates), reverse=True)
    for same in (pickle.loads(pickle.dumps(found)), copy.deepcopy(found)):
        assert (same.text, same.model, same.how, same.score, same.reason) == (found.text, None, None, 0.0, found.reason)
        assert [(one.id, one.score, one.reason) for one in same.candidates] == [
            (one.id, one.score, one.reason) for one in found.candidates
        ]


def test_a_resolution_is_pickled_with_its_model() -> None:
    found = mx.models.resolve("ft:gpt-4.1:acme::9NG2")
    again = pickle.loads(pickle.dumps(found))
    assert (again.model, again.how, again.reason) == (found.model, "fine_tune", found.reason)
    assert "fine_tune" in repr(again)


def test_equal_answers_are_equal() -> None:
    for text in ("gpt4o", "gpt-5o", "ft:gpt-4.1:acme::9NG2", "", "\ud800"):
        found = mx.models.resolve(text)
        for same in (mx.models.resolve(text), pickle.loads(pickle.dumps(found)), copy.deepcopy(found)):
            assert same == found
            assert hash(same) == hash(found)
    assert mx.models.resolve("gpt4o") != mx.models.resolve("GPT4o")
    assert mx.models.resolve("gpt4o") != mx.models["gpt-4o"]
    small = mx.Registry()
    small.register({"id": "openai/gpt-4o", "base": "gpt-4o", "provider": "openai", "owner": "openai"})
    assert small.resolve("gpt4o") != mx.models.resolve("gpt4o")


def test_a_view_knows_what_it_shows() -> None:
    view = mx.models.view(deny=["openai/*"])
    assert view.resolve("openai/GPT-4o").model is None
    assert all(one.model.provider != "openai" for one in view.resolve("openai/GPT-4o").candidates)
    own = mx.models.view(models=[{"id": "house/Very_Own-Model", "provider": "house", "base": "very-own-model"}])
    assert own.resolve("very own model").model is own["house/Very_Own-Model"]
    assert mx.models.resolve("very own model").model is None


def test_changes_are_seen_and_prices_change_nothing() -> None:
    registry = small()
    assert registry.resolve("Gpt Oss 120b")
    registry.update("openai/gpt-oss-120b", input_price=1.0)
    found = registry.resolve("Gpt Oss 120b").model
    assert found is not None
    assert found.input_price == 1.0
    registry.update("openai/gpt-oss-120b", aliases=["Big One"])
    assert registry.resolve("big-one").model is not None
    registry.remove("openai/gpt-oss-120b")
    assert registry.resolve("big-one").model is None
    registry.update("meta-llama/Llama-3.1-8B-Instruct", base="llama-eight")
    assert registry.resolve("Llama Eight").model is registry["meta-llama/Llama-3.1-8B-Instruct"]


def test_threads_ask_while_another_registers() -> None:
    registry = small()
    stop = threading.Event()
    wrong: list[object] = []

    def ask() -> None:
        while not stop.is_set():
            found = registry.resolve("GPT_OSS 120B")
            if found.model is None or found.model.id != "openai/gpt-oss-120b":
                wrong.append(found)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(300):
        registry.register({"id": f"house/model-{number}"})
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    last = registry.resolve("House/Model 299").model
    assert last is not None


@pytest.mark.parametrize("text", ["\ud800gpt-4o", "", "gpt-4o\x00", "\u202egpt-4o", "gpt-4o" * 100_000, "g\u0440t-4o"])
def test_texts_that_look_like_a_name_and_are_none(text: str) -> None:
    found = mx.models.resolve(text)
    assert (found.model, found.how, found.ambiguous) == (None, None, False)
    assert found.text == text.encode(errors="surrogatepass").decode(errors="replace") or found.text == text


def test_only_texts_are_resolved() -> None:
    for odd in (None, 4, b"gpt-4o", ["gpt-4o"]):
        with pytest.raises(TypeError):
            mx.models.resolve(odd)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        # Other models, at other prices, that differ by one sign.
        "command-r+",
        "gpt-4o|mini",
        "gpt-4o\N{MONEY BAG}",
        # Words that people put behind a name, and plain words.
        "o1-prod",
        "gpt-5-prod",
        "azure/gpt-5-prod",
        "gemini-2.5-prod",
        "gpt-5-codec",
        "gpt-5-chart",
        "gpt-4o-mint",
        "gpt-4o-last",
        # Other places, and what is priced otherwise there.
        "alibaba-us/qwen-max",
        "minimax-us/minimax-m2",
        "minimax-ci/MiniMax-M2.7-highspeed",
        "azure/eu/gpt-4o-2024-08-06",
        "bedrock/us-west-2/1-month-commitment/anthropic.claude-v1",
        # Numbers read otherwise.
        "qwen-3.1-7b",
        "gemma-3.4b",
        "llama3.8b",
        # A date with words behind it that nobody wrote; names that move.
        "gpt-4-1106",
        "gpt-4-0125",
        "deepseek",
        "command",
        "gemini-pro",
    ],
)
def test_what_would_cost_another_price_is_not_certain(text: str) -> None:
    found = mx.models.resolve(text)
    assert found.model is None
    assert found.candidates


@pytest.mark.parametrize("text", ["gpt-4o-0513", "gpt-4o-05-13"])
def test_a_month_and_a_day_are_those_of_the_year_that_is_listed(text: str) -> None:
    found = mx.models.resolve(text)
    assert found.how == "dated"
    assert found.model is mx.models["openai/gpt-4o-2024-05-13"]


def test_what_was_before_does_not_matter() -> None:
    def answers(registry: mx.Registry) -> list[object]:
        texts = ("llama_8b", "acme-x/m", "acme_x/M", "acme/TWO", "two", "one")
        return [
            (found.model and found.model.id, found.how, [one.id for one in found.candidates])
            for found in map(registry.resolve, texts)
        ]

    models: list[dict[str, object]] = [
        {"id": "acme/one"},
        {"id": "acme/two", "base": "llama-8b-instruct"},
        {"id": "acme/three", "base": "llama-7b-instruct"},
        {"id": "acme_x/m", "provider": "acme_x"},
        {"id": "acme-x/m", "provider": "acme-x"},
    ]
    registry = mx.Registry()
    for model in [{"id": "acme/zero", "base": "llama-7b"}, *models]:
        registry.register(model)
    answers(registry)
    registry.remove("acme/zero")
    answers(registry)
    registry.update("acme/one", base="llama-7b")
    fresh = mx.Registry()
    for model in reversed(models):
        fresh.register(model)
    fresh.update("acme/one", base="llama-7b")
    assert answers(registry) == answers(fresh)
