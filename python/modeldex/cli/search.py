"""`modeldex search`: models by words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from modeldex.cli.answer import AsJson, print_json, screen
from modeldex.cli.catalogue import Catalogue, Measurements, opened
from modeldex.cli.failure import NothingFoundError
from modeldex.cli.text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modeldex import Registry

__all__ = ["command"]

TABLE_ROWS: Final = 20
SHOWN: Final = 60
"""What a message quotes of a word that may be long."""


def command(
    *,
    text: Annotated[list[str], typer.Argument(metavar="TEXT...", help="Words: llama vision 70b.")],
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            "-n",
            min=0,
            show_default=False,
            help="At most so many: 20 in a table and all in JSON unless said; 0 for all.",
        ),
    ] = None,
    prefix: Annotated[bool, typer.Option("--prefix", help="The last word may be the beginning of one.")] = False,
    as_json: AsJson = False,
    catalogue: Catalogue = None,
    measurements: Measurements = None,
) -> None:
    """Find models by words: each must be in the id, a name, a tag, a capability, the provider, ... of the model.

    The best found come first: models that the whole text names, then those whose name begins with it, and so on.
    """
    registry = opened(catalogue, measurements)
    found = registry.search(" ".join(text), None, prefix)
    if not found:
        _nothing(registry, text, prefix=prefix)
    wanted = (0 if as_json else TABLE_ROWS) if limit is None else limit
    shown = found[:wanted] if wanted else found
    if as_json:
        print_json([model.document for model in shown])
        return
    from modeldex.cli.table import table_of

    console = screen()
    console.print(table_of(shown, width=console.width))
    rest = len(found) - len(shown)
    more = f"; {rest:,} more (--limit 0 for all)" if rest else ""
    console.print(f"\n{len(found):,} {'model' if len(found) == 1 else 'models'}{more}", style="dim")


def _nothing(registry: Registry, text: Sequence[str], *, prefix: bool) -> None:
    """Say which word is found nowhere and what is near to it; or that no model has all of them."""
    words = " ".join(text).split()
    if not words:
        raise NothingFoundError("search for what? say a word or several: modeldex search llama vision")
    # A long text is not looked through word by word.
    words = words[:32]
    last = len(words) - 1
    lost = [word for at, word in enumerate(words) if not registry.search(word, 1, prefix and at == last)]
    if not lost:
        raise NothingFoundError(f"each word is found, but no model has all of {', '.join(map(_quoted, words))}")
    near = dict.fromkeys(name for word in lost[:3] for name in _near(registry, word))
    raise _LostWordError(
        f"{' and '.join(map(_quoted, lost[:3]))} {'is' if len(lost) == 1 else 'are'} found nowhere", near
    )


class _LostWordError(NothingFoundError):
    """A word that no model has, and what is near to it."""

    def __init__(self, message: str, suggestions: Sequence[str] | dict[str, None]) -> None:
        super().__init__(message)
        self.suggestions = tuple(suggestions)


def _near(registry: Registry, word: str) -> list[str]:
    """The words near to a word that are found; where there is none, the ids near to it."""
    import difflib
    import re

    known = {part for name in registry for part in re.split(r"[\W_]+", name.casefold())}
    known.update(
        term for facet in ("capability", "provider", "family", "tag", "owner") for term in registry.terms(facet)
    )
    return difflib.get_close_matches(word.casefold(), known, n=3) or registry.suggest(word, 2)


def _quoted(word: str) -> str:
    word = plain(word)
    return repr(word if len(word) <= SHOWN else f"{word[:SHOWN]}…")
