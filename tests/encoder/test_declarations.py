from dataclasses import replace

import numpy as np
import pytest

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.labels import Labels, brand_labels, category_labels, path_labels
from firstlight_encoder.tokens import TokenType
from firstlight_encoder.training.declarations import LEAST_WEIGHT, PLAIN, DeclarationHabits, Declarations
from firstlight_encoder.training.declarations import DeclarationSampler as Sampler

CASES = 400


@pytest.fixture(scope="module")
def names(log: Interactions) -> Labels:
    """Of 60 items: a department and a shelf, the path of both, and a brand that says nothing of either."""
    paths = [["Shop", f"Kind {item % 3}"] for item in range(log.item_count)]
    brands = [f"Brand {item // 3 % 4}" for item in range(log.item_count)]
    return category_labels(paths).beside(path_labels(paths)).beside(brand_labels(brands))


def drawn(log: Interactions, names: Labels, habits: DeclarationHabits) -> tuple[list[range], Declarations]:
    """The events from each case's target on, and its declarations; the targets are baskets of random users."""
    random, moods = np.random.default_rng(3), np.random.default_rng(4)
    target = random.integers(0, len(log.basket_users), CASES)
    ends = np.searchsorted(log.users, log.basket_users[target], side="right")
    sampler = Sampler(log, names, random=random, moods=moods)
    spans = [range(*span) for span in zip(log.basket_starts[target].tolist(), ends.tolist(), strict=True)]
    return spans, sampler.draw(target, ends, 3, habits=habits)


def carried(log: Interactions, names: Labels, events: range) -> set[int]:
    return set(names.of_each(log.items[events.start : events.stop])[1].tolist())


def test_what_is_declined_is_carried_neither_by_the_target_nor_by_what_follows(
    log: Interactions, names: Labels
) -> None:
    spans, declared = drawn(log, names, DeclarationHabits(declined=0.5))
    declined = declared.weights < 0
    assert 0.2 < declined.mean() < 0.5
    assert declared.weights[declined].min() >= -1
    assert declared.weights[declined].max() <= -LEAST_WEIGHT
    for events, own, against in zip(spans, declared.labels, declined, strict=True):
        assert not carried(log, names, events) & set(own[against].tolist())


def test_what_is_declared_is_carried_by_what_follows_and_brands_and_paths_are_declared(
    log: Interactions, names: Labels
) -> None:
    spans, declared = drawn(log, names, PLAIN)
    for events, own in zip(spans, declared.labels, strict=True):
        assert set(own[own >= 0].tolist()) <= carried(log, names, events)
    assert set(declared.weights[declared.labels >= 0].tolist()) == {1.0}
    assert set(declared.weights[declared.labels < 0].tolist()) == {0.0}
    said = {names.names[label] for label in declared.labels.ravel().tolist() if label >= 0}
    assert {"Kind 1", "Shop", "Shop > Kind 1", "Brand 0"} <= said


def test_half_of_what_is_declared_is_what_a_person_would_ask_by(log: Interactions, names: Labels) -> None:
    _, declared = drawn(log, names, PLAIN)
    kinds = [names.names[label].startswith("Kind") for label in declared.labels.ravel().tolist() if label >= 0]
    assert np.mean(kinds) == pytest.approx(0.5 + 0.5 / 4, abs=0.06)  # an item has four names


def test_a_light_declaration_is_true_as_often_as_it_weighs(log: Interactions, names: Labels) -> None:
    spans, declared = drawn(log, names, DeclarationHabits(unsure=1.0))
    # Everybody keeps to a kind: another kind can only have been said by chance, a third of which hits the own.
    kind = [label for label, name in enumerate(names.names) if name.startswith("Kind")]
    said = [
        (weight, label in carried(log, names, events))
        for events, labels, weights in zip(spans, declared.labels.tolist(), declared.weights.tolist(), strict=True)
        for label, weight in zip(labels, weights, strict=True)
        if label in kind
    ]
    weights, true = np.array(said).T
    assert weights.min() >= LEAST_WEIGHT
    assert weights.max() <= 1
    for half in (weights < 0.6, weights >= 0.6):
        expected = (weights + (1 - weights) / 3)[half].mean()
        assert true[half].mean() == pytest.approx(expected, abs=0.1)


def test_nobody_declares_what_they_dislike(log: Interactions, names: Labels) -> None:
    disliked = replace(log, types=np.full(len(log), int(TokenType.DISLIKE)))
    _, declared = drawn(disliked, names, PLAIN)
    assert (declared.labels == -1).all()


def test_the_same_seed_draws_the_same_declarations(log: Interactions, names: Labels) -> None:
    habits = DeclarationHabits(unsure=0.3, declined=0.3)
    first, again = (drawn(log, names, habits)[1] for _ in range(2))
    np.testing.assert_array_equal(first.labels, again.labels)
    np.testing.assert_array_equal(first.weights, again.weights)
