"""The laws of the oracle on as many random cases as wanted: `python -m tests.registry.long CASES [SEED]`.

Several processes, each with a seed of its own, which is printed: a run with the same seed meets the same cases. A case
is one random registry and one random question (or change), compared with the slow twin.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time

FILES = ["tests/registry/test_oracle.py", "tests/registry/test_why_not.py"]
PROCESSES = 2


def laws() -> list[str]:
    """The tests that hypothesis feeds."""
    found = []
    for path in FILES:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - a script in the checkout
            text = file.read()
        found += [f"{path}::{name}" for name in re.findall(r"@laws\n(?:@[^\n]*\n)*def (test_\w+)", text)]
    assert len(found) > 5, "the laws are where they were"
    return found


def main(cases: int, seed: int) -> int:
    names = laws()
    each = -(-cases // (len(names) * PROCESSES))
    # Its own examples of earlier failures would make one seed mean different cases.
    environment = {**os.environ, "MODELDEX_CASES": str(each), "HYPOTHESIS_PROFILE": "soak"}
    started, running = time.monotonic(), []
    for place in range(PROCESSES):
        command = [sys.executable, "-m", "pytest", "-q", "--timeout", "0", f"--hypothesis-seed={seed + place}", *names]
        print(f"seed {seed + place}: {each:,} cases of each of {len(names)} laws", flush=True)  # noqa: T201
        running.append(subprocess.Popen([*command, "-p", "no:cacheprovider"], env=environment))
    failed = sum(process.wait() != 0 for process in running)
    total = each * len(names) * PROCESSES
    verdict = f"{failed} processes failed" if failed else "0 differences"
    print(f"{total:,} cases in {time.monotonic() - started:.0f} s, seed {seed}: {verdict}")  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    chosen = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(2**32)
    sys.exit(main(wanted, chosen))
