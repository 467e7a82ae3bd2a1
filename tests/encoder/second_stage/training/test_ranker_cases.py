from collections import Counter

import numpy as np

from firstlight_encoder.labels import category_labels
from firstlight_encoder.training.second_stage.ranker_cases import LATER_POINTS, MOST_LATER_STARTS, POINTS, ranker_cases
from tests.encoder.second_stage.small_catalogue import KINDS, shoppers

ITEMS = 40
LABELS = category_labels([["shop", KINDS[row % 2]] for row in range(ITEMS)])
USERS = shoppers(30, items=ITEMS, baskets=60)
CASES = ranker_cases(USERS, LABELS, seed=0)


def test_every_point_of_the_curve_is_judged_once_a_user() -> None:
    points = Counter(one.point for one in CASES if one.point is not None)
    assert points == {"0 declared": 30, **{str(k): 30 for k in POINTS}}
    for one in CASES:
        if one.point in {str(k) for k in POINTS}:
            assert len(one.case.history) == int(one.point or 0)


def test_newcomers_who_begin_later_know_as_much_as_is_asked_and_some_declare() -> None:
    later = [one.case for one in CASES if one.point is None]
    silent = {len(case.history) for case in later if not case.said}
    assert silent == set(LATER_POINTS)
    assert {len(case.history) for case in later if case.declared} == {0, 3}


def test_some_decline_what_they_never_take_and_half_of_those_say_nothing_else() -> None:
    kinds = category_labels([["shop", f"kind {row % 8}"] for row in range(ITEMS)])
    drawn = ranker_cases(USERS.where(USERS.items % 8 < 6), kinds, seed=0)
    assert not any(one.case.declined for one in drawn if one.point is not None)
    said = [one for one in drawn if one.case.said and one.point is None]
    decline = [one for one in said if one.case.declined]
    assert 0.02 < len(decline) / len(said) < 0.5
    assert 0.3 < np.mean([not one.case.declared for one in decline]) < 0.7
    for one in decline:
        begun = {*one.case.history.tolist(), *one.case.targets.tolist()}
        assert not set(one.case.declined) & {label for row in begun for label in kinds.of(row).tolist()}


def test_nobody_begins_too_often() -> None:
    starts = Counter(one.owner for one in CASES if one.point is None)
    assert max(starts.values()) <= MOST_LATER_STARTS


def test_a_case_is_owned_by_the_user_whose_items_it_holds() -> None:
    for one in CASES:
        own = USERS.items[USERS.users == one.owner]
        assert one.case.user == one.owner
        assert np.isin(one.case.history, own).all()
        assert np.isin(one.case.targets, own).all()


def test_the_same_seed_draws_the_same_cases_and_another_seed_others() -> None:
    def drawn(seed: int) -> list[tuple[int, list[int]]]:
        return [(one.owner, one.case.history.tolist()) for one in ranker_cases(USERS, LABELS, seed=seed)]

    assert drawn(0) == drawn(0) != drawn(1)
