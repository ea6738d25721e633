"""What ids say of themselves, compared with what the shipped catalogue states: `python -m tests.discover.facts`.

One vote a base: the first id of each base, against what nearly all of its offerings state. Bases are split by a hash into a
tuning half, against which the tables were reviewed, and a held-out half (`--held-out`), which was looked at once they were frozen.
With the name of a field, what is wrong in the tuning half is listed.
"""

# ruff: noqa: T201 - a command prints

from __future__ import annotations

import hashlib
import sys
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import modeldex as mx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

AUDIO = {"audio_speech", "audio_transcription", "audio_generation", "realtime"}


class Score(NamedTuple):
    """How often something was said and right, said and wrong, and stated but not said."""

    right: int
    wrong: int
    silent: int

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.wrong + self.silent)


def tuning(base: str) -> bool:
    """Whether the tables were reviewed against this base."""
    return hashlib.sha256(base.encode()).digest()[0] % 2 == 0


def _agreed(values: Iterable[Any]) -> object | None:
    """What four in five of those that state something state."""
    counts = Counter(value for value in values if value is not None)
    if not counts:
        return None
    value, most = counts.most_common(1)[0]
    return value if most * 5 >= counts.total() * 4 else None


def _capability(name: str) -> Callable[[mx.Model], object | None]:
    return lambda model: model.supports(name)


def _makes(kind: str) -> Callable[[mx.Model], object | None]:
    def stated(model: mx.Model) -> object | None:
        output = (model.modalities or {}).get("output")
        return (
            None
            if output is None and model.mode is None
            else kind in (output or ()) or str(model.mode).startswith(kind)
        )

    return stated


def _audio(model: mx.Model) -> object | None:
    heard, spoken = model.supports("audio_input"), model.supports("audio_output")
    if model.mode in AUDIO or heard or spoken:
        return True
    return None if heard is None and spoken is None else False


def _is(mode: str) -> Callable[[mx.Model], object | None]:
    return lambda model: None if model.mode is None else model.mode == mode


def _size(model: mx.Model) -> object | None:
    """What the display name says, which was written by somebody else than the id."""
    return mx.discover.infer(model.name).parameters_total if model.name else None


STATED: dict[str, Callable[[mx.Model], object | None]] = {
    "owner": lambda model: model.owner,
    "mode": lambda model: model.mode,
    "vision": _capability("vision"),
    "reasoning": _capability("reasoning"),
    "audio": _audio,
    "image": _makes("image"),
    "video": _makes("video"),
    "embedding": _is("embedding"),
    "rerank": _is("rerank"),
    "context_window": lambda model: model.context_window,
    "date": lambda model: str(model.released)[:7] if model.released else None,
    "parameters_total": _size,
}


def alike(field: str, said: object, stated: object) -> bool:
    """Whether they mean the same: a window within 5 %, a date of the same month or the one before or after."""
    if field == "context_window":
        return abs(float(str(said)) - float(str(stated))) <= 0.05 * float(str(stated))
    if field == "date":
        months = [int(date[:4]) * 12 + int(date[5:7]) for date in (str(said), str(stated))]
        return abs(months[0] - months[1]) <= 1
    return said == stated


def bases() -> Iterator[tuple[str, list[mx.Model]]]:
    grouped: defaultdict[str, list[mx.Model]] = defaultdict(list)
    for model in mx.models.select(status="any"):
        if model.base is not None:
            grouped[model.base].append(model)
    yield from sorted(grouped.items())


def compare(half: bool, *, wrong: Callable[[str, str, object, object], None] | None = None) -> dict[str, Score]:
    """The scores of the tuning half (True) or of the other one."""
    counts = {field: [0, 0, 0] for field in STATED}
    for base, models in bases():
        if tuning(base) is not half:
            continue
        text = models[0].id
        guess = mx.discover.infer(text)
        for field, stated in STATED.items():
            fact = _agreed(map(stated, models))
            if fact is None:
                continue
            said = getattr(guess, field)
            if field == "date" and said is not None and not said.startswith("2"):
                said = None
            if said is None:
                counts[field][2] += fact is not False
            elif alike(field, said, fact):
                counts[field][0] += 1
            else:
                counts[field][1] += 1
                if wrong is not None:
                    wrong(field, text, said, fact)
    return {field: Score(*count) for field, count in counts.items()}


def main() -> None:
    shown = set(sys.argv[1:])
    for half, name in ((True, "tuning"), (False, "held out")):
        if not half and "--held-out" not in shown:
            continue
        print(f"{name} half\n{'':18}{'said':>6}{'wrong':>6}{'precision':>11}{'recall':>8}")

        def wrong(field: str, text: str, said: object, fact: object) -> None:
            if field in shown:
                print(f"    {field}: {text}: {said!r}, stated {fact!r}")

        for field, score in compare(half, wrong=wrong if half else None).items():
            said = score.right + score.wrong
            print(f"{field:18}{said:6}{score.wrong:6}{score.precision:11.1%}{score.recall:8.1%}")


if __name__ == "__main__":
    main()
