"""The text grammar of conditions: what is read, what is written, and that nothing else ever comes out."""

from __future__ import annotations

import datetime
import math
import pickle
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from tests.registry.strategies import condition, laws, nodes

import modeldex as mx
from modeldex.conditions import Condition
from modeldex.grammar.tokens import LONGEST

F = mx.f
DAY = datetime.date(2026, 12, 31)
SAYS = [
    ("input_price <= 3", F.input_price <= 3),
    ("input_price<=3", F.input_price <= 3),
    ("context_window >= 128k", F.context_window >= 128_000),
    ("context_window >= 1.5M", F.context_window >= 1_500_000),
    ("context_window >= 128_000", F.context_window >= 128_000),
    ("parameters_total < 7B", F.parameters_total < 7 * 10**9),
    ("latency_p50_ms > -.5e-3", F.latency_p50_ms > -0.0005),
    ("latency_p50_ms < inf", F.latency_p50_ms < math.inf),
    ("scores.coding >= 0.8", F.scores["coding"] >= 0.8),
    ('metadata."my key" > 3', F.metadata["my key"] > 3),
    ('metadata."my key".count != 3', F.metadata["my key"]["count"] != 3),
    ("metadata.'my key'.count != 3", F.metadata["my key"]["count"] != 3),
    ("released >= 2026-12-31", F.released >= DAY),
    ("released == 2026-12", F.released == "2026-12-01"),
    ("context_window >= $tokens", F.context_window >= mx.param("tokens")),
    ("provider == openai", F.provider == "openai"),
    ("provider != openai", F.provider != "openai"),
    ('base == "7b"', F.base == "7b"),
    ("provider == 302ai", F.provider == "302ai"),
    ("hardware == N2X/ORCA1", F.hardware == "N2X/ORCA1"),
    ("base.any_of(llama3.1:8b, gpt-4o, 7b)", F.base.has_any("llama3.1:8b", "gpt-4o", "7b")),
    ("capabilities.all_of(tools, vision)", Condition(("term", "capabilities", "all", ("tools", "vision")))),
    ("tag.none_of(beta, old)", F.tag.has_none("beta", "old")),
    ("tag.none_of()", F.tag.has_none()),
    ('tag.any_of("a b", "c\\"d", "\\u00e9\\n")', F.tag.has_any("a b", 'c"d', "é\n")),
    ("requires(vision, tools)", Condition(("term", "requires", "keyword", ("vision", "tools")))),
    ("tag.any_of(x, missing_ok=true)", Condition(("term", "tag", "any", ("x",), True))),
    ("tag.any_of(x, missing_ok=false)", F.tag.has_any("x")),
    ("retires_on is unknown", F.retires_on.is_unknown()),
    ("retires_on is known", F.retires_on.is_known()),
    ("~retires_on is known", ~F.retires_on.is_known()),
    ("~~retires_on is known", F.retires_on.is_known()),
    ("experts > 1 & experts < 5 & tag == a", (F.experts > 1) & (F.experts < 5) & (F.tag == "a")),
    ("experts > 1 | experts < 5 & tag == a", (F.experts > 1) | (F.experts < 5) & (F.tag == "a")),
    ("(experts > 1 | experts < 5) & ~tag == a", ((F.experts > 1) | (F.experts < 5)) & ~(F.tag == "a")),
    ("~(experts > 1\n  & experts < 5)", ~((F.experts > 1) & (F.experts < 5))),
    ("cost(1200, 300) <= 0.01", Condition(("cost", (1200, 300, 0), "<=", 0.01))),
    ("cost(input_tokens=1.2k, cached_tokens=200) < 1", Condition(("cost", (1200, 0, 200), "<", 1))),
    ("cost(output_tokens=$out) <= $usd", Condition(("cost", (0, mx.param("out"), 0), "<=", mx.param("usd")))),
    (
        '"is" >= 3 & "cost" < 2 & "by"(x)',
        (F["is"] >= 3) & (F["cost"] < 2) & Condition(("term", "by", "keyword", ("x",))),
    ),
]


@pytest.mark.parametrize(("text", "meant"), SAYS, ids=[text for text, _ in SAYS])
def test_text_says(text: str, meant: Condition) -> None:
    assert mx.parse(text) == meant
    assert mx.parse(str(meant)) == meant
    assert mx.parse(f" \n{text}\t") == meant


@given(nodes)
@laws
def test_every_condition_reads_back(node: Any) -> None:
    made = condition(node)
    again = mx.parse(str(made))
    assert str(again) == str(made)
    if not _inexact(made.node):
        assert again == made


def _inexact(part: Any) -> bool:
    return isinstance(part, Decimal) or (isinstance(part, tuple) and any(map(_inexact, part)))


NAMES = st.text(min_size=1, max_size=8)
LEAVES = st.one_of(
    st.tuples(NAMES, st.sampled_from(["any", "all", "none", "keyword"]), st.lists(st.text(), max_size=3)).map(
        lambda parts: ("term", parts[0], parts[1], tuple(parts[2]))
    ),
    st.tuples(NAMES, st.lists(NAMES, max_size=2)).map(lambda parts: ("term", parts[0], "all", tuple(parts[1]), True)),
    st.tuples(
        NAMES,
        st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
        st.one_of(
            st.integers(-(10**30), 10**30),
            st.floats(allow_nan=False),
            st.dates(),
            st.from_regex(r"[a-z_]\w*", fullmatch=True).filter(str.isidentifier).map(mx.param),
        ),
    ).map(lambda parts: ("cmp", *parts)),
    st.tuples(st.sampled_from(["known", "unknown"]), NAMES),
    st.tuples(
        st.tuples(st.integers(0, 2**60), st.integers(0, 2**60), st.just(0)),
        st.sampled_from(["<", "<=", ">", ">="]),
        st.floats(0, 1e6),
    ).map(lambda parts: ("cost", *parts)),
)
ANY_NODE = st.recursive(
    LEAVES.map(Condition),
    lambda inner: st.one_of(
        inner.map(lambda one: ~one),
        st.tuples(inner, inner).map(lambda two: two[0] & two[1]),
        st.tuples(inner, inner).map(lambda two: two[0] | two[1]),
    ),
    max_leaves=12,
)


@given(ANY_NODE)
@laws
def test_every_name_term_and_number_reads_back(made: Condition) -> None:
    text = str(made)
    assert mx.parse(text) == made
    assert text.isprintable()


def test_numbers_read_back_as_what_the_registry_compares_with() -> None:
    for value, read in [
        (Decimal("0.1005"), 0.1005),
        (Fraction(1, 3), 1 / 3),
        (np.float64(0.5), 0.5),
        (np.int64(7), 7),
        (10**400, math.inf),
        (-(10**400), -math.inf),
        (2**53 + 1, 2**53 + 1),
        (datetime.datetime(2026, 12, 31, 5, tzinfo=datetime.UTC), DAY),
    ]:
        assert mx.parse(str(Condition(("cmp", "x", "<", value)))) == Condition(("cmp", "x", "<", read))


WRONG = [
    ("", 1, "expected a condition"),
    ("input_price <=", 15, "expected a number"),
    ("input_price <= & requires(vision)", 16, "expected a number"),
    ("input_price = 3", 13, "write == to compare"),
    ("input_price <= three", 16, "expected a number"),
    ("input_price <= nan", 16, "is unknown"),
    ('released >= "2026-12-31"', 13, "without quotes"),
    ("released >= 2026-13-01", 13, "no day of the calendar"),
    ("1 < context_window", 1, "the field comes first"),
    ("context_window > 1 < 3", 20, "do not chain"),
    ("vision && tools", 8, "expected a comparison"),
    ("x is known && y is known", 13, "write & once"),
    ("x is known and y is known", 12, "write & for 'and'"),
    ("not x is known", 1, "write ~ for 'not'"),
    ("x is not known", 6, "expected known or unknown"),
    ("!x", 1, "write ~ for not"),
    ("provider in (openai, azure)", 10, "provider(one, other)"),
    ("provider == [openai]", 13, "a list has no brackets"),
    ("tag(a b)", 7, "in quotes"),
    ("tag(a,)", 7, "expected a term"),
    ("tag(a, b", 4, "not closed"),
    ("tag($x)", 5, "a parameter stands for a number"),
    ("tag(a, missing=true)", 8, "missing_ok"),
    ("(x is known", 1, "not closed"),
    ("x is known)", 11, "expected & or |"),
    ('tag == "beta', 8, "not closed"),
    (r'tag == "\q"', 9, "an escape is one of"),
    ("x >= $1", 6, "a parameter is $"),
    ("x >= $exclude", 6, "never $exclude"),
    ("x >= " + "9" * 401, 6, "at most 400 characters"),
    ("cost(1200)", 11, "amount in USD"),
    ("cost(1200) == 1", 12, "amount in USD"),
    ("cost(1, 2, 3, 4) < 1", 15, "each once"),
    ("cost(tokens=1) < 1", 6, "no argument of cost"),
    ("cost(1, cached_tokens=2) < 1", 5, "cannot be more"),
    ("cost(-1) < 1", 5, "no cost"),
    ("x is known by input_price", 12, "Query.from_text"),
    ("by input_price", 1, "written in quotes"),
    ('a"b" > 3', 2, "expected a dot"),
    ("a. > 3", 3, "ends after its dot"),
    ("x ; y", 3, "means nothing here"),
    ("(" * 65 + "x is known" + ")" * 65, 65, "64 deep"),
]


@pytest.mark.parametrize(("text", "column", "said"), WRONG, ids=[text[:30] for text, _, _ in WRONG])
def test_errors_say_where_and_what_would_be_right(text: str, column: int, said: str) -> None:
    with pytest.raises(mx.InvalidConditionError) as caught:
        mx.parse(text)
    message, line, caret = str(caught.value).split("\n")
    assert said in message
    assert f"(at column {column})" in message
    assert line[caret.index("^")] == text[column - 1] if column <= len(text) else len(line) == caret.index("^")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_an_error_in_several_lines_shows_its_line() -> None:
    with pytest.raises(mx.InvalidConditionError, match=r"\(at line 2, column 7\)\n {3}\(tag 3\)\n {8}\^$"):
        mx.parse("x is known &\n (tag 3)\n")


def test_what_is_shown_is_short_and_steers_no_terminal() -> None:
    with pytest.raises(mx.InvalidConditionError) as caught:
        mx.parse("\x1b[31m\u202e" * 9_000 + "?")
    assert len(str(caught.value)) < 300
    assert "\x1b" not in str(caught.value)
    with pytest.raises(mx.InvalidConditionError) as caught:
        mx.parse("x >= " + "y" * 60_000)
    assert len(str(caught.value)) < 300


def test_length_and_depth_are_bounded() -> None:
    deep = "(" * 64 + "x is known" + ")" * 64
    assert mx.parse(deep) == F["x"].is_known()
    assert mx.parse("~" * 60_001 + "x is known") == ~F["x"].is_known()
    wide = " & ".join(["x > 1"] * 7_000)
    assert len(mx.parse(wide).node[1]) == 7_000  # type: ignore[arg-type]
    with pytest.raises(mx.InvalidConditionError, match="at most 65,536 characters"):
        mx.parse(" " * (LONGEST + 1))
    for hostile in ("(", "~(", "((x|", '"', "x.", "a(", "$", "9", "x<=", '"\\', "x is known&", "\n", "- "):
        with pytest.raises(mx.InvalidConditionError):
            mx.parse(hostile * (LONGEST // len(hostile)))


def test_only_texts_are_read() -> None:
    for value in (None, b"x is known", 3, F.tag):
        with pytest.raises(mx.InvalidConditionError, match="is a text"):
            mx.parse(value)  # type: ignore[arg-type]


PIECES = st.sampled_from(
    [*'()&|~,.-"\\$=<>! \n', "'", "<=", "==", "input_price", "tag", "cost", "by", "is", "known", "3", "128k", "2026-12",
     "any_of", ".none_of(", "missing_ok=true", "input_tokens=1", "$x", "prefers", "limit", "é", "9" * 500, "weighted("]
)  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=20).map("".join), st.lists(PIECES, max_size=20).map(" ".join))


@given(TEXTS)
@laws
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read = mx.parse(text)
    except mx.InvalidConditionError:
        pass
    else:
        assert mx.parse(str(read)) == read
    try:
        query = mx.Query.from_text(text)
    except mx.InvalidConditionError:
        return
    assert str(mx.Query.from_text(str(query))) == str(query)


def test_a_condition_shows_its_text() -> None:
    assert repr(F.context_window >= 128_000) == "Condition(context_window >= 128000)"
    deep = F.experts > 1
    for _ in range(5_000):
        deep = (deep & (F.experts < 2)) | (F.experts > 3)
    assert repr(deep).startswith("Condition(")
    assert repr(Condition(("what",))) == "Condition(('what',))"
    assert repr(Condition(("and", ()))).startswith("Condition(")
