import pytest

from firstlight_encoder.item_text import MAX_DESCRIPTION_CHARACTERS, brand_text, category_text, item_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (item_text("Tea"), "Tea"),
        (item_text("Tea", brand="Acme"), "Tea. Acme"),
        (item_text("Tea", category=["Food", "Drinks", "Tea"]), "Tea. Tea < Drinks < Food"),
        (item_text("Tea", description="Green."), "Tea. Green."),
        (
            item_text("Tea", category=["Food", "Drinks"], brand="Acme", description="Green."),
            "Tea. Acme. Drinks < Food. Green.",
        ),
        (item_text("Tea", category=[], brand="", description=""), "Tea"),
    ],
    ids=["title_only", "brand", "category_leaf_first", "description", "all_in_order", "blanks_leave_no_trace"],
)
def test_the_text_of_an_item(text: str, expected: str) -> None:
    assert text == expected


def test_a_long_description_is_cut() -> None:
    text = item_text("Tea", description="x" * (MAX_DESCRIPTION_CHARACTERS + 1))
    assert text == "Tea. " + "x" * MAX_DESCRIPTION_CHARACTERS


def test_declarations_are_prompts_that_say_what_they_name() -> None:
    assert category_text("Cold cereal") == "category: Cold cereal"
    assert brand_text("Acme") == "brand: Acme"
