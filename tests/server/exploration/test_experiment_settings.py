from collections.abc import Callable
from pathlib import Path

import pytest

from firstlight_encoder.exploration import Slots, Thompson
from firstlight_server.errors import SettingsError
from firstlight_server.exploration.experiment_settings import read_experiments

Written = Callable[[str], Path]

TWO_ARMS = """
[shop]
arms = [
    {name = "control", policy = "greedy", share = 0.5},
    {name = "bold", policy = "thompson", share = 0.5, max_slots = 3, epsilon = 0.1, scale = 0.2},
]
rewards = {purchase = 1.0}
"""


def test_experiments_are_read_by_tenant_and_what_is_not_given_is_the_policys_own(written: Written) -> None:
    shop = read_experiments(written(TWO_ARMS))["shop"]
    explorer = shop.arms[1].explorer()
    assert explorer.policy == Thompson(epsilon=0.1, scale=0.2)
    assert explorer.slots == Slots(3, 1, 1)
    assert shop.rewards == {"purchase": 1.0}


@pytest.mark.parametrize(
    ("arms", "told"),
    [
        ('{name="a", policy="greedy", share=0.5}', "shop: the arms' shares sum to 0.5, not to 1"),
        ('{name="a", policy="best", share=1}', "shop, arm 'a', policy: Input should be 'greedy', 'epsilon_greedy'"),
        ('{name="a", policy="greedy", share=1, slots=3}', "shop, arm 'a', slots: no such setting"),
        ('{name="a", policy="greedy", share=1, epsilon=0.1}', "epsilon does nothing with policy 'greedy'"),
        ('{name="a", policy="thompson", share=1, epsilon=2}', "epsilon is 2.0, a probability in"),
        ('{name="a", policy="thompson", share=1, epsilon=nan}', "epsilon is nan, a probability in"),
        ('{name="A B", policy="greedy", share=1}', "shop, arm 'A B', name: String should match"),
        ('{name="a", policy="greedy", share=0}', "shop, arm 'a', share: Input should be greater than 0"),
        ('{name="a", policy="greedy", share=1, new_places=[3, 6]}', "2 places are kept for new items, at most 1 may"),
        ('{name="a", policy="greedy", share=1, item_precision=0}', "item_precision: Input should be greater than 0"),
        ("7", "shop, arm 0: Input should be a valid dictionary"),
        ('{name="a", policy="greedy", share=0.5}, {name="a", policy="linucb", share=0.5}', "arm 'a' is there twice"),
    ],
)
def test_a_bad_arm_is_one_line_that_says_where(written: Written, arms: str, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_experiments(written(f"[shop]\narms = [{arms}]\n"))
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[shop", "cannot be read"),
        ("shop = 3", "shop: Input should be a valid dictionary"),
        ("[shop]\narms = []", "shop, arms: Tuple should have at least 1 item"),
        (TWO_ARMS.replace("purchase = 1.0", "bought = 1.0"), "bought = 1 is not an event type"),
        (TWO_ARMS.replace("purchase = 1.0", "purchase = 2.0"), "purchase = 2 is not an event type"),
    ],
)
def test_a_bad_file_is_one_line_that_says_where(written: Written, text: str, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_experiments(written(text))
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"experiments: .*absent\.toml cannot be read"):
        read_experiments(tmp_path / "absent.toml")
