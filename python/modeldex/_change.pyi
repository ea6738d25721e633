"""What changed: what a subscriber is told, and the difference between two snapshots."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self, final

__all__ = ["Change", "Diff", "Subscription"]

@final
class Change:
    """What one publication changed, as a callback of `Registry.subscribe` is told.

    False where no model is different (an update that wrote what was there already). A suspension is no
    change: it is in no snapshot.
    """

    @property
    def since(self) -> int:
        """The version before it."""
    @property
    def version(self) -> int:
        """The version that it led to: ``since + 1``, or more where a slow callback is told of several as one."""
    @property
    def added(self) -> tuple[str, ...]:
        """Ids that are new."""
    @property
    def updated(self) -> tuple[str, ...]:
        """Ids of models that are different now; one removed and registered again in one step is among them."""
    @property
    def removed(self) -> tuple[str, ...]:
        """Ids that are gone."""
    @property
    def author(self) -> str | None:
        """Who made it, as `Registry.edit` was told."""
    @property
    def message(self) -> str | None:
        """Why, as `Registry.edit` was told."""
    def __bool__(self) -> bool: ...

@final
class Subscription:
    """What `Registry.subscribe` returns; it ends with ``close()`` or with its ``with`` block.

    Dropping it ends nothing. It keeps neither the registry nor the callback alive.
    """

    @property
    def since(self) -> int:
        """The version of the registry when it began: every later one is told."""
    @property
    def closed(self) -> bool: ...
    def close(self) -> None:
        """Ends it, from anywhere, the callback itself included: no call begins after this. Again does nothing."""
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None, /
    ) -> bool: ...

@final
class Diff:
    """What is different between two snapshots, by id; False where nothing is."""

    @property
    def added(self) -> tuple[str, ...]: ...
    @property
    def removed(self) -> tuple[str, ...]: ...
    @property
    def updated(self) -> Mapping[str, Mapping[str, tuple[Any, Any]]]:
        """Id -> field -> (before, after), None where it is not stated; inside mappings by their dotted path.

        Read when first asked for: the documents of these models are decoded then.
        """
    def __len__(self) -> int:
        """How many ids are different."""
