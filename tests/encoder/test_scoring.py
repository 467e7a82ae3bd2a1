"""How a batch is scored: in parts of like length, each item once."""

from typing import Any

import numpy as np
import pytest
import torch

from firstlight_encoder.training import scoring
from firstlight_encoder.training.candidates import CandidateSampler
from firstlight_encoder.training.objective import softmax_loss
from firstlight_encoder.training.sampler import CaseBatch, CaseSampler
from firstlight_encoder.training.scoring import CaseScorer
from firstlight_encoder.training.torch_space import TorchSpace
from firstlight_encoder.training.train_settings import TrainSettings
from tests.encoder.training_domains import SETTINGS, shop


def gap_in(batch: CaseBatch) -> bool:
    """Whether an event is left out between two that are known."""
    known = batch.history >= 0
    return bool((batch.lengths > known.sum(1)).any())


def test_a_batch_is_trimmed_to_its_longest_case_and_loses_no_event() -> None:
    domain = shop("shop")
    batch = CaseSampler(domain.split.train, domain.labels, seed=0).draw(60, k=10, declared=0, positives=2)
    assert gap_in(batch)
    short = batch.of(np.flatnonzero(batch.lengths <= 4))
    trimmed = short.trimmed()
    assert trimmed.history.shape == trimmed.gaps_h.shape == (len(short.times_h), 4)
    assert (short.history[:, :-4] == -1).all()
    np.testing.assert_array_equal(trimmed.history, short.history[:, -4:])


@pytest.mark.parametrize(("size", "declared"), [(3, 0), (50, 0), (50, 2)])
def test_scoring_in_parts_of_like_length_gives_the_loss_and_the_gradient_of_the_whole(
    monkeypatch: pytest.MonkeyPatch, size: int, declared: int
) -> None:
    domain = shop("shop")
    torch.manual_seed(0)  # pyright: ignore[reportUnknownMemberType] - torch leaves it untyped
    space = TorchSpace(domain.texts.vectors, settings=TrainSettings(dimension=SETTINGS.dimension, precision="float32"))
    batch = CaseSampler(domain.split.train, domain.labels, seed=0).draw(size, k=8, declared=declared, positives=3)
    candidates = CandidateSampler(np.ones(40), size=16, seed=0).draw()

    def learnt(parts: int) -> tuple[float, dict[str, Any]]:
        monkeypatch.setattr(scoring, "PARTS", {"cpu": parts})
        space.zero_grad()
        loss = softmax_loss(CaseScorer(space, domain.texts, domain.prior, labels=domain.labels)(batch, candidates))
        torch.autograd.backward(loss)
        return float(loss.detach()), {
            name: value.grad for name, value in space.named_parameters() if value.grad is not None
        }

    (whole, gradients), (in_parts, others) = learnt(1), learnt(4)
    assert in_parts == pytest.approx(whole, rel=1e-5)
    assert gradients.keys() == others.keys()
    for name, gradient in gradients.items():
        torch.testing.assert_close(others[name], gradient, rtol=1e-3, atol=1e-5, msg=name)
