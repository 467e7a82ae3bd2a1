"""The table [compress] of firstlight.toml: which smaller forms of the text encoder to build, and what they may cost.

Knows nothing of how they are built.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from firstlight_encoder.compression.compression_settings import CompressionSettings

Precision = Literal["float32", "int8"]
"""Of the weights of the encoder that servers run."""

_Share = Annotated[float, Field(gt=0, le=1)]


class CompressTable(BaseModel):
    """`[compress]`; nothing is compressed where nothing is asked for.

    Attributes:
        online: precision of the encoder that servers run; the catalogue is encoded by the full one.
        depth: share of the encoder's layers kept, for the catalogue and for servers.
        heads: share of its attention heads kept, likewise.
        steps: of training after each cut; see ``CompressionSettings``.
        rate: of training; likewise.
        allow_loss: the most NDCG@10 that compression, of the index too, may cost, as a share; more is refused.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    online: Precision = "float32"
    depth: _Share = CompressionSettings.depth
    heads: _Share = CompressionSettings.heads
    steps: int = Field(default=CompressionSettings.steps, ge=0)
    rate: float = Field(default=CompressionSettings.rate, gt=0)
    allow_loss: float = Field(default=0.01, ge=0, le=1)

    def settings(self, *, seed: int) -> CompressionSettings:
        """What the encoder's own code is told."""
        return CompressionSettings(depth=self.depth, heads=self.heads, steps=self.steps, rate=self.rate, seed=seed)
