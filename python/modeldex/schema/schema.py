"""`Schema`: the declared fields and words of one registry, and everything derived from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from pydantic import ValidationError

from ..errors import InvalidModelError, Problem
from ..progress import Progress, tracked
from .compiler import Compiled, Compiler
from .definition import Definition
from .editor import json_schema
from .extension import Own, Way, extended, markers, own_of
from .faults import Faults, Path, fault, is_secret, nearest, problems, shown
from .independent import independent
from .markers import Facet, Marker, Measure, Stated
from .patching import inherited, patched
from .rules import settle
from .words import vocabulary

Lookup = Callable[[str], Mapping[str, Any] | None]
"""Gives the document of a registered model by its id, or None."""

SPELLINGS: Mapping[str, str] = {"service_tiers": "service_tier"}
"""Other spellings of fields that are accepted."""

FOREIGN: Mapping[str, str] = {
    "api_key": "a key is never stored: name the environment variable that holds it in 'api_key_env'",
    "model": "write 'id'",
    "model_id": "write 'id'",
    "max_tokens": "write 'max_output_tokens'",
    "context_length": "write 'context_window'",
    "max_context": "write 'context_window'",
    "litellm_provider": "write 'provider'",
    "input_cost_per_token": "write 'input_price', in USD per 1M tokens",
    "output_cost_per_token": "write 'output_price', in USD per 1M tokens",
    "supports": "write 'capabilities'",
}
"""Keys of other systems for which the nearest spelling would be wrong or too little."""


UNREADABLE = "cannot be read: reading it raises "


class Schema:
    """Fields and words of a registry; immutable, comparable, picklable.

    >>> from modeldex.schema import Higher
    >>> schema = Schema.default().extend(capabilities=["pii_safe"], facets=["team"], scores={"house": Higher})
    >>> schema.compile({"id": "house/llm", "capabilities": {"pii_safe": True}, "team": "search"}).terms
    [('capability', 'pii_safe'), ('team', 'search')]
    """

    __slots__ = ("_compiler", "_merged", "_own", "_validate", "definition", "fields")

    definition: type[Definition]
    """The pydantic model of one definition."""
    fields: dict[str, Marker]
    """What every field is, in the declared order."""

    def __init__(self, definition: type[Definition], own: Own) -> None:
        self.definition = definition
        self.fields = markers(definition)
        self._own = own
        self._validate = definition.__pydantic_validator__.validate_python
        self._compiler = Compiler(self.fields)
        self._merged = [
            (name, marker.vocabulary.canonical) for name, marker in self.fields.items() if isinstance(marker, Stated)
        ]

    @staticmethod
    @cache
    def default() -> Schema:
        """The schema of the field as shipped; one object for the process."""
        return Schema(Definition, Own())

    def extend(
        self,
        *,
        capabilities: Iterable[str] = (),
        modes: Iterable[str] = (),
        facets: Iterable[str | Facet] = (),
        measures: Mapping[str, Way | Measure | None] | None = None,
        scores: Mapping[str, Way | Measure | None] | None = None,
        terms: Mapping[str, Iterable[str]] | None = None,
        synonyms: Mapping[str, Mapping[str, str]] | None = None,
    ) -> Schema:
        """Another schema that also knows these words; this one is unchanged.

        Args:
            capabilities: further capabilities, on top of those of the field.
            modes: further modes.
            facets: own fields of terms, by name (a list of any terms) or as a `Facet` with its vocabulary.
            measures: own numeric fields: `Higher`, `Lower`, ``mx.scale(worst, best)`` (so that `weighted` can take
                them), None (no way is better) or a `Measure` with unit and kind.
            scores: which way is better for entries of ``scores``; without it, higher is. Their scale is 0 to 1 unless
                it is given: ``{"elo": mx.scale(800, 1600)}``.
            terms: further terms of any closed vocabulary, by facet: ``{"privacy": ["iso42001"]}``.
            synonyms: further spellings, by facet: ``{"provider": {"our-azure": "azure"}}``.

        Raises:
            ValueError: a name that is taken or cannot be a field, a synonym that would mean two things.
        """
        words = Own.of(
            facets=facets,
            measures=measures or {},
            scores=scores or {},
            terms=terms or {},
            synonyms=synonyms or {},
        )
        short = Own.of(terms={"capability": capabilities, "mode": modes})
        own = self._own.joined(words).joined(short)
        return Schema(extended(own), own)

    @classmethod
    def from_vocabulary(cls, words: Mapping[str, Any]) -> Schema:
        """The schema behind a vocabulary, as a saved snapshot carries it: the default one plus the words of its own."""
        own = own_of(words, cls.default().vocabulary())
        return cls(extended(own), own) if own != Own() else cls.default()

    def compile(self, definition: Mapping[str, Any] | Definition, lookup: Lookup | None = None) -> Compiled:
        """Checks one definition and gives the row that the engine stores.

        Args:
            definition: what somebody wrote; None means unknown.
            lookup: gives the document of the model that ``extends`` names.

        Raises:
            InvalidModelError: with every fault of the definition, each with its path.
        """
        faults: list[tuple[Path, str]] = []
        compiled = self._compiled(_mapping(definition), lookup, faults)
        if compiled is None:
            raise InvalidModelError(problems(faults, _label(definition)))
        return compiled

    def compile_many(
        self,
        definitions: Iterable[Mapping[str, Any] | Definition],
        lookup: Lookup | None = None,
        progress: Progress = None,
    ) -> list[Compiled]:
        """`compile` for many, in their order; they may extend each other in any order. ``progress`` as in `register_many`.

        Raises:
            InvalidModelError: with every fault of every definition; ``model`` of a problem says whose it is.
        """
        batch = [_mapping(each) for each in definitions]
        own = {_label(each): each for each in batch if isinstance(each, Mapping)}

        def find(name: str) -> Mapping[str, Any] | None:
            return own[name] if name in own else lookup(name) if lookup else None

        rows: list[Compiled] = []
        found: list[Problem] = []
        silent: list[Problem] = []
        with tracked(batch, "checking definitions", progress=progress) as items:
            for place, definition in enumerate(items):
                faults: list[tuple[Path, str]] = []
                row = self._compiled(definition, find, faults)
                if row is not None:
                    rows.append(row)
                    continue
                label = _label(definition) or f"[{place}]"
                for problem, (path, _) in zip(problems(faults, label), faults, strict=True):
                    # What a definition takes over from a faulty one of the batch is told there.
                    taken = isinstance(definition, Mapping) and "extends" in definition and path[0] not in definition
                    (silent if taken else found).append(problem)
        if found or silent:
            raise InvalidModelError(found or silent)
        return rows

    def patch(self, document: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
        """The definition that a document becomes by changes: mappings merge, lists are replaced, ``+tags`` adds, None unsets.

        Compile the result; only then is it checked.

        >>> Schema.default().patch({"id": "m", "tags": ["a"], "scores": {"x": 1.0}}, {"+tags": ["b"], "scores": {"y": 2.0}})
        {'id': 'm', 'tags': ['a', 'b'], 'scores': {'x': 1.0, 'y': 2.0}}
        """
        # Read once: a mapping of somebody's own may answer differently the next time.
        asked = self._canonical(changes)
        try:
            if asked.get("id", document.get("id")) != document.get("id"):
                raise fault("cannot be changed by an update; register the model under its new id", "id")
            return patched(self._mergeable(document), asked)
        except Faults as error:
            raise InvalidModelError(problems(error.faults, _label(document))) from None

    def vocabulary(self) -> dict[str, Any]:
        """What the engine is told, as plain JSON."""
        return vocabulary(self.fields)

    def independent(self) -> dict[str, Any]:
        """The fields that can change by themselves, for what changes them without this schema."""
        return independent(self.fields)

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema (2020-12) of one definition, for editors."""
        return json_schema(self.fields)

    def _compiled(self, definition: object, lookup: Lookup | None, faults: list[tuple[Path, str]]) -> Compiled | None:
        if not isinstance(definition, Mapping):
            faults.append(((), f"is {shown(definition)}; write a mapping with at least an id"))
            return None
        flat: Mapping[str, Any] = definition
        if definition.get("extends") is not None:
            try:
                flat = self._inherited(definition, lookup)
            except Faults as error:
                faults += error.faults
                flat = {key: value for key, value in definition.items() if key != "extends"}
        if not SPELLINGS.keys().isdisjoint(flat):
            flat = {SPELLINGS.get(key, key): value for key, value in flat.items()}
        stated = self._checked(dict(flat), faults)
        faults.extend(settle(stated, self.fields))
        return None if faults else self._compiler.compile(stated)

    def _checked(self, flat: dict[str, Any], faults: list[tuple[Path, str]]) -> dict[str, Any]:
        try:
            return dict(self._validate(flat).__dict__)
        except ValidationError as error:
            told = self._told(error)
        faults += told
        # The rest is checked once more without what is wrong, so that faults between fields are told as well.
        wrong = {path[0] for path, _ in told if path}
        rest = {key: flat[key] for key in self.fields if key in flat and key not in wrong}
        return self._checked({"id": "an id", **rest}, faults)

    def _told(self, error: ValidationError) -> list[tuple[Path, str]]:
        told: list[tuple[Path, str]] = []
        for line in error.errors(include_url=False, include_input=False):
            path = line["loc"]
            match line["type"]:
                case "value_error":
                    inner = line["ctx"]["error"]
                    # A value of somebody's own may raise errors of its own when it is read.
                    found = inner.faults if isinstance(inner, Faults) else [((), UNREADABLE + type(inner).__name__)]
                    told.extend(((*path, *below), message) for below, message in found)
                case "extra_forbidden":
                    told.append((path, self._unknown(str(path[0]))))
                case "missing":
                    told.append((path, "is missing; every definition needs one"))
                case "invalid_key":
                    told.append(((), f"has the key {shown(path[0] if path else None)}; write keys as texts"))
                case "string_unicode":
                    told.append(((), "has a key with half a surrogate pair; write valid Unicode"))
                case _:
                    told.append((path, line["msg"]))
        return told

    def _unknown(self, key: str) -> str:
        if key in FOREIGN:
            return f"is no field; {FOREIGN[key]}"
        if key.startswith("+") and key[1:] in self.fields:
            return f"adds to what is there, so it needs `extends` or an update; write {key[1:]!r} here"
        return f"is no field{nearest(key, self.fields, SPELLINGS) or '; what no field takes goes under metadata'}"

    def _canonical(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        # A merge meets the document's canonical words, so the keys that are merged must be canonical as well.
        result = {SPELLINGS.get(key, key): value for key, value in changes.items()}
        for name, canonical in self._merged:
            if isinstance(result.get(name), Mapping):
                result[name] = {canonical.get(key, key): value for key, value in result[name].items()}
        return result

    def _mergeable(self, written: Mapping[str, Any]) -> dict[str, Any]:
        # A list of names is short for a mapping; what merges into it must find the mapping.
        result = self._canonical(written)
        for name, canonical in self._merged:
            listed = result.get(name)
            listed = [listed] if isinstance(listed, str) else listed
            if not isinstance(listed, (list, tuple, set, frozenset)):
                continue
            if all(isinstance(key, str) for key in listed):  # else it is left for the reader to tell
                result[name] = {canonical.get(key, key): True for key in listed}
        return result

    def _inherited(self, definition: Mapping[str, Any], lookup: Lookup | None) -> dict[str, Any]:
        chain: list[Mapping[str, Any]] = [definition]
        seen: set[object] = {_label(definition)}
        while (parent := chain[-1].get("extends")) is not None:
            if not isinstance(parent, str):
                raise fault(f"is {shown(parent)}; write the id of a model", "extends")
            if parent in seen:
                raise fault(f"leads back to {shown(parent)}; a model cannot extend itself", "extends")
            document = lookup(parent) if lookup else None
            if document is None:
                raise fault(f"names {shown(parent)}, which is not registered; register it first", "extends")
            seen.add(parent)
            chain.append(document)
        result = self._mergeable(chain.pop())
        while chain:
            result = self._mergeable(inherited(result, self._canonical(chain.pop())))
        return result

    def __eq__(self, other: object) -> bool:
        return self._own == other._own if isinstance(other, Schema) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self.fields))

    def __reduce__(self) -> tuple[Callable[..., Schema], tuple[dict[str, Any]]]:
        return (Schema.from_vocabulary, (self.vocabulary(),))

    def __repr__(self) -> str:
        return f"Schema({len(self.fields)} fields{', extended' if self._own != Own() else ''})"


def _mapping(definition: object) -> object:
    if isinstance(definition, Definition):
        return {name: getattr(definition, name) for name in definition.model_fields_set}
    return definition


def _label(definition: object) -> str:
    name = definition.get("id") if isinstance(definition, Mapping) else None
    return name[:512] if isinstance(name, str) and name.isprintable() and not is_secret(name) else ""
