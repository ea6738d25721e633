"""Whole queries as data: the mappings of YAML routes and JSON requests, and the text of the grammar.

A mapping has the keywords of `registry.prepare`, and ``where`` for a condition as text:

>>> import json
>>> import modeldex as mx
>>> route = json.loads('''{"where": "input_price <= 3", "requires": ["vision", "tools"], "min_context_window": "200k",
...     "tag": {"none_of": ["beta"], "missing_ok": true}, "by": {"cost": {"input_tokens": "$tokens"}}, "limit": 5}''')
>>> query = mx.Query.from_dict(route, mx.models)
>>> query.params
('tokens',)

Terms are texts, lists of them, or ``{"any_of": [...]}``, ``all_of``, ``none_of``, with ``missing_ok``; numbers may be texts
as in the grammar (``"128k"``, ``"$tokens"``); an order is a field, ``{"cost": {...}}``, ``{"weighted": {...}}``,
``{"highest": field}``, ``{"lowest": field}``, a text such as ``"cost(1200, 300)"``, or a list of these.
"""

from __future__ import annotations

import datetime
import math
import operator
from collections.abc import Iterable, Mapping, Set as AbstractSet
from typing import TYPE_CHECKING, Any, Final

from .conditions import Condition
from .errors import InvalidConditionError
from .grammar import literal, parse, parse_query, write_query
from .grammar.orders import ORDERS, order
from .grammar.writer import listed, order_parts, whole

if TYPE_CHECKING:
    from ._core import Order, Terms

__all__ = ["bound_of", "from_dict", "from_text", "order_of", "terms_of", "to_dict", "to_text"]

_MODES: Final = ("any_of", "all_of", "none_of")
_COUNTS: Final = ("input_tokens", "output_tokens", "cached_tokens")

from_text = parse_query


def from_dict(mapping: Mapping[str, Any]) -> tuple[tuple[Condition, ...], dict[str, Any]]:
    """The conditions and keywords of `registry.prepare` that a mapping says.

    Raises:
        InvalidConditionError: a value has not the shape that its key takes. Whether the keys, fields and terms exist
            is the registry's to say.
    """
    if not isinstance(mapping, Mapping):
        raise InvalidConditionError(f"a query as data is a mapping, not {type(mapping).__name__}")
    conditions: list[Condition] = []
    keywords: dict[str, Any] = {}
    for name, value in mapping.items():
        if not isinstance(name, str):
            raise InvalidConditionError(f"a key of a query is a text, not {name!r:.60}")
        if value is None:
            continue
        if name == "where":
            conditions += [_condition(each) for each in listed(value)]
        elif name in ("by", "sort"):
            found = [_ordered(name, each) for each in listed(value)]
            keywords[name] = tuple(found) if isinstance(value, (list, tuple)) else found[0]
        else:
            keywords[name] = _read(name, value)
    return tuple(conditions), keywords


def _condition(value: Any) -> Condition:
    if isinstance(value, (str, Condition)):
        return parse(value) if isinstance(value, str) else value
    raise InvalidConditionError(f"where takes a text such as 'input_price <= 3', not {value!r:.60}", "where")


def _ordered(name: str, value: Any) -> str | Order:
    from . import _core

    if _is_written_order(value):
        return order_of(value)
    if isinstance(value, (str, _core.Order)):
        return value
    raise InvalidConditionError(f"{name} takes a field or an order, not {value!r:.60}", name)


def _read(name: str, value: Any) -> Any:
    from . import _core

    if isinstance(value, Mapping):
        return terms_of(value, name)
    if name.startswith(("min_", "max_")) and not isinstance(value, (list, tuple, AbstractSet, _core.Terms)):
        return bound_of(name, value) if isinstance(value, str) else _bound(name, value)
    if name == "limit":
        return _fitting(name, value, "a whole number, 0 or more", type(value) is int and value >= 0)
    if name == "distinct" or isinstance(value, (str, _core.Terms)):
        return _fitting(name, value, "a text", name != "distinct" or isinstance(value, str))
    several = value if isinstance(value, (list, tuple, AbstractSet)) else (value,)
    kinds = (str, _core.Model) if name == "exclude" else str
    many = isinstance(value, (list, tuple, AbstractSet)) or name == "exclude"
    _fitting(name, value, "a text or a list of texts", many and all(isinstance(each, kinds) for each in several))
    return tuple(value) if isinstance(value, list) else frozenset(value) if isinstance(value, set) else value


def _bound(name: str, value: Any) -> Any:
    from . import _core

    numbers = hasattr(value, "__float__") or hasattr(value, "__index__")
    sound = isinstance(value, (_core.Param, datetime.date)) or (numbers and not isinstance(value, bool))
    return _fitting(name, value, "a number, a date or a $parameter", sound and value == value)  # noqa: PLR0124 - NaN


def _fitting(name: str, value: Any, what: str, fits: bool) -> Any:
    if not fits:
        raise InvalidConditionError(f"{name} takes {what}, not {value!r:.60}", name)
    return value


def bound_of(name: str, text: str) -> Any:
    """The number, date or parameter that stands as a text.

    >>> bound_of("min_context_window", "128k")
    128000

    Raises:
        InvalidConditionError: it is none.
    """
    found = literal(text)
    if found is None:
        raise InvalidConditionError(
            f"{name} takes a number such as 128000, 128k or 0.8, a date, or a $parameter, not {text!r:.60}", name
        )
    return found


def terms_of(mapping: Mapping[str, Any], name: str = "a condition on terms") -> Terms:
    """The terms of ``{"none_of": ["beta"], "missing_ok": True}``.

    >>> terms_of({"any_of": ["vision", "tools"]})
    any_of("vision", "tools")

    Raises:
        InvalidConditionError: it says nothing of the kind.
    """
    from . import _core

    modes = [mode for mode in mapping if mode != "missing_ok"]
    missing_ok = mapping.get("missing_ok", False)
    if len(modes) != 1 or modes[0] not in _MODES or not isinstance(missing_ok, bool):
        raise InvalidConditionError(
            f"{name} as a mapping has one of {', '.join(_MODES)}, and perhaps missing_ok: {dict(mapping)!r:.80}", name
        )
    terms = listed(mapping[modes[0]])
    if not all(isinstance(term, str) for term in terms):
        raise InvalidConditionError(f"{name} takes texts as terms, not {terms!r:.60}", name)
    return _core.Terms(modes[0].removesuffix("_of"), terms, missing_ok)


def _is_written_order(value: Any) -> bool:
    return isinstance(value, Mapping) or (
        isinstance(value, str) and value.endswith(")") and value.startswith(tuple(f"{word}(" for word in ORDERS))
    )


def order_of(value: Mapping[str, Any] | str) -> str | Order:
    """The order of ``{"cost": {"input_tokens": 1200}}``, ``{"highest": "metadata.fps"}``, ``"cost(1200, 300)"``.

    >>> order_of({"cost": {"input_tokens": 1200, "output_tokens": "$out"}})
    cost(input_tokens=1200, output_tokens=param("out"), cached_tokens=0)

    Raises:
        InvalidConditionError: it is no order.
    """
    if isinstance(value, str):
        return order(value)
    word, given = next(iter(value.items())) if len(value) == 1 else (None, None)
    if word not in ORDERS:
        raise InvalidConditionError(
            f"an order as a mapping has one key, {', '.join(ORDERS)}: {dict(value)!r:.80}", "by"
        )
    from . import _core

    make = getattr(_core, word, None)
    if make is None:
        raise InvalidConditionError(f"{word} is no order here", "by")
    try:
        if word == "cost":
            return make(**_counts(given))  # type: ignore[no-any-return]
        return make(_weights(given) if word == "weighted" else given)  # type: ignore[no-any-return]
    except (TypeError, ValueError, OverflowError) as error:
        if isinstance(error, InvalidConditionError):
            raise
        raise InvalidConditionError(f"{word} cannot be read: {error}", "by") from None


def _counts(given: Any) -> dict[str, Any]:
    if isinstance(given, (list, tuple)) and len(given) <= len(_COUNTS):
        given = dict(zip(_COUNTS, given, strict=False))
    if not isinstance(given, Mapping) or not set(given) <= set(_COUNTS):
        raise InvalidConditionError(f"cost takes {', '.join(_COUNTS)}, not {given!r:.80}", "by")
    return {name: bound_of(name, count) if isinstance(count, str) else count for name, count in given.items()}


def _weights(given: Any) -> Any:
    """Fields with numbers, or with ``{"scale": [worst, best], "log": True, "weight": 0.7}``."""
    if not isinstance(given, Mapping):
        return given
    return {field: _scale(weight) if isinstance(weight, Mapping) else weight for field, weight in given.items()}


def _scale(given: Mapping[str, Any]) -> Any:
    from . import _core

    ends, options = given.get("scale"), {name: value for name, value in given.items() if name != "scale"}
    if not (isinstance(ends, (list, tuple)) and len(ends) == 2 and set(options) <= {"log", "weight"}):
        raise InvalidConditionError(
            f"a scale is {{'scale': [worst, best]}}, perhaps with log and weight, not {dict(given)!r:.80}", "by"
        )
    make = getattr(_core, "scale", None)
    if make is None:
        raise InvalidConditionError("there are no scales here", "by")
    return make(*ends, **options)


def to_text(conditions: Iterable[Condition], keywords: Mapping[str, Any]) -> str:
    """The text that `from_text` reads a query of equal answers from."""
    more, read = from_dict(keywords)
    return write_query((*conditions, *more), read)


def to_dict(conditions: Iterable[Condition], keywords: Mapping[str, Any]) -> dict[str, Any]:
    """The mapping that `from_dict` reads a query of equal answers from; it goes through JSON unchanged."""
    more, read = from_dict(keywords)
    where = write_query((*conditions, *more), {})
    found: dict[str, Any] = {"where": where} if where else {}
    for name, value in read.items():
        found[name] = _many(value, _order if name in ("by", "sort") else _plain)
    return found


def _many(value: Any, one: Any) -> Any:
    if isinstance(value, (list, tuple, AbstractSet)):
        return [one(each) for each in listed(value)]
    return one(value)


def _order(value: Any) -> Any:
    if isinstance(value, str):
        return value
    word, given = order_parts(value)
    if word == "cost":
        return {word: {name: _plain(count) for name, count in zip(_COUNTS, given, strict=True) if count != 0}}
    return {word: {name: _weighed(weight) for name, weight in given.items()} if word == "weighted" else given}


def _weighed(weight: Any) -> Any:
    if not hasattr(weight, "best"):
        return whole(weight)
    log = {"log": True} if weight.log else {}
    return {"scale": [whole(weight.worst), whole(weight.best)], **log, "weight": whole(weight.weight)}


def _plain(value: Any) -> Any:
    from . import _core

    if value is None or isinstance(value, str):
        return value
    if isinstance(value, _core.Param):
        return f"${value.name}"
    if isinstance(value, _core.Terms):
        return {f"{value.mode}_of": list(value.terms)} | ({"missing_ok": True} if value.missing_ok else {})
    if isinstance(value, _core.Model):
        return value.id
    if isinstance(value, datetime.date):
        return datetime.date(value.year, value.month, value.day).isoformat()
    try:
        number: float = operator.index(value)
    except TypeError:
        number = float(value)
    try:
        shown = float(number)
    except OverflowError:
        shown = math.copysign(math.inf, number)
    # JSON has no infinity: as a text it reads back.
    return number if math.isfinite(shown) else repr(shown)
