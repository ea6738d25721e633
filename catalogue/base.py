"""`base`: the name of the model that a row is an offering of. Not certain means unknown."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from catalogue.keys import fold
from catalogue.raw import table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogue.row import Row

SIZE_TAG = re.compile(r"(?:e?\d+(?:\.\d+)?|\d+x\d+)[bm]")
DEVICE = re.compile(r"(?<=\d)p(?=\d)")


class Bases:
    """The reviewed table bases.toml, compiled."""

    def __init__(self) -> None:
        content = table("bases")
        self._dotted = re.compile(rf"(?:(?:{'|'.join(content['geo'])})\.)?(?:{'|'.join(content['dotted'])})\.(?=[a-z])")
        self._geo = re.compile(rf"(?:{'|'.join(content['geo'])})\.(?=[a-z]+\.)")
        self._tags = set(content["tag_providers"])
        unknown = content["unknown"]
        self._unknown_providers = set(unknown["providers"])
        self._unknown_modes = set(unknown["modes"])
        self._unknown_ids = [re.compile(pattern) for pattern in unknown["ids"]]
        self._prefixes = [(set(entry["providers"]), re.compile(entry["pattern"])) for entry in content["prefix"]]
        self._rewrites = [
            (re.compile(entry["pattern"]), entry["becomes"], re.compile(entry["unless"]) if "unless" in entry else None)
            for entry in content["rewrite"]
        ]
        self._versioned = set(content["version"]["providers"])
        self._keep_version = re.compile(content["version"]["keep"])
        self._exceptions: dict[str, str] = content["exceptions"]
        self._dashed = set(content["spelling"]["dashed"])

    def peel(self, provider: str, model_id: str) -> str | None:
        """The model's name inside one provider's id, or None where that is not certain.

        `peel("amazon-bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0")` is `claude-sonnet-4-5-20250929`.
        """
        whole = model_id.lower()
        if provider in self._unknown_providers or any(pattern.fullmatch(whole) for pattern in self._unknown_ids):
            return None
        name = whole.rsplit("/", 1)[-1].split("@", 1)[0]
        if self._geo.match(name):
            name = self._geo.sub("", name, count=1)
        name = re.sub(r"^deepseek\.(?=[a-z])", "deepseek-", name)
        name = self._dotted.sub("", name, count=1) if self._dotted.match(name) else name
        name = self._exceptions.get(name, name)
        name = self._version(provider, name)
        name = self._tag(provider, name)
        if provider == "fireworks-ai":
            name = DEVICE.sub(".", name)
        for providers, pattern in self._prefixes:
            if provider in providers:
                name = pattern.sub("", name, count=1) if pattern.match(name) else name
        for pattern, becomes, unless in self._rewrites:
            if not (unless and unless.search(name)):
                name = pattern.sub(becomes, name, count=1)
        name = re.sub(r"[_ ]+", "-", name)
        name = re.sub(r"-{2,}", "-", name).strip("-.")
        name = self._exceptions.get(name, name)
        if not name or any(pattern.fullmatch(name) for pattern in self._unknown_ids):
            return None
        return name

    def _version(self, provider: str, name: str) -> str:
        if provider in self._versioned:
            if self._keep_version.match(name):
                return re.sub(r":\d+$", "", name)
            return re.sub(r"-(?:v\d+(?::\d+)?|\d+:\d+)$", "", name)
        return name

    def _tag(self, provider: str, name: str) -> str:
        if ":" not in name:
            return name
        stem, tag = name.split(":", 1)
        tag = tag.removesuffix("-cloud")
        if SIZE_TAG.fullmatch(tag) or (provider in self._tags and tag not in ("latest", "cloud")):
            return f"{stem}-{tag}"
        return stem

    def assign(self, rows: Iterable[Row]) -> None:
        """Give every row its base: one spelling a group of equal names.

        The names of a group differ in separators only. Its maker's own spelling is taken (`gpt-4.1`, but
        `claude-sonnet-4-5`), else the most frequent one, so that the name people know is the one that works.
        """
        spellings: dict[str, Counter[str]] = defaultdict(Counter)
        homes: dict[str, Counter[str]] = defaultdict(Counter)
        members: list[tuple[Row, str]] = []
        for row in rows:
            name = self.peel(row.provider, row.model_id)
            if name is None or row.fields.get("mode") in self._unknown_modes:
                continue
            members.append((row, fold(name)))
            spellings[fold(name)][name] += 1
            if row.fields.get("home"):
                homes[fold(name)][name] += 1
        for row, group in members:
            counter = homes.get(group) or spellings[group]
            dashed = group not in homes and row.fields.get("owner") in self._dashed
            row.fields["base"] = group if dashed else min(counter, key=lambda name: (-counter[name], name))
