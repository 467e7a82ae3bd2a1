import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.catalogue_side import PRIOR_CANDIDATES, CatalogueSide
from firstlight_encoder.second_stage.known import Known
from firstlight_encoder.second_stage.neighbourhood import Neighbourhood
from firstlight_encoder.second_stage.shortlist import FROM_SPACE, FROM_TABLE, FROM_WORDS, shortlist
from tests.encoder.second_stage.small_catalogue import catalogue_side

ITEMS = 400
NOTHING = np.zeros(0, np.int64)


def most_probable(side: CatalogueSide, count: int = PRIOR_CANDIDATES) -> set[int]:
    return set(np.argsort(-side.rows[:, -1])[:count].tolist())


def rows(side: CatalogueSide, known: Known, found: NDArray[np.int64] = NOTHING) -> set[int]:
    listed = shortlist(side, known, found, near=side.near(known.recent)).tolist()
    assert listed == sorted(set(listed))
    return set(listed)


def test_with_nothing_known_the_space_and_the_prior_offer() -> None:
    side, found = catalogue_side(ITEMS), np.arange(ITEMS)[::-1]
    assert rows(side, Known(), found) == set(found[:FROM_SPACE].tolist()) | most_probable(side)


def test_events_bring_the_companions_of_every_table() -> None:
    side, history = catalogue_side(ITEMS), np.array([3, 8])
    offered = {
        name: set(Neighbourhood.of([own], history).best(FROM_TABLE).tolist()) for name, own in side.tables.items()
    }
    assert rows(side, Known(history)) == set[int]().union(*offered.values()) | most_probable(side)
    assert all(own - most_probable(side) for own in offered.values())


def test_only_the_latest_events_bring_companions() -> None:
    side = catalogue_side(ITEMS)
    long = np.arange(60)
    assert rows(side, Known(long)) == rows(side, Known(long[-20:]))


def test_a_declared_text_brings_its_most_probable_carriers() -> None:
    side = catalogue_side(ITEMS)
    teas = np.arange(0, ITEMS, 2)
    best = teas[np.argsort(-side.rows[teas, -1])][:FROM_WORDS]
    assert rows(side, Known(declared=(("tea", 1.0),))) == set(best.tolist()) | most_probable(side)


def test_an_item_named_outright_is_there_however_improbable() -> None:
    side = catalogue_side(ITEMS)
    last = int(side.rows[::2, -1].argmin()) * 2
    assert last in rows(side, Known(declared=((f"tea n{last}", 1.0),)))


def test_a_declined_text_brings_nothing() -> None:
    side = catalogue_side(ITEMS)
    assert rows(side, Known(declared=(("tea", -1.0),))) == most_probable(side)
