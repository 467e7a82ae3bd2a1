"""Arithmetic that does not depend on how many threads torch would take. Knows nothing of what is computed."""

from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager

import torch


@contextmanager
def fixed_threads(count: int) -> Generator[None]:
    """Torch computes on ``count`` threads until the block ends.

    Several threads add up a sum in parts, and another library may change their number between two runs: the same
    input would train another space.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def one_thread() -> AbstractContextManager[None]:
    """Torch computes on one thread until the block ends."""
    return fixed_threads(1)
