"""The examples of the pages: each python block runs and prints exactly the text block below it; so does each command."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from modeldex.cli import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {
    path.relative_to(ROOT).as_posix(): path for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
}
TEXTS = {name: path.read_text(encoding="utf-8") for name, path in PAGES.items()}
PYTHON = {name: re.findall(r"```python\n(.*?)```\n+```text\n(.*?)```", text, re.DOTALL) for name, text in TEXTS.items()}
COMMANDS = [
    found
    for text in TEXTS.values()
    for found in re.findall(r"^\$ (modeldex .*)\n((?:(?!\$ |```).*\n)*)", text, re.MULTILINE)
]


def test_all_are_found() -> None:
    """A check that finds nothing to check must fail."""
    assert len(PYTHON["README.md"]) == 5
    assert len(PYTHON["docs/queries.md"]) >= 8
    for name, text in TEXTS.items():
        assert text.count("```python") == len(PYTHON[name]), f"{name}: a python block without its output"
    assert COMMANDS


@pytest.mark.parametrize("page", [name for name, found in PYTHON.items() if found])
def test_python_blocks(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One program a page: a later block may use the names of an earlier one, as a reader would."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for code, expected in PYTHON[page]:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, page, "exec"), names)
        assert printed.getvalue().strip()
        assert printed.getvalue() == expected


@pytest.mark.parametrize(("command", "expected"), COMMANDS)
def test_commands(
    command: str, expected: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the page shows is what the terminal shows, at 100 columns."""
    monkeypatch.setenv("COLUMNS", "100")
    assert main(shlex.split(command)[1:]) == 0
    shown = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert [line for line in shown if line] == [line.rstrip() for line in expected.splitlines() if line]


def test_it_is_short() -> None:
    """A page that is read to its end."""
    assert len(README.splitlines()) <= 150


@pytest.mark.parametrize("page", [*PAGES, "CONTRIBUTING.md"])
def test_links_lead_somewhere(page: str) -> None:
    """Files that the pages name in links are there, and so are their headings on the same page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []
    headings = {heading.lower().replace(" ", "-") for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings
