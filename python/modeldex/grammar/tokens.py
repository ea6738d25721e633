"""From a text to its tokens, and the error that shows where a text is wrong."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from modeldex.errors import InvalidConditionError

__all__ = ["LONGEST", "Token", "tokens", "wrong"]

LONGEST: Final = 65_536
"""Characters of a question: more is no question of a person, and its error would be no answer to one."""
_SHOWN: Final = 60
"""Characters shown on each side of what is wrong."""

# Words hold what names of models, hardware and dates are made of, so that few of them need quotes: there is no
# arithmetic whose signs they could be. The quantifiers are possessive: reading takes one pass whatever is given.
_TOKEN: Final = re.compile(
    r"""\s*+(?:
        (?P<word>[-+]?\.?\w[\w.\-/:+@]*+)
      | (?P<text>"[^"\\]*+(?:\\.[^"\\]*+)*+" | '[^'\\]*+(?:\\.[^'\\]*+)*+')
      | (?P<param>\$\w*+)
      | (?P<sign>[<>=!]=|[<>])
      | (?P<mark>[(),&|~=.\-])
      | (?P<end>\Z)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U(00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4})|(.?))", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\", "/": "/"}
_HINTS: Final = {
    "!": "write ~ for not",
    "[": "a list has no brackets: provider(openai, azure)",
    "{": "",
    "#": "",
    ";": "",
}


class Token(NamedTuple):
    """A piece of the text: a word, a quoted text (its value), a parameter, a sign of comparison, a mark, the end."""

    kind: str
    value: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The tokens of `text`, the last of kind ``end``.

    Raises:
        InvalidConditionError: a character that starts nothing, or a text that is not closed.
    """
    if not isinstance(text, str):
        raise InvalidConditionError(f"a question is a text, not {type(text).__name__}")
    if len(text) > LONGEST:
        raise InvalidConditionError(f"a question has at most {LONGEST:,} characters, this one {len(text):,}")
    found: list[Token] = []
    at = 0
    while True:
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unread(text, at)
        kind = str(match.lastgroup)
        value, start, at = match[kind], match.start(kind), match.end()
        if kind == "text":
            value = _unescaped(text, value, start)
        found.append(Token(kind, value, start, at))
        if kind == "end":
            return found


def wrong(text: str, at: int, message: str) -> InvalidConditionError:
    """An error that says where: the column, counted from 1, the line, and a caret under the place."""
    line = text.count("\n", 0, at) + 1
    first = text.rfind("\n", 0, at) + 1
    last = text.find("\n", at)
    last = len(text) if last < 0 else last
    where = f"line {line}, column {at - first + 1}" if "\n" in text else f"column {at + 1}"
    start, stop = max(first, at - _SHOWN), min(last, at + _SHOWN)
    before = ("…" if start > first else "") + _plain(text[start:at])
    after = _plain(text[at:stop]) + ("…" if stop < last else "")
    return InvalidConditionError(f"{message} (at {where})\n  {before}{after}\n  {' ' * len(before)}^")


def _plain(text: str) -> str:
    # What a stranger wrote is shown in logs and on terminals: a character for a character, so that the caret fits.
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _unread(text: str, at: int) -> InvalidConditionError:
    while text[at].isspace():
        at += 1
    letter = text[at]
    if letter in "\"'":
        return wrong(text, at, f"the text that starts here is not closed: a {letter} is missing")
    hint = _HINTS.get(letter, "a name with such a character is written in quotes")
    return wrong(text, at, f"{letter!r} means nothing here" + (f"; {hint}" if hint else ""))


def _unescaped(text: str, value: str, start: int) -> str:
    def letter(match: re.Match[str]) -> str:
        if match[1] or match[2]:
            return chr(int(match[1] or match[2], 16))
        if match[3] not in _ESCAPED:
            raise wrong(text, start + 1 + match.start(), r"an escape is one of \" \' \\ \/ \n \r \t \uXXXX \UXXXXXXXX")
        return _ESCAPED[match[3]]

    return _ESCAPE.sub(letter, value[1:-1])
