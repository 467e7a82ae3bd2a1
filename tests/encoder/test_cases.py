import numpy as np
import pytest

from firstlight_encoder.cases import cold_user_cases
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.labels import category_labels, tag_labels
from firstlight_encoder.tokens import TokenType


def interactions(*events: tuple[int, int, int], types: tuple[TokenType, ...] | None = None) -> Interactions:
    """Of (user, basket, item) triples."""
    users, baskets, items = (np.array(column) for column in zip(*events, strict=True))
    kinds = types or (TokenType.PURCHASE,) * len(events)
    return Interactions(
        item_count=10,
        user_ids=tuple(f"u{user}" for user in range(int(users.max()) + 1)),
        users=users,
        items=items,
        types=np.array([int(kind) for kind in kinds]),
        times_h=baskets.astype(float),
        weights=np.ones(len(events), np.float32),
        baskets=baskets,
    )


def test_the_target_of_a_short_history_is_the_next_basket_not_the_rest_of_the_same() -> None:
    log = interactions((0, 0, 1), (0, 0, 2), (0, 1, 3), (0, 1, 4))
    (case,) = cold_user_cases(log, k=1)
    assert case.history.tolist() == [1]
    assert case.targets.tolist() == [3, 4]


def test_a_history_may_end_inside_a_later_basket() -> None:
    log = interactions((0, 0, 1), (0, 1, 2), (0, 1, 3), (0, 2, 4))
    (case,) = cold_user_cases(log, k=2)
    assert case.history.tolist() == [1, 2]
    assert case.targets.tolist() == [4]


def test_with_nothing_known_the_target_is_the_first_basket() -> None:
    (case,) = cold_user_cases(interactions((0, 0, 1), (0, 0, 2), (0, 1, 3)), k=0)
    assert case.history.tolist() == []
    assert case.targets.tolist() == [1, 2]


def test_a_basket_of_known_items_only_is_passed_over() -> None:
    (case,) = cold_user_cases(interactions((0, 0, 1), (0, 1, 1), (0, 2, 5)), k=1)
    assert case.targets.tolist() == [5]


def test_a_dislike_is_never_a_target() -> None:
    log = interactions((0, 0, 1), (0, 1, 2), (0, 1, 3), types=(TokenType.VIEW, TokenType.DISLIKE, TokenType.VIEW))
    (case,) = cold_user_cases(log, k=1)
    assert case.targets.tolist() == [3]


@pytest.mark.parametrize("k", [0, 1, 2])
def test_the_targets_of_one_user_never_come_from_another(k: int) -> None:
    log = interactions((0, 0, 1), (0, 1, 2), (1, 0, 3), (1, 1, 4))
    cases = cold_user_cases(log, k=k)
    owners = {case.user: set(case.targets.tolist()) for case in cases}
    assert all(targets <= ({1, 2} if user == 0 else {3, 4}) for user, targets in owners.items())
    assert len(owners) == (2 if k < 2 else 0)


def test_declarations_come_from_after_the_targets_never_from_them() -> None:
    labels = category_labels([["All", f"kind {item}"] for item in range(10)])
    log = interactions((0, 0, 1), (0, 1, 2), (0, 2, 7), (0, 3, 7), (0, 3, 8))
    (case,) = cold_user_cases(log, k=1, labels=labels)
    assert [labels.names[label] for label in case.declared] == ["kind 7", "kind 8"]
    assert case.targets.tolist() == [2]


def test_where_categories_are_tags_the_commonest_of_all_later_ones_are_declared() -> None:
    tags = [["Action"]] * 7 + [["Crime", "Drama"], ["Drama", "Romance"], ["Romance", "War", "Drama"]]
    log = interactions((0, 0, 1), (0, 1, 2), (0, 2, 7), (0, 3, 8), (0, 4, 9))
    labels = tag_labels(tags)
    (case,) = cold_user_cases(log, k=1, labels=labels)
    assert [labels.names[label] for label in case.declared] == ["Drama", "Romance"]


def test_a_user_with_nothing_after_the_target_declares_nothing_and_is_left_out() -> None:
    labels = category_labels([["All", "kind"]] * 10)
    assert cold_user_cases(interactions((0, 0, 1), (0, 1, 2)), k=1, labels=labels) == []


def test_gaps_count_from_the_newest_known_event() -> None:
    (case,) = cold_user_cases(interactions((0, 0, 1), (0, 5, 2), (0, 9, 3)), k=2)
    assert case.gaps_h.tolist() == [5.0, 0.0]


def test_a_case_knows_when_its_targets_were_taken() -> None:
    (case,) = cold_user_cases(interactions((0, 0, 1), (0, 5, 2), (0, 9, 3)), k=1)
    assert case.time_h == 5.0
