"""What is wrong with a definition: collected while it is read, told with paths, never with a secret."""

from __future__ import annotations

import datetime
import difflib
import re
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Path = tuple[str | int, ...]

# Keys of the well-known providers by their fixed beginnings. A false alarm costs a rename, a miss a leak.
_KEY = re.compile(
    r"""(?:^|[^A-Za-z0-9])(?:
      sk-[A-Za-z0-9_-]{16,} | sk_[A-Za-z0-9_]{16,} | [rp]k_(?:live|test)_[A-Za-z0-9]{10,}
    | (?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9]) | AIza[A-Za-z0-9_-]{30,} | gsk_[A-Za-z0-9]{20,} | hf_[A-Za-z0-9]{20,}
    | xai-[A-Za-z0-9]{20,} | gh[opsur]_[A-Za-z0-9]{20,} | github_pat_[A-Za-z0-9_]{20,} | glpat-[A-Za-z0-9_-]{16,}
    | xox[abprs]-[A-Za-z0-9-]{10,} | r8_[A-Za-z0-9]{20,} | nvapi-[A-Za-z0-9_-]{20,} | pplx-[A-Za-z0-9]{20,}
    | eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.
    )""",
    re.VERBOSE,
)
# The beginnings alone: the engine of `re` skips to their first letters, which makes the common no four times cheaper.
_MARK = re.compile(
    r"sk[-_]|[rp]k_|A(?:KIA|SIA|Iza)|gsk_|hf_|xai-|gh[opsur]_|github_pat_|glpat-|xox|r8_|nvapi-|pplx-|eyJ"
)
_SHORTEST_KEY = 12
_SHOWN = 60
_PRINTED = (type(None), bool, int, float, complex, Decimal, datetime.date, datetime.time, datetime.timedelta)


class Faults(ValueError):  # noqa: N818 - it holds faults, it is not one
    """Raised by the reader of one field: every fault inside it, each with its path below the field."""

    def __init__(self, faults: Iterable[tuple[Path, str]]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(message for _, message in self.faults))


def fault(message: str, *path: str | int) -> Faults:
    """One fault as an exception."""
    return Faults([(path, message)])


def is_secret(text: str) -> bool:
    """The text looks like a key or a token (by its beginning, as the well-known providers make them)."""
    return len(text) >= _SHORTEST_KEY and _MARK.search(text) is not None and _KEY.search(text) is not None


def shown(value: object) -> str:
    """The value as a message may quote it: short, and never one that looks like a secret."""
    if isinstance(value, (str, bytes)):
        text = value if isinstance(value, str) else value.decode("utf-8", "replace")
        if is_secret(text):
            return "a text that looks like a key"
        cut = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
        return repr(cut) if isinstance(value, str) else f"the bytes {cut!r}"
    if not isinstance(value, _PRINTED):
        # What prints itself may print a key, or without end.
        return f"a {type(value).__name__}"
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 256:
        # Python refuses to print an integer of more than 4,300 digits, and nobody wants to read one of 80.
        return "a whole number of more than 77 digits"
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def nearest(word: str, known: Iterable[str], spellings: Mapping[str, str] = MappingProxyType({})) -> str:
    """``; did you mean 'x' or 'y'?`` for the nearest known words (by any of their spellings), or nothing."""
    meant = {each: each for each in known} | dict(spellings)
    near = dict.fromkeys(meant[each] for each in difflib.get_close_matches(word.lower()[:100], meant, n=3, cutoff=0.6))
    return f"; did you mean {' or '.join(repr(each) for each in list(near)[:2])}?" if near else ""


def written(path: Path) -> str:
    """``("rates", 2, "usd")`` as people write it: ``rates[2].usd``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            clear = part if len(part) <= _SHOWN else part[: _SHOWN - 1] + "…"
            # A message must be printable, whatever the keys are.
            clear = clear if clear.isprintable() else repr(clear)[1:-1]
            text += ("." if text else "") + ("(a key that looks like a secret)" if is_secret(part) else clear)
    return text


def problems(faults: Iterable[tuple[Path, str]], model: str) -> list[Problem]:
    """The faults as the public error carries them."""
    return [Problem(written(path), message, model) for path, message in faults]
