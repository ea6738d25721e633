"""The command line as the tests call it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from typer.testing import CliRunner

from modeldex.cli.app import app

if TYPE_CHECKING:
    from typer.testing import Result


class Ask(Protocol):
    """Run a command in this process."""

    def __call__(self, *arguments: str, columns: int = 80) -> Result: ...


class AskJson(Protocol):
    """Run a command with `--json` and read its answer."""

    def __call__(self, *arguments: str) -> Any: ...


@pytest.fixture
def ask() -> Ask:
    def run(*arguments: str, columns: int = 80) -> Result:
        return CliRunner().invoke(app, list(arguments), env={"COLUMNS": str(columns), "NO_COLOR": "1"})

    return run


@pytest.fixture
def ask_json(ask: Ask) -> AskJson:
    def run(*arguments: str) -> Any:
        result = ask(*arguments, "--json")
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    return run
