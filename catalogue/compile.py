"""The snapshot file that the wheel carries, from the definitions under models/: `python -m catalogue.compile`.

Needs the installed package. Deterministic: the same definitions and the same engine give the same bytes.
With `--check` the shipped file is compared with a fresh one instead (exit code 1 if it differs).
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
SHIPPED = HERE.parent / "python" / "modeldex" / "catalogue.arrow"


def definitions() -> Iterator[dict[str, Any]]:
    """All definitions, by provider and id: the order of the rows."""
    for path in sorted((HERE / "models").glob("*.jsonl")):
        with path.open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)


def save(path: Path) -> int:
    """Compile and save; the number of rows."""
    import modeldex

    registry = modeldex.Registry()
    registry.register_many(definitions())
    registry.save(path)
    return len(registry)


def main(arguments: list[str]) -> int:
    """Write the shipped file, or compare it."""
    if "--check" not in arguments:
        print(f"{save(SHIPPED)} rows in {SHIPPED.name}, {SHIPPED.stat().st_size:,} bytes")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / SHIPPED.name
        save(fresh)
        if not SHIPPED.is_file() or fresh.read_bytes() != SHIPPED.read_bytes():
            print(f"{SHIPPED.name} is not what its definitions compile to; run `make catalogue`")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
