"""Two halves of all models: rules and tables are made by looking at one, the other is asked once, at the end."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SEED = "modeldex names, 2026-11-21"
DEV = "dev"
HELD_OUT = "held-out"


class SealedError(RuntimeError):
    """The held-out half was asked for, or a case of it was to be shown, before the end."""


def half(base: str) -> str:
    """Which half a model belongs to: by its base, so that all its spellings are on one side."""
    digest = hashlib.sha256(f"{SEED}:{base}".encode()).digest()
    return HELD_OUT if digest[0] & 1 else DEV


def side(bases: Iterable[str]) -> str | None:
    """The half of all of them; None if they are on both sides, or if there are none."""
    found = {half(base) for base in bases}
    return found.pop() if len(found) == 1 else None


def opened(wanted: str, *, final: bool) -> str:
    """The half that may be asked: the held-out one only in the final run."""
    if wanted == HELD_OUT and not final:
        raise SealedError("the held-out half is asked once, at the end: --held-out-final")
    return wanted
