"""What is read from real ids, and what must not be."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
import subprocess
import sys
from importlib import resources
from typing import Any

import pytest
from hypothesis import given, strategies as st

import modeldex as mx
from modeldex.discover import families
from modeldex.discover.words import LONGEST

B = 10**9

# An id, and everything but provider, owner, family and mode that it says.
SAYS: list[tuple[str, dict[str, Any]]] = [
    # What another system got wrong.
    ("o4-mini", {"version": "4", "vision": True, "reasoning": True}),
    ("qwq-32b", {"parameters_total": 32 * B, "reasoning": True}),
    ("deepseek-reasoner", {"reasoning": True}),
    ("grok-3", {"version": "3"}),
    ("grok-3-mini", {"version": "3", "reasoning": True}),
    ("non-reasoning-model", {"reasoning": False}),
    ("revision-7b", {"parameters_total": 7 * B}),
    ("television-7b", {"parameters_total": 7 * B}),
    ("moebius-7b", {"parameters_total": 7 * B}),
    ("gpt-5", {"version": "5", "vision": True, "reasoning": True}),
    ("gpt-4.1", {"version": "4.1", "vision": True}),
    ("claude-sonnet-4", {"version": "4", "vision": True, "reasoning": True}),
    ("pixtral", {"vision": True}),
    ("qwen2-vl", {"version": "2", "vision": True}),
    ("tts-1", {"version": "1", "audio": True}),
    ("text-embedding-3-small", {"version": "3", "embedding": True}),
    ("qwen2.5-0.5B", {"version": "2.5", "parameters_total": B // 2}),
    ("llama-3.5b", {"parameters_total": 7 * B // 2}),
    ("mixtral-8x7b", {"experts": 8, "expert_parameters": 7 * B, "moe": True}),
    # Sizes.
    ("smollm-135m", {"parameters_total": 135 * 10**6}),
    ("ling-2.6-1.5t", {"version": "2.6", "parameters_total": 1500 * B}),
    ("qwen3-30b-a3b", {"version": "3", "parameters_total": 30 * B, "parameters_active": 3 * B, "moe": True}),
    ("qwen-3-8-2-4t-a95b", {"version": "3.8", "parameters_total": 2400 * B, "parameters_active": 95 * B, "reasoning": True, "moe": True}),
    ("Llama-4-Scout-17B-16E", {"version": "4", "parameters_active": 17 * B, "experts": 16, "moe": True, "vision": True}),
    ("glm-4-9b-chat-1m", {"version": "4", "parameters_total": 9 * B, "context_window": 10**6, "chat": True}),
    ("gemma-3n-e4b", {"version": "3"}),
    # Versions, dates, contexts.
    ("claude-3-5-sonnet-20241022", {"version": "3.5", "date": "2024-10-22", "vision": True}),
    ("claude-3-5-sonnet@20240620", {"version": "3.5", "date": "2024-06-20", "vision": True}),
    ("gpt-4-0613", {"version": "4", "date": "--06-13"}),
    ("gpt-4-32k", {"version": "4", "context_window": 32_768}),
    ("yi-34b-200k", {"parameters_total": 34 * B, "context_window": 200_000}),
    ("moonshot-v1-128k", {"version": "1", "context_window": 131_072}),
    ("command-a-03-2025", {"date": "2025-03"}),
    ("mistral-small-2506", {"date": "2025-06"}),
    ("llama-v3p1-8b-instruct", {"version": "3.1", "parameters_total": 8 * B, "chat": True}),
    ("doubao-seed-1-6-250615", {"version": "1.6", "date": "2025-06-15", "vision": True, "reasoning": True}),
    ("gemini-2.0-flash-001", {"version": "2.0", "vision": True}),
    ("qwen-sea-lion-v4-32b", {"parameters_total": 32 * B}),
    ("gemma-3-1b-it", {"version": "3", "parameters_total": B, "chat": True}),
    ("amazon.nova-canvas-v1:0", {"version": "1", "image": True}),
    ("anthropic.claude-v2:1", {"version": "2.1"}),
    ("titan-text-lite-v1:0:4k", {"version": "1", "context_window": 4_096}),
    ("text-davinci-003", {"version": "003"}),
    # Traits.
    ("grok-4-fast-non-reasoning", {"version": "4", "vision": True, "reasoning": False}),
    ("gemini-2.5-flash-nothink", {"version": "2.5", "vision": True, "audio": True, "reasoning": False}),
    ("Llama-3.2-11B-Vision", {"version": "3.2", "parameters_total": 11 * B, "vision": True}),
    ("meta.llama3-2-90b-instruct-v1:0", {"version": "3.2", "parameters_total": 90 * B, "vision": True, "chat": True}),
    ("bge-reranker-v2-m3", {"version": "2", "rerank": True}),
    ("omni-moderation-latest", {"moderation": True}),
    ("qwen3guard-gen-8b", {"version": "3", "parameters_total": 8 * B, "moderation": True}),
    ("codestral-2508", {"date": "2025-08", "code": True}),
    ("Qwen3-Coder-480B-A35B-FP8", {"version": "3", "parameters_total": 480 * B, "parameters_active": 35 * B, "code": True, "moe": True, "quantisation": "fp8"}),
    ("llama-3.2-3b:q4_K_M", {"version": "3.2", "parameters_total": 3 * B, "quantisation": "q4"}),
    ("wan2.2-t2v-a14b", {"version": "2.2", "parameters_active": 14 * B, "moe": True, "video": True}),
    ("gpt-image-1", {"version": "1", "image": True, "vision": True}),
    ("gemini-2.5-pro-preview-tts", {"version": "2.5", "audio": True, "preview": True}),
    ("deepseek-chat-v3.1:free", {"version": "3.1", "chat": True, "moe": True, "free": True}),
    # A word that is only like one.
    ("vlad-7b", {"parameters_total": 7 * B}),
    ("audiobook-writer", {}),
    ("freeform-1", {}),
    ("codename-goose", {}),
    ("o", {}),
    ("gpu-7", {}),
]  # fmt: skip

WHO = [
    ("openai/gpt-oss-120b", "openai", "openai", "gpt-oss"),
    ("meta-llama/Llama-3.1-8B", "meta-llama", "meta", "llama"),
    ("groq/llama-3.1-8b-instant", "groq", "meta", "llama"),
    ("accounts/fireworks/models/deepseek-r1", "fireworks-ai", "deepseek", "deepseek"),
    ("us.anthropic.claude-3-haiku-20240307-v1:0", "amazon-bedrock", "anthropic", "claude"),
    ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", "amazon-bedrock", "amazon", "nova"),
    ("projects/p/locations/l/publishers/google/models/gemini-1.5-pro", "google-vertex", "google", "gemini"),
    ("@cf/meta/llama-3-8b-instruct", "cloudflare-workers-ai", "meta", "llama"),
    ("ollama:llama3.1:8b", "ollama", "meta", "llama"),
    ("mistral:7b", None, "mistral", "mistral"),
    ("databricks/databricks-claude-opus-4", "databricks", "anthropic", "claude"),
    ("unsloth/Qwen3-8B-GGUF", None, "alibaba", "qwen"),
    ("someone/Qwen3-8B-abliterated", None, None, "qwen"),
    ("someone/llama-3.3-nemotron-super-49b", None, "nvidia", "nemotron"),
    ("someone/shining-valiant-llama-3", None, None, "llama"),
    ("my-model", None, None, None),
]

CATEGORIES = [
    ("text-embedding-3-small", "embedding"),
    ("openai/gpt-oss-120b", "chat"),
    ("deepseek-ai/DeepSeek-R1", "reasoning"),
    ("o3", "reasoning"),
    ("qwen3-235b-a22b-thinking-2507", "reasoning"),
    ("grok-4-fast-non-reasoning", "chat"),
    ("claude-opus-4", "chat"),
    ("whisper-large-v3", "audio_transcription"),
    ("gpt-4o-mini-tts", "audio_speech"),
    ("gpt-4o-realtime-preview", "realtime"),
    ("gemini-2.5-flash-image", "image_generation"),
    ("sora-2", "video_generation"),
    ("cohere.rerank-v3-5:0", "rerank"),
    ("llama-guard-3-8b", "moderation"),
    ("mistral-ocr-latest", "ocr"),
    ("lyria-3", "audio_generation"),
    ("davinci-002", "completion"),
    ("my-7b-instruct", "chat"),
    ("my-model", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "expected"), SAYS, ids=[text for text, _ in SAYS])
def test_an_id_says(text: str, expected: dict[str, Any]) -> None:
    apart = {"provider", "owner", "family", "mode"}
    said = mx.discover.infer(text).said()
    assert {name: value for name, value in said.items() if name not in apart} == expected


@pytest.mark.parametrize(("text", "provider", "owner", "family"), WHO, ids=[row[0] for row in WHO])
def test_who_serves_and_made_it(text: str, provider: str | None, owner: str | None, family: str | None) -> None:
    guess = mx.discover.infer(text)
    assert (guess.provider, guess.owner, guess.family) == (provider, owner, family)


@pytest.mark.parametrize(("text", "category"), CATEGORIES, ids=[text for text, _ in CATEGORIES])
def test_the_category(text: str, category: str | None) -> None:
    assert mx.discover.categorise(text) == category


def test_a_tuned_model_is_its_base_and_more() -> None:
    guess = mx.discover.infer("openai/FT:gpt-4o-2024-08-06:acme:lines:9NG2I8g6:ckpt-step-56")
    assert guess.fine_tune == mx.discover.FineTune(
        "fine_tune", "gpt-4o-2024-08-06", "acme", "lines", "9NG2I8g6", date=None, step="56"
    )
    assert (guess.provider, guess.family, guess.vision, guess.date) == ("openai", "gpt", True, "2024-08-06")
    # The suffix is a name that somebody gave, and says nothing.
    assert mx.discover.infer("ft:gpt-3.5-turbo:acme:vision-70b-thinking:x1").said().keys() <= {
        "owner", "family", "version", "mode", "fine_tune",
    }  # fmt: skip
    unknown = mx.discover.infer("acbd1234-ab12-4d56-8f90-0123456789ab-ft")
    assert unknown.said().keys() == {"fine_tune"}


def test_a_guess_is_marked_and_says_why() -> None:
    guess = mx.discover.infer("mistralai/Mixtral-8x7B-Instruct-v0.1:FREE")
    assert guess.guess is True
    assert guess.evidence["experts"] == "8x7B"
    assert guess.evidence["chat"] == "Instruct"
    assert guess.evidence["free"] == "FREE"
    assert guess.evidence.keys() == guess.said().keys()
    plain = guess.as_dict()
    assert plain["guess"] is True
    assert plain["evidence"] == guess.evidence
    assert "vision" not in plain
    with pytest.raises((AttributeError, TypeError)):
        guess.vision = True  # type: ignore[misc]
    with pytest.raises(TypeError):
        guess.evidence["vision"] = "x"  # type: ignore[index]


def test_a_guess_is_a_value() -> None:
    guess = mx.discover.infer("ft:gpt-4o:acme::x1")
    assert pickle.loads(pickle.dumps(guess)) == guess == copy.deepcopy(guess)
    assert pickle.loads(pickle.dumps(guess)).evidence == guess.evidence
    assert hash(guess) == hash(mx.discover.infer("ft:gpt-4o:acme::x1"))
    assert "family='gpt'" in repr(guess)
    assert bool(guess) is True
    assert bool(mx.discover.infer("my-model")) is False


@pytest.mark.parametrize(
    "text", ["", " ", "-", "4", ":", "/", "gpt-4o\0", "gpt\n4", "\ud800gpt-4", "\u202egpt-4", "x" * 513, "é" * 257]
)
def test_what_is_no_name_says_nothing(text: str) -> None:
    assert not mx.discover.infer(text)
    assert mx.discover.normalise(text) == ""
    assert mx.discover.categorise(text) is None


def test_what_is_no_text_is_an_error() -> None:
    for ask in (mx.discover.infer, mx.discover.normalise, mx.discover.categorise, mx.discover.definition):
        with pytest.raises(TypeError, match="a name is a text, not int"):
            ask(4)  # type: ignore[arg-type]


HOSTILE = [
    "a1-",
    "1p",
    "1.",
    "-1",
    "8x7b",
    "a3b",
    "/",
    ":",
    "ft:",
    "us.",
    "openai/",
    "2024-08-",
    "т",
    "ﬁ",
    "9" * 16 + "b",
    "non-",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_texts_are_read(piece: str) -> None:
    text = (piece * LONGEST)[: LONGEST // len(piece.encode()) * len(piece)]
    guess = mx.discover.infer(text)
    assert guess.evidence.keys() == guess.said().keys()
    assert mx.discover.normalise(mx.discover.normalise(text)) == mx.discover.normalise(text)


WORDS = st.sampled_from([
    "gpt", "claude", "qwen", "llama", "o", "v", "a", "non", "vl", "it", "ft", "lora", "us", "anthropic", "models", "openai",
    "free", "preview", "latest", "e", "m", "k", "t", "b", "x",
    "-", "-", "/", ":", ".", "_", "@", "1", "3.5", "2024", "08", "0613", "70b", "8x7b", "a3b", "128k", "é",
])  # fmt: skip


@given(st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=14).map("".join)))
def test_anything_is_read_and_the_evidence_is_in_it(text: str) -> None:
    guess = mx.discover.infer(text)
    said = guess.said()
    assert guess.evidence.keys() == said.keys()
    if text.isascii():
        assert all(piece and piece in text for name, piece in guess.evidence.items() if name != "quantisation")
    assert guess == mx.discover.infer(text)
    assert isinstance(mx.discover.categorise(text), str | None)
    assert mx.discover.definition(text)["id"] == text


@given(st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=14).map("".join)))
def test_the_plain_form_is_plain(text: str) -> None:
    plain = mx.discover.normalise(text)
    assert mx.discover.normalise(plain) == plain
    assert not set(plain) & set("/:@._ ")
    assert plain == plain.lower()
    assert "--" not in plain


PLAIN = [
    ("openai/gpt-oss-120b", "gpt-oss-120b"),
    ("meta_llama/Llama_3.1_8B", "llama-3-1-8b"),
    ("GPT‑4o", "gpt-4o"),  # noqa: RUF001 - a dash that does not break
    ("ＧＰＴ-4o", "gpt-4o"),  # noqa: RUF001
    ("gpt-4o:free", "gpt-4o"),
    ("claude-3-5-sonnet@default", "claude-3-5-sonnet"),
    ("claude-3-5-sonnet@20240620", "claude-3-5-sonnet-20240620"),
    ("us.anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet-20241022"),
    ("anthropic.claude-v2:1", "claude-v2"),
    ("amazon.titan-embed-text-v2:0", "titan-embed-text-v2"),
    ("models/gemini-2.5-pro", "gemini-2-5-pro"),
    ("openrouter/anthropic/claude-sonnet-4.5:beta", "claude-sonnet-4-5"),
    ("accounts/fireworks/models/llama-v3p1-8b-instruct", "llama-v3-1-8b-instruct"),
    ("llama3.1:8b", "llama3-1-8b"),
    ("https://huggingface.co/Qwen/Qwen3-8B", "qwen3-8b"),
    ("hf.co/someone/Qwen3-8B-GGUF:Q4_K_M", "qwen3-8b-gguf-q4-k-m"),
    ("fal-ai/flux-pro/v1.1", "flux-pro-v1-1"),
    ("publishers/google/models/gemini-1.5-pro", "gemini-1-5-pro"),
    ("ft:openai/gpt-oss-120b:acme::x1", "ft-openai-gpt-oss-120b-acme-x1"),
    ("amazon.nova-lite-v1:0@us", "nova-lite"),
    ("claude-opus-5-5@eu", "claude-opus-5-5"),
    ("someone/o3", "o3"),
    ("openai/", ""),
    ("openai/-", ""),
]


@pytest.mark.parametrize(("text", "plain"), PLAIN, ids=[text for text, _ in PLAIN])
def test_the_plain_form(text: str, plain: str) -> None:
    assert mx.discover.normalise(text) == plain


def test_most_ids_have_the_plain_form_of_their_base() -> None:
    models = [model for model in mx.models.select(status="any") if model.base is not None]
    same = sum(mx.discover.normalise(model.id) == mx.discover.normalise(str(model.base)) for model in models)
    assert len(models) > 10_000
    assert same / len(models) > 0.93


def test_a_definition_states_nothing_but_the_id() -> None:
    registry = mx.Registry()
    registry.register(mx.discover.definition("acme/llama-3.1-8b-vision"))
    model = registry["acme/llama-3.1-8b-vision"]
    assert model.document.keys() == {"id", "source"}
    assert model.supports("vision") is None
    assert model.source["guess"]["evidence"]["vision"] == "vision"
    assert len(registry.select(requires="vision", status="any")) == 0


def test_the_tables_hold_together() -> None:
    assert {trait.family for trait in families.TRAITS} <= {line.family for line in families.LINES}
    modes = {line.mode for line in families.LINES if line.mode} | {mode for mode, _ in families.KINDS}
    assert modes <= set(terms("mode"))
    fields = {field.name for field in dataclasses.fields(mx.discover.Guess)} | {"thinker", "active"}
    said = {trait.field for trait in families.TRAITS} | {field.removeprefix("-") for field in families.SAYS.values()}
    assert said <= fields


SPELLINGS = [spelling for line in families.LINES for spelling in line.words.split("|")]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_family_is_found_by_each_of_its_spellings(spelling: str) -> None:
    first, *rest = spelling.replace("#c", "# c").replace("#", "4").split()
    glue = "" if len(first) <= 2 and rest and rest[0] == "4" else "-"
    assert mx.discover.infer(glue.join([first, "-".join(rest)])).family is not None


def terms(facet: str) -> list[str]:
    words = json.loads(resources.files("modeldex").joinpath("vocabulary.json").read_bytes())
    return next(each["terms"] for each in words["facets"] if each["name"] == facet)


def test_guessing_imports_nothing_heavy() -> None:
    program = (
        "import sys, modeldex as mx; assert 'modeldex.discover' not in sys.modules; assert mx.discover.infer('gpt-4o'); "
        "assert not {'pydantic', 'numpy', 'typer', 'rich', 'modeldex.bundled'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
