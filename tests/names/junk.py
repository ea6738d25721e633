"""Texts that mean nothing: whatever comes out of a log, a form or an attacker."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import modeldex as mx

MEGABYTE = 1 << 20

JUNK: tuple[tuple[str, str], ...] = (
    ("empty", ""),
    ("a space", " "),
    ("spaces", " \t\r\n\u00a0\u3000"),
    ("a dash", "-"),
    ("dashes", "---"),
    ("a digit", "4"),
    ("digits", "4.5"),
    ("a long number", "9" * 200),
    ("a letter", "a"),
    ("two letters", "ai"),
    ("a slash", "/"),
    ("slashes", "//////"),
    ("a provider and nothing", "openai/"),
    ("nothing of a provider", "/gpt-zzz"),
    ("a provider and a dash", "openai/-"),
    ("a provider and a digit", "openai/4"),
    ("a provider and a tag", "openai/:free"),
    ("a version", "-v1"),
    ("a version alone", "v1:0"),
    ("a place", "us."),
    ("a place and a vendor", "us.anthropic."),
    ("a tag", ":free"),
    ("the newest of nothing", ":latest"),
    ("at nothing", "@default"),
    ("a role", "instruct"),
    ("a size", "70b"),
    ("a date", "2024-08-06"),
    ("a date behind a dash", "-20250929"),
    ("a path upwards", "../.."),
    ("a file", "../../etc/passwd"),
    ("an address", "https://api.openai.com/v1"),
    ("a fine-tune of nothing", "ft:"),
    ("a fine-tune of colons", "ft:::::"),
    ("a fine-tune of nobody", "ft:nothing-like-it:org::id"),
    ("NUL", "\x00"),
    ("NUL inside", "gpt\x004o"),
    ("control characters", "".join(map(chr, range(1, 32)))),
    ("escape codes", "\x1b[31mgpt\x1b[0m"),
    ("a right-to-left mark", "\u200f"),
    ("an override", "\u202eo4-tpg"),
    ("zero width", "\u200b\u200c\u200d\ufeff"),
    ("a lone surrogate", "\ud800"),
    ("a surrogate in a name", "gpt-\udc80-4o"),
    ("emoji", "🤖🔥"),
    ("a family of emoji", "👩‍👩‍👧‍👦"),
    ("combining marks", "a" + "\u0301" * 300),
    ("Chinese", "模型"),
    ("Arabic", "نموذج"),
    ("JSON", '{"model": "x"}'),
    ("None", "None"),
    ("null", "null"),
    ("model", "model"),
    ("default", "default"),
    ("unknown", "unknown"),
    ("SQL", "' OR 1=1 --"),
    ("a format", "%s%s%n"),
    ("a megabyte of a", "a" * MEGABYTE),
    ("a megabyte of dashes", "-" * MEGABYTE),
    ("a megabyte of slashes", "/" * MEGABYTE),
    ("a megabyte of digits and dashes", "1-" * (MEGABYTE // 2)),
    ("a megabyte of a name", "openai/gpt-4o" * (MEGABYTE // 13)),
    ("a megabyte behind a name", "openai/gpt-4o" + " " * MEGABYTE),
    ("a megabyte of ligatures", "\ufdfa" * (MEGABYTE // 3)),
    ("513 bytes", "g" * 513),
)


def answered(registry: mx.Registry, text: str, **hint: str) -> str | None:
    """What a text was resolved to, and how; None if it was not."""
    resolution = registry.resolve(text, **hint)
    if resolution.model is None and not resolution:
        return None
    return f"{resolution.model.id if resolution.model else None} ({resolution.how})"
