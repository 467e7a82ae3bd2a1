"""Several processes through Hugging Face accelerate: the one place that touches that library.

Started by ``accelerate launch`` or ``torchrun``. Knows nothing of models.
"""

import os
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from typing import Any

import torch
from torch.nn import Parameter

from firstlight_encoder.errors import TrainingDataError
from firstlight_encoder.training.processes import OneProcess, Processes


def launched_processes() -> Processes:
    """The processes that a launcher started this one among, or this one alone.

    Raises:
        TrainingDataError: if there are several and accelerate is not installed.
    """
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count < 2:
        return OneProcess()
    if find_spec("accelerate") is None:
        raise TrainingDataError(
            f"a launcher started {count} processes (WORLD_SIZE), and accelerate is not installed to hold them "
            "together; run `pip install 'firstlight[distributed]'`, or start one process"
        )
    return AcceleratedProcesses()


class AcceleratedProcesses:
    """The processes of one ``accelerate launch`` or ``torchrun``."""

    def __init__(self) -> None:
        """Meets the other processes; waits until all are there."""
        from accelerate import PartialState  # noqa: PLC0415 - an optional extra

        state = PartialState(cpu=not torch.cuda.is_available())
        self.count, self.rank = int(state.num_processes), int(state.process_index)

    def average_gradients(self, parameters: Iterable[Parameter]) -> None:
        """Replaces every gradient by its mean over the processes, in one message."""
        from accelerate.utils import reduce  # noqa: PLC0415 - an optional extra

        own = [parameter.grad for parameter in parameters if parameter.grad is not None]
        mean = reduce(torch.cat([gradient.ravel() for gradient in own]), reduction="mean")
        start = 0
        for gradient in own:
            gradient.copy_(mean[start : start + gradient.numel()].view_as(gradient))
            start += gradient.numel()

    def gather(self, own: Any) -> Sequence[Any]:
        """What every process has of ``own``, by rank."""
        from accelerate.utils import gather_object  # noqa: PLC0415 - an optional extra

        gathered: list[Any] = gather_object([own])
        return gathered
