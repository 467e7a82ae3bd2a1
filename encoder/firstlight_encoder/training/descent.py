"""Gradient descent: AdamW with one cycle of learning rates. Knows nothing of what is learnt."""

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.nn import Parameter

LONGEST_GRADIENT = 1.0
"""L2 norm that gradients are cut to, so that one odd batch cannot throw training off."""

WARM_UP = 0.1
"""Share of the steps in which the rate rises."""


class Descent:
    """Takes a fixed number of steps down the losses it is given."""

    def __init__(self, parameters: Iterable[Parameter], *, steps: int, rate: float, weight_decay: float) -> None:
        """Plans the steps.

        Args:
            parameters: what to change.
            steps: how often ``step`` will be called.
            rate: the highest learning rate.
            weight_decay: AdamW's.
        """
        self._parameters = list(parameters)
        self._optimizer = torch.optim.AdamW(self._parameters, lr=rate, weight_decay=weight_decay)
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimizer, rate, total_steps=steps, pct_start=WARM_UP
        )

    def step(self, loss: Tensor) -> None:
        """One step down ``loss``, a scalar that depends on the parameters."""
        self._optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self._parameters, LONGEST_GRADIENT)
        self._optimizer.step()  # pyright: ignore[reportUnknownMemberType] - torch leaves the closure untyped
        self._schedule.step()
