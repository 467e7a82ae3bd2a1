"""`python -m firstlight` is the `firstlight` command line."""

import sys

from firstlight._cli import main

if __name__ == "__main__":
    sys.exit(main())
