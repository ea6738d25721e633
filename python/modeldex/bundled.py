"""The catalogue that ships with the package, one registry for the process.

>>> from modeldex.bundled import DATE, models
>>> len(models) > 9_000
True
"""

from __future__ import annotations

from ._core import Registry

__all__ = ["DATE", "PATH", "models"]

DATE = "2026-10-31"
"""The day that the facts of the catalogue are of."""

PATH = __file__.removesuffix("bundled.py").removesuffix("bundled.pyc") + "catalogue.arrow"
"""The snapshot file."""

models = Registry.open(PATH).frozen()
"""The shipped catalogue, read-only: everybody in the process shares it."""
