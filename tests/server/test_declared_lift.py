"""Declarations lift what they name: the server's search against scoring, lifting and sorting every item."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from firstlight_encoder.item_lift import ItemLift
from firstlight_encoder.second_stage.first_stage import FirstStage
from firstlight_server.declared_lift import Named, among
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_server.named_items import ItemsByName, NamedItems
from firstlight_server.query import Declaration, Event, InterestKind, RecommendQuery, Scope
from firstlight_server.question import Newcomer
from firstlight_server.ranking import Ranker
from firstlight_server.selection import Selection
from firstlight_store import AllowedRows, ItemTable

Holds = Callable[[ItemTable, int], bool]

NAMED: list[tuple[InterestKind, str, Holds]] = [
    (InterestKind.BRAND, "ACME", lambda items, row: items.brand(row) == "Acme"),
    (InterestKind.TEXT, "honey", lambda items, row: "Honey" in items.title(row)),
    (InterestKind.CATEGORY, "Grocery", lambda items, row: "Grocery" in items.category(row)),
    (InterestKind.CATEGORY, "honey jam", lambda items, row: {"Honey", "Jam"} <= set(items.title(row).split())),
    (InterestKind.BRAND, "winter", lambda items, row: "Winter" in items.title(row)),
    (InterestKind.TEXT, "submarine", lambda items, row: False),
]

TEA = Declaration(InterestKind.CATEGORY, "Tea")
ACME = Declaration(InterestKind.BRAND, "acme")
HONEY = Declaration(InterestKind.TEXT, "honey")
NOT_TEA = Declaration(InterestKind.CATEGORY, "Tea", weight=-1.0)


def answered(loaded: LoadedSnapshot, *declarations: Declaration, events: tuple[Event, ...] = ()) -> list[int]:
    """Rows of the ten best."""
    query = RecommendQuery(events, declarations, Scope(page_size=10))
    evidence = loaded.reader.read(query, now_s=0.0)
    assert loaded.texts is not None
    texts = loaded.texts.encode(evidence.prompts)
    (found,) = loaded.recommender.recommend([Newcomer(query, evidence)], texts=texts)
    rows = [loaded.snapshot.items().row(item.item_id) for item in found.items]
    return [row for row in rows if row is not None]


def tea_rows(items: ItemTable) -> set[int]:
    return {row for row in range(items.count) if "Tea" in items.category(row)}


def shares_of_tea(loaded: LoadedSnapshot, *declarations: Declaration) -> float:
    return len(tea_rows(loaded.snapshot.items()) & set(answered(loaded, *declarations))) / 10


@pytest.mark.parametrize("name", ["Tea", "tea", "Grocery > Drinks > Tea", " TEA "])
def test_a_declared_category_brings_its_items_by_any_of_its_names(loaded: LoadedSnapshot, name: str) -> None:
    assert shares_of_tea(loaded, Declaration(InterestKind.CATEGORY, name)) >= shares_of_tea(loaded) + 0.2


def test_an_unwanted_category_leaves_the_top(loaded: LoadedSnapshot) -> None:
    assert shares_of_tea(loaded) > shares_of_tea(loaded, NOT_TEA) == 0


@pytest.mark.parametrize(
    ("kind", "words", "holds"),
    NAMED,
    ids=["brand", "words_of_titles", "inner_level", "unknown_category_as_words", "unknown_brand_as_words", "nothing"],
)
def test_a_name_names_the_items_that_carry_it(
    loaded: LoadedSnapshot, kind: InterestKind, words: str, holds: Holds
) -> None:
    items = loaded.snapshot.items()
    named = ItemsByName(items).find(kind, words)
    assert named.rows.tolist() == [row for row in range(items.count) if holds(items, row)]
    assert named.share == pytest.approx(float(np.exp(items.log_priors[named.rows]).sum()), abs=1e-6)


@pytest.mark.parametrize("narrow", [False, True], ids=["all_items", "under_a_filter"])
@pytest.mark.parametrize("seed", range(8))
def test_the_search_finds_what_sorting_every_item_finds(loaded: LoadedSnapshot, seed: int, narrow: bool) -> None:
    rng = np.random.default_rng(seed)
    rows = np.asarray(loaded.snapshot.items_vectors())
    ranker = Ranker(rows=rows, index=loaded.snapshot.index())
    query = np.asarray(rng.normal(size=rows.shape[1]), np.float32)
    lifted = np.sort(rng.choice(len(rows), 25, replace=False))
    lift = ItemLift(lifted, rng.choice(np.array([-3.0, 0.7, 2.0], np.float32), 25))
    mask: NDArray[np.bool_] = rng.random(len(rows)) < (0.3 if narrow else 2.0)
    selection = Selection(AllowedRows(mask) if narrow else None, np.flatnonzero(mask)[:2], int(mask.sum()) - 2, 7, ())
    expected: NDArray[np.float32] = rows @ query + lift.at(np.arange(len(rows)))
    expected[~mask], expected[selection.dropped] = -np.inf, -np.inf
    found = ranker.by_query(FirstStage(query, lift), selection)
    assert found.rows.tolist() == np.argsort(-expected)[:7].tolist()
    np.testing.assert_allclose(found.scores, expected[found.rows], rtol=1e-5)


def test_cutting_to_some_items_keeps_what_the_name_is_worth() -> None:
    (cut,) = among([Named(0, 1.0, NamedItems(np.array([1, 4, 6]), 0.3))], np.array([6, 2, 1]))
    assert (cut.items.rows.tolist(), cut.items.share) == ([1, 6], 0.3)


def test_words_beside_events_still_bring_what_they_name(loaded: LoadedSnapshot) -> None:
    events = (Event("i0001"), Event("i0005"))
    without = set(answered(loaded, events=events))
    tea = tea_rows(loaded.snapshot.items())
    assert len(tea & set(answered(loaded, TEA, events=events))) > len(tea & without)
    assert set(answered(loaded, ACME, HONEY, events=events)) != without
