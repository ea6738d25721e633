"""Search beside a scan over all models, which reads what each of them says."""

from __future__ import annotations

import functools
import pickle
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st
from tests.registry.strategies import laws, optional

import modeldex as mx
from modeldex import InvalidConditionError
from modeldex.schema.vocabularies import CAPABILITIES, MODES, PROVIDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modeldex import Model, Registry

SYNONYMS = {"capability": CAPABILITIES, "mode": MODES, "provider": PROVIDERS}
Piece = tuple[str, bool]


def words_of(text: str, most: int = 1_024) -> list[list[Piece]]:
    """Words as pieces; a piece is a run of letters or of digits, and whether it begins a part."""
    folded = "".join(letter.lower() for letter in unicodedata.normalize("NFKC", text))
    runs: list[tuple[str, str]] = []
    for letter in folded:
        group = unicodedata.category(letter)[0]
        kind = {"L": "letters", "N": "digits"}.get(group, "")
        if group == "M":
            kind = runs[-1][0] if runs and runs[-1][0] else "letters"
        if runs and runs[-1][0] == kind:
            runs[-1] = (kind, runs[-1][1] + letter)
        else:
            runs.append((kind, letter))
    words: list[list[Piece]] = []
    before, between = "", "/"
    for kind, text in runs:
        if not kind:
            between = text
            continue
        version = between == "." and before == kind == "digits"
        piece = (text, "/" in between)
        if words and (between == "" or version):
            words[-1].append(piece)
        else:
            words.append([piece])
        before, between = kind, ""
        most -= 1
        if not most:
            break
    return words


def begins(there: list[Piece], wanted: list[str], *, prefix: bool) -> bool:
    if len(there) < len(wanted):
        return False
    found = [text for text, _ in there[: len(wanted)]]
    last = found[-1].startswith(wanted[-1]) if prefix else found[-1] == wanted[-1]
    return found[:-1] == wanted[:-1] and last


def texts_of(model: Model) -> Iterator[tuple[int, str]]:
    """Every text that counts, with its rank."""
    yield from ((1, text) for text in (model.id, *model.aliases, model.name, model.base) if text)
    terms = {
        "tag": model.tags,
        "capability": model.capabilities,
        "provider": model.providers,
        "family": [model.family],
        "owner": [model.owner],
        "mode": [model.mode],
    }
    for facet, words in terms.items():
        for word in words:
            if word is not None:
                yield 2, word
                if facet in SYNONYMS:
                    yield from ((2, other) for other, meant in SYNONYMS[facet].synonyms.items() if meant == word)
    if model.description:
        yield 3, model.description


@functools.lru_cache(maxsize=20_000)
def read(model: Model) -> list[tuple[int, list[Piece]]]:
    return [(rank, [piece for word in words_of(text) for piece in word]) for rank, text in texts_of(model)]


def scan(registry: Registry, text: str, *, prefix: bool = False) -> list[str]:
    """The slow twin."""
    asked = [[piece for piece, _ in word] for word in words_of(text, 32)]
    if not asked or len(text.encode("utf-8", "replace")) > 512:
        return []
    whole = [piece for word in asked for piece in word]
    wanted = {(*word, prefix and at == len(asked) - 1): word for at, word in enumerate(asked)}
    found = []
    for model in registry.values():
        texts = read(model)
        ranks = []
        for (*_, last), word in wanted.items():
            places = [
                rank
                for rank, there in texts
                if len(there) >= len(word)
                and any(begins(there[start:], word, prefix=last) for start in range(len(there)))
            ]
            ranks.append(min(places, default=0))
        if not all(ranks):
            continue
        named = [there[at:] for rank, there in texts if rank == 1 for at, (_, first) in enumerate(there) if first]
        place = 1 + max(ranks)
        if any(begins(there, whole, prefix=prefix) for there in named):
            place = 1
        if any(begins(there, whole, prefix=False) and len(there) == len(whole) for there in named):
            place = 0
        out = model.status in ("maintenance", "disabled", "retired")
        found.append((place, sum(ranks), not model.document.get("home", False), out, model.id))
    return [name for *_, name in sorted(found)]


WORDS = ("gpt", "4", "o", "4o", "llama", "70b", "3.1", "3", "1", "vision", "tools", "azure", "GPT", "modèle", "模型", "é", "mini", "tool calling")  # fmt: skip
text = st.one_of(
    st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from([" ", "-", "/", ".", "", "_", ":"])), max_size=4).map(
        lambda parts: "".join(word + between for word, between in parts)
    ),
    st.text(st.characters(exclude_categories=["So"]), max_size=6),
)


def clean(text: str) -> str:
    """A text that may be a name."""
    return "".join(letter for letter in text if unicodedata.category(letter)[0] != "C").strip()[:40] or "x"


names = text.map(clean)
definitions = st.builds(
    lambda id, rest: {"id": id, **rest},
    names,
    optional(
        name=names,
        base=names,
        family=names,
        owner=names,
        provider=st.sampled_from(["azure", "openai", "google"]),
        description=names,
        tags=st.lists(names, max_size=2, unique=True),
        mode=st.sampled_from(["chat", "embedding"]),
        capabilities=st.dictionaries(st.sampled_from(["tools", "vision", "reasoning"]), st.booleans(), max_size=2),
        status=st.sampled_from(["active", "retired", "deprecated"]),
        home=st.booleans(),
    ),
)


@laws
@given(
    st.lists(st.tuples(st.lists(definitions, min_size=1, max_size=4), text, st.booleans()), min_size=1, max_size=3),
    st.sampled_from([0, 1, 3, 10]),
)
def test_search_is_a_scan(steps: list[tuple[list[dict[str, Any]], str, bool]], limit: int) -> None:
    registry = mx.Registry()
    view = registry.view(deny="*llama*", models=[{"id": "own llama 4", "tags": ["mine own"]}])
    for stock, asked, prefix in steps:
        for definition in stock:
            registry.register(definition, replace=True)
        wanted = scan(registry, asked, prefix=prefix)
        assert registry.search(asked, None, prefix).ids() == wanted
        assert registry.search(asked, limit=limit, prefix=prefix).ids() == wanted[:limit]
        assert view.search(asked, None, prefix).ids() == scan(view, asked, prefix=prefix)
        # One that was never searched before reads everything now.
        assert registry.frozen().search(asked, None, prefix).ids() == wanted


@pytest.mark.parametrize("prefix", [False, True])
@pytest.mark.parametrize(
    "asked",
    ["llama vision 70b", "gpt4o", "function calling openai", "tts"],
)
def test_the_catalogue_is_searched_as_a_scan_does(asked: str, prefix: bool) -> None:
    assert mx.models.search(asked, None, prefix).ids() == scan(mx.models, asked, prefix=prefix)


def test_who_is_found_first() -> None:
    registry = mx.Registry()
    registry.register_many(
        [
            {"id": "z/told", "description": "as good as gpt-4o"},
            {"id": "y/tagged", "tags": ["gpt-4o"]},
            {"id": "x/my-gpt-4o"},
            {"id": "w/gpt-4o-mini"},
            {"id": "cloud/gpt-4o", "base": "gpt-4o", "status": "retired"},
            {"id": "azure/gpt-4o", "base": "gpt-4o"},
            {"id": "openai/gpt-4o", "base": "gpt-4o", "home": True},
        ]
    )
    found = registry.search("GPT 4o")
    assert found.ids() == [
        "openai/gpt-4o", "azure/gpt-4o", "cloud/gpt-4o", "w/gpt-4o-mini", "x/my-gpt-4o", "y/tagged", "z/told",
    ]  # fmt: skip
    assert isinstance(found, mx.Selection)
    assert found[0] is registry["openai/gpt-4o"]
    assert found.where(base="gpt-4o").ids() == found.ids()[:3]
    assert pickle.loads(pickle.dumps(found)) == found
    assert registry.search("azure gpt4o").ids() == ["azure/gpt-4o"]


def test_the_order_of_registration_does_not_matter() -> None:
    stock = [{"id": f"p{at}/gpt-{at % 3}", "base": f"gpt-{at % 3}"} for at in range(30)]
    there, back = mx.Registry(), mx.Registry()
    there.register_many(stock)
    back.register_many(reversed(stock))
    assert there.search("gpt 1", None).ids() == back.search("gpt 1", None).ids()


def test_the_last_word_may_be_a_beginning() -> None:
    registry = mx.Registry()
    registry.register_many([{"id": "a/llama-70b"}, {"id": "a/llama-7b"}, {"id": "a/llamas"}])
    assert registry.search("lla").ids() == []
    assert registry.search("lla", prefix=True).ids() == ["a/llama-70b", "a/llama-7b", "a/llamas"]
    assert registry.search("llama 7", prefix=True).ids() == ["a/llama-70b", "a/llama-7b"]
    assert registry.search("llam 70", prefix=True).ids() == []


@pytest.mark.parametrize(
    "nothing", ["", " ", "-", "/", "\x00", "\u202e\u200b", "🙂", "a" * 513, "é" * 257, "gpt " * 200_000, "\ud800"]
)
def test_a_text_without_words_or_too_long_finds_nothing(nothing: str) -> None:
    assert mx.models.search(nothing).ids() == []
    assert mx.models.search(nothing, None, prefix=True).ids() == []


def test_control_characters_do_no_harm() -> None:
    assert mx.models.search("\x00gpt\x1b-4o\u200f").ids() == mx.models.search("gpt 4o").ids()


@pytest.mark.parametrize("limit", [-1, 1.5, "3", -(10**30)])
def test_a_limit_is_a_whole_number(limit: Any) -> None:
    with pytest.raises(InvalidConditionError, match="0 or more, or None for all"):
        mx.models.search("gpt", limit=limit)
    assert len(mx.models.search("gpt", limit=10**30)) == len(mx.models.search("gpt", limit=None)) > 100


def test_changes_are_found_and_what_is_gone_is_not() -> None:
    registry = mx.Registry()
    registry.register({"id": "a", "name": "First"})
    assert registry.search("first").ids() == ["a"]
    registry.update("a", name="Second", tags=["blue"], description="sits in a boat")
    registry.register({"id": "b", "tags": ["green"], "aliases": ["boat"]})
    assert registry.search("first").ids() == []
    assert registry.search("boat").ids() == ["b", "a"]
    assert registry.search("second blue").ids() == ["a"]
    assert registry.search("green").ids() == ["b"]
    registry.remove("b")
    assert registry.search("boat").ids() == ["a"]
    assert registry.search("green").ids() == []


def test_many_changes_are_merged() -> None:
    registry = mx.Registry()
    registry.register_many([{"id": f"old/m{at}"} for at in range(200)])
    assert len(registry.search("old", None)) == 200
    for at in range(300):
        registry.register({"id": f"new/m{at}", "tags": [f"t{at}"]})
        assert registry.search(f"t{at}").ids() == [f"new/m{at}"]
    assert registry.search("m 299").ids() == ["new/m299"]
    assert len(registry.search("new", None)) == 300
    assert registry.search("new", None).ids() == sorted(registry.search("new", None).ids())


def test_a_file_is_searched_and_one_of_own_words(tmp_path: Any) -> None:
    own = mx.Registry(mx.Schema.default().extend(capabilities=["pii_safe"]))
    own.register({"id": "a/b", "capabilities": ["pii_safe"], "name": "Näme"})
    own.save(tmp_path / "own.arrow")
    opened = mx.Registry.open(tmp_path / "own.arrow")
    assert opened.search("NÄME pii safe").ids() == ["a/b"]
    assert pickle.loads(pickle.dumps(opened)).search("pii").ids() == ["a/b"]


def test_a_view_finds_what_it_shows() -> None:
    registry = mx.Registry()
    registry.register_many([{"id": "a/llama"}, {"id": "b/llama", "tags": ["cheap"]}])
    assert registry.search("llama").ids() == ["a/llama", "b/llama"]
    view = registry.view(
        deny="a/*", overrides={"b/llama": {"tags": ["house wine"]}}, models=[{"id": "c", "name": "llama"}]
    )
    assert view.search("llama").ids() == ["b/llama", "c"]
    assert view.search("wine").ids() == ["b/llama"]
    assert view.search("cheap").ids() == []
    assert registry.search("wine").ids() == []
    registry.register({"id": "d/llama"})
    assert view.search("llama").ids() == ["b/llama", "c", "d/llama"]
    assert registry.search("cheap").ids() == ["b/llama"]
