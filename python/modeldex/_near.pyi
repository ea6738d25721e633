"""Names that are near to a text."""

from typing import final

from ._model import Model

__all__ = ["Near"]

@final
class Near:
    """A name that is spelt like a text, as `Registry.nearest` found it."""

    @property
    def model(self) -> Model:
        """The model that the name leads to."""
    @property
    def name(self) -> str:
        """An id, an alias or a bare name."""
    @property
    def score(self) -> float:
        """The normalised Levenshtein similarity: from 0 to 1, which is the text itself."""
    def __hash__(self) -> int: ...
