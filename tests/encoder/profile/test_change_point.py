"""Shifts of interest: none without events enough, a plain one noticed where it is, and scores that are percentiles."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from firstlight_encoder.errors import SpaceFormatError
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.profile.change_point import FEWEST_EVENTS, FIRES_AT, NO_SHIFT, ChangePointModel
from firstlight_encoder.profile.interest_axes import InterestAxes
from firstlight_encoder.profile.profile_model import ProfileModel
from firstlight_encoder.profile.profile_model_file import read_profile_model, write_profile_model
from firstlight_encoder.tokens import TokenType
from firstlight_encoder.training.profile.change_point_fit import FEWEST_USERS, fit_axes, fit_change_points

GROUPS, EACH, USERS, EVENTS = 4, 40, 120, 30


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float32]:
    """Items of four kinds; those of a kind are alike."""
    random = np.random.default_rng(0)
    kinds = np.eye(GROUPS).repeat(EACH, axis=0) * 1.5
    made = np.concatenate([kinds, np.ones((len(kinds), 1))], axis=1) + 0.4 * random.normal(
        size=(len(kinds), GROUPS + 1)
    )
    unit: NDArray[np.float32] = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
    return unit


def rows_of(kind: int, count: int, random: np.random.Generator) -> NDArray[np.int64]:
    return kind * EACH + random.integers(EACH, size=count)


def log_of(users: int) -> Interactions:
    """Users who keep to one kind."""
    random = np.random.default_rng(1)
    count = users * EVENTS
    items = np.concatenate([rows_of(user % GROUPS, EVENTS, random) for user in range(users)])
    return Interactions(
        item_count=GROUPS * EACH,
        user_ids=tuple(f"u{user}" for user in range(users)),
        users=np.repeat(np.arange(users), EVENTS),
        items=items,
        types=np.full(count, int(TokenType.PURCHASE)),
        times_h=np.zeros(count),
        weights=np.ones(count, np.float32),
        baskets=np.arange(count),
    )


@pytest.fixture(scope="module")
def model(vectors: NDArray[np.float32]) -> ChangePointModel:
    fitted = fit_change_points(log_of(USERS), vectors, seed=0)
    assert fitted is not None
    return fitted


class TestShifts:
    def test_with_few_events_there_is_none(self, model: ChangePointModel, vectors: NDArray[np.float32]) -> None:
        assert model.shift(vectors[: FEWEST_EVENTS - 1]) == NO_SHIFT

    def test_one_to_another_kind_is_noticed_within_three_events_and_placed(
        self, model: ChangePointModel, vectors: NDArray[np.float32]
    ) -> None:
        random = np.random.default_rng(2)
        found = [
            model.shift(vectors[np.concatenate([rows_of(0, 10, random), rows_of(1, 3, random)])]) for _ in range(100)
        ]
        assert sum(one.score >= FIRES_AT for one in found) > 95
        assert sum(one.events_since == 3 for one in found) > 80

    def test_who_keeps_to_one_kind_is_rarely_alarmed(
        self, model: ChangePointModel, vectors: NDArray[np.float32]
    ) -> None:
        random = np.random.default_rng(3)
        scores = np.array([model.shift(vectors[rows_of(2, 12, random)]).score for _ in range(300)])
        assert abs((scores >= 0.8).mean() - 0.2) < 0.1
        assert (scores >= FIRES_AT).mean() < 0.1
        assert 0.3 < np.median(scores) < 0.7

    def test_long_after_a_shift_it_has_settled(self, model: ChangePointModel, vectors: NDArray[np.float32]) -> None:
        random = np.random.default_rng(4)
        rows = [np.concatenate([rows_of(0, 10, random), rows_of(1, 30, random)]) for _ in range(50)]
        assert sum(model.shift(vectors[one]).score >= FIRES_AT for one in rows) < 25

    def test_too_few_users_give_no_model(self, vectors: NDArray[np.float32]) -> None:
        assert fit_change_points(log_of(FEWEST_USERS - 1), vectors, seed=0) is None
        assert fit_change_points(log_of(USERS).where(np.zeros(USERS * EVENTS, np.bool_)), vectors, seed=0) is None


class TestAxes:
    def test_tell_two_users_from_one_as_the_two_covariances_say(self) -> None:
        """Against the densities of all events at once, by hand."""
        axes = InterestAxes(np.zeros(2, np.float32), np.eye(2, dtype=np.float32), np.array([0.5, 2.0]))
        places = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)

        def density(events: NDArray[np.float32]) -> float:
            log_density = 0.0
            for spread, column in zip(axes.spreads.tolist(), events.T, strict=True):
                covariance: NDArray[np.float64] = np.eye(len(events)) + spread
                distance = float(column @ np.linalg.inv(covariance) @ column)
                log_density -= float(np.linalg.slogdet(2 * np.pi * covariance)[1] + distance) / 2
            return log_density

        told = [density(places[:at]) + density(places[at:]) - density(places) for at in (1, 3)]
        assert axes.two_users(places, np.array([1, 3])) == pytest.approx(np.array(told), rel=1e-5)

    def test_are_scaled_by_a_users_own_events(self, vectors: NDArray[np.float32]) -> None:
        log = log_of(USERS)
        users = np.split(log.items, USERS)
        axes = fit_axes(users, vectors, centre=vectors.mean(0))
        own = [axes.places(vectors[rows]).var(0) for rows in users]
        assert len(axes.spreads) >= GROUPS - 1
        assert np.mean(own) == pytest.approx(1, abs=0.3)
        assert axes.spreads[-1] > 3  # kinds of items lie far apart
        assert len(fit_axes([np.zeros(3, np.int64)] * 9, vectors, centre=vectors[0]).spreads) == 0


class TestOnDisk:
    def test_it_comes_back_the_same(
        self, model: ChangePointModel, vectors: NDArray[np.float32], tmp_path: Path
    ) -> None:
        write_profile_model(tmp_path, ProfileModel(model))
        back = read_profile_model(tmp_path, dimension=vectors.shape[1])
        assert back.change is not None
        assert back.following == {}
        assert back.change.shift(vectors[:20]) == model.shift(vectors[:20])

    def test_of_another_space_it_is_refused_by_name(self, model: ChangePointModel, tmp_path: Path) -> None:
        write_profile_model(tmp_path, ProfileModel(model))
        with pytest.raises(SpaceFormatError, match=r"expected .*\(\(77,\)"):
            read_profile_model(tmp_path, dimension=77)

    def test_of_an_older_format_nothing_is_read(self, model: ChangePointModel, tmp_path: Path) -> None:
        write_profile_model(tmp_path, ProfileModel(model))
        facts = tmp_path / "profile.json"
        facts.write_text(facts.read_text().replace('"format_version": 2', '"format_version": 1'))
        assert read_profile_model(tmp_path, dimension=77) == ProfileModel()
