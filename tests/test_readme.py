"""The README's examples: each python block runs and prints exactly the text block below it; so does each command."""

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
PYTHON = re.findall(r"```python\n(.*?)```\n+```text\n(.*?)```", README, re.DOTALL)
COMMANDS = re.findall(r"^\$ (modeldex .*)\n((?:(?!\$ |```).*\n)*)", README, re.MULTILINE)


def test_all_are_found() -> None:
    """A check that finds nothing to check must fail."""
    assert len(PYTHON) == 5
    assert README.count("```python") == len(PYTHON), "a python block without its output"
    assert COMMANDS


def test_python_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One program: a later block may use the names of an earlier one, as a reader would."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for code, expected in PYTHON:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "README.md", "exec"), names)
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


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(page: str) -> None:
    """Files that the pages name in links are there."""
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []
