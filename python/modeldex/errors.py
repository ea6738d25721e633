"""Every error that modeldex raises on purpose.

Each is a :class:`ModeldexError` and also the builtin a caller would expect (a miss is a ``KeyError``, a
wrong definition a ``ValueError``). Its text is one sentence: what was wrong, where, what would be right.
The facts behind the sentence are attributes. All of them pickle: the arguments of an error are exactly the
arguments of its constructor.

Imports nothing, because ``import modeldex`` pays for this module.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

__all__ = [
    "AmbiguousNameError",
    "AutoCreateError",
    "CatalogueError",
    "CoverageWarning",
    "DuplicateModelError",
    "InternalError",
    "InvalidConditionError",
    "InvalidFileError",
    "InvalidModelError",
    "ModelNotFoundError",
    "ModeldexError",
    "Problem",
    "UnknownFieldError",
    "UnknownPriceError",
    "UnknownTermError",
]

# What strangers send is quoted in the sentence, so it is cut: an error must not become a megabyte of log.
_SHOWN = 120
_LISTED = 20


def _quote(text: object) -> str:
    shown = text if isinstance(text, str) else str(text)
    return repr(shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…")


def _nearest(suggestions: tuple[str, ...]) -> str:
    if not suggestions:
        return ""
    named = [_quote(suggestion) for suggestion in suggestions[:_LISTED]]
    last = named.pop()
    return f"; did you mean {', '.join(named)} or {last}?" if named else f"; did you mean {last}?"


class ModeldexError(Exception):
    """Base of every error of this package; ``str()`` is the sentence."""

    def _sentence(self) -> str:
        return str(self.args[0]) if self.args else ""

    def __str__(self) -> str:
        return self._sentence()


class ModelNotFoundError(ModeldexError, KeyError):
    """No model has this id or alias. ``id`` is what was asked for, ``suggestions`` the nearest ids.

    A change takes ids only: ``stands_for`` is the id that an alias leads to, where one was given.
    """

    id: str
    suggestions: tuple[str, ...]
    stands_for: str | None

    def __init__(self, id: str, suggestions: Iterable[str] = (), stands_for: str | None = None) -> None:
        self.id = id
        self.suggestions = tuple(suggestions)
        self.stands_for = stands_for
        super().__init__(self.id, self.suggestions, self.stands_for)

    def _sentence(self) -> str:
        if self.stands_for is not None:
            return f"{_quote(self.id)} is another name of {_quote(self.stands_for)}: a change takes the id"
        return f"no model is called {_quote(self.id)}{_nearest(self.suggestions)}"


class AmbiguousNameError(ModeldexError, KeyError):
    """A bare name that several offerings share and no home provider owns.

    ``name`` was asked for, ``count`` offerings have it, ``candidates`` are some of their ids.
    """

    name: str
    count: int
    candidates: tuple[str, ...]

    def __init__(self, name: str, count: int, candidates: Iterable[str] = ()) -> None:
        self.name = name
        self.count = count
        self.candidates = tuple(candidates)
        super().__init__(self.name, self.count, self.candidates)

    def _sentence(self) -> str:
        some = ", ".join(_quote(candidate) for candidate in self.candidates[:_LISTED])
        such = f" ({some}{', …' if self.count > len(self.candidates[:_LISTED]) else ''})" if some else ""
        return (
            f"{_quote(self.name)} is offered {self.count} times{such}: use a full id, "
            f"or list them with registry.offerings({_quote(self.name)})"
        )


class Problem(tuple[str, str, str]):
    """One fault of a definition: where it is and what is wrong.

    ``path`` is the place in the definition (``rates[2].usd``, empty for the whole of it), ``message`` says
    what is wrong and what would be right, ``model`` is the id or the position of the definition, where known.
    """

    __slots__ = ()

    def __new__(cls, path: str, message: str, model: str = "") -> Self:
        """The parts of a problem."""
        return tuple.__new__(cls, (path, message, model))

    def __getnewargs__(self) -> tuple[str, str, str]:
        return (self[0], self[1], self[2])

    @property
    def path(self) -> str:
        """Where in the definition: `rates[2].usd`; empty for the whole of it."""
        return self[0]

    @property
    def message(self) -> str:
        """What is wrong, and what would be right."""
        return self[1]

    @property
    def model(self) -> str:
        """The id or the position of the definition; empty where there is only one."""
        return self[2]

    def __repr__(self) -> str:
        return f"Problem(path={self.path!r}, message={self.message!r}, model={self.model!r})"

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class InvalidModelError(ModeldexError, ValueError):
    """One or more definitions are wrong; ``problems`` holds every fault of all of them."""

    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem | tuple[str, ...]]) -> None:
        self.problems = tuple(p if isinstance(p, Problem) else Problem(*p) for p in problems)
        super().__init__(self.problems)

    def _sentence(self) -> str:
        models = dict.fromkeys(problem.model for problem in self.problems)
        if len(models) > 1:
            shown = [f"{_quote(p.model)}: {p}" if p.model else str(p) for p in self.problems[:_LISTED]]
            head = f"{len(self.problems)} faults in {len(models)} definitions: "
        else:
            shown = [str(problem) for problem in self.problems[:_LISTED]]
            of = f" of {_quote(next(iter(models)))}" if any(models) else ""
            count = f" ({len(self.problems)} faults)" if len(self.problems) > 1 else ""
            head = f"the definition{of} is not valid{count}: "
        more = len(self.problems) - len(shown)
        return head + "; ".join(shown) + (f"; and {more} more in .problems" if more else "")


class DuplicateModelError(InvalidModelError):
    """A name that is already taken. ``id`` is the new model, ``name`` the id or alias that is taken twice."""

    id: str
    name: str
    holder: str

    def __init__(self, id: str, name: str = "", holder: str = "") -> None:
        self.id = id
        self.name = name or id
        self.holder = holder or self.name
        if self.name == self.id:
            path, message = "id", f"{_quote(id)} is already registered; pass replace=True to replace it"
        else:
            path = "aliases"
            message = f"{_quote(self.name)} already leads to {_quote(self.holder)}; choose another alias"
        super().__init__((Problem(path, message, id),))
        self.args = (id, name, holder)


class UnknownFieldError(ModeldexError, ValueError):
    """A condition, order or field name that the schema does not know."""

    name: str
    suggestions: tuple[str, ...]

    def __init__(self, name: str, suggestions: Iterable[str] = (), kind: str = "field") -> None:
        self.name = name
        self.suggestions = tuple(suggestions)
        self.kind = kind
        super().__init__(self.name, self.suggestions, self.kind)

    def _sentence(self) -> str:
        return f"{_quote(self.name)} is no {self.kind} of this registry{_nearest(self.suggestions)}"


class UnknownTermError(ModeldexError, ValueError):
    """A term that no model has and no vocabulary lists. ``name`` is the term, ``facet`` where it was asked."""

    name: str
    facet: str
    suggestions: tuple[str, ...]

    def __init__(self, name: str, facet: str = "", suggestions: Iterable[str] = ()) -> None:
        self.name = name
        self.facet = facet
        self.suggestions = tuple(suggestions)
        super().__init__(self.name, self.facet, self.suggestions)

    def _sentence(self) -> str:
        return f"{_quote(self.name)} is no known {self.facet or 'term'}{_nearest(self.suggestions)}"


class InvalidConditionError(ModeldexError, ValueError):
    """A condition that names a known field but asks nothing sensible of it (a NaN, a wrong type, ...)."""

    name: str
    suggestions: tuple[str, ...]

    def __init__(self, message: str, name: str = "", suggestions: Iterable[str] = ()) -> None:
        self.message = message
        self.name = name
        self.suggestions = tuple(suggestions)
        super().__init__(self.message, self.name, self.suggestions)

    def _sentence(self) -> str:
        return self.message + _nearest(self.suggestions)


class UnknownPriceError(ModeldexError, ValueError):
    """The cost of a call was read but a price it needs is unknown. ``id`` is the model, ``parts`` the gaps."""

    id: str
    parts: tuple[str, ...]

    def __init__(self, id: str, parts: Iterable[str] = ()) -> None:
        self.id = id
        self.parts = tuple(parts)
        super().__init__(self.id, self.parts)

    def _sentence(self) -> str:
        what = " and ".join(self.parts) or "a price"
        verb = "are" if len(self.parts) > 1 else "is"
        return (
            f"the cost is unknown because {what} of {_quote(self.id)} {verb} unknown; test .known before reading .usd"
        )


class CatalogueError(ModeldexError, ValueError):
    """A catalogue file that is missing, cut, changed or of another format. ``path`` is the file, if any."""

    message: str
    path: str | None

    def __init__(self, message: str, path: str | None = None) -> None:
        self.message = message
        self.path = path
        super().__init__(message, path)

    def _sentence(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class AutoCreateError(ModeldexError, RuntimeError):
    """A model was not made when it was asked for: too many were made, or its making would wait for itself."""


class InvalidFileError(CatalogueError):
    """A text that is not of its format, states something twice or nothing sensible, or is beyond a limit.

    ``path`` is the file, if any; ``line`` and ``column`` (in characters) count from 1; ``place`` is the value in
    which it is (``models[3].input_price``), empty for the whole; ``message`` says what is wrong.
    """

    line: int
    column: int
    place: str

    def __init__(self, message: str, path: str | None = None, line: int = 1, column: int = 1, place: str = "") -> None:
        self.line = line
        self.column = column
        self.place = place
        super().__init__(message, path)
        self.args = (message, path, line, column, place)

    def _sentence(self) -> str:
        at = f"{self.path}:{self.line}:{self.column}" if self.path else f"line {self.line}, column {self.column}"
        return f"{at}: {self.place}: {self.message}" if self.place else f"{at}: {self.message}"


class InternalError(ModeldexError, RuntimeError):
    """A defect of modeldex itself, caught at the border; the registry is as it was before the call."""


class CoverageWarning(UserWarning):
    """A condition asks about a field that no model of the registry states, so nothing can match it."""
