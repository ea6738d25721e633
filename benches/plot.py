"""Draws the newest figures of `benches.scale`: `python -m benches.plot`, with the extra `plot`."""

from __future__ import annotations

import json
import sys

from benches.record import FOLDER

PEERS = {"dict", "list comprehension"}
"""Drawn with broken lines."""


def main() -> int:
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot
    from matplotlib.ticker import FuncFormatter

    paths = sorted(FOLDER.glob("*-scale.json"))
    if not paths:
        print(f"no figures in {FOLDER}: `python -m benches.scale` makes them", file=sys.stderr)
        return 1
    whole = json.loads(paths[-1].read_text(encoding="utf-8"))
    figure, axes = pyplot.subplots(figsize=(8, 5.5), layout="constrained")
    # The legend stands in the order of the lines at their right ends.
    for name, seconds in sorted(whole["seconds"].items(), key=lambda item: -item[1][-1]):
        line, colour = ("--", "grey") if name in PEERS else ("-", None)
        axes.plot(whole["sizes"], seconds, line, marker="o", markersize=3.5, color=colour, label=name)
    axes.set(xscale="log", yscale="log", xlabel="models in the registry", ylabel="time of one")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: spelt(value)))
    axes.grid(which="major", alpha=0.3)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    axes.set_title(f"{whole['date']}, {whole['machine'].get('processor', '?')}", fontsize=9)
    path = paths[-1].with_suffix(".png")
    figure.savefig(path, dpi=110)
    print(path)
    return 0


def spelt(seconds: float) -> str:
    for scale, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= scale * 0.999:
            return f"{seconds / scale:g} {name}"
    return f"{seconds * 1e9:g} ns"


if __name__ == "__main__":
    sys.exit(main())
