"""Every example in a docstring runs, those of the stub included: it is where the prose for Python lives."""

from __future__ import annotations

import ast
import doctest
import importlib
from pathlib import Path

import pytest

import modeldex

PACKAGE = Path(__file__).parents[1] / "python" / "modeldex"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def examples_of(path: Path) -> list[doctest.DocTest]:
    """Read, not imported: an extension's stub has no docstrings at run time."""
    parser = doctest.DocTestParser()
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        text = ast.get_docstring(node) if isinstance(node, DOCUMENTED) else None
        if text and ">>>" in text:
            name = f"{path.stem}.{getattr(node, 'name', '')}"
            found.append(parser.get_doctest(text, {}, name, str(path), getattr(node, "lineno", 1)))
    return found


ALL = [
    pytest.param(path, example, id=f"{path.relative_to(PACKAGE).as_posix()}:{example.lineno}")
    for path in sorted((*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.pyi")))
    for example in examples_of(path)
]


@pytest.mark.parametrize(("path", "example"), ALL)
def test_example(path: Path, example: doctest.DocTest) -> None:
    """Run with the names of its module, and `mx`."""
    stem = path.relative_to(PACKAGE.parent).with_suffix("")
    parts = stem.parts[:-1] if stem.name == "__init__" else stem.parts
    if path.suffix == ".pyi":
        # The stubs of the extension are several files; at run time it is one module.
        parts = ("modeldex", "_core")
    example.globs = {**vars(importlib.import_module(".".join(parts))), "mx": modeldex}
    report: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS, verbose=False).run(example, out=report.append, clear_globs=False)
    assert not report, "".join(report)


def test_the_stub_shows_examples() -> None:
    """A check that finds nothing to check must fail."""
    assert sum(len(examples_of(path)) for path in PACKAGE.glob("_*.pyi")) >= 5
    assert len(ALL) >= 10
