"""Explored pages over a real snapshot."""

from pathlib import Path

import numpy as np
import pytest

from firstlight_server.exploration.context import ShownFeatures
from firstlight_server.exploration.new_items import new_items
from firstlight_server.loaded_snapshot import LoadedSnapshot, Loading, load
from firstlight_store import ItemFilter, SnapshotStore
from tests.server.exploration.trying import EVENTS, answered, arm, ids

NEW = {f"i{number:04d}" for number in range(100, 120)}

POLICIES = ("greedy", "epsilon_greedy", "softmax", "thompson", "linucb")


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("events", [True, False], ids=["known", "nothing known"])
def test_an_explored_page_keeps_to_its_bounds(with_new: LoadedSnapshot, policy: str, events: bool) -> None:
    known = EVENTS if events else ()
    plain = answered(with_new, None, events=known)
    for seed in range(20):
        found = answered(with_new, arm(policy), seed=seed, events=known)
        explored = [item for item in found.items if item.explored]
        assert len(set(ids(found))) == len(found.items) == 10
        assert len(explored) <= 2
        assert len(NEW & {item.item_id for item in explored}) <= 1
        assert all(0 < item.propensity <= 1 for item in found.items)
        assert (found.arm, found.policy, found.confidence) == ("bold", policy, plain.confidence)
        ranked = [item.item_id for item in found.items if not item.explored]
        assert ranked == [one for one in ids(plain) if one in ranked]
        if policy == "greedy":
            assert [item.propensity for item in found.items] == [1.0] * 10


def test_new_items_are_found_shown_and_have_reasons(with_new: LoadedSnapshot) -> None:
    pages = [answered(with_new, arm("epsilon_greedy", epsilon=1.0), seed=seed) for seed in range(30)]
    new = [item for page in pages for item in page.items if item.item_id in NEW]
    assert new
    assert all(item.explored and item.reasons for item in new)


@pytest.mark.parametrize("policy", ["greedy", "thompson"])
def test_a_place_kept_for_new_items_shows_one_to_everybody(with_new: LoadedSnapshot, policy: str) -> None:
    for seed in range(5):
        page = answered(with_new, arm(policy, new_places=(4,)), seed=seed)
        assert [item.item_id in NEW for item in page.items] == [False] * 3 + [True] + [False] * 6
        assert [item.explored for item in page.items] == [item.item_id in NEW for item in page.items]


def test_filters_and_exclusions_hold_for_what_is_explored(with_new: LoadedSnapshot) -> None:
    home = ItemFilter(categories=("Home",))
    for seed in range(20):
        page = answered(
            with_new,
            arm("epsilon_greedy", epsilon=1.0, max_slots=10, max_new=10),
            seed=seed,
            filter=home,
            exclude_item_ids=("i0103", "i0107"),
        )
        assert all(item.item.category[0] == "Home" for item in page.items)
        assert not {"i0103", "i0107"} & set(ids(page))


def test_a_page_smaller_than_asked_for_is_still_whole(with_new: LoadedSnapshot) -> None:
    page = answered(with_new, arm("thompson"), page_size=10, filter=ItemFilter(max_price=4.0))
    assert len(page.items) == len(answered(with_new, None, page_size=10, filter=ItemFilter(max_price=4.0)).items)
    assert not answered(with_new, arm("thompson"), filter=ItemFilter(max_price=-1.0)).items


def test_the_features_of_what_is_shown_come_back_from_the_context(with_new: LoadedSnapshot) -> None:
    page = answered(with_new, arm("thompson"))
    known = ShownFeatures.from_bytes(page.context, count=10)
    assert known is not None
    assert known.features.shape == (10, 12 + 3)
    assert known.features[:, -3].tolist() == [1.0] * 10
    assert len(page.context) < 500
    assert answered(with_new, arm("epsilon_greedy")).context == b""


@pytest.mark.parametrize("content", [b"", b"x" * 50, b"\x01" + bytes(8) + b"\x02\x00" + b"\xff\x7f" * 4])
def test_a_context_of_something_else_is_none(content: bytes) -> None:
    assert ShownFeatures.from_bytes(content, count=2) is None


def test_who_only_exploits_gets_the_ranking_and_the_arm(with_new: LoadedSnapshot) -> None:
    page = answered(with_new, arm("epsilon_greedy", epsilon=1.0), seed=None)
    assert ids(page) == ids(answered(with_new, None))
    assert (page.arm, page.policy, page.context) == ("bold", "greedy", b"")
    assert not any(item.explored or item.propensity != 1 for item in page.items)


def test_what_an_arm_learns_changes_its_pages(with_new: LoadedSnapshot) -> None:
    eager = arm("greedy", learns=True, max_slots=1, max_new=1)
    page = answered(with_new, eager)
    known = ShownFeatures.from_bytes(page.context, count=10)
    assert known is not None
    assert not any(item.explored for item in page.items)
    width = known.features.shape[1]
    likes_new = np.eye(width)[-1:]
    before = eager.posterior(known.fingerprint, width)
    eager.learn(before.updated(np.repeat(likes_new, 20, axis=0), np.ones(20)))
    changed = answered(with_new, eager)
    assert [item.item_id in NEW for item in changed.items if item.explored] == [True]


def test_both_stages_are_explored_too(published_two_stages: Path) -> None:
    loading = Loading(min_recall=0.95, text_cache_entries=100, explores=True)
    one = load(SnapshotStore(published_two_stages).open(), loading)
    plain = answered(one, None)
    pages = [answered(one, arm("epsilon_greedy", epsilon=1.0), seed=seed) for seed in range(10)]
    assert any(item.explored for page in pages for item in page.items)
    assert ids(answered(one, arm("greedy"))) == ids(plain)
    one.close()


def test_items_that_share_their_categorys_lowest_prior_are_new() -> None:
    priors = np.array([-1, -5, -5, -2, -5, -9], np.float32)
    assert new_items(priors, np.array([0, 0, 0, 1, 1, 2], np.int32)).tolist() == [
        False,
        True,
        True,
        False,
        False,
        False,
    ]
    assert new_items(np.zeros(0, np.float32), np.zeros(0, np.int32)).tolist() == []
