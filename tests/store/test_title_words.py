import pytest

from firstlight_store.title_words import TitleWords

TITLES = ["Green tea", "GREEN cup", "Tea cup, green", "Зелёный чай", "", "Tea tea"]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("tea", [0, 2, 5]),
        ("Green TEA", [0, 2]),
        ("green tea cup", [2]),
        ("зелёный чай", [3]),
        ("coffee", []),
        ("green coffee", []),
        ("", []),
        ("!?", []),
    ],
)
def test_a_text_names_the_titles_that_hold_all_its_words(text: str, rows: list[int]) -> None:
    assert TitleWords.of(TITLES).find(text).tolist() == rows


def test_no_titles_hold_nothing() -> None:
    assert not len(TitleWords.of([]).find("tea"))
