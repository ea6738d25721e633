"""A program run in a Python of its own, because it may hang or take its process with it."""

from __future__ import annotations

import subprocess
import sys
import textwrap


def run(code: str, timeout: float = 30) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=timeout, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()
