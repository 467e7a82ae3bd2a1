"""A gated recurrent unit over a user's tokens, with gradients.

NOTE: ``firstlight_encoder.mixers.gru`` is the same for serving; change both together.
"""

import torch
from torch import Tensor, nn


class TorchGru(nn.Module):
    """The memory after every token; one that is not read leaves it as it was, wherever padding stands."""

    def __init__(self, width: int) -> None:
        """A memory of ``width``."""
        super().__init__()
        self.seen, self.kept = nn.Linear(width, 3 * width), nn.Linear(width, 3 * width)

    def forward(self, state: Tensor, reads: Tensor, ages: Tensor) -> Tensor:
        """Memories ``(b, n, w)`` for token states ``(b, n, w)``; ``ages`` are in the order of the tokens."""
        memory = torch.zeros_like(state[:, 0])
        memories: list[Tensor] = []
        for seen, read in zip(self.seen(state).unbind(1), reads.unbind(1), strict=True):
            kept = self.kept(memory)
            (reset_in, update_in, new_in), (reset, update, new) = seen.chunk(3, dim=1), kept.chunk(3, dim=1)
            candidate = torch.tanh(new_in + torch.sigmoid(reset_in + reset) * new)
            grown = memory + torch.sigmoid(update_in + update) * (candidate - memory)
            memory = torch.where(read[:, None], grown, memory)
            memories.append(memory)
        return torch.stack(memories, dim=1)
