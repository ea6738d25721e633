"""`python -m modeldex`: the command line."""

import sys

from modeldex.cli import main

if __name__ == "__main__":
    sys.exit(main())
