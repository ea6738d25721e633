"""A definition of an unknown id, of which nothing is stated but the id."""

from __future__ import annotations

from typing import Any

from .inference import infer

__all__ = ["definition"]


def definition(text: str) -> dict[str, Any]:
    """Return a definition for `Registry(auto_create=...)`: the id, and the guess under `source.guess`.

    No field is filled by a guess, so no query, cost or default rests on one: `model.supports("vision")` stays None.

    >>> from modeldex.discover import definition
    >>> made = definition("acme/llama-3.1-8b-vision")
    >>> made["id"], made["source"]["guess"]["vision"], made["source"]["guess"]["family"]
    ('acme/llama-3.1-8b-vision', True, 'llama')
    """
    guess = infer(text).as_dict()
    del guess["text"], guess["guess"]
    return {"id": text, "source": {"guess": guess}}
