from dataclasses import replace

import numpy as np

from firstlight_encoder.second_stage.catalogue_side import TABLES
from firstlight_encoder.second_stage.neighbour_table import NOBODY
from firstlight_encoder.training.second_stage.counted import Counted
from tests.encoder.second_stage.small_catalogue import WIDTH, shoppers

LOG_ITEMS, ITEMS = 40, 50


def test_new_items_borrow_in_the_tables_that_count_pairs_and_not_in_the_regression() -> None:
    vectors = np.random.default_rng(0).normal(size=(ITEMS, WIDTH)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    counted = Counted.of(replace(shoppers(60, items=LOG_ITEMS), item_count=ITEMS), vectors)
    tables = counted.tables
    lacking = {name: np.flatnonzero(table.ids[:, 0] == NOBODY).tolist() for name, table in tables.items()}
    assert tuple(tables) == TABLES
    assert lacking == {"whole": [], "order": [], "regression": list(range(LOG_ITEMS, ITEMS))}
