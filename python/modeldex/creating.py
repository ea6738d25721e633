"""Models that a function defines when somebody asks for them: what ``Registry(auto_create=...)`` does.

One call for an id at a time, whoever asks; whoever else asks for it waits for that call. No lock is held while the
function runs, and none is used at all: a process that is forked meanwhile finds the call of a thread that it does not
have, and makes its own.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .errors import AutoCreateError, DuplicateModelError, InvalidModelError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._core import Model, Registry

__all__ = ["TAG", "Creator"]

TAG = "auto_created"
"""The tag of every model that was made so: a guess, which ``tag=mx.none_of("auto_created")`` leaves out."""
MAX_NAME_BYTES = 512


class Call:
    """The call for one id, under way or done."""

    __slots__ = ("done", "error", "heirs", "process", "thread")

    def __init__(self) -> None:
        self.process = os.getpid()
        self.thread = threading.get_ident()
        self.done = threading.Event()
        self.error: Exception | None = None
        self.heirs = itertools.count()


class Creator:
    """The function of one registry, and what it made so far."""

    __slots__ = ("_calls", "_function", "_limit", "_made", "_seen", "_waiting")

    def __init__(self, function: Callable[[str], Mapping[str, Any] | None], limit: object) -> None:
        if not callable(function):
            raise TypeError(f"auto_create is a function of an id, not {type(function).__qualname__}")
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 0:
            raise ValueError(f"auto_create_limit is a whole number from 0, not {limit!r:.60}")
        self._function = function
        self._limit = limit
        self._made: set[str] = set()
        self._seen = -1
        self._calls: dict[str, Call] = {}
        self._waiting: dict[int, Call] = {}

    def create(self, registry: Registry, name: str) -> Model:
        """The model of an id that the registry did not have a moment ago.

        Raises:
            InvalidModelError: the text cannot be an id, or the schema refuses what the function returned.
            ModelNotFoundError: the function returned None.
            AutoCreateError: too many were made, or the function waits for itself.
        """
        _refuse(name)
        while True:
            mine = Call()
            call = self._calls.setdefault(name, mine)
            if call.process != mine.process:
                # Left behind by a fork: one of those who find it takes its place, the others look again.
                if next(call.heirs):
                    continue
                self._calls[name] = call = mine
            if call is mine:
                return self._called(registry, name, mine)
            self._wait(call, name)
            if call.error is not None:
                raise call.error
            # It made the model, or returned None: then nobody calls again for those who waited.
            return registry[name]

    def _called(self, registry: Registry, name: str, call: Call) -> Model:
        try:
            if (model := registry.get(name)) is not None:
                return model  # made between the look and the call
            self._count(registry)
            given = self._function(name)
            if given is not None:
                return self._stored(registry, name, given)
        except Exception as error:
            call.error = error
            raise
        finally:
            self._calls.pop(name, None)
            call.done.set()
        return registry[name]  # the error with the nearest ids, unless the function has registered it itself

    def _stored(self, registry: Registry, name: str, given: object) -> Model:
        if not isinstance(given, Mapping):
            text = f"auto_create returned {type(given).__qualname__}; return a mapping of fields, or None"
            raise InvalidModelError([("", text, name)])
        if given.get("id", name) != name:
            text = (
                f"auto_create was asked for this id and defined {given['id']!r:.80}; return the id asked for, or none"
            )
            raise InvalidModelError([("id", text, name)])
        tags = given.get("tags")
        tags = [] if tags is None else [tags] if isinstance(tags, str) else tags
        marked = [*tags, *([] if TAG in tags else [TAG])] if isinstance(tags, (list, tuple, set, frozenset)) else tags
        try:
            model = registry.register({**given, "id": name, "tags": marked})
        except DuplicateModelError:
            # Somebody stated it meanwhile, and what is stated is better than a guess.
            if (stated := registry.get(name)) is not None:
                return stated
            raise
        self._made.add(name)
        return model

    def _count(self, registry: Registry) -> None:
        """Refuses one more than the limit; those that were removed since do not count."""
        if len(self._made) + len(self._calls) <= self._limit:
            return
        if (version := registry.snapshot.version) != self._seen:
            self._seen = version
            self._made = {name for name in self._made.copy() if name in registry}
        if len(self._made) + len(self._calls) > self._limit:
            raise AutoCreateError(
                f"auto_create has made {len(self._made):,} models, and the limit is {self._limit:,}; "
                "remove some, or give a larger auto_create_limit"
            )

    def _wait(self, call: Call, name: str) -> None:
        me = threading.get_ident()
        other: Call | None = call
        self._waiting[me] = call
        try:
            # Whom that call waits for, whom that one waits for: back here, nobody would ever be done.
            while other is not None and not other.done.is_set():
                if other.thread == me:
                    raise AutoCreateError(f"auto_create asks for {name!r:.120} to make it: it would wait for itself")
                other = self._waiting.get(other.thread)
            call.done.wait()
        finally:
            self._waiting.pop(me, None)


def _refuse(name: str) -> None:
    if not name:
        why = "is empty"
    elif len(name.encode("utf-8", "surrogatepass")) > MAX_NAME_BYTES:
        why = f"is longer than {MAX_NAME_BYTES} bytes"
    elif not name.isprintable():
        why = "has control characters"
    elif name.strip() != name:
        why = "begins or ends with white space"
    else:
        return
    raise InvalidModelError([("id", f"{name[:64]!r} cannot be the name of a model: it {why}", name[:64])])
