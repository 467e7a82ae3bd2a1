"""The `firstlight` command line: asks a running service from a shell.

Built on argparse, so that the SDK stays small.
"""

from firstlight._cli.command import main

__all__ = ["main"]
