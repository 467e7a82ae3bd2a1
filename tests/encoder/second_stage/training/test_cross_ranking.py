"""What trees are given to learn from: whole shortlists, or their heads where there are enough of them."""

import numpy as np
import pytest

from firstlight_encoder.cases import cold_user_cases
from firstlight_encoder.second_stage.first_stage import FirstStage
from firstlight_encoder.second_stage.known import Known
from firstlight_encoder.second_stage.second_stage import Method, SecondStage
from firstlight_encoder.training.second_stage import cross_ranking
from firstlight_encoder.training.second_stage.cross_ranking import HEAD, shortlists
from firstlight_encoder.training.second_stage.described_cases import DescribedCase
from firstlight_encoder.training.second_stage.ranker_cases import RankerCase
from tests.encoder.second_stage.small_catalogue import WIDTH, catalogue_side, mixture, shoppers

ITEMS = 400


@pytest.fixture(scope="module")
def described() -> list[DescribedCase]:
    stage = SecondStage(side=catalogue_side(ITEMS), mixture=mixture(), trees=None, method=Method.MIX)
    first = FirstStage(np.linspace(-1, 1, WIDTH + 1, dtype=np.float32))
    found = np.argsort(-(stage.side.rows @ first.query))
    cases = cold_user_cases(shoppers(30, items=ITEMS, seed=5), k=3)
    knowns = [Known(case.history) for case in cases]
    lists = [stage.candidates(known, first, found, dropped=known.history) for known in knowns]
    return [
        DescribedCase(RankerCase(case, case.user, "3"), known, own, np.isin(own.rows, case.targets))
        for case, known, own in zip(cases, knowns, lists, strict=True)
    ]


def test_few_shortlists_are_learned_from_whole(described: list[DescribedCase]) -> None:
    telling = [one for one in described if one.hits.any()]
    assert shortlists(described).sizes.tolist() == [len(one.candidates.rows) for one in telling]


def test_of_enough_shortlists_the_most_probable_are_learned_from(
    described: list[DescribedCase], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cross_ranking, "ENOUGH_LISTS", 0)
    one = next(one for one in described if one.hits.any())
    found, kept = shortlists([one]), np.sort(one.candidates.by_mixture[:HEAD])
    assert len(one.candidates.rows) > HEAD
    np.testing.assert_array_equal(found.matrix, one.candidates.matrix[kept])
    np.testing.assert_array_equal(found.hits, one.hits[kept])
    assert found.sizes.tolist() == [HEAD]
