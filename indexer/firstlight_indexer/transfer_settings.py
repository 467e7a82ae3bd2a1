"""The table [transfer] of firstlight.toml: which domains train with this one, and what they count.

Knows nothing of how weights are chosen.
"""

from pathlib import Path
from typing import Annotated, Literal, cast

from pydantic import BaseModel, ConfigDict, PlainValidator

Weights = float | tuple[float, ...] | Literal["auto"]
"""The sources' share of the loss: a number, the numbers to choose from, or lowered from a half while it hurts."""


def checked_weights(value: object) -> Weights:
    """``value`` if it can be the sources' share.

    Raises:
        ValueError: saying what it may be.
    """
    if value == "auto":
        return "auto"
    is_grid = isinstance(value, (list, tuple))
    numbers = list(cast("list[object]", value)) if is_grid else [value]
    shares = [float(number) for number in numbers if isinstance(number, (int, float)) and not isinstance(number, bool)]
    if not numbers or len(shares) < len(numbers) or not all(0 <= share < 1 for share in shares):
        raise ValueError('must be a number from 0 to below 1, a list of them, or "auto"')
    return tuple(shares) if is_grid else shares[0]


class TransferTable(BaseModel):
    """`[transfer]`: which domains train together with this one.

    Attributes:
        sources: firstlight.toml files of other domains, or their folders, relative to this one's.
        weights: what the sources count together in the loss, each alike; the target counts the rest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: tuple[Path, ...] = ()
    weights: Annotated[Weights, PlainValidator(checked_weights)] = "auto"
