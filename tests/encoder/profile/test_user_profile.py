"""Profiles: what counts and how much, groups of items, what moves, and what happens without anything."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from firstlight_encoder.profile.clusters import clusters
from firstlight_encoder.profile.horizon import LONG, SHORT
from firstlight_encoder.profile.interests import Change, changes, shares
from firstlight_encoder.profile.profile_model import ProfileModel
from firstlight_encoder.profile.user_profile import Touched, user_profile


def touched(categories: Sequence[str | None], *, worths: list[float] | None = None) -> Touched:
    """One event a category; items of one category are alike."""
    names = sorted({name for name in categories if name})
    kinds: NDArray[np.float32] = np.eye(max(len(names), 1) + 1, dtype=np.float32)
    places = [len(names) if name is None else names.index(name) for name in categories]
    return Touched(
        vectors=kinds[places],
        worths=np.array(worths or [1.0] * len(categories)),
        gaps_h=np.zeros(len(categories)),
        item_ids=[f"i{place}" for place in range(len(categories))],
        categories=categories,
        brands=[None] * len(categories),
        types=["view"] * len(categories),
    )


class TestInterests:
    def test_later_events_count_more_over_the_short_horizon(self) -> None:
        profile = user_profile(touched(["a"] * 10 + ["b"] * 5), ProfileModel(), most=5, want_trajectory=False)
        assert list(profile.long["category"]) == ["a", "b"]
        assert list(profile.short["category"]) == ["a", "b"][::-1]
        assert sum(profile.short["category"].values()) == pytest.approx(1)

    def test_what_speaks_against_a_category_takes_it_away(self) -> None:
        profile = user_profile(
            touched(["a", "a", "b"], worths=[1, -3, 1]), ProfileModel(), most=5, want_trajectory=False
        )
        assert profile.long["category"] == {"b": 1.0}
        assert [one.item_ids for one in profile.clusters] == [("i2",), ("i0",)]

    def test_events_of_nothing_named_say_nothing(self) -> None:
        assert shares([None, None], np.ones(2)) == {}
        assert shares([], np.zeros(0)) == {}

    def test_time_fades_as_events_do(self) -> None:
        assert SHORT.fade(np.array([SHORT.half_h, 0.0]))[0] == pytest.approx(0.5 * 2 ** (-1 / SHORT.half_events))
        assert LONG.fade(np.zeros(1)).tolist() == [1]


class TestChanges:
    def test_tell_what_rises_falls_and_is_new(self) -> None:
        found = changes({"a": 0.7, "b": 0.3}, {"b": 0.6, "c": 0.4})
        assert [(one.name, one.change) for one in found] == [
            ("a", Change.FALLING),
            ("c", Change.NEW),
            ("b", Change.RISING),
        ]

    def test_without_a_past_nothing_has_changed(self) -> None:
        assert changes({}, {"a": 1.0}) == []


class TestClusters:
    def test_like_items_are_together_and_all_are_somewhere(self) -> None:
        random = np.random.default_rng(0)
        made = np.eye(3).repeat(5, axis=0) + 0.1 * random.normal(size=(15, 3))
        made /= np.linalg.norm(made, axis=1, keepdims=True)
        assert sorted(group.tolist() for group in clusters(made, least=0.5)) == [
            list(range(start, start + 5)) for start in (0, 5, 10)
        ]

    def test_nothing_has_no_groups(self) -> None:
        assert clusters(np.zeros((0, 3)), least=0.5) == []


def test_a_user_never_seen_has_an_empty_profile() -> None:
    profile = user_profile(touched([]), ProfileModel(), most=5, want_trajectory=True)
    assert profile.long == profile.short == {"category": {}, "brand": {}}
    assert (profile.clusters, profile.trajectory, profile.next) == ([], [], {})
    assert (profile.drift.score, profile.drift.noticed, profile.drift.events_since) == (0, None, 0)


def test_the_trajectory_ends_with_now() -> None:
    profile = user_profile(touched(["a"] * 20 + ["b"] * 20), ProfileModel(), most=5, want_trajectory=True)
    assert [end for end, _ in profile.trajectory][-1] == 39
    assert profile.trajectory[-1][1] == profile.short["category"]
    assert profile.trajectory[0][1] == {"a": 1.0}
