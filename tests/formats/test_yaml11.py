"""YAML 1.1: every scalar is what PyYAML's SafeLoader makes of it, value and type; a decimal keeps its digits."""

from __future__ import annotations

import datetime
import itertools
import math
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings, strategies as st

import modeldex as mx
from modeldex._core import _read_text

TABLE = (
    "y n yes Yes YES yEs no No NO true True TRUE tRue false False FALSE on On ON oN off Off OFF null Null NULL nUll",
    "~ ~~ = == < << <<< none None nil inf nan .inf .Inf .INF -.inf +.inf .nan .NaN .NAN -.nan +.nan Infinity . .. ... +. -.",
    "a 1a a1 1.2.3 v1.10 gpt-4o 2024-08 2024-08-06x x2024-08-06 0 00 -0 +0 1 -1 +1 007 08 0o7 0o10 0b 0b0 0b1_1 -0b11 0b2 0x 0xF 0xfF -0x1f",
    "0x_ 0x_1 0xg 0X1 0B1 1_000 1__0 1_ _1 -_1 1_000.5 1._5 1_.5 ._5 .5 -.5 +.5 .5_5 5. 5._ -5. 1e3 1E3 1e+3 1.e+3 1.0e3 1.0e+3 1.0E-3 .5e+3 .5e3",
    "1.5e+ 1.5e+3_0 1:30 -1:30 +1:30 1:3 1:60 1:59 0:30 01:30 1:30:45 1:30:45.5 190:20:30 190:20:30.15 -1:30.5 0:30.5 -0:00.5 1:2_3 1_0:30 1:30. 1:30.5_0",
    "1: :1 12:30:45 2024-08-06 2024-8-6 2024-08-6 2024-02-30 2024-13-01 0000-01-01 9999-12-31 2024-02-29 2023-02-29",
    "12345678901234567890123 -12345678901234567890123 0777777777777777777777 9007199254740993 0.1 1.10 0.30000000000000004 100000000000000000.5",
    "1.0e+308 1.0e+309 1.0e-300 01.5 00.5 -01.5 0_8 0_7 08.5 1.5.5 1,5 +-1 --1 1+ 1- 0-1 1e 1ee3 e3 0e+1 0.e+1",
)
WORDS = [word for line in TABLE for word in line.split()]
TIMES = [
    f"{day}{between}{hour}{zone}"
    for day, between, hour, zone in itertools.product(
        ("2001-12-14", "2001-1-4", "2001-02-30"),
        ("t", "T", " ", "  ", "\t"),
        ("21:59:43", "1:59:43", "21:59:43.10", "21:59:43.1234567", "21:59:43.", "25:00:00", "21:60:00", "21:5:43"),
        ("", "Z", " Z", "-05:00", " +5", "+05:30", "-23:59", "+24:00", "z", "+5:3"),
    )
]
SIGNED = [f"{sign}{body}" for sign in ("", "+", "-") for body in WORDS if body[0] not in "+-"]
ALL = list(dict.fromkeys([*WORDS, *SIGNED, *TIMES, "2001-12-14 ", "a b", "yes no", "1 2", "1:30 ", "null ~"]))


def plain(text: str) -> bool:
    """A plain scalar of one line for both, so that only its meaning is compared."""
    try:
        node = yaml.compose(f"- {text}\n", Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return False
    if not isinstance(node, yaml.SequenceNode) or len(node.value) != 1:
        return False
    scalar = node.value[0]
    return isinstance(scalar, yaml.ScalarNode) and scalar.style is None and scalar.value == text


def agrees(text: str) -> None:
    try:
        theirs = yaml.safe_load(f"- {text}\n")[0]
    except (yaml.YAMLError, ValueError) as error:
        theirs = error
    try:
        ours = _read_text(f"- {text}\n", "yaml", yaml11=True).value[0]
    except mx.InvalidFileError as error:
        ours = error
    said = f"{text!r}: {ours!r}, PyYAML {theirs!r}"
    if isinstance(theirs, Exception):
        assert isinstance(ours, mx.InvalidFileError), said
    elif isinstance(theirs, float):
        # Not finite, or rounded to zero: a number that nobody can mean is an error here.
        digits = text.lower().split("e", maxsplit=1)[0]
        lost = not math.isfinite(theirs) or (theirs == 0 and any(digit in digits for digit in "123456789"))
        beyond = isinstance(ours, mx.InvalidFileError) and ("e" in text.lower())
        if lost or beyond:
            assert isinstance(ours, mx.InvalidFileError), said
            return
        assert type(ours) is Decimal, said
        # PyYAML sums the parts of base 60 in floats.
        assert math.isclose(ours, theirs, rel_tol=1e-12) if ":" in text else float(ours) == theirs, said
    else:
        assert type(ours) is type(theirs), said
        assert ours == theirs, said
        if isinstance(theirs, datetime.datetime):
            assert ours.utcoffset() == theirs.utcoffset(), said


def test_the_table() -> None:
    cases = [text for text in ALL if plain(text)]
    assert len(cases) > 600
    for text in cases:
        agrees(text)


@settings(max_examples=1_500, deadline=None)
@given(
    st.text("0123456789_:.+-eExXbo", min_size=1, max_size=12)
    | st.from_regex(r"[-+]?[0-9_]{1,4}(:[0-9]{1,2}){0,2}(\.[0-9_]{0,3})?([eE][-+]?[0-9]{1,3})?", fullmatch=True)
    | st.from_regex(
        r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ][0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]{0,7})?( ?[-+Z][0-9:]{0,5})?)?",
        fullmatch=True,
    )
    | st.sampled_from("yYnNtTfFoO~").flatmap(
        lambda first: st.text("esoulrnaf", max_size=4).map(lambda rest: first + rest)
    )
)
@example("1.7e+308")
@example("-0:0.5")
def test_any_scalar(text: str) -> None:
    if plain(text):
        agrees(text)


def test_keys_are_scalars_too() -> None:
    text = "1: a\nyes: b\n~: c\n2024-08-06: d\n0x10: e\n'2': f\n=: g\n1.5: h\n"
    theirs = yaml.safe_load(text.replace("yes", "no"))  # 1 and True are one key
    with pytest.raises(mx.InvalidFileError, match="line 2, column 1: the key 'yes' stands twice, first in line 1"):
        _read_text(text, "yaml", yaml11=True)
    ours = _read_text(text.replace("yes", "no"), "yaml", yaml11=True).value
    assert ours == theirs
    assert [type(key) for key in ours if key != 1.5] == [type(key) for key in theirs if key != 1.5]


@pytest.mark.parametrize(
    ("one", "other"), [("1", "01"), ("1", "1.0"), ("1", "true"), ("0", "off"), ("10", "1_0"), ("1:30", "90")]
)
def test_keys_that_python_takes_for_one(one: str, other: str) -> None:
    with pytest.raises(mx.InvalidFileError, match="stands twice"):
        _read_text(f"{one}: a\n{other}: b\n", "yaml", yaml11=True)
    assert len(_read_text(f"{one}: a\n{other}: b\n", "yaml").value) == 2


@st.composite
def merging(draw: st.DrawFn) -> str:
    """A list of mappings, of which each may merge earlier ones."""
    lines = []
    for at in range(draw(st.integers(1, 6))):
        entries = [
            f"{key}: {draw(st.integers(0, 9))}"
            for key in draw(st.lists(st.sampled_from("abcdef"), max_size=4, unique=True))
        ]
        if at and draw(st.booleans()):
            names = draw(st.lists(st.integers(0, at - 1).map(lambda name: f"*m{name}"), min_size=1, max_size=3))
            source = names[0] if len(names) == 1 else f"[{', '.join(names)}]"
            entries.insert(draw(st.integers(0, len(entries))), f"<<: {source}")
        if at and draw(st.booleans()):
            entries.append(f"z: *m{draw(st.integers(0, at - 1))}")
        lines.append(f"- &m{at} {{{', '.join(entries)}}}")
    return "\n".join(lines) + "\n"


@settings(max_examples=400, deadline=None)
@given(merging())
def test_merging_is_as_in_pyyaml(text: str) -> None:
    def ordered(value: Any) -> Any:
        return [(key, ordered(inner)) for key, inner in value.items()] if isinstance(value, dict) else value

    theirs, ours = yaml.safe_load(text), _read_text(text, "yaml", yaml11=True).value
    assert [ordered(each) for each in ours] == [ordered(each) for each in theirs]


# The syntax is that of 1.2, where these break no line.
TEXTS = st.text(st.characters(exclude_characters="\x85\u2028\u2029", exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
    | st.sampled_from(
        ["yes", "010", "1:30", "~", "", "- a", "a: b", "#", "*x", "2024-08-06", "\t", "\n", "  x", "x ", "=", "<<"]
    )
    | st.dates()
    | st.datetimes(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def as_float(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list):
        return [as_float(each) for each in value]
    return {key: as_float(each) for key, each in value.items()} if isinstance(value, dict) else value


@settings(max_examples=400, deadline=None)
@given(VALUES, st.sampled_from([None, True, False]), st.booleans())
def test_what_pyyaml_writes_is_read(value: Any, flow: bool | None, wide: bool) -> None:
    shared = [value, value]  # an alias, where it is a list or a mapping
    text = yaml.safe_dump(shared, default_flow_style=flow, allow_unicode=wide, width=40, sort_keys=False)
    theirs = yaml.safe_load(text)
    assert as_float(_read_text(text, "yaml", yaml11=True).value) == theirs
