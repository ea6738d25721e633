"""S15: the size of the wheel, catalogue included."""

from __future__ import annotations

import io
import zipfile
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import modeldex
from benches.record import Line
from modeldex import _core

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_benchmark.fixture import BenchmarkFixture

    from benches.conftest import Report

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 4e6


def zipped(paths: Iterable[Path]) -> int:
    """The size of these files in a zip made as a wheel is made, but for what was compiled when it was installed."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            if path.is_file() and "__pycache__" not in path.parts:
                archive.write(path, path.relative_to(path.anchor))
    return len(target.getvalue())


def wheel() -> tuple[int, str]:
    """The newest wheel that was built, or what one of the installed files would be."""
    package, core = Path(modeldex.__file__).parent, Path(_core.__file__)
    built = sorted((ROOT / "target" / "wheels").glob("modeldex-*.whl"), key=lambda path: path.stat().st_mtime)
    if built and built[-1].stat().st_mtime >= core.stat().st_mtime:
        return built[-1].stat().st_size, "the wheel that was built"
    # Beside the module in use there may be others, of other interpreters.
    files = [path for path in package.rglob("*") if path == core or not path.name.startswith("_core.")]
    return zipped([*files, package / "_core.pyi"]), "the wheel (installed files, zipped)"


def test_wheel(benchmark: BenchmarkFixture, report: Report) -> None:
    size, what = wheel()
    benchmark.pedantic(wheel)
    assert size > 100_000
    for peer in ("liter-llm", "litellm"):
        try:
            files = metadata.files(peer) or []
        except metadata.PackageNotFoundError:
            report.unmeasured("S15", what, peer, "not installed")
            continue
        theirs = zipped(Path(str(file.locate())) for file in files)
        report.record.lines.append(Line("S15", what, peer, size, theirs, "B"))
    report.figure("S15", what, size, unit="B", goal=LIMIT)
