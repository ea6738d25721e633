"""Spellings and true pairs of the DEV half: every one right, or not certain; none wrong."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.names.habits import BARE, WHOLE, dotted, joined, pointed, swapped, tagged_size
from tests.names.halves import DEV, HELD_OUT, SealedError, half, opened, side
from tests.names.offerings import by_base, marks, named, registry, undated
from tests.names.pairs import pairs
from tests.names.spellings import free_of_surprise, spellings
from tests.names.verdict import BAD, Case, Judged, judge

EVERY = 4
"""One pair in so many; all of them: `python -m tests.names.report --part R3`."""


def bad(found: list[Judged]) -> list[str]:
    assert len(found) > 100
    return [str(judged) for judged in found if judged.verdict in BAD]


@pytest.fixture(scope="module")
def pairs_of_dev() -> list[Case]:
    return [case for where, case in pairs() if where == DEV]


def test_no_spelling_is_wrong() -> None:
    made = registry()
    assert bad([judge(made, case) for case in spellings(DEV)]) == []


def test_no_pair_is_wrong(pairs_of_dev: list[Case]) -> None:
    made = registry()
    assert bad([judge(made, case) for case in pairs_of_dev[::EVERY]]) == []


def test_no_pair_is_wrong_without_the_declared_aliases(pairs_of_dev: list[Case]) -> None:
    made = registry(aliases=False)
    keys = [case for case in pairs_of_dev if case.kind.startswith("litellm")]
    assert bad([judge(made, case) for case in keys[::EVERY]]) == []


def test_the_held_out_half_is_sealed() -> None:
    with pytest.raises(SealedError, match="--held-out-final"):
        opened(HELD_OUT, final=False)
    assert opened(DEV, final=False) == DEV


def test_the_halves_are_halves_and_share_no_model() -> None:
    counts = Counter(half(base) for base in by_base())
    assert 0.45 < counts[DEV] / counts.total() < 0.55
    # A display name is on the side of the first base; it may be the name of others, too, which are accepted as well.
    plain = [(place, case) for place, case in pairs() if not case.kind.startswith("display name")]
    seen = {
        where: {base for place, case in plain if place == where for base in case.bases} for where in (DEV, HELD_OUT)
    }
    assert not seen[DEV] & seen[HELD_OUT]
    assert side(["gpt-4o", next(base for base in by_base() if half(base) != half("gpt-4o"))]) is None


def test_the_pairs_are_many_and_of_every_source() -> None:
    kinds = Counter(case.kind for _, case in pairs())
    assert kinds.total() > 20_000
    assert all(count > 300 for kind, count in kinds.items() if kind not in ("model-prices", "display name, remark")), (
        kinds
    )
    assert {"genai-prices", "litellm key", "display name", "as another wrote it", "across, one name"} <= set(kinds)


def test_every_habit_is_asked() -> None:
    kinds = Counter(case.kind for case in spellings(DEV))
    assert set(BARE) | set(WHOLE) <= set(kinds)
    assert len(kinds) > 45
    assert all(free_of_surprise(case) for case in spellings(DEV))


def test_habits_do_what_they_say() -> None:
    assert dotted("claude-sonnet-4-5-20250929") == "claude-sonnet-4.5-20250929"
    assert dotted("qwen3-4b") == "qwen3-4b"
    assert pointed("glm-5.3-flash") == "glm-5p3-flash"
    assert joined("gpt-4o-mini") == "gpt4omini"
    assert joined("claude-sonnet-4-5") == "claudesonnet4-5"
    assert swapped("claude-sonnet-4-5") == "claude-4-5-sonnet"
    assert tagged_size("llama-3.1-8b-instruct") == "llama3.1:8b-instruct"


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        ("openai/gpt-4o", "openai"),
        ("bedrock/us.anthropic.claude", "amazon-bedrock"),
        ("vertex_ai/gemini-2.5-pro", "google-vertex"),
        ("models/gemini-2.5-pro", None),
        ("meta_llama/Llama-3.3", "meta-llama"),
        ("deepseek-ai/DeepSeek-R1", None),
        ("google-gla:gemini-2.5-pro", "google"),
        ("llama3.1:8b", None),
        ("gpt-4o", None),
    ],
)
def test_what_a_text_names(text: str, provider: str | None) -> None:
    assert named(text) == provider


@pytest.mark.parametrize(
    ("provider", "written", "owner", "found"),
    [
        ("amazon-bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic", {"us"}),
        ("amazon-bedrock", "meta.llama3-8b-instruct-v1:0", "meta", set()),
        ("openrouter", "deepseek/deepseek-r1:free", "deepseek", {"free"}),
        ("openrouter", "deepseek/deepseek-r1", "deepseek", set()),
        ("llmgateway-providers", "baidu/deepseek-v4-pro", "deepseek", {"baidu"}),
        ("siliconflow-cn", "Pro/deepseek-ai/DeepSeek-R1", "deepseek", {"pro"}),
        ("google-vertex", "claude-sonnet-4-5@20250929", "anthropic", set()),
        ("requesty", "gpt-4o@eu", "openai", {"eu"}),
        ("fireworks-ai", "accounts/fireworks/models/glm-5p3", "zai", set()),
        ("ollama", "llama3:70b", "meta", set()),
    ],
)
def test_marks(provider: str, written: str, owner: str, found: set[str]) -> None:
    assert marks(written, provider, owner) == found


def test_dates_come_off() -> None:
    assert undated("gpt-4o-2024-08-06") == undated("gpt-4o") == "gpt4o"
    assert undated("claude-sonnet-4-5-20250929") == undated("claude-sonnet-4.5") == "claudesonnet4-5"
    assert undated("deepseek-r1-0528") == "deepseekr1"
    assert undated("gpt-4o-latest") == "gpt4o"
    assert undated("llama-3.1-8b") == "llama3-1-8b"
