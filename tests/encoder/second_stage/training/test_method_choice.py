from collections.abc import Sequence
from dataclasses import replace

import pytest

from firstlight_encoder.second_stage.second_stage import Method
from firstlight_encoder.training.second_stage.cross_ranking import CrossRanked
from firstlight_encoder.training.second_stage.described_cases import DescribedCase
from firstlight_encoder.training.second_stage.method_choice import chosen_method
from tests.encoder.second_stage.training.described_shoppers import described_shoppers


@pytest.fixture(scope="module")
def telling() -> list[DescribedCase]:
    return [one for one in described_shoppers(200) if one.hits.any()]


def ranked(cases: Sequence[DescribedCase], *, better: int) -> list[CrossRanked]:
    """By trees as by the mixture, but for the first ``better`` cases, whose hits they put first."""
    mixture = [one.candidates.log_mixture for one in cases]
    return [
        CrossRanked(one, own + 100 * one.hits if place < better else own.copy())
        for place, (one, own) in enumerate(zip(cases, mixture, strict=True))
    ]


def test_trees_that_are_clearly_better_rank(telling: list[DescribedCase]) -> None:
    method, why = chosen_method(ranked(telling, better=len(telling)))
    assert method is Method.TREES
    assert why.endswith("trees 1.0000")


def test_trees_that_change_nothing_do_not(telling: list[DescribedCase]) -> None:
    method, why = chosen_method(ranked(telling, better=0))
    means = {part.split()[0]: float(part.split()[1]) for part in why.split(": ")[1].split(", ")}
    assert means["trees"] == means["mix"]
    assert method is not Method.TREES


def test_cases_that_the_curve_does_not_judge_are_not_asked(telling: list[DescribedCase]) -> None:
    later = [replace(one, of=replace(one.of, point=None)) for one in telling]
    found = [*ranked(telling, better=0), *ranked(later, better=len(later))]
    assert chosen_method(found)[0] is not Method.TREES
    assert chosen_method(ranked(later, better=len(later)))[0] is Method.SPACE
