"""The commands put together."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Annotated

import typer

from modeldex.cli import best, cost, coverage, facets, find, infer, resolve, schema, show, why
from modeldex.cli.failure import WRONG, Answering, complain, silence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["app", "run"]

app = typer.Typer(
    name="modeldex",
    help="Which AI model serves a request, and at what price: a registry of models that answers from memory.",
    epilog="`modeldex COMMAND --help` explains a command. Exit codes: 0 answered, 1 nothing found, 2 a wrong question.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
COMMANDS: dict[str, Callable[..., None]] = {
    "find": find.command,
    "best": best.command,
    "show": show.command,
    "resolve": resolve.command,
    "cost": cost.command,
    "why": why.command,
    "infer": infer.command,
    "facets": facets.command,
    "coverage": coverage.command,
    "schema": schema.command,
}
for _name, _command in COMMANDS.items():
    app.command(_name, cls=Answering)(_command)


def _print_version(wanted: bool) -> None:
    if wanted:
        from modeldex.cli.catalogue import version

        typer.echo(version())
        raise typer.Exit


@app.callback()
def _before_the_command(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="The version and the catalogue's date."),
    ] = False,
) -> None:
    """Options that stand before a command."""


def _warn(message: Warning | str, *_where: object, **_line: object) -> None:
    # Where in this package a warning was raised says nothing to whoever asked.
    complain(str(message), code=0)


def run(arguments: Sequence[str] | None) -> int:
    """Run the command line on `arguments` (those of the process if None) and return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character gets a question mark, not a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    warnings.showwarning = _warn
    try:
        given = None if arguments is None else list(arguments)
        code = app(args=given, prog_name="modeldex", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        # Without a word, typer has shown the help, and that is the message.
        return complain(error.format_message(), code=WRONG) if error.format_message() else WRONG
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        return silence()
    except OSError as error:
        return complain(f"the answer could not be written: {error.strerror or error}", code=WRONG)
    return code if isinstance(code, int) else 0
