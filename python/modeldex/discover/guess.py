"""What a text says of itself, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FineTune", "Guess"]

_APART = frozenset({"text", "evidence", "guess"})


@dataclass(frozen=True, slots=True)
class FineTune:
    """What the id of a tuned model says; None where it does not say."""

    kind: str
    """`fine_tune`, or `lora` for an adapter."""
    base: str | None
    organisation: str | None
    suffix: str | None
    id: str | None
    date: str | None
    step: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Guess:
    """What a text says of itself. Each part is a guess, or None where nothing is said; none of it is a stated fact.

    True where anything is said. ``evidence`` has for each part that is said the piece of the text that says so.
    """

    text: str
    provider: str | None = None
    """Who is asked to serve it."""
    owner: str | None = None
    """Who made it."""
    family: str | None = None
    version: str | None = None
    """`4.1` for `4.1`, `4-1` and `4p1`."""
    date: str | None = None
    """ISO 8601: `2024-08-06`, `2024-08`, `--08-06` where the year is not said."""
    parameters_total: int | None = None
    parameters_active: int | None = None
    experts: int | None = None
    expert_parameters: int | None = None
    """Of one expert of `8x7b`."""
    context_window: int | None = None
    """Tokens; 128k is 131,072, 200k is 200,000."""
    mode: str | None = None
    """A mode of the schema."""
    vision: bool | None = None
    """Sees images."""
    audio: bool | None = None
    """Hears or speaks."""
    image: bool | None = None
    """Makes images."""
    video: bool | None = None
    """Makes videos."""
    reasoning: bool | None = None
    """Can think before it answers; False where the text says that it does not."""
    embedding: bool | None = None
    rerank: bool | None = None
    moderation: bool | None = None
    code: bool | None = None
    """Made for code."""
    chat: bool | None = None
    """Trained to follow instructions or to chat."""
    moe: bool | None = None
    """A mixture of experts."""
    quantisation: str | None = None
    fine_tune: FineTune | None = None
    preview: bool | None = None
    free: bool | None = None
    evidence: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), compare=False)
    guess: Literal[True] = True

    def said(self) -> dict[str, Any]:
        """The parts that are said, in their order."""
        parts = {part.name: getattr(self, part.name) for part in fields(self) if part.name not in _APART}
        return {name: value for name, value in parts.items() if value is not None}

    def as_dict(self) -> dict[str, Any]:
        """Plain values: `guess` (True), `text`, the parts that are said, and `evidence` for each of them."""
        said = self.said()
        if self.fine_tune is not None:
            tuned = {part.name: getattr(self.fine_tune, part.name) for part in fields(self.fine_tune)}
            said["fine_tune"] = {name: value for name, value in tuned.items() if value is not None}
        return {"guess": True, "text": self.text, **said, "evidence": dict(self.evidence)}

    def __bool__(self) -> bool:
        return bool(self.said())

    def __repr__(self) -> str:
        said = "".join(f", {name}={value!r}" for name, value in self.said().items())
        return f"Guess({self.text!r}{said})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restored, (self.text, self.said(), dict(self.evidence)))


def _restored(text: str, said: dict[str, Any], evidence: dict[str, str]) -> Guess:
    return Guess(text, **said, evidence=MappingProxyType(evidence))
