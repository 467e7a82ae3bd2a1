"""Fits the calibration table on users who trained nothing: how far to trust the tower and the prior at every n.

Two numbers a bucket, by maximum likelihood of the next basket (Platt 1999, with the softmax for the logistic). Knows
nothing of optimisers of the tower itself.
"""

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from firstlight_encoder.calibration import bucket
from firstlight_encoder.training.candidates import CandidateSampler
from firstlight_encoder.training.declarations import DECLINING
from firstlight_encoder.training.objective import softmax_loss
from firstlight_encoder.training.sampler import CaseBatch, CaseSampler
from firstlight_encoder.training.score_parts import ScoreParts
from firstlight_encoder.training.scoring import CaseScorer

EVENTS = (0, 1, 2, 3, 5, 10, 20)
"""One number of events inside every bucket."""

KNOWN = (*((events, declared) for events in EVENTS for declared in (0, 2) if events or declared), (0, 0))
"""Events and wanted names that are known of the cases of every bucket."""

CASES = 400
"""Cases a bucket: two numbers need no more."""


def calibrate(scorer: CaseScorer, cases: CaseSampler, candidates: CandidateSampler) -> None:
    """Sets ``scorer.space.tower``'s ``log_scale`` and ``prior_weight`` from ``cases`` of held-out users."""
    weighs_prior = scorer.space.tower.prior_weight.requires_grad
    for events, declared in KNOWN:
        row = int(bucket(np.asarray([events]), np.asarray([declared]))[0])
        drawn = _drawn(cases, events, declared)
        with torch.no_grad():
            parts = scorer(drawn, candidates.draw())
        log_factor, weight = _fit(parts, weighs_prior=weighs_prior)
        scorer.space.tower.log_scale.data[row] += log_factor.clamp(-6, 2)
        if weighs_prior:
            scorer.space.tower.prior_weight.data[row] = weight.clamp(0, 3)


def _drawn(cases: CaseSampler, events: int, declared: int) -> CaseBatch:
    """Cases of one bucket; where neither events nor wanted names are known, those who say what they do not want."""
    if events or declared:
        return cases.draw(CASES, k=events, declared=declared, positives=8)
    batch = cases.draw(CASES, k=0, declared=1, positives=8, habits=DECLINING)
    return replace(batch, declared=batch.declared.declined)


def _fit(parts: ScoreParts, *, weighs_prior: bool) -> tuple[Tensor, Tensor]:
    """Log of the factor on the tower's part and weight of the prior's, scalars, of the highest likelihood."""
    log_factor, weight = torch.zeros((), requires_grad=True), torch.ones((), requires_grad=True)
    free = [log_factor, weight] if weighs_prior else [log_factor]
    weight = weight if weighs_prior else parts.prior_weight
    optimizer = torch.optim.LBFGS(free, max_iter=30, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = softmax_loss(parts, tower_factor=torch.exp(log_factor), prior_weight=weight)
        torch.autograd.backward(loss)
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]  # pyright: ignore[reportUnknownMemberType]
    return log_factor.detach(), weight.detach()
