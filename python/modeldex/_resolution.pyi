"""What a text was resolved to."""

from typing import Any, Literal, final

from ._model import Model

@final
class Candidate:
    """A model that a text might have meant. It is equal to its model: `model in resolution.candidates`."""

    @property
    def model(self) -> Model: ...
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str:
        """The name that led to it."""
    @property
    def score(self) -> float:
        """From 0 to 1. It orders candidates and says nothing of how likely one is."""
    @property
    def reason(self) -> str:
        """What it has in common with the text."""
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __lt__(self, other: Any, /) -> bool: ...
    def __le__(self, other: Any, /) -> bool: ...
    def __gt__(self, other: Any, /) -> bool: ...
    def __ge__(self, other: Any, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Resolution:
    """What a text was resolved to. False where nothing is certain; equal where every part of the answer is."""

    @property
    def text(self) -> str:
        """What was asked for."""
    @property
    def model(self) -> Model | None:
        """The model; None where nothing is certain.

        For a tuned model that the registry does not list, one made from its base: with the text as its id and all that the
        base states but its names and prices. What it costs is unknown, and `model.extends` is the base.
        """
    @property
    def how(self) -> Literal["exact", "alias", "folded", "dated", "fine_tune", "typo"] | None:
        """The step that found it. ``dated`` and ``fine_tune`` found a relative: the family of a snapshot, a base."""
    @property
    def score(self) -> float:
        """1.0 for a name as it stands, less for each further step, 0.0 for nothing."""
    @property
    def reason(self) -> str:
        """How it was found, in words."""
    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """What it might have meant, the likeliest first, ties by id; empty where the answer is certain."""
    @property
    def ambiguous(self) -> bool:
        """Whether several models have that name, none of them the maker's own; all of them are candidates."""
    def __bool__(self) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
