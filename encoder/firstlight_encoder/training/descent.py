"""Gradient descent: AdamW with one cycle of learning rates. Knows nothing of what is learnt."""

from collections.abc import Iterable
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn import Parameter

from firstlight_encoder.training.processes import Processes

LONGEST_GRADIENT = 1.0
"""L2 norm that gradients are cut to, so that one odd batch cannot throw training off."""

WARM_UP = 0.1
"""Share of the steps in which the rate rises."""

SHORTEST_CYCLE = 20
"""Steps that a cycle is planned for at least: in ten and fewer the rate could not rise."""


class DescentSettings(Protocol):
    """How to go down.

    Attributes:
        steps: how many.
        rate: the highest learning rate.
        weight_decay: AdamW's.
    """

    @property
    def steps(self) -> int: ...  # noqa: D102 - said above

    @property
    def rate(self) -> float: ...  # noqa: D102

    @property
    def weight_decay(self) -> float: ...  # noqa: D102


class Descent:
    """Takes a fixed number of steps down the losses it is given."""

    def __init__(self, parameters: Iterable[Parameter], *, settings: DescentSettings, processes: Processes) -> None:
        """Plans the steps.

        Args:
            parameters: what to change.
            settings: steps, highest rate and weight decay; ``step`` is called at most that often.
            processes: that go down together, each on draws of its own.
        """
        self._parameters, self._processes = list(parameters), processes
        self._optimizer = torch.optim.AdamW(
            self._parameters, lr=settings.rate, weight_decay=settings.weight_decay, fused=True
        )
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimizer, settings.rate, total_steps=max(settings.steps, SHORTEST_CYCLE), pct_start=WARM_UP
        )

    @property
    def rate(self) -> float:
        """Of the next step."""
        return float(self._optimizer.param_groups[0]["lr"])

    def step(self, loss: Tensor) -> None:
        """One step down ``loss``, a scalar that depends on the parameters."""
        self.accumulate(loss)
        self.advance()

    def accumulate(self, loss: Tensor) -> None:
        """Adds the gradient of ``loss`` to the next step's and frees what it was computed from."""
        torch.autograd.backward(loss)

    def advance(self) -> None:
        """One step down what was accumulated."""
        self._processes.average_gradients(self._parameters)
        torch.nn.utils.clip_grad_norm_(self._parameters, LONGEST_GRADIENT)
        self._optimizer.step()  # pyright: ignore[reportUnknownMemberType] - torch leaves the closure untyped
        self._schedule.step()
        self._optimizer.zero_grad(set_to_none=True)

    def state(self) -> dict[str, Any]:
        """Everything that the next step depends on, but the parameters."""
        return {"optimizer": self._optimizer.state_dict(), "schedule": self._schedule.state_dict()}

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from what ``state`` gave."""
        self._optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])
