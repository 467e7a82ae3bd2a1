"""BM25 against the formula word by word."""

from math import log1p

import numpy as np
import pytest

from firstlight_evaluation.baselines.title_search import TitleSearch, TitleSearchOption
from tests.evaluation.synthetic_domain import case

TITLES = ("Red oat cereal", "oat OAT biscuit for breakfast", "garden hose", "")
NAMES = ("Cereal & oat", "never seen")
OPTION = TitleSearchOption(saturation=1.2, length=0.75, decay=0.5)


def relevance(word: str, title: str) -> float:
    words = [title.lower().split() for title in TITLES]
    own = title.lower().split()
    found_in = sum(word in other for other in words)
    idf = log1p((len(TITLES) - found_in + 0.5) / (found_in + 0.5))
    average = sum(map(len, words)) / len(TITLES)
    count = own.count(word)
    return idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * len(own) / average))


def test_a_declared_name_is_a_query() -> None:
    scores = TitleSearch(TITLES, NAMES, OPTION).score([case(declared=(0,))])[0]

    expected = [relevance("cereal", title) + relevance("oat", title) for title in TITLES]
    assert scores.tolist() == pytest.approx(expected, abs=1e-5)


def test_titles_of_the_history_are_a_query_in_which_newer_ones_count_more() -> None:
    scores = TitleSearch(TITLES, NAMES, OPTION).score([case([2]), case([2, 0])])[1]

    expected = [
        0.5 * sum(relevance(word, title) for word in ("garden", "hose"))
        + sum(relevance(word, title) for word in ("red", "oat", "cereal"))
        for title in TITLES
    ]
    assert scores.tolist() == pytest.approx(expected, abs=1e-5)


def test_words_that_no_title_holds_find_nothing() -> None:
    assert not TitleSearch(TITLES, NAMES, OPTION).score([case(declared=(1,))]).any()


def test_an_event_against_an_item_speaks_against_its_words() -> None:
    against = case([0])
    against.weights[0] = -1.0

    assert np.sign(TitleSearch(TITLES, NAMES, OPTION).score([against])[0]).tolist() == [-1, -1, 0, 0]
