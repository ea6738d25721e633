"""Three limits are three numbers; 0 and 99,999,999 are none."""

from __future__ import annotations

from typing import Any

NONE = (0, 99_999_999)
LIMITS = {"context": "context_window", "input": "max_input_tokens", "output": "max_output_tokens"}


def test_limits_of_models_dev(offerings: dict[str, Any], rows: dict[str, Any]) -> None:
    for name, entry in offerings.items():
        for said, field in LIMITS.items():
            value = entry["limit"].get(said)
            if value in NONE:
                assert rows[name].get(field) not in NONE
            elif value is not None:
                assert rows[name][field] == value


def test_filler_limits_are_unknown_with_a_reason_and_listed(
    offerings: dict[str, Any], rows: dict[str, Any], litellm: dict[str, Any], told: dict[str, Any]
) -> None:
    listed = {(entry["source"], entry["where"], entry["limit"]) for entry in told["unknown_limits"]}
    zeros = dict.fromkeys(LIMITS, 0)
    for name, entry in offerings.items():
        for said, field in LIMITS.items():
            if entry["limit"].get(said) in NONE:
                zeros[said] += entry["limit"][said] == 0
                assert ("models_dev", name, field) in listed
                assert field in rows[name] or "not known" in rows[name]["unknown"][field]
    assert zeros == {"context": 159, "input": 4, "output": 243}
    for key, entry in litellm.items():
        for field in ("max_input_tokens", "max_output_tokens"):
            if entry.get(field) in NONE:
                assert ("litellm", key, field) in listed
    assert not [name for name, row in rows.items() for field in LIMITS.values() if row.get(field) in NONE]


def test_max_input_tokens_is_never_the_context_window(
    offerings: dict[str, Any], rows: dict[str, Any], litellm: dict[str, Any], exact: dict[str, Any]
) -> None:
    """LiteLLM states no context window at all; a row that only LiteLLM lists has none."""
    for name, row in rows.items():
        if name not in offerings:
            assert "context_window" not in row
    differ = both = 0
    for name, keys in exact.items():
        context = offerings[name]["limit"]["context"]
        for key in keys:
            said = litellm[key].get("max_input_tokens")
            if said and context not in NONE and len(keys) == 1:
                both += 1
                differ += said != context
                assert rows[name]["context_window"] == context
    assert differ / both > 0.2
