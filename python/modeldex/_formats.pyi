"""Texts of YAML, JSON, JSON lines and TOML, read in one place: the values, and where each of them stands."""

from typing import Any, Literal, final

__all__ = ["Document", "_read_text"]

@final
class Document:
    """What a text states, and where. Immutable; values are made from it when they are asked for."""

    @property
    def value(self) -> Any:
        """The value, made anew each time: dict, list, str, int, Decimal, bool and None.

        A number with a fraction or an exponent is a `Decimal` of the digits as they are written. With ``yaml11``,
        dates are `datetime.date` and `datetime.datetime`, and keys are what they look like; otherwise keys are texts.
        """
    @property
    def is_stream(self) -> bool:
        """The text is a stream of documents (JSON lines, or YAML with several): the value is their list."""
    @property
    def root(self) -> int:
        """The node of the whole value."""
    def nodes(self, path: str = "") -> list[int]:
        """The nodes of the items of a list, or of the values of a mapping, in their order; empty for anything else."""
    def position(self, path: str = "", node: int | None = None) -> tuple[int, int]:
        r"""Line and column, both from 1, of the value at a path, as ``models[3].rates[0].usd`` or ``["a b"].c``.

        The path begins at ``node``, or at the root. Where it leads nowhere, the last value on it counts. What an
        alias of YAML brings stands where its anchor is. Costs a look at every key on the way.

        >>> document = _read_text("models:\n- id: a\n  input_price: 1.50\n", "yaml")
        >>> document.value
        {'models': [{'id': 'a', 'input_price': Decimal('1.50')}]}
        >>> document.position("models[0].input_price")
        (3, 16)
        """

def _read_text(
    text: bytes | str,
    format: Literal["yaml", "json", "jsonl", "toml"],
    source: str | None = None,
    *,
    yaml11: bool = False,
    budget: dict[str, int] | None = None,
    line: int = 1,
) -> Document:
    """Reads a text; docs/files.md says what is read as what.

    ``source`` is the file that errors name, ``line`` the number of its first line here. ``yaml11`` reads the scalars
    of YAML as PyYAML's SafeLoader does. ``budget`` changes limits: ``bytes``, ``nodes``, ``depth``, ``scalar``,
    ``digits``, ``keys``, ``documents``, ``aliases``, ``expanded``, ``expanded_bytes``. Cost follows the length of
    the text and what its aliases bring; other threads run while a long one is parsed.

    Raises:
        InvalidFileError: the text is not of its format, states a key twice, a number that is not finite or a tag, is
            no UTF-8, or is beyond a limit; with line, column and path.
    """
