"""The parts of a batch's scores. Knows nothing of how they are made or used."""

from typing import NamedTuple

from torch import Tensor


class ScoreParts(NamedTuple):
    """What a batch's scores are made of; score = tower part + prior weight x prior part.

    Attributes:
        positive_tower: ``(b, p)``.
        positive_prior: ``(b, p)``, log p(item) when the target happened.
        candidate_tower: ``(b, c)``.
        candidate_prior: ``(b, c)``, likewise.
        prior_weight: ``(b, 1)``.
        log_expected: ``(c,)``, log of how often each candidate was expected to be drawn.
        masked: ``(b, c)`` bool, the false negatives.
        valid: ``(b, p)`` bool, the positives that count.
    """

    positive_tower: Tensor
    positive_prior: Tensor
    candidate_tower: Tensor
    candidate_prior: Tensor
    prior_weight: Tensor
    log_expected: Tensor
    masked: Tensor
    valid: Tensor
