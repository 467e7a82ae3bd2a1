"""Fits the calibration table on users who trained nothing: how far to trust the tower and the prior at every n.

Two numbers a bucket, by maximum likelihood of the next basket (Platt 1999, with the softmax for the logistic). Knows
nothing of optimisers of the tower itself.
"""

import numpy as np
import torch

from firstlight_encoder.calibration import bucket
from firstlight_encoder.training.candidates import CandidateSampler
from firstlight_encoder.training.objective import softmax_loss
from firstlight_encoder.training.sampler import CaseSampler
from firstlight_encoder.training.scoring import CaseScorer

EVENTS = (0, 1, 2, 3, 5, 10, 20)
"""One number of events inside every bucket."""

CASES = 400
"""Cases a bucket: two numbers need no more."""


def calibrate(scorer: CaseScorer, cases: CaseSampler, candidates: CandidateSampler) -> None:
    """Sets ``scorer.tower``'s ``log_scale`` and ``prior_weight`` from ``cases`` of held-out users."""
    for events in EVENTS:
        for declared in (0, 2):
            if events or declared:
                row = int(bucket(np.asarray([events]), np.asarray([declared]))[0])
                _fit(scorer, cases, candidates, row=row, events=events, declared=declared)


def _fit(
    scorer: CaseScorer, cases: CaseSampler, candidates: CandidateSampler, *, row: int, events: int, declared: int
) -> None:
    with torch.no_grad():
        parts = scorer(cases.draw(CASES, k=events, declared=declared, positives=8), candidates.draw())
    log_factor, weight = torch.zeros((), requires_grad=True), torch.ones((), requires_grad=True)
    optimizer = torch.optim.LBFGS([log_factor, weight], max_iter=30, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = softmax_loss(parts, tower_factor=torch.exp(log_factor), prior_weight=weight)
        loss.backward()
        return loss

    optimizer.step(closure)
    tower = scorer.tower
    tower.log_scale.data[row] += log_factor.detach().clamp(-6, 2)
    tower.prior_weight.data[row] = weight.detach().clamp(0, 3)
