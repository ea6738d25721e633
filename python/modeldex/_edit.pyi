"""States of a registry, and how one becomes the next."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Literal, Self, final

from ._change import Diff

__all__ = ["Edit", "Snapshot"]

@final
class Snapshot:
    """The state of a registry at one moment."""

    @property
    def version(self) -> int:
        """How many changes led here."""
    @property
    def fingerprint(self) -> str:
        """32 hexadecimal digits: equal content, equal fingerprint, whatever the order."""
    def diff(self, earlier: Snapshot) -> Diff:
        """What is different from an earlier snapshot, or from any other: models are compared by id.

        Two snapshots of one registry are compared where they share nothing; those of unrelated registries
        document by document.

        >>> import modeldex as mx
        >>> registry = mx.Registry()
        >>> model = registry.register({"id": "house/llm", "status": "preview"})
        >>> earlier = registry.snapshot
        >>> model = registry.update("house/llm", status="active", scores={"coding": 0.7})
        >>> dict(registry.snapshot.diff(earlier).updated)
        {'house/llm': {'status': ('preview', 'active'), 'scores.coding': (None, 0.7)}}
        """
    def __len__(self) -> int: ...

@final
class Edit:
    """Several changes that are published together when the ``with`` block ends, or not at all.

    ``author`` and ``message`` are told to subscribers.
    """

    @property
    def author(self) -> str | None: ...
    @property
    def message(self) -> str | None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, _value: BaseException | None, _traceback: TracebackType | None, /
    ) -> Literal[False]: ...
    def register(self, definition: Mapping[str, Any], *, replace: bool = False) -> None: ...
    def update(self, id: str, changes: Mapping[str, Any] | None = None, /, **fields: Any) -> None: ...
    def remove(self, id: str) -> None: ...
