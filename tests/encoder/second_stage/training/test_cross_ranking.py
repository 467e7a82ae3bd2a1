"""What trees are given to learn from: whole shortlists, or their heads where there are enough of them."""

import numpy as np
import pytest

from firstlight_encoder.training.second_stage import cross_ranking
from firstlight_encoder.training.second_stage.cross_ranking import HEAD, shortlists
from firstlight_encoder.training.second_stage.described_cases import DescribedCase
from tests.encoder.second_stage.training.described_shoppers import described_shoppers


@pytest.fixture(scope="module")
def described() -> list[DescribedCase]:
    return described_shoppers(30)


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
