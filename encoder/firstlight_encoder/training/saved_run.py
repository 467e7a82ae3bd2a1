"""A training run on disk, so that one that was killed goes on exactly where it was saved.

Knows nothing of what is trained: it keeps tensors, numbers and the state of generators.
"""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch

from firstlight_encoder.training.atomic_file import replace_file

FORMAT_VERSION = 1


@dataclass(frozen=True)
class SavedRun:
    """Where a run is kept while it lasts.

    Attributes:
        path: the file; absent before the first save and after the run.
        key: of the run's inputs. What was saved under another key is another run's, and not taken up.
    """

    path: Path
    key: str

    def load(self) -> dict[str, Any] | None:
        """What ``save`` last kept; None where there is nothing, or nothing of this run."""
        try:
            kept: dict[str, Any] = torch.load(self.path, map_location="cpu", weights_only=True)
        except (FileNotFoundError, EOFError, RuntimeError, UnpicklingError):
            return None
        is_own = (kept.get("format"), kept.get("key")) == (FORMAT_VERSION, self.key)
        return kept["state"] if is_own else None

    def save(self, state: dict[str, Any]) -> None:
        """Keeps ``state``: nested dicts and lists of tensors, numbers, strings."""
        buffer = io.BytesIO()
        torch.save({"format": FORMAT_VERSION, "key": self.key, "state": state}, buffer)
        replace_file(self.path, buffer.getvalue())

    def forget(self) -> None:
        """Removes the file: the run is over."""
        self.path.unlink(missing_ok=True)


def generator_states(generators: Sequence[np.random.Generator]) -> str:
    """The state of every generator, as JSON."""
    return json.dumps([generator.bit_generator.state for generator in generators])


def restore_generators(generators: Sequence[np.random.Generator], states: str) -> None:
    """Puts the generators back into ``states``, as ``generator_states`` gave them."""
    for generator, state in zip(generators, json.loads(states), strict=True):
        generator.bit_generator.state = state
