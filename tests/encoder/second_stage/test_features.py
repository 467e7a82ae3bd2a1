"""What the ranker reads of candidates: finite whatever is known, and right by hand."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from firstlight_encoder.item_lift import ItemLift
from firstlight_encoder.second_stage.candidates import Candidates
from firstlight_encoder.second_stage.candidates import described as of_all
from firstlight_encoder.second_stage.catalogue_side import TABLES, CatalogueSide
from firstlight_encoder.second_stage.features import FEATURES, FLOOR, features, ranks
from firstlight_encoder.second_stage.first_stage import FirstStage
from firstlight_encoder.second_stage.item_facts import ItemFacts
from firstlight_encoder.second_stage.known import Known
from firstlight_encoder.second_stage.lists import Lists
from firstlight_encoder.second_stage.weighed import weigh
from tests.encoder.second_stage.plain_features import PlainFeatures
from tests.encoder.second_stage.small_catalogue import KINDS, WIDTH, catalogue_side, mixture

ITEMS = 40
SIDE = catalogue_side(ITEMS)
ROWS = np.arange(0, ITEMS, 3)


def described(known: Known, *, rows: NDArray[np.int64] = ROWS, first: FirstStage | None = None) -> Candidates:
    query = np.linspace(-1, 1, WIDTH + 1, dtype=np.float32)
    (found,) = described_together([(known, first or FirstStage(query), rows)])
    return found


def described_together(
    asked: Sequence[tuple[Known, FirstStage, NDArray[np.int64]]], *, side: CatalogueSide = SIDE
) -> list[Candidates]:
    near = side.near([known.recent for known, _, _ in asked])
    pairs, lists = [(known, first) for known, first, _ in asked], [rows for _, _, rows in asked]
    return of_all(weigh(side, mixture(), pairs, lists, near))


def column(found: Candidates, name: str) -> list[float]:
    return [float(value) for value in found.matrix[:, FEATURES.index(name)]]


EVENTS = st.lists(st.integers(0, ITEMS - 1), max_size=50).map(lambda rows: np.array(rows, np.int64))
SOME_ROWS = st.sets(st.integers(0, ITEMS - 1), min_size=1).map(lambda rows: np.array(sorted(rows), np.int64))
TEXTS = st.tuples(st.sampled_from(["tea", "candle n5", "submarine", ""]), st.sampled_from([-1.0, 0.0, 1.0]))
NEWCOMERS = st.builds(Known, EVENTS, EVENTS, st.lists(TEXTS, max_size=3).map(tuple))


@settings(max_examples=60, deadline=None)
@given(
    known=NEWCOMERS,
    rows=SOME_ROWS,
)
def test_features_are_finite_and_as_many_as_their_names(
    known: Known,
    rows: NDArray[np.int64],
) -> None:
    found = described(known, rows=rows)
    assert found.matrix.shape == (len(rows), len(FEATURES))
    assert found.matrix.dtype == np.float32
    assert np.isfinite(found.matrix).all()
    assert np.isfinite(found.log_mixture).all()
    assert np.isfinite(found.scores).all()


@settings(max_examples=40, deadline=None)
@given(
    known=NEWCOMERS,
    rows=SOME_ROWS,
    lifted=SOME_ROWS,
    others=st.lists(st.tuples(NEWCOMERS, SOME_ROWS), max_size=2),
)
def test_every_feature_is_what_its_name_says_whoever_else_is_described(
    known: Known,
    rows: NDArray[np.int64],
    lifted: NDArray[np.int64],
    others: list[tuple[Known, NDArray[np.int64]]],
) -> None:
    query = np.linspace(-1, 1, WIDTH + 1, dtype=np.float32)
    first = FirstStage(query, ItemLift(lifted, np.linspace(-2, 2, len(lifted), dtype=np.float32)))
    plain = PlainFeatures(SIDE, known, first, rows.tolist())
    company = [(other, FirstStage(-query), own) for other, own in others]
    found = described_together([*company[:1], (known, first, rows), *company[1:]])[min(1, len(company))]
    for place, row in enumerate(rows.tolist()):
        own = dict(zip(FEATURES, found.matrix[place].tolist(), strict=True))
        assert own.pop("log mixture") == pytest.approx(found.log_mixture[place])
        for name, (low, high) in plain.ranks_of(row).items():
            assert low <= own[name] <= high, name
        expected = plain.of(row)
        assert {name for name in own if not name.endswith("rank") and name != "rank in space"} == set(expected)
        for name, value in expected.items():
            assert own[name] == pytest.approx(value, abs=1e-4), name


def test_names_are_distinct() -> None:
    assert len(set(FEATURES)) == len(FEATURES)


def test_ranks_begin_at_the_highest_and_ties_keep_their_order() -> None:
    values = np.array([[1, 3, 1, 2, 5, 6], [0, 0, 0, 7, 2, 2]], np.float32)
    found = ranks(Lists(np.array([4, 2])), values)
    assert found.tolist() == [[2, 0, 3, 1, 1, 0], [1, 2, 3, 0, 0, 1]]


def test_some_candidates_are_described_as_all_are() -> None:
    asked = [(Known(np.array([2, 7])), FirstStage(np.ones(WIDTH + 1, np.float32))), (Known(), FirstStage(
        np.linspace(-1, 1, WIDTH + 1, dtype=np.float32)))]  # fmt: skip
    weighed = weigh(SIDE, mixture(), asked, [ROWS, ROWS[3:9]], SIDE.near([known.recent for known, _ in asked]))
    places = np.array([0, 5, 7, 12, 15, 18])
    some, every = features(weighed, places), features(weighed, np.arange(len(weighed.rows)))
    np.testing.assert_allclose(some, every[places], atol=1e-6)


def test_the_spaces_columns_are_its_inner_products_and_lifts() -> None:
    query = np.linspace(-1, 1, WIDTH + 1, dtype=np.float32)
    lifted = FirstStage(query, ItemLift(np.array([1, 3, 9]), np.array([9, 0.5, -2], np.float32)))
    found = described(Known(), first=lifted)
    lift = np.array([{3: 0.5, 9: -2.0}.get(row, 0.0) for row in ROWS.tolist()])
    scores = SIDE.rows[ROWS] @ query + lift
    np.testing.assert_allclose(found.scores, scores, rtol=1e-5)
    assert column(found, "score below best") == pytest.approx((scores - scores.max()).tolist(), abs=1e-5)
    assert column(found, "affinity") == pytest.approx((SIDE.rows[ROWS, :-1] @ query[:-1] + lift).tolist(), abs=1e-5)
    assert column(found, "log prior") == SIDE.rows[ROWS, -1].tolist()
    assert column(found, "lift by declarations") == lift.tolist()
    assert column(found, "rank in space")[int(scores.argmax())] == 0


def test_a_tables_columns_are_of_its_probabilities_newest_events_first() -> None:
    history = np.array([1, 5, 8])
    found, order = described(Known(history)), SIDE.tables["order"]
    between = np.zeros((3, ITEMS))
    for line, item in zip(between, history.tolist(), strict=True):
        line[order.ids[item][order.ids[item] >= 0]] = order.probabilities[item][order.ids[item] >= 0]
    between = between[:, ROWS]
    sums = np.array([0.64, 0.8, 1.0]) @ between
    assert column(found, "order: log sum") == pytest.approx(np.log(sums + FLOOR).tolist(), rel=1e-5)
    assert column(found, "order: log of last") == pytest.approx(np.log(between[-1] + FLOOR).tolist(), rel=1e-5)
    assert column(found, "order: events that support") == np.count_nonzero(between, axis=0).tolist()
    assert max(column(found, "order: events that support")) > 0


def test_without_events_the_tables_say_nothing() -> None:
    found = described(Known())
    for table in TABLES:
        assert set(column(found, f"{table}: log sum")) == {float(np.log(FLOOR))}
        assert set(column(found, f"{table}: rank")) == {0.0}


def test_likeness_is_the_cosine_to_events_and_to_what_was_disliked() -> None:
    history, disliked = np.array([2, 7]), np.array([11, 13])
    found = described(Known(history, disliked))
    cosines = SIDE.rows[ROWS, :-1] @ SIDE.rows[history, :-1].T
    assert column(found, "cosine to last") == pytest.approx(cosines[:, 1].tolist(), abs=1e-6)
    assert column(found, "highest cosine") == pytest.approx(cosines.max(1).tolist(), abs=1e-6)
    against = (SIDE.rows[ROWS, :-1] @ SIDE.rows[disliked, :-1].T).max(1)
    assert column(found, "cosine to disliked") == pytest.approx(against.tolist(), abs=1e-6)


def test_facts_are_shares_of_events_alike_and_unknown_ones_are_never_alike() -> None:
    history = np.array([2, 4, 5])  # two teas and a candle; 5 has no brand
    found = described(Known(history))
    assert column(found, "share in category") == pytest.approx([2 / 3 if row % 2 == 0 else 1 / 3 for row in ROWS])
    assert column(found, "category of last") == [float(row % 2) for row in ROWS]
    brands = [None if row % 5 == 0 else row % 3 for row in ROWS.tolist()]
    shares = [0 if brand is None else sum(brand == own for own in (2, 1)) / 3 for brand in brands]
    assert column(found, "share of brand") == pytest.approx(shares)


def test_prices_compare_with_the_usual_one_and_unknown_ones_with_nothing() -> None:
    found = described(Known(np.array([2, 7])))  # 7 has no price
    expected = [0.0 if row % 7 == 0 else float(np.log((1 + row) / 3)) for row in ROWS.tolist()]
    assert column(found, "log price ratio") == pytest.approx(expected, abs=1e-6)
    assert set(column(described(Known(np.array([7]))), "log price ratio")) == {0.0}


def test_words_match_what_is_asked_for_and_what_is_declined_apart() -> None:
    found = described(Known(declared=((KINDS[0], 1.0), (KINDS[1], -1.0))))
    assert column(found, "match with declared") == [float(row % 2 == 0) for row in ROWS]
    assert column(found, "match with declined") == [float(row % 2 == 1) for row in ROWS]


def test_old_events_are_counted_but_not_read() -> None:
    long = np.arange(30)
    found, recent = described(Known(long)), described(Known(long[-20:]))
    assert set(column(found, "events")) == {30.0}
    own = [place for place, name in enumerate(FEATURES) if name not in {"events", "log mixture"}]
    np.testing.assert_array_equal(found.matrix[:, own], recent.matrix[:, own])


def test_a_catalogue_without_facts_tells_none() -> None:
    bare = replace(SIDE, facts=ItemFacts.of(categories=[()] * ITEMS, brands=[None] * ITEMS, prices=[None] * ITEMS))
    known = Known(np.array([2, 7]))
    first = FirstStage(np.ones(WIDTH + 1, np.float32))
    (found,) = described_together([(known, first, ROWS)], side=bare)
    for name in ("share in category", "category of last", "share of brand", "log price ratio"):
        assert set(column(found, name)) == {0.0}
