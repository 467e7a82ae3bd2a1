"""The simulated month on a made-up one: it is fair to all policies, and learning pays where there is a signal."""

import json
from pathlib import Path

import numpy as np
import pytest

from firstlight_encoder.exploration import Greedy
from firstlight_evaluation.simulation.competitor import GREEDY, LEARNING_GREEDY, THOMPSON, Learning, competitors
from firstlight_evaluation.simulation.files import write_month
from firstlight_evaluation.simulation.month import NEW_PLACES, PAGE, Month
from firstlight_evaluation.simulation.replay import Game, play
from firstlight_evaluation.simulation.study import HINDSIGHT, RANKING_ALONE, simulate


def month(*, visits: int = 400, pool: int = 10) -> Month:
    """Three of the new items are liked; the ranking, which knows nothing of them, is drawn at random."""
    random = np.random.default_rng(0)
    rates = np.where(np.arange(pool) < 3, 0.6, 0.05)
    return Month(
        visitors=random.integers(60, size=visits),
        days=np.sort(random.integers(30, size=visits)),
        ranked_takes=random.random((visits, PAGE)) < 0.3,
        new_scores=np.tile(random.normal(size=pool).astype(np.float32), (visits, 1)),
        new_takes=random.random((visits, pool)) < rates,
        new_vectors=np.eye(pool, dtype=np.float32),
        notice="made up",
        domain="toy",
    )


def test_a_seed_draws_the_same_visitors_items_and_luck_for_every_policy() -> None:
    one, other = Game.drawn(month(), seed=3), Game.drawn(month(), seed=3)
    assert np.array_equal(one.looks, other.looks)
    assert np.array_equal(one.takes, other.takes)
    assert not np.array_equal(one.looks[:50], Game.drawn(month(), seed=4).looks[:50])


def test_nothing_is_clicked_that_was_not_looked_at_and_taken() -> None:
    game = Game.drawn(month(), seed=0)
    looked = game.looks[:, NEW_PLACES].sum(axis=1) * game.takes.any(axis=1)
    assert np.all(play(game, Greedy(), learning=Learning()) <= looked)


def test_learning_beats_a_ranking_that_knows_nothing_and_nobody_beats_hindsight_by_much() -> None:
    learning = Learning(dimension=10, score_weight=0.0)
    outcome = simulate(month(), competitors(scale=0.3), seeds=range(3), learning=learning)
    assert outcome.lead(GREEDY).low > 0
    assert outcome.interval(THOMPSON).value < 1.1 * outcome.interval(HINDSIGHT).value
    assert outcome.played[RANKING_ALONE].month.tolist() == [0.0] * 3
    assert 0 <= outcome.lead_share(LEARNING_GREEDY) <= 1


def test_the_report_holds_every_policy_and_the_notice(tmp_path: Path) -> None:
    outcome = simulate(month(visits=60), competitors(), seeds=range(2), learning=Learning())
    files = write_month(outcome, settings={"a": 1}, directory=tmp_path)
    assert [path.suffix for path in files] == [".json", ".md", ".svg", ".png"]
    written = json.loads(files[0].read_text())
    assert {one["policy"] for one in written["policies"]} == {*competitors(), HINDSIGHT, RANKING_ALONE}
    assert "made up" in files[1].read_text()


@pytest.mark.parametrize("place", NEW_PLACES)
def test_new_items_have_places_on_the_page(place: int) -> None:
    assert 0 <= place < PAGE
