"""Writes a text encoder's directory in which some weights are others. Knows nothing of how they were learnt."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from safetensors.torch import load_file, save_file  # pyright: ignore[reportUnknownVariableType] - their path is untyped
from torch import Tensor

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.errors import CheckpointError

_WEIGHTS = "model.safetensors"


def write_changed_checkpoint(base: Checkpoint, weights: Mapping[str, Tensor], directory: Path) -> Checkpoint:
    """Copies ``base`` into ``directory``, which must be empty or missing, with ``weights`` in the place of its own.

    Args:
        base: the encoder that was fine-tuned.
        weights: by name; the file's names may begin with the name of the model inside it ("bert.").
        directory: to write into.

    Raises:
        CheckpointError: if ``base`` has no weight of one of the names.
    """
    shutil.copytree(base.directory, directory, dirs_exist_ok=True, ignore=shutil.ignore_patterns(_WEIGHTS))
    all_weights = load_file(base.directory / _WEIGHTS)
    own_names = {_ending(name, weights): name for name in all_weights}
    for name, value in weights.items():
        if name not in own_names:
            raise CheckpointError(f"{base.directory / _WEIGHTS} has no weight {name}; it is not what was fine-tuned")
        all_weights[own_names[name]] = value.to(all_weights[own_names[name]].dtype)
    save_file(all_weights, directory / _WEIGHTS, metadata={"format": "pt"})
    return Checkpoint.open(directory)


def _ending(name: str, weights: Mapping[str, Tensor]) -> str:
    """``name``, or what follows its first part where that is a weight that was learnt."""
    inner = name.partition(".")[2]
    return inner if inner in weights else name
