"""The designed experiment on new items: nobody to learn from met them, and the report says who finds them."""

from dataclasses import replace

import numpy as np
import pytest

from firstlight_evaluation.contender import ALWAYS, Contender
from firstlight_evaluation.errors import NoCasesError
from firstlight_evaluation.evaluate import evaluate
from firstlight_evaluation.hold_out import draw_held_out, without_items
from firstlight_evaluation.material import Material
from firstlight_evaluation.report.cold_items import ColdItems
from firstlight_evaluation.report.markdown import markdown_table
from tests.evaluation.known_scorers import Oracle
from tests.evaluation.synthetic_domain import log


@pytest.fixture(scope="module")
def held_out(shop: Material) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return draw_held_out(shop.split.train, share=0.1, seed=0)


@pytest.fixture(scope="module")
def report(shop: Material, held_out: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> ColdItems:
    reduced = replace(shop, split=without_items(shop.split, held_out))
    intact, without = (
        evaluate(
            material,
            train=lambda seed: Contender(Oracle(96, noise=1.02, seed=seed), ALWAYS, baseline=False),
            seeds=[0],
            held_out=held_out,
        )
        for material in (shop, reduced)
    )
    return ColdItems(intact, without, int(held_out.sum()))


def test_a_share_of_the_items_seen_in_training_is_drawn_by_seed(shop: Material) -> None:
    train = shop.split.train
    drawn = [draw_held_out(train, share=0.1, seed=seed) for seed in (0, 0, 1)]

    assert drawn[0].sum() == round(0.1 * len(np.unique(train.items)))
    assert (drawn[0] == drawn[1]).all()
    assert (drawn[0] != drawn[2]).any()
    with pytest.raises(NoCasesError, match="no item has a training event"):
        draw_held_out(log([], item_count=3), share=0.1, seed=0)


def test_nobody_to_learn_from_meets_a_held_out_item(
    shop: Material, held_out: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> None:
    split = without_items(shop.split, held_out)

    assert not held_out[split.train.items].any()
    assert not held_out[split.validation.items].any()
    assert split.test is shop.split.test
    assert len(split.train) > 0.8 * len(shop.split.train)


def test_neighbours_cannot_find_what_nobody_took_but_texts_can(report: ColdItems) -> None:
    level = {
        (row.model, row.k): row.value for row in report.rows if row.metric == "recall@10 held out" and not row.declared
    }

    assert level["raw text mean", 3] > 0.2
    assert level["item-kNN P(j|i)", 3] < 0.02


def test_the_model_is_compared_with_the_raw_encoder_and_with_itself(report: ColdItems) -> None:
    found = {(row.baseline, row.k, row.declared) for row in report.found}

    assert ("raw text mean, ndcg@10", 3, False) in found
    assert ("untrained prompts, recall@10", 0, True) in found
    assert not any(k == 0 and not declared for _, k, declared in found)
    # Where few users want a held-out item, raw texts may find them all too.
    assert [row for row in report.found if row.value < 0] == []
    assert sum(row.value for row in report.found) > 1
    assert [row.value for row in report.lost] == [0.0] * 7


def test_tables_show_levels_and_both_comparisons(report: ColdItems) -> None:
    text = "\n".join(markdown_table(table) for table in report.tables())

    for title in (
        "NDCG@10 held out,",
        "Recall@10 held out,",
        "Held-out items against the raw",
        "All other items against",
    ):
        assert f"## {title}" in text
