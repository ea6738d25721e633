"""The conditions of `find` and `best`: one option for every keyword and every measure of the vocabulary.

Nothing of the field is named here. A facet or measure that the schema gains is an option at the next start.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import typer
from rich.markup import escape

from modeldex.cli.amounts import amount
from modeldex.cli.failure import WrongQuestionError
from modeldex.cli.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from modeldex.conditions import Condition

__all__ = ["OWN_PANEL", "Conditions", "options", "read", "with_options"]

ALL_PANEL: Final = "What it must have (a list means all of them)"
ANY_PANEL: Final = "Which ones (a list means any of them)"
RANGE_PANEL: Final = "Limits, prices and other numbers (inclusive; 128k and 1M are understood)"
FEW: Final = 12
OWN_PANEL: Final = "Fields without an option of their own"


class Conditions(NamedTuple):
    """What `registry.select` takes: conditions by position and by keyword."""

    positional: tuple[Condition, ...]
    keywords: dict[str, Any]


def options() -> list[inspect.Parameter]:
    """Return the options as the parameters of a command, in the vocabulary's order."""
    words = vocabulary()
    docs = {facet["name"]: _explained(facet) for facet in words["facets"]}
    made = []
    for keyword, meant in words["keywords"].items():
        panel = ALL_PANEL if meant["mode"] == "all" else ANY_PANEL
        made.append(_option(keyword, docs.get(meant["facet"], ""), panel, "TERMS"))
    made.sort(key=lambda option: option.annotation.__metadata__[0].rich_help_panel != ALL_PANEL)
    for measure in words["measures"]:
        name, form = measure["name"], measure["kind"].upper()
        made.append(_option(f"min_{name}", measure.get("doc") or "", RANGE_PANEL, form, many=False))
        made.append(_option(f"max_{name}", "At most.", RANGE_PANEL, form, many=False))
    made.append(_option("min", "At least, for any number: scores.coding=0.8, metadata.fps=30", OWN_PANEL, "FIELD=N"))
    made.append(_option("max", "At most, for any number.", OWN_PANEL, "FIELD=N"))
    made.append(_option("has", "Any of these terms of any facet: tag=beta,new", OWN_PANEL, "FACET=TERMS"))
    return made


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give `command(..., **conditions)` the options of this module in place of its `**conditions`."""
    signature = inspect.signature(command, eval_str=True)
    own = [parameter for parameter in signature.parameters.values() if parameter.kind is not parameter.VAR_KEYWORD]
    # Words first, then conditions, then the order and the form of the answer: so a person reads the help.
    words = [
        parameter for parameter in own if isinstance(parameter.annotation.__metadata__[0], typer.models.ArgumentInfo)
    ]
    rest = [parameter for parameter in own if parameter not in words]
    keyword_only = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in (*words, *options(), *rest)]
    command.__signature__ = signature.replace(parameters=keyword_only)  # type: ignore[attr-defined]
    return command


def read(given: Mapping[str, Any]) -> Conditions:
    """Turn the options that were given into conditions.

    Raises:
        WrongQuestionError: a value cannot be read as what its option takes.
    """
    words = vocabulary()
    kinds = {measure["name"]: measure["kind"] for measure in words["measures"]}
    keywords: dict[str, Any] = {}
    positional: list[Condition] = []
    for name, value in given.items():
        if value is None or value == []:
            continue
        end, _, field = name.partition("_")
        if name in ("min", "max", "has"):
            positional.extend(_own(name, value, kinds))
        elif end in ("min", "max") and field in kinds:
            keywords[name] = amount(value, kind=kinds[field], option=_spelt(name))
        else:
            keywords[name] = _terms(value, _spelt(name))
    return Conditions(tuple(positional), keywords)


def _option(name: str, text: str, panel: str, metavar: str, *, many: bool = True) -> inspect.Parameter:
    stated = typer.Option(
        _spelt(name),
        help=escape(text),
        rich_help_panel=panel,
        metavar=metavar,
        show_default=False,
    )
    kind = list[str] if many else str
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, stated]
    )


def _explained(facet: Mapping[str, Any]) -> str:
    # The terms are named where they are few and no others are allowed.
    terms = facet.get("terms") or ()
    named = f" One of {', '.join(terms)}." if facet.get("closed") and 0 < len(terms) <= FEW else ""
    return str(facet.get("doc") or "") + named


def _spelt(name: str) -> str:
    return "--" + name.replace("_", "-")


def _terms(values: Iterable[str], option: str) -> list[str]:
    terms = [term.strip() for value in values for term in value.split(",")]
    if not all(terms):
        raise WrongQuestionError(f"{option}: a term is empty in {', '.join(values)!r}")
    return terms


def _own(name: str, values: Iterable[str], kinds: Mapping[str, str]) -> Iterable[Condition]:
    from modeldex import f

    for value in values:
        field, equals, wanted = value.partition("=")
        if not (field and equals and wanted):
            raise WrongQuestionError(f"--{name}: {value!r} is not of the form FIELD=VALUE")
        if name == "has":
            yield f[field].has_any(*_terms([wanted], f"--{name}"))
        else:
            bound = amount(wanted, kind=kinds.get(field, "number"), option=f"--{name} {field}")
            yield f[field] >= bound if name == "min" else f[field] <= bound
