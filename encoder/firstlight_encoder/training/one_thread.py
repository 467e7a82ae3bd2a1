"""Arithmetic that does not depend on the number of threads. Knows nothing of what is computed."""

from collections.abc import Generator
from contextlib import contextmanager

import torch


@contextmanager
def one_thread() -> Generator[None]:
    """Torch computes on one thread until the block ends.

    Several threads add up a sum in parts, and another library may change their number between two runs: the same
    input would train another space.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
