"""The command line as a process: what reaches a terminal, a pipe, a closed pipe."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

import modeldex as mx

COMMAND = [sys.executable, "-m", "modeldex"]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "NO_COLOR", "COLUMNS")}
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**kept, **environment},
        check=False,
        timeout=60,
    )


def test_version_names_the_catalogue() -> None:
    result = run("--version")
    assert result.returncode == 0
    assert result.stdout.startswith(f"modeldex {mx.__version__}, catalogue of 20")
    assert f"{len(mx.models):,} models" in result.stdout


@pytest.mark.parametrize(
    "command", [["find", "gpt-4o"], ["show", "gpt-4o"], ["facets", "mode"], ["--help"], ["find", "--help"]]
)
def test_no_colours_in_a_pipe(command: list[str]) -> None:
    result = run(*command)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip()
    assert "\x1b" not in result.stdout


def test_colours_when_asked_for() -> None:
    assert "\x1b[" in run("show", "gpt-4o", FORCE_COLOR="1", TERM="xterm-256color").stdout


def test_help_comes_without_arguments_and_is_not_an_answer() -> None:
    result = run()
    assert "find" in result.stdout + result.stderr
    assert "Traceback" not in result.stderr


def test_errors_go_to_stderr_without_a_traceback() -> None:
    result = run("find", "--requires", "vison")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("modeldex: ")
    assert "Traceback" not in result.stderr


def test_a_reader_that_leaves_is_no_error() -> None:
    process = subprocess.Popen(
        [*COMMAND, "find", "--requires", "tools", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(timeout=60) == 0


def test_ascii_terminals_get_question_marks_and_whole_json() -> None:
    assert run("find", "gpt-4o", PYTHONIOENCODING="ascii", PYTHONUTF8="0").returncode == 0
    assert json.loads(run("find", "gpt-4o", "--json", PYTHONIOENCODING="ascii", PYTHONUTF8="0").stdout)


def test_text_of_strangers_does_not_steer_the_terminal(tmp_path: pytest.TempPathFactory) -> None:
    registry = mx.Registry()
    registry.register(
        {
            "id": "evil/[red]model[/red]",
            "name": "a\u202eb\nc\x07",
            "description": "[bold]x[/nope]\x1b[31m",
            "tags": ["[/x]"],
        }
    )
    path = f"{tmp_path}/evil.arrow"
    registry.save(path)
    for command in (["find", "evil"], ["show", next(iter(registry))], ["facets", "tag"]):
        result = run(*command, "--catalogue", path)
        assert result.returncode == 0, result.stderr
        assert not {"\x1b", "\x07", "\u202e"} & set(result.stdout)
    assert "[red]model[/red]" in run("find", "evil", "--catalogue", path).stdout


def test_nothing_heavy_is_imported_with_the_package() -> None:
    script = "import sys, modeldex, modeldex.cli; print([m for m in ('typer', 'rich', 'pydantic', 'numpy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "[]\n"
