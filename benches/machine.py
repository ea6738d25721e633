"""Where a run took place: without it a record is hearsay."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

__all__ = ["machine"]

PACKAGES = ("modeldex", "duckdb", "liter-llm", "litellm", "polars", "pyroaring", "pydantic", "pytest-benchmark")
ROOT = Path(__file__).resolve().parent.parent


def machine() -> dict[str, Any]:
    """Processor, system, versions, state of the sources."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": _memory(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "switches": ", ".join(_switches()) or "none",
        "load at the start": load,
        "commit": _commit(),
        "versions": {**{name: _version(name) for name in PACKAGES}, "sqlite": sqlite3.sqlite_version},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _memory() -> str:
    try:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
    except (AttributeError, OSError, ValueError):
        return "unknown"


def _switches() -> list[str]:
    """What changes the speed of this interpreter."""
    gil = getattr(sys, "_is_gil_enabled", None)
    found = ["free-threaded"] if gil is not None and not gil() else []
    return [*found, *(f"-X {name}" for name in sys._xoptions)]  # noqa: SLF001 - there is no other name for it


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def _commit() -> str:
    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    try:
        changed = git("status", "--porcelain", "--", "rust", "python", "Cargo.lock", "Cargo.toml")
        return git("rev-parse", "--short=12", "HEAD") + (" and changes" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
