import math

import torch
from torch import nn

from firstlight_encoder.training.best_state import BestState


def set_weight(module: nn.Linear, value: float) -> None:
    with torch.no_grad():
        module.weight.fill_(value)


def test_the_parameters_of_the_lowest_loss_come_back() -> None:
    module = nn.Linear(1, 1, bias=False)
    best = BestState(module)
    for weight, loss in ((1.0, 3.0), (2.0, 0.5), (3.0, 0.7), (4.0, math.nan)):
        set_weight(module, weight)
        best.offer(loss)
    set_weight(module, 5.0)
    best.restore()
    assert module.weight.item() == 2.0


def test_where_no_loss_is_a_number_the_last_parameters_stay() -> None:
    module = nn.Linear(1, 1, bias=False)
    best = BestState(module)
    best.offer(math.nan)
    set_weight(module, 5.0)
    best.restore()
    assert module.weight.item() == 5.0
