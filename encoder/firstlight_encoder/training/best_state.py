"""Early stopping: the parameters of a module at its lowest loss so far. Knows nothing of how losses come about."""

import math

from torch import nn


class BestState:
    """Remembers a module's best parameters and gives them back."""

    def __init__(self, module: nn.Module) -> None:
        self._module, self._loss = module, math.inf
        self._state = module.state_dict()

    def offer(self, loss: float) -> None:
        """Keeps the module's present parameters if ``loss`` is the lowest seen."""
        if loss < self._loss:
            self._loss = loss
            self._state = {name: value.clone() for name, value in self._module.state_dict().items()}

    def restore(self) -> None:
        """Puts the best parameters back; those of the last step where no loss was a number."""
        self._module.load_state_dict(self._state)
