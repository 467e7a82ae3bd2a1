import math

import pytest

from firstlight_encoder.second_stage.lexicon import Lexicon, words

TITLES = ("Green Tea", "Black tea", "Tea cup, green!", "Candle", "")


@pytest.fixture
def lexicon() -> Lexicon:
    return Lexicon.of(TITLES)


def matches(lexicon: Lexicon, text: str) -> dict[int, float]:
    rows, shares = lexicon.match(text)
    return dict(zip(rows.tolist(), shares.tolist(), strict=True))


def weight(carriers: int) -> float:
    return math.log1p(len(TITLES) / carriers)


def test_words_are_distinct_lower_case_and_free_of_punctuation() -> None:
    assert words("Tea, TEA & Straße_7 שלום") == ["tea", "straße", "7", "שלום"]


@pytest.mark.parametrize("text", ["tea", "TEA", " tea! tea"], ids=["plain", "capitals", "twice"])
def test_an_item_that_carries_every_word_matches_wholly(lexicon: Lexicon, text: str) -> None:
    assert matches(lexicon, text) == pytest.approx({0: 1.0, 1: 1.0, 2: 1.0})


def test_a_part_of_the_words_counts_by_how_rare_they_are(lexicon: Lexicon) -> None:
    total = weight(2) + weight(3)
    assert matches(lexicon, "green tea") == pytest.approx({0: 1.0, 1: weight(3) / total, 2: 1.0})


def test_a_word_nobody_carries_takes_its_share_away(lexicon: Lexicon) -> None:
    assert matches(lexicon, "candle submarine") == pytest.approx({3: 0.5})


@pytest.mark.parametrize("text", ["", "!?", "submarine", "tea-ish".replace("tea", "te")])
def test_text_of_no_known_word_matches_nothing(lexicon: Lexicon, text: str) -> None:
    assert matches(lexicon, text) == {}


def test_a_catalogue_without_words_matches_nothing() -> None:
    assert matches(Lexicon.of(["", "--"]), "tea") == {}
