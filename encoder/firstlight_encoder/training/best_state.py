"""Early stopping: the parameters of a module at its lowest loss so far. Knows nothing of how losses come about."""

import math
from typing import Any

from torch import nn


class BestState:
    """Remembers a module's best parameters and gives them back."""

    def __init__(self, module: nn.Module) -> None:
        self._module, self._loss = module, math.inf
        self._state = module.state_dict()
        self._waited = 0

    def offer(self, loss: float) -> None:
        """Keeps the module's present parameters if ``loss`` is the lowest seen."""
        self._waited += 1
        if loss < self._loss:
            self._loss, self._waited = loss, 0
            self._state = {name: value.clone() for name, value in self._module.state_dict().items()}

    def restore(self) -> None:
        """Puts the best parameters back; those of the last step where no loss was a number."""
        self._module.load_state_dict(self._state)

    @property
    def waited(self) -> int:
        """How many losses have been offered since the lowest."""
        return self._waited

    def state(self) -> dict[str, Any]:
        """What ``resume`` takes, to go on from here in another process."""
        return {"loss": self._loss, "waited": self._waited, "parameters": dict(self._state)}

    def resume(self, state: dict[str, Any]) -> None:
        """Goes on from what ``state`` gave."""
        self._loss, self._waited, self._state = state["loss"], state["waited"], state["parameters"]
