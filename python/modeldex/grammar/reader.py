"""The tokens of a question, taken one after the other, and the pieces that every part of the grammar is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from modeldex.errors import InvalidConditionError

from .literals import literal, looks_like_value
from .tokens import Token, tokens, wrong

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from .literals import Value

    T = TypeVar("T")

__all__ = ["CLAUSES", "MODES", "RESERVED", "Name", "Reader"]

CLAUSES: Final = ("by", "sort", "prefers", "distinct", "limit", "exclude")
"""What stands behind the condition of a whole query."""
MODES: Final = {"any_of": "any", "all_of": "all", "none_of": "none"}
RESERVED: Final = frozenset({*CLAUSES, "is", "and", "or", "not", "in", "has", "cost", "inf", "nan"})
"""Words of the grammar: a field of such a name is written in quotes."""


class Name(NamedTuple):
    """The name of a field, and how it was written."""

    text: str
    plain: bool
    """One word without quotes: only this can be a word of the grammar."""
    tail: bool
    """The last piece was without quotes: only this can end in a mode such as `.none_of`."""
    start: int


class Reader:
    """Walks over the tokens of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.place = 0

    @property
    def next(self) -> Token:
        """The token that was not taken yet."""
        return self.tokens[self.place]

    def take(self) -> Token:
        """The next token, which then is behind."""
        token = self.tokens[self.place]
        if token.kind != "end":
            self.place += 1
        return token

    def at(self, kind: str, *values: str) -> bool:
        """Whether the next token is of this kind, and one of these values if any are given."""
        token = self.next
        return token.kind == kind and (not values or token.value in values)

    def passed(self, kind: str, value: str) -> bool:
        """Take the next token if it is this one."""
        if self.at(kind, value):
            self.place += 1
            return True
        return False

    def wrong(self, message: str, at: int | None = None) -> InvalidConditionError:
        """The error for the next token, or for another place."""
        return wrong(self.text, self.next.start if at is None else at, message)

    def shown(self) -> str:
        """The next token as a message names it."""
        token = self.next
        if token.kind == "end":
            return "the end"
        written = self.text[token.start : token.end]
        return repr(written if len(written) <= 40 else written[:39] + "…")

    def close(self, opened: int, expected: str) -> None:
        """Take a closing parenthesis."""
        if not self.passed("mark", ")"):
            if self.at("end"):
                raise self.wrong("the parenthesis that opens here is not closed", opened)
            raise self.wrong(f"expected {expected}, found {self.shown()}")

    def value(self, at: Token) -> Value | None:
        """The number, date or parameter of a token that was taken; None for a word that is none."""
        try:
            if at.kind in ("word", "param"):
                return literal(at.value)
        except InvalidConditionError as error:
            raise wrong(self.text, at.start, error.message) from None
        return None

    def name(self, what: str = "a field") -> Name:
        """The name of a field: words and quoted pieces without a space between them, `metadata."my key".count`."""
        start = self.next
        if start.kind not in ("word", "text"):
            raise self.wrong(f"expected {what}, found {self.shown()}")
        pieces = [self.take()]
        while self.next.start == pieces[-1].end and (self.at("word") or self.at("text") or self.at("mark", ".")):
            if not self._joined(pieces[-1], self.next):
                raise self.wrong("expected a dot between the pieces of a name")
            pieces.append(self.take())
        if pieces[-1].kind != "text" and pieces[-1].value.endswith("."):
            raise self.wrong("a name ends after its dot", pieces[-1].end)
        plain = len(pieces) == 1 and start.kind == "word"
        if plain and (looks_like_value(start.value) or start.value[0] in "-+."):
            raise self.wrong(f"expected {what}, found {start.value[:40]!r}: the field comes first, x >= 3", start.start)
        return Name("".join(piece.value for piece in pieces), plain, pieces[-1].kind == "word", start.start)

    @staticmethod
    def _joined(left: Token, right: Token) -> bool:
        ends = left.kind != "text" and left.value.endswith(".")
        begins = right.kind != "text" and right.value.startswith(".")
        return ends != begins

    def items(self, one: Callable[[], T]) -> list[T]:
        """What stands between commas, at least one."""
        found = [one()]
        while self.passed("mark", ","):
            found.append(one())
        return found

    def term(self) -> str:
        """A term, an id: one word, or a text in quotes."""
        if self.at("param"):
            raise self.wrong("a parameter stands for a number or a date, a term is written out")
        if not (self.at("word") or self.at("text")):
            raise self.wrong(f"expected a term, found {self.shown()}")
        return self.take().value

    def flag(self, name: str) -> bool:
        """`true` or `false`."""
        if self.at("word", "true", "True", "false", "False"):
            return self.take().value in ("true", "True")
        raise self.wrong(f"{name} is true or false, not {self.shown()}")
