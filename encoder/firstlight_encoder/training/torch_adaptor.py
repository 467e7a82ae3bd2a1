"""The adaptor with gradients. Knows nothing of texts or of how it is trained.

NOTE: ``firstlight_encoder.adaptor`` is the same function for serving; change both together.
"""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from firstlight_encoder.parameters import Floats
from firstlight_encoder.training.tensors import tensor

HIDDEN = 256
"""Width of the correction's hidden layer."""

WHITENING = 0.5
"""Exponent of the whitening: 0 keeps the variances of the principal axes, 1 makes them all equal."""


class TorchAdaptor(nn.Module):
    """Text vectors -> item vectors: a whitening skip connection, exact at the start, and a learned correction."""

    mean: Tensor

    def __init__(self, text_vectors: Floats, dimension: int) -> None:
        """Starts from the principal axes of ``text_vectors`` (``(n, text_d)`` float32, n > 1)."""
        super().__init__()
        mean, axes = principal_axes(text_vectors, dimension)
        self.register_buffer("mean", tensor(mean))
        self.skip = nn.Linear(text_vectors.shape[1], dimension, bias=False)
        self.skip.weight.data = tensor(axes)
        self.hidden = nn.Linear(text_vectors.shape[1], HIDDEN)
        self.out = nn.Linear(HIDDEN, dimension, bias=False)
        nn.init.zeros_(self.out.weight)

    def forward(self, text_vectors: Tensor) -> Tensor:
        """``(n, text_d)`` -> ``(n, d)`` unit rows."""
        centred = text_vectors - self.mean
        return functional.normalize(self.skip(centred) + self.out(torch.relu(self.hidden(centred))), dim=-1)

    def arrays(self) -> dict[str, Floats]:
        """The parameters under the names ``firstlight_encoder.adaptor`` reads."""
        return {name: value.detach().cpu().numpy().astype(np.float32) for name, value in self.state_dict().items()}


def principal_axes(text_vectors: Floats, dimension: int) -> tuple[Floats, Floats]:
    """Mean ``(text_d,)`` and partly whitened principal axes ``(dimension, text_d)`` of ``text_vectors``."""
    mean = text_vectors.mean(0, dtype=np.float64)
    covariance = np.cov((text_vectors - mean).T.astype(np.float64))
    variance, axes = np.linalg.eigh(covariance)
    strongest = np.argsort(variance)[::-1][:dimension]
    scale = np.maximum(variance[strongest], 1e-9) ** (-WHITENING / 2)
    rows = np.zeros((dimension, text_vectors.shape[1]))
    rows[: len(strongest)] = axes[:, strongest].T * scale[:, None]
    return mean.astype(np.float32), rows.astype(np.float32)
