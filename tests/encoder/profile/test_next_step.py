"""What is done next: probabilities that sum to one, learn what follows what, and are calibrated."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.profile.newcomers import unfitted
from firstlight_encoder.profile.next_step import FEATURES
from firstlight_encoder.profile.profile_model import NamedNext, ProfileModel
from firstlight_encoder.profile.profile_model_file import read_profile_model, write_profile_model
from firstlight_encoder.tokens import TokenType
from firstlight_encoder.training.profile.profile_fit import fit_following

CATEGORIES = (("Food", "Tea"), ("Food", "Cake"), ("Home", "Lamps"), ())
USERS, EVENTS = 60, 20


def log_of(seed: int) -> Interactions:
    """Users who take cake after tea, tea after cake mostly, and sometimes a lamp."""
    random = np.random.default_rng(seed)
    items = np.array([2 if random.random() < 0.2 else event % 2 for _ in range(USERS) for event in range(EVENTS)])
    count = len(items)
    return Interactions(
        item_count=4,
        user_ids=tuple(f"u{user}" for user in range(USERS)),
        users=np.repeat(np.arange(USERS), EVENTS),
        items=items,
        types=np.full(count, int(TokenType.PURCHASE)),
        times_h=np.tile(np.arange(EVENTS, dtype=np.float64), USERS),
        weights=np.ones(count, np.float32),
        baskets=np.arange(count),
    )


@pytest.fixture(scope="module")
def following() -> dict[str, NamedNext]:
    return fit_following(log_of(0), log_of(1), categories=CATEGORIES, brands=[None] * 4)


class TestNext:
    def test_is_a_distribution_for_newcomers_and_for_known_users(self, following: dict[str, NamedNext]) -> None:
        for names in ([], ["Food > Tea"], ["Food > Tea", None, "Unheard of", "Home > Lamps"] * 5):
            likely = following["category"].likely(names, np.zeros(len(names)), most=10)
            assert sum(probability for _, probability in likely) == pytest.approx(1)
            assert [probability for _, probability in likely] == sorted((p for _, p in likely), reverse=True)

    def test_learns_what_follows_what(self, following: dict[str, NamedNext]) -> None:
        tea, cake = "Food > Tea", "Food > Cake"
        history = [tea, cake] * 4
        assert following["category"].likely([*history, tea], np.zeros(9), most=1)[0][0] == cake
        assert following["category"].likely([*history, tea, cake], np.zeros(10), most=1)[0][0] == tea

    def test_is_as_probable_as_it_says(self, following: dict[str, NamedNext]) -> None:
        model, log = following["category"].model, log_of(2)
        said: list[float] = []
        came: list[bool] = []
        for user in range(USERS):
            codes = log.items[log.users == user]
            likely = model.probabilities(codes[:-1], np.zeros(EVENTS - 1))
            said.append(float(likely.max()))
            came.append(int(likely.argmax()) == codes[-1])
        assert np.mean(said) == pytest.approx(np.mean(came), abs=0.12)

    def test_baskets_count_rather_than_events(self, following: dict[str, NamedNext]) -> None:
        """Nine of one thing at once are one basket; hours apart, or without times, they are nine."""
        model = following["category"].model
        codes = np.array([0] * 9)
        times = FEATURES.index("times")
        told = [model.features(codes, gaps)[times, 0] for gaps in (np.ones(9), np.arange(9)[::-1] + 1.0, np.zeros(9))]
        assert told == pytest.approx(np.log1p([1, 9, 9]))

    def test_what_the_same_users_take_goes_together(self) -> None:
        """Half the users take four codes, half four others: who took one is nearer to those that go with it."""
        random = np.random.default_rng(0)
        taken = np.concatenate([random.integers(4, size=EVENTS) + 4 * (user % 2) for user in range(USERS)])
        paths = [(name, "leaf") for name in "abcdefgh"]
        log = replace(log_of(0), item_count=8, items=taken)
        model = fit_following(log, log, categories=paths, brands=[None] * 8)["category"].model
        alike = model.features(np.array([0]), np.zeros(1))[FEATURES.index("alike")]
        assert min(alike[:4]) > max(alike[4:])

    def test_subjects_of_which_nothing_is_known_are_left_out(self, following: dict[str, NamedNext]) -> None:
        assert set(following) == {"category", "event_type"}
        assert following["event_type"].likely([], np.zeros(0), most=1)[0][0] == "purchase"

    def test_comes_back_from_disk_the_same(self, following: dict[str, NamedNext], tmp_path: Path) -> None:
        write_profile_model(tmp_path, ProfileModel(None, following))
        back = read_profile_model(tmp_path, dimension=3).following
        names = ["Food > Tea", "Home > Lamps"]
        assert back["category"].likely(names, np.zeros(2), most=3) == following["category"].likely(
            names, np.zeros(2), most=3
        )


def test_without_a_fit_history_and_popularity_speak() -> None:
    model = unfitted(["Tea", "Cake", None], [None, None, None], log_prior=np.log(np.array([0.7, 0.2, 0.1], np.float32)))
    assert set(model.following) == {"category"}
    (name, probability), _ = model.following["category"].likely([], np.zeros(0), most=2)
    assert name == "Tea"
    assert probability == pytest.approx(7 / 9)
    assert model.following["category"].likely(["Cake"] * 20, np.zeros(20), most=1)[0][0] == "Cake"
