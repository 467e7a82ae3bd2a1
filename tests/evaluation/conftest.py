"""Made-up shops and what an evaluation of one measured, made once."""

import pytest

from firstlight_evaluation.contender import ALWAYS, Contender
from firstlight_evaluation.evaluate import evaluate
from firstlight_evaluation.material import Material
from firstlight_evaluation.report.summary import Summary
from tests.evaluation.known_scorers import Oracle
from tests.evaluation.synthetic_domain import Shop, clustered


@pytest.fixture(scope="session")
def shop() -> Material:
    return clustered(Shop())


@pytest.fixture(scope="session")
def summary(shop: Material) -> Summary:
    """An evaluation with a model that sees the targets through noise, under two seeds."""
    item_count = shop.split.train.item_count
    return evaluate(
        shop, train=lambda seed: Contender(Oracle(item_count, seed=seed), ALWAYS, baseline=False), seeds=[0, 1]
    )
