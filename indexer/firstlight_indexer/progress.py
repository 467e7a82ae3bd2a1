"""How long work says how far it has come; it does not know who listens or how a bar is drawn."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Protocol


class Progress(Protocol):
    """A listener to the stages of a run. It may be called from another thread, one call at a time."""

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Hear that `done` of `total` units (bytes, files or parts; None = unknown) of `stage` are finished."""
        ...


@contextmanager
def one_step(progress: Progress, stage: str) -> Generator[None]:
    """Tell `progress` that `stage` has begun, and that it is finished when the block ends without an error."""
    progress(stage, 0, 1)
    yield
    progress(stage, 1, 1)


def silent(stage: str, done: int, total: int | None) -> None:
    """Listen and say nothing."""
