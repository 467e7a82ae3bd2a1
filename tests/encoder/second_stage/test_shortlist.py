import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.catalogue_side import PRIOR_CANDIDATES, CatalogueSide
from firstlight_encoder.second_stage.first_stage import FirstStage
from firstlight_encoder.second_stage.known import Known
from firstlight_encoder.second_stage.neighbourhoods import Neighbourhoods
from firstlight_encoder.second_stage.seeker import Seeker
from firstlight_encoder.second_stage.shortlist import FROM_SPACE, FROM_TABLE, FROM_WORDS, shortlists
from tests.encoder.second_stage.small_catalogue import WIDTH, catalogue_side

ITEMS = 400
NOTHING = np.zeros(0, np.int64)


def most_probable(side: CatalogueSide, count: int = PRIOR_CANDIDATES) -> set[int]:
    return set(np.argsort(-side.rows[:, -1])[:count].tolist())


def rows(side: CatalogueSide, known: Known, found: NDArray[np.int64] = NOTHING) -> set[int]:
    first = FirstStage(np.zeros(WIDTH + 1, np.float32))
    listed: list[int] = shortlists(side, [Seeker(known, first, found)], side.near([known.recent]))[0].tolist()
    assert listed == sorted(set(listed))
    return set(listed)


def test_with_nothing_known_the_space_and_the_prior_offer() -> None:
    side, found = catalogue_side(ITEMS), np.arange(ITEMS)[::-1]
    assert rows(side, Known(), found) == set(found[:FROM_SPACE].tolist()) | most_probable(side)


def test_events_bring_the_companions_of_every_table() -> None:
    side, history = catalogue_side(ITEMS), np.array([3, 8])
    offered = {
        name: set((Neighbourhoods.of([own], [history]).best(FROM_TABLE) - 1).tolist())
        for name, own in side.tables.items()
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


def test_newcomers_together_get_the_shortlists_they_get_alone() -> None:
    side, first = catalogue_side(ITEMS), FirstStage(np.zeros(WIDTH + 1, np.float32))
    seekers = [
        Seeker(Known(), first, np.arange(70)),
        Seeker(Known(np.array([3, 8])), first, np.arange(70)[::-1], dropped=np.array([3, 8, 40])),
        Seeker(Known(declared=(("tea", 1.0),)), first, NOTHING, allowed=np.arange(ITEMS) % 3 == 0),
        Seeker(Known(np.arange(30)), first, np.arange(5)),
    ]
    together = shortlists(side, seekers, side.near([one.known.recent for one in seekers]))
    for one, own in zip(seekers, together, strict=True):
        (alone,) = shortlists(side, [one], side.near([one.known.recent]))
        assert own.tolist() == alone.tolist()
    assert not {3, 8, 40} & set(together[1].tolist())
    assert {row % 3 for row in together[2].tolist()} == {0}
