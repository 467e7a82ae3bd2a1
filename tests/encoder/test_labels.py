import numpy as np
import pytest

from firstlight_encoder.labels import Labels, category_labels, phrase_labels, tag_labels


def names_of(labels: Labels, item: int) -> list[str]:
    return [labels.names[label] for label in labels.of(item).tolist()]


def declared_names(labels: Labels, item: int) -> list[str]:
    return [labels.names[label] for label in labels.declared(item).tolist()]


def test_an_item_carries_every_level_of_its_path_root_first() -> None:
    labels = category_labels([["Food", "Tea", "Green tea"], ["Food", "Bread"]])
    assert names_of(labels, 0) == ["Food", "Tea", "Green tea"]
    assert names_of(labels, 1) == ["Food", "Bread"]
    assert labels.names == ("Food", "Tea", "Green tea", "Bread")


def test_a_category_is_declared_by_a_prompt() -> None:
    assert category_labels([["Food"]]).prompts == ("category: Food",)


@pytest.mark.parametrize(
    ("path", "declared"),
    [([], []), (["Food"], ["Food"]), (["Food", "Tea"], ["Tea"]), (["Food", "Tea", "Green tea"], ["Tea"])],
    ids=["no_category", "one_level", "two_levels", "three_levels"],
)
def test_a_person_asks_for_the_second_level_or_the_only_one(path: list[str], declared: list[str]) -> None:
    assert declared_names(category_labels([["Other"], path]), 1) == declared


def test_tags_are_alternatives_and_a_person_asks_for_any_of_them() -> None:
    labels = tag_labels([["Comedy", "Drama", "Romance"], [], ["Drama"]])
    assert [names_of(labels, item) for item in range(3)] == [["Comedy", "Drama", "Romance"], [], ["Drama"]]
    assert [declared_names(labels, item) for item in range(3)] == [["Comedy", "Drama", "Romance"], [], ["Drama"]]
    assert labels.prompts == ("category: Comedy", "category: Drama", "category: Romance")


def test_a_level_repeated_in_a_path_counts_once() -> None:
    labels = category_labels([["Tea", "Tea"]])
    assert names_of(labels, 0) == ["Tea"]
    assert labels.names == ("Tea",)


def test_an_empty_catalogue_has_no_labels() -> None:
    labels = category_labels([])
    assert labels.names == labels.prompts == ()
    assert (labels.starts.tolist(), labels.values.tolist()) == ([0], [])
    assert labels.starts.dtype == labels.values.dtype == np.int64


def test_phrases_that_enough_titles_share_are_labels_and_their_own_prompts() -> None:
    labels = phrase_labels(["Green tea bag", "GREEN TEA tin", "White cup"], min_items=2)
    assert labels.names == labels.prompts == ("green tea",)
    assert [names_of(labels, item) for item in range(3)] == [["green tea"], ["green tea"], []]


def test_an_item_s_phrases_go_from_common_to_specific_so_that_a_specific_one_is_declared() -> None:
    titles = ["hot green tea", "green tea", "hot green", "hot green"]
    labels = phrase_labels(titles, min_items=2)
    assert names_of(labels, 0) == ["hot green", "green tea"]
    assert declared_names(labels, 0) == ["green tea"]


def test_a_title_that_repeats_a_phrase_counts_once() -> None:
    assert phrase_labels(["tea cup tea cup", "x y"], min_items=2).names == ()


def test_only_the_commonest_phrases_are_kept() -> None:
    titles = ["a b", "a b", "a b", "c d", "c d"]
    assert phrase_labels(titles, min_items=1, max_labels=1).names == ("a b",)


def test_words_of_any_alphabet_make_phrases() -> None:
    assert phrase_labels(["Зелёный чай № 1", "зелёный чай"], min_items=2).names == ("зелёный чай",)
