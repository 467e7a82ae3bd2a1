import math

import pytest
import torch

from firstlight_encoder.training.stage_b.in_batch_loss import in_batch_loss

ITEMS = torch.nn.functional.normalize(torch.tensor([[1.0, 0.2], [0.1, 1.0], [0.7, 0.7]]), dim=1)
FOLLOWERS = torch.nn.functional.normalize(torch.tensor([[0.9, 0.1], [0.3, 1.0], [1.0, 0.6]]), dim=1)
LOG_SHARE = torch.tensor([-1.0, -3.0, -2.0])


@pytest.mark.parametrize("correction", [0.0, 0.7])
def test_the_loss_is_the_corrected_softmax_over_the_unmasked(correction: float) -> None:
    masked = torch.zeros(3, 3, dtype=torch.bool)
    masked[0, 2] = True
    loss = in_batch_loss(ITEMS, FOLLOWERS, log_share=LOG_SHARE, masked=masked, scale=20.0, correction=correction)
    expected = 0.0
    for row in range(3):
        scores = [20.0 * float(ITEMS[row] @ FOLLOWERS[other]) - correction * float(LOG_SHARE[other])
                  for other in range(3) if not masked[row, other]]  # fmt: skip
        own = 20.0 * float(ITEMS[row] @ FOLLOWERS[row]) - correction * float(LOG_SHARE[row])
        expected -= (own - math.log(sum(math.exp(score) for score in scores))) / 3
    assert loss.item() == pytest.approx(expected, rel=1e-4)


def test_a_frequent_follower_is_an_easier_negative_with_the_correction() -> None:
    none = torch.zeros(3, 3, dtype=torch.bool)
    frequent = torch.log(torch.tensor([0.9, 0.05, 0.05]))
    score = [
        in_batch_loss(ITEMS[1:], FOLLOWERS[[1, 0]], log_share=frequent[[1, 0]], masked=none[:2, :2], scale=1.0,
                      correction=correction)
        for correction in (0.0, 1.0)
    ]  # fmt: skip
    assert score[1] != score[0]
