"""How to make a text encoder smaller, each default written once. Knows nothing of what it encodes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CompressionSettings:
    """What to leave out of a text encoder, and how to train what is left to say the same.

    Attributes:
        depth: share of the layers kept, evenly spaced; 1 for all, 0.5 for every second.
        heads: share of the attention heads kept, the most important; 1 for all.
        steps: of training after each cut, on the full encoder's vectors; 0 for none.
        rate: the highest learning rate (AdamW, one cycle).
        batch_tokens: tokens a step at most.
        probe_texts: texts that tell how important a head is.
        seed: of everything drawn.
    """

    depth: float = 1.0
    heads: float = 1.0
    steps: int = 300
    rate: float = 3e-4
    batch_tokens: int = 1_024
    probe_texts: int = 64
    seed: int = 0

    @property
    def cuts(self) -> bool:
        """Whether anything is left out."""
        return self.depth < 1 or self.heads < 1
