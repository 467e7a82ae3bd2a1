"""Several processes, on one machine or many, that train one model on draws of their own.

The protocol and the plain case of a single process; ``accelerated_processes`` has the other. Knows nothing of models.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from torch.nn import Parameter


class Processes(Protocol):
    """The processes of one run, which all take the same steps.

    Attributes:
        count: how many they are.
        rank: which of them this is, from 0; 0 writes the files.
    """

    count: int
    rank: int

    def average_gradients(self, parameters: Iterable[Parameter]) -> None:
        """Replaces every gradient by its mean over the processes."""
        ...

    def gather(self, own: Any) -> Sequence[Any]:
        """What every process has of ``own``, by rank."""
        ...


class OneProcess:
    """A process on its own."""

    count = 1
    rank = 0

    def average_gradients(self, parameters: Iterable[Parameter]) -> None:
        """Leaves them: they are the mean of themselves."""

    def gather(self, own: Any) -> Sequence[Any]:
        """``[own]``."""
        return [own]
