"""NumPy arrays as torch tensors. Knows nothing of what they hold."""

from typing import Any

import torch
from numpy.typing import NDArray


def tensor(array: NDArray[Any]) -> torch.Tensor:
    """``array`` as a tensor of its shape and dtype, sharing its memory."""
    return torch.from_numpy(array)  # pyright: ignore[reportUnknownMemberType] - torch leaves the argument untyped
