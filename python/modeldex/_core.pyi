"""The engine as Python sees it. Everything here is immutable but the registry, and pickles."""

from collections.abc import Mapping
from typing import Any, Final

from ._change import Change as Change, Diff as Diff, Subscription as Subscription
from ._edit import Edit as Edit, Snapshot as Snapshot
from ._formats import Document as Document, _read_text as _read_text
from ._matches import Matches as Matches
from ._model import Cost as Cost, Model as Model
from ._near import Near as Near
from ._question import (
    Order as Order,
    Param as Param,
    Scale as Scale,
    Terms as Terms,
    all_of as all_of,
    any_of as any_of,
    cost as cost,
    highest as highest,
    lowest as lowest,
    none_of as none_of,
    param as param,
    scale as scale,
    weighted as weighted,
)
from ._registry import Registry as Registry
from ._resolution import Candidate as Candidate, Resolution as Resolution
from ._selection import Query as Query, Selection as Selection
from ._tuned import Markers as Markers
from .conditions import Condition

__all__ = [
    "Candidate", "Change", "Cost", "Diff", "Document", "Edit", "Markers", "Matches", "Model", "Near", "Order", "Param", "Query", "Registry",
    "Resolution", "Scale", "Selection", "Snapshot", "Subscription", "Terms", "__version__", "_candidate", "_change", "_diff", "_joined",
    "_matches", "_model", "_near", "_query", "_read_text", "_registry", "_resolution", "_scale", "_selection", "_snapshot",
    "all_of", "any_of", "cost", "highest", "lowest", "none_of", "param", "scale", "weighted",
]  # fmt: skip

__version__: Final[str]

def _change(
    since: int,
    version: int,
    added: tuple[str, ...],
    updated: tuple[str, ...],
    removed: tuple[str, ...],
    author: str | None,
    message: str | None,
) -> Change: ...
def _candidate(model: Model, name: str, score: float, reason: str) -> Candidate: ...
def _diff(
    added: tuple[str, ...], removed: tuple[str, ...], updated: Mapping[str, Mapping[str, tuple[Any, Any]]]
) -> Diff: ...
def _joined(none: Selection, parts: list[tuple[Matches, Any]], size: int) -> Matches: ...
def _matches(models: Selection, rows: Any, keys: Any, money: bool) -> Matches: ...
def _model(document: bytes, vocabulary: str | None = None) -> Model: ...
def _near(model: Model, name: str, score: float) -> Near: ...
def _query(conditions: tuple[Condition, ...], keywords: dict[str, Any]) -> Query: ...
def _registry(bytes: bytes, frozen: bool) -> Registry: ...
def _resolution(
    text: str,
    model: Model | None,
    how: str | None,
    score: float,
    reason: str,
    candidates: tuple[Candidate, ...],
    ambiguous: bool,
) -> Resolution: ...
def _scale(worst: float, best: float, log: bool, weight: float) -> Scale: ...
def _selection(bytes: bytes) -> Selection: ...
def _snapshot(bytes: bytes) -> Snapshot: ...
