"""The capabilities that a model is stated to have."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Never, Self

__all__ = ["Capabilities"]


class Capabilities(frozenset[str]):
    """A frozen set of canonical names in which a synonym is found too.

    Equal to the plain set of its names. Models that state the same share one object.

    >>> held = Capabilities(["tools"], {"function_calling": "tools"})
    >>> "function_calling" in held, "vision" in held, held == {"tools"}
    (True, False, True)
    """

    __slots__ = ("_synonyms",)
    _synonyms: Mapping[str, str]

    def __new__(cls, names: Iterable[str] = (), synonyms: Mapping[str, str] | None = None) -> Self:
        """The set of these names; ``synonyms`` maps other spellings to names."""
        held = super().__new__(cls, names)
        object.__setattr__(held, "_synonyms", synonyms or {})
        return held

    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError(f"capabilities are immutable: {name!r} cannot be set")

    def __contains__(self, name: object) -> bool:
        if super().__contains__(name):
            return True
        return isinstance(name, str) and super().__contains__(self._synonyms.get(name))

    def __repr__(self) -> str:
        return f"Capabilities({{{', '.join(map(repr, sorted(self)))}}})"

    def __reduce__(self) -> tuple[type[Capabilities], tuple[list[str], dict[str, str]]]:
        return (Capabilities, (sorted(self), dict(self._synonyms)))
