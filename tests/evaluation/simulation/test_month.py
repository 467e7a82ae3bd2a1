"""The simulated month on a made-up one: it is fair to all policies, and learning pays where there is a signal."""

import json
from pathlib import Path

import numpy as np
import pytest

from firstlight_encoder.exploration import EpsilonGreedy, Greedy, Projection, Slots, Thompson
from firstlight_evaluation.simulation.budgets import SETTINGS, Setting, trade
from firstlight_evaluation.simulation.competitor import GREEDY, LEARNING_GREEDY, THOMPSON, Learning, competitors
from firstlight_evaluation.simulation.files import write_month
from firstlight_evaluation.simulation.game import Game
from firstlight_evaluation.simulation.month import NEW_PLACES, PAGE, RANKED, Month
from firstlight_evaluation.simulation.replay import play
from firstlight_evaluation.simulation.study import HINDSIGHT, KEPT, RANKING_ALONE, simulate


def month(*, visits: int = 400, pool: int = 10) -> Month:
    """Three of the new items are liked; the ranking, which knows nothing of them, is drawn at random."""
    random = np.random.default_rng(0)
    rates = np.where(np.arange(pool) < 3, 0.6, 0.05)
    return Month(
        visitors=random.integers(60, size=visits),
        days=np.sort(random.integers(30, size=visits)),
        ranked=random.permuted(np.tile(np.arange(RANKED), (visits, 1)), axis=1),
        ranked_scores=-np.sort(random.random((visits, RANKED)).astype(np.float32), axis=1),
        ranked_takes=random.random((visits, RANKED)) < 0.3,
        ranked_vectors=np.eye(RANKED, pool, dtype=np.float32),
        new_scores=np.tile(random.normal(size=pool).astype(np.float32), (visits, 1)),
        new_takes=random.random((visits, pool)) < rates,
        new_vectors=np.eye(pool, dtype=np.float32),
        projection=Projection.fit(np.eye(pool, dtype=np.float32), dimension=2),
        notice="made up",
        domain="toy",
    )


def test_a_seed_draws_the_same_visitors_items_and_luck_for_every_policy() -> None:
    one, other = Game.drawn(month(), seed=3), Game.drawn(month(), seed=3)
    assert np.array_equal(one.looks, other.looks)
    assert np.array_equal(one.new_takes, other.new_takes)
    assert not np.array_equal(one.looks[:50], Game.drawn(month(), seed=4).looks[:50])


def test_nothing_is_clicked_that_was_not_looked_at_and_taken() -> None:
    game = Game.drawn(month(), seed=0)
    looked = game.looks[:, np.array(NEW_PLACES) - 1].sum(axis=1) * game.new_takes.any(axis=1)
    assert np.all(play(game, Greedy(), slots=KEPT, learning=Learning()).new <= looked)


def test_a_page_within_slots_is_the_rankings_but_for_what_they_allow() -> None:
    game = Game.drawn(month(), seed=0)
    ranking = play(game, Greedy(), learning=Learning(), slots=Slots(2, 1))
    assert not ranking.new.any()
    assert np.array_equal(ranking.others, game.ranking_alone)
    kept = play(game, Greedy(), learning=Learning(), slots=KEPT)
    assert np.array_equal(kept.others, game.beside_new)
    assert not play(game, Thompson(), learning=Learning(), slots=Slots(2, 0)).new.any()


def test_what_exploration_costs_is_what_its_pages_lack() -> None:
    settings = tuple(Setting("one", policy, Slots(2, 1)) for policy in (Greedy(), EpsilonGreedy(1.0)))
    ranking, even = trade(month(), seeds=range(2), learning=Learning(), settings=settings)
    assert not ranking.overall.any()
    assert not ranking.new.any()
    assert (even.new > 0).all()
    assert even.intervals["new"].low <= even.new.mean() <= even.intervals["new"].high


def test_learning_beats_a_ranking_that_knows_nothing_and_nobody_beats_hindsight_by_much() -> None:
    outcome = simulate(month(), competitors(), seeds=range(3), learning=Learning())
    assert outcome.lead(GREEDY).low > 0
    assert outcome.interval(THOMPSON).value < 1.1 * outcome.interval(HINDSIGHT).value
    assert outcome.played[RANKING_ALONE].month.tolist() == [0.0] * 3
    assert 0 <= outcome.lead_share(LEARNING_GREEDY) <= 1


def test_the_report_holds_every_policy_and_the_notice(tmp_path: Path) -> None:
    outcome = simulate(month(visits=60), competitors(), seeds=range(2), learning=Learning())
    trades = trade(month(visits=60), seeds=range(2), learning=Learning(), settings=SETTINGS[:2])
    files = write_month(outcome, trades, settings={"a": 1}, directory=tmp_path)
    assert [path.suffix for path in files] == [".json", ".md", ".svg", ".png"]
    written = json.loads(files[0].read_text())
    assert {one["policy"] for one in written["policies"]} == {*competitors(), HINDSIGHT, RANKING_ALONE}
    assert [one["slots"]["most_new"] for one in written["budgets"]] == [1, 1]
    assert "made up" in files[1].read_text()


@pytest.mark.parametrize("place", NEW_PLACES)
def test_new_items_have_places_on_the_page(place: int) -> None:
    assert 1 <= place <= PAGE
