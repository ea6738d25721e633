"""The words of the field as the schema declared them; the options of `find` and `best` are made from these."""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Any

__all__ = ["Vocabulary", "vocabulary"]

Vocabulary = dict[str, Any]


@functools.cache
def vocabulary() -> Vocabulary:
    """Return the shipped vocabulary: facets, measures, groups of measures, keywords.

    >>> vocabulary()["keywords"]["requires"]
    {'facet': 'capability', 'mode': 'all'}
    """
    words: Vocabulary = json.loads(resources.files("modeldex").joinpath("vocabulary.json").read_bytes())
    return words
