"""The parts of a batch's scores. Knows nothing of how they are made or used."""

from typing import NamedTuple

from torch import Tensor


class ScoreParts(NamedTuple):
    """What a batch's scores are made of; score = tower part + prior weight x prior part.

    Shapes: ``positive_*`` ``(b, p)``, ``candidate_*`` ``(b, c)``, ``prior_weight`` ``(b, 1)``, ``log_expected`` ``(c,)``;
    ``masked`` ``(b, c)`` bool marks false negatives, ``valid`` ``(b, p)`` bool the positives that count.
    """

    positive_tower: Tensor
    positive_prior: Tensor
    candidate_tower: Tensor
    candidate_prior: Tensor
    prior_weight: Tensor
    log_expected: Tensor
    masked: Tensor
    valid: Tensor
