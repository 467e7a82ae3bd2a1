from datetime import UTC, datetime

import pytest

from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.errors import DomainFileError
from tests.indexer.small_shop import Shop


def test_a_minimal_file_has_every_default(shop: Shop) -> None:
    domain = load_domain(shop.folder / "firstlight.toml")
    assert domain.name == "shop"
    assert domain.notice is None
    assert domain.catalogue.pattern == shop.folder / "catalogue.csv"
    assert domain.cleaning.earliest == datetime(1990, 1, 1, tzinfo=UTC)
    assert domain.event_types == {}
    assert domain.pipeline == {}


def test_the_pipelines_tables_pass_through_untouched(shop: Shop) -> None:
    shop.write_toml("[train]\nepochs = 3\nanything = [1, 2]\n[publish]\nkeep = 2\n")
    assert load_domain(shop.folder).pipeline == {"train": {"epochs": 3, "anything": [1, 2]}, "publish": {"keep": 2}}


def test_a_key_can_be_given_another_value_and_the_others_stay(shop: Shop) -> None:
    shop.write_toml("[train]\nepochs = 3\nsteps = 2\n[publish]\nkeep = 2\n")
    domain = load_domain(shop.folder)
    assert domain.with_key("train", "steps", 9).pipeline == {"train": {"epochs": 3, "steps": 9}, "publish": {"keep": 2}}
    assert domain.with_key("index", "kind", "flat").pipeline == {**domain.pipeline, "index": {"kind": "flat"}}


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ("[cleaning]\nmax_action_per_hour = 9\n", ["[cleaning] max_action_per_hour = 9", "max_actions_per_hour?"]),
        ("[cleaning]\nmax_actions_per_hour = -3\n", ["[cleaning] max_actions_per_hour = -3", "greater than 0"]),
        ('[cleaning]\nnot_for_sale_ids = ["(?=a)"]\n', ["not_for_sale_ids", "regular expression"]),
        ("[trian]\nx = 1\n", ["trian", "unknown key", "did you mean train?"]),
        ("[events.types]\n", []),
    ],
    ids=["unknown_key", "bad_number", "bad_pattern", "unknown_table", "nothing_wrong"],
)
def test_a_wrong_entry_is_named_with_the_way_out(shop: Shop, toml: str, expected: list[str]) -> None:
    shop.write_toml(toml)
    if not expected:
        load_domain(shop.folder)
        return
    with pytest.raises(DomainFileError) as caught:
        load_domain(shop.folder)
    assert str(shop.folder / "firstlight.toml") in str(caught.value)
    for part in expected:
        assert part in str(caught.value)


def test_a_mistyped_contract_column_is_named_with_the_allowed_ones(shop: Shop) -> None:
    shop.write_toml('[catalogue.columns]\ntitel = "name"\n')
    with pytest.raises(
        DomainFileError, match=r"\[catalogue.columns\] titel.*allowed: item_id, title.*did you mean title"
    ):
        load_domain(shop.folder)


def test_only_some_columns_may_be_made_of_several(shop: Shop) -> None:
    shop.write_toml('[catalogue.columns]\nprice = ["a", "b"]\n')
    with pytest.raises(DomainFileError, match=r"price.*only title, description, category, attributes"):
        load_domain(shop.folder)


def test_an_event_type_must_map_to_the_contracts(shop: Shop) -> None:
    shop.write_toml('[events.types]\nbuy = "purchas"\n')
    with pytest.raises(DomainFileError, match=r"\[events.types\] buy = 'purchas'.*'purchase'"):
        load_domain(shop.folder)


def test_a_missing_table_is_named(shop: Shop) -> None:
    (shop.folder / "firstlight.toml").write_text('[domain]\nname = "x"\n[catalogue]\npath = "c.csv"\n')
    with pytest.raises(DomainFileError, match=r"\[events\] is missing"):
        load_domain(shop.folder)


def test_a_pipeline_table_that_is_no_table_is_refused(shop: Shop) -> None:
    toml = shop.folder / "firstlight.toml"
    toml.write_text("train = 3\n" + toml.read_text())
    with pytest.raises(DomainFileError, match="train = 3: must be a table"):
        load_domain(shop.folder)


def test_broken_toml_and_a_missing_file_are_told_apart(shop: Shop) -> None:
    with pytest.raises(DomainFileError, match="no such file"):
        load_domain(shop.folder / "other.toml")
    (shop.folder / "firstlight.toml").write_text("[domain\n")
    with pytest.raises(DomainFileError, match="not a TOML file"):
        load_domain(shop.folder)
