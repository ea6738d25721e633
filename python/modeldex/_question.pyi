"""What questions are made of; at run time these are names of `modeldex` and `modeldex._core`."""

from collections.abc import Sequence
from typing import Self, final

@final
class Terms:
    """Terms and how they combine; made by `any_of`, `all_of`, `none_of`."""

    def __new__(cls, mode: str, terms: Sequence[str], missing_ok: bool) -> Self: ...
    @property
    def mode(self) -> str: ...
    @property
    def terms(self) -> list[str]: ...
    @property
    def missing_ok(self) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

def any_of(*terms: str, missing_ok: bool = False) -> Terms:
    """Any of these terms; with ``missing_ok`` a term that no model has is no error."""

def all_of(*terms: str, missing_ok: bool = False) -> Terms:
    """All of these terms."""

def none_of(*terms: str, missing_ok: bool = False) -> Terms:
    """None of these terms: a model that states nothing matches."""

@final
class Param:
    """A value that is given with each request of a prepared query."""

    def __new__(cls, name: str) -> Self: ...
    @property
    def name(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

def param(name: str) -> Param:
    """Stands for a value that each call of a prepared query gives as a keyword of this name."""

@final
class Order:
    """One key of an order; made by `cost`, `highest`, `lowest`."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

def cost(input_tokens: int | Param = 0, output_tokens: int | Param = 0, cached_tokens: int | Param = 0) -> Order:
    """Cheapest first for a call of so many tokens; the cached ones are part of the input."""

def highest(field: str) -> Order:
    """Highest first, whatever the schema says."""

def lowest(field: str) -> Order:
    """Lowest first, whatever the schema says."""
