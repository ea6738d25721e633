"""`modeldex facets`: the words that conditions are made of, and how many models have each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich import box
from rich.table import Table

from modeldex.cli.answer import AsJson, print_json, screen
from modeldex.cli.catalogue import Catalogue, Measurements, opened
from modeldex.cli.failure import WrongQuestionError
from modeldex.cli.text import cell, number, price
from modeldex.cli.vocabulary import vocabulary

if TYPE_CHECKING:
    from modeldex import Registry

__all__ = ["command"]

ROWS: Final = 40


def command(
    *,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[FACET]", help="A facet, a keyword or a measure.", show_default=False),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            "-n",
            min=0,
            help=f"At most so many terms: {ROWS} in a table; 0 for all.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
    catalogue: Catalogue = None,
    measurements: Measurements = None,
) -> None:
    """List the facets and measures that a condition can name, or the terms of one facet with their counts."""
    registry = opened(catalogue, measurements)
    if name is None:
        _overview(registry, as_json=as_json)
    elif (measure := _measure(name)) is not None:
        _one_measure(registry, measure, as_json=as_json)
    else:
        _one_facet(registry, _facet(name), limit, as_json=as_json)


def _overview(registry: Registry, *, as_json: bool) -> None:
    words = vocabulary()
    options = {meant["facet"]: keyword for keyword, meant in words["keywords"].items()}
    facets = [
        {
            "facet": facet["name"],
            "option": "--" + options[facet["name"]].replace("_", "-") if facet["name"] in options else None,
            "terms": len(registry.terms(facet["name"])),
            "doc": facet.get("doc") or "",
        }
        for facet in words["facets"]
        if not facet.get("internal")
    ]
    known = registry.measures()
    measures = [{**measure, "known": known.get(measure["name"], 0)} for measure in words["measures"]]
    if as_json:
        print_json({"facets": facets, "measures": measures})
        return
    table = _table("facet", "option", ">terms", "what it says")
    for facet in facets:
        table.add_row(*(cell(facet[key]) for key in ("facet", "option", "terms", "doc")))
    numbers = _table("measure", "unit", "better", ">models", "what it says")
    for measure in measures:
        better = measure.get("better")
        numbers.add_row(
            cell(measure["name"]),
            cell(measure.get("unit")),
            cell(better),
            cell(f"{measure['known']:,}"),
            cell(measure.get("doc")),
        )
    console = screen()
    console.print(table)
    console.print()
    console.print(numbers)


def _one_facet(registry: Registry, name: str, limit: int | None, *, as_json: bool) -> None:
    terms = sorted(registry.terms(name).items(), key=lambda item: (-item[1], item[0]))
    wanted = (0 if as_json else ROWS) if limit is None else limit
    shown = terms[:wanted] if wanted else terms
    if as_json:
        print_json(dict(shown))
        return
    table = _table(name, ">models")
    for term, count in shown:
        table.add_row(cell(term), cell(f"{count:,}"))
    console = screen()
    console.print(table)
    if len(terms) > len(shown):
        console.print(f"\n{len(terms) - len(shown):,} more (--limit 0 for all)", style="dim")


def _one_measure(registry: Registry, measure: dict[str, Any], *, as_json: bool) -> None:
    import modeldex

    name = measure["name"]
    ends = {
        end: model and {"value": model.value(name), "id": model.id}
        for end, by in (("lowest", modeldex.lowest(name)), ("highest", modeldex.highest(name)))
        for model in (registry.best(by=by, status="any", billing="any"),)
    }
    answer = {**measure, "known": registry.measures().get(name, 0), **ends}
    if as_json:
        print_json(answer)
        return
    table = Table.grid(padding=(0, 2))
    form = price if measure["kind"] == "money" else number
    for key, value in answer.items():
        shown = f"{form(value['value'])}  {value['id']}" if isinstance(value, dict) else value
        table.add_row(cell(key, style="cyan"), cell(shown))
    screen().print(table)


def _table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in headings:
        table.add_column(
            heading.removeprefix(">"), justify="right" if heading.startswith(">") else "left", overflow="fold"
        )
    return table


def _measure(name: str) -> dict[str, Any] | None:
    spelt = name.replace("-", "_")
    return next((measure for measure in vocabulary()["measures"] if measure["name"] == spelt), None)


def _facet(name: str) -> str:
    """Return the facet that `name` means: itself, the field it is written as, or a keyword of `select`."""
    spelt = name.replace("-", "_")
    words = vocabulary()
    if any(facet["name"] == spelt for facet in words["facets"]):
        return spelt
    by_field = next((facet["name"] for facet in words["facets"] if facet["field"] == spelt), None)
    meant = words["keywords"].get(spelt)
    if by_field is None and meant is None:
        raise _unknown(name, spelt)
    return str(by_field or meant["facet"])


def _unknown(name: str, spelt: str) -> WrongQuestionError:
    from difflib import get_close_matches

    words = vocabulary()
    known = [facet["name"] for facet in words["facets"] if not facet.get("internal")]
    near = get_close_matches(spelt, [*known, *words["keywords"], *(measure["name"] for measure in words["measures"])])
    suggestion = f"; did you mean {' or '.join(map(repr, dict.fromkeys(near)))}?" if near else ""
    return WrongQuestionError(f"{name!r} is no facet, keyword or measure{suggestion}")
