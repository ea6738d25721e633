"""The command line, `modeldex`: the questions of the registry asked from a shell.

Each command is one file of this package: `find`, `best`, `show`, `cost`, `why`, `facets`, `coverage`, `schema`.
Exit codes: 0 answered; 1 nothing found, or an id that does not exist; 2 a question that makes no sense.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; what went wrong is said on stderr, without a traceback.

    >>> main(["cost", "openai/gpt-4o", "--input-tokens", "1000000", "--json"])  # doctest: +ELLIPSIS
    {"id": "openai/gpt-4o", "known": true, "usd": 2.5, ...}
    0
    """
    from modeldex.cli.app import run

    return run(arguments)
