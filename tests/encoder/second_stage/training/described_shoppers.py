"""Cases of made-up shoppers with their shortlists. Shared by the tests of what is learned from them."""

import numpy as np

from firstlight_encoder.cases import cold_user_cases
from firstlight_encoder.second_stage.first_stage import FirstStage
from firstlight_encoder.second_stage.known import Known
from firstlight_encoder.second_stage.second_stage import Method, SecondStage
from firstlight_encoder.second_stage.seeker import Seeker
from firstlight_encoder.training.second_stage.described_cases import DescribedCase
from firstlight_encoder.training.second_stage.ranker_cases import RankerCase
from tests.encoder.second_stage.small_catalogue import WIDTH, catalogue_side, mixture, shoppers

ITEMS = 400


def described_shoppers(users: int) -> list[DescribedCase]:
    """After three events each."""
    stage = SecondStage(side=catalogue_side(ITEMS), mixture=mixture(), trees=None, method=Method.MIX)
    first = FirstStage(np.linspace(-1, 1, WIDTH + 1, dtype=np.float32))
    found = np.argsort(-(stage.side.rows @ first.query))
    cases = cold_user_cases(shoppers(users, items=ITEMS, seed=5), k=3)
    knowns = [Known(case.history) for case in cases]
    lists = stage.candidates([Seeker(known, first, found, dropped=known.history) for known in knowns])
    return [
        DescribedCase(RankerCase(case, case.user, "3"), known, own, np.isin(own.rows, case.targets))
        for case, known, own in zip(cases, knowns, lists, strict=True)
    ]
