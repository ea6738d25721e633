"""What went wrong, as one or two lines on stderr and an exit code."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Final

import typer
from typer.core import TyperCommand

from modeldex.cli.text import plain
from modeldex.errors import (
    AmbiguousNameError,
    InternalError,
    ModeldexError,
    ModelNotFoundError,
    UnknownPriceError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "NOT_FOUND",
    "WRONG",
    "Answering",
    "NothingFoundError",
    "WrongQuestionError",
    "complain",
    "silence",
]

NOT_FOUND: Final = 1
WRONG: Final = 2


class WrongQuestionError(ModeldexError, ValueError):
    """An option whose value cannot be read, found by the command line itself."""


class NothingFoundError(ModeldexError, LookupError):
    """A sensible question to which the answer is nothing."""


class Answering(TyperCommand):
    """A command whose errors of modeldex end in a message and an exit code; any other error is a bug and is shown."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; see the exit codes in `modeldex.cli`."""
        try:
            return super().invoke(ctx)
        except InternalError:
            raise
        except ModeldexError as error:
            missing = isinstance(error, (NothingFoundError, ModelNotFoundError, AmbiguousNameError, UnknownPriceError))
            suggestions = getattr(error, "suggestions", None) or getattr(error, "candidates", None) or ()
            code = complain(_message(error), suggestions=suggestions, code=NOT_FOUND if missing else WRONG)
        except BrokenPipeError:
            code = silence()
        raise typer.Exit(code)


def complain(message: str, *, suggestions: Sequence[object] = (), code: int) -> int:
    """Say `message` on stderr, on one line, with those suggestions it does not contain on a second; return `code`."""
    # A message that shows where a text is wrong has the text and a caret below it.
    first, *shown = message.split("\n  ")
    line = plain(first)
    print("modeldex: ", line, *(f"\n  {_kept(each)}" for each in shown), sep="", file=sys.stderr)  # noqa: T201 - this is where the program speaks
    names = [plain(str(getattr(name, "id", name))) for name in suggestions]
    if names and not all(name in line for name in names):
        print("did you mean:", ", ".join(names[:3]), file=sys.stderr)  # noqa: T201
    return code


def _kept(line: str) -> str:
    return "".join(letter if letter.isprintable() else "�" for letter in line)


def silence() -> int:
    """Stop quietly: the reader of our output has closed it (`modeldex find ... | head`) and has what it wanted."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _message(error: ModeldexError) -> str:
    if isinstance(error, AmbiguousNameError):
        return f"{error.name!r} is offered {error.count} times: use a full id; `modeldex find {error.name}` lists them"
    return str(error)
