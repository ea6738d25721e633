"""The schema: the one declaration of the fields of a model, in Python, and all that is derived from it.

Start at `definition.py` (the fields), then `vocabularies.py` (the words), `schema.py` (what it can do).
Importing this package imports pydantic; opening, selecting and reading a registry never does.
"""

from .compiler import Compiled
from .definition import Definition
from .markers import Direction, Facet, Higher, Lower, Measure
from .schema import Lookup, Schema
from .vocabularies import Vocabulary

__all__ = [
    "Compiled",
    "Definition",
    "Direction",
    "Facet",
    "Higher",
    "Lookup",
    "Lower",
    "Measure",
    "Schema",
    "Vocabulary",
]
