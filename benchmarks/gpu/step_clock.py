"""How many steps a second a training takes, its first steps left out. Knows nothing of what is trained."""

import time

import torch

WARM_UP = 5
"""Steps that load kernels and plan memory, and are not timed."""


class StepClock:
    """A listener to a training's progress."""

    def __init__(self) -> None:
        self._begun_s = self._ended_s = 0.0
        self._steps = 0

    def __call__(self, step: int, steps: int, *_: float) -> None:
        """Hears that ``step`` of ``steps`` is done."""
        if step in {WARM_UP, steps}:
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            now = time.perf_counter()
            if step == WARM_UP:
                self._begun_s = now
            elif not self._ended_s:
                self._ended_s, self._steps = now, steps - WARM_UP

    @property
    def steps_a_second(self) -> float:
        """After the warm-up."""
        return self._steps / (self._ended_s - self._begun_s)
