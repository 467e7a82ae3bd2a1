"""The table [transfer]: what it may hold, and messages that name what is wrong."""

from pathlib import Path

import pytest

from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.errors import DomainFileError
from firstlight_indexer.pipeline_settings import pipeline_settings
from firstlight_indexer.progress import silent
from firstlight_indexer.source_domains import clean_sources
from firstlight_indexer.transfer_settings import TransferTable

HEAD = '[domain]\nname = "shop"\n[catalogue]\npath = "items.csv"\n[events]\npath = "events.csv"\n'


def read(folder: Path, table: str) -> TransferTable:
    (folder / "firstlight.toml").write_text(HEAD + table)
    return pipeline_settings(load_domain(folder)).transfer


def test_without_the_table_a_domain_trains_alone(tmp_path: Path) -> None:
    assert read(tmp_path, "").sources == ()


@pytest.mark.parametrize(
    ("written", "weights"), [("0.25", 0.25), ("0", 0.0), ("[0, 0.5]", (0.0, 0.5)), ('"auto"', "auto")]
)
def test_weights_are_a_number_a_grid_or_automatic(tmp_path: Path, written: str, weights: object) -> None:
    table = read(tmp_path, f'[transfer]\nsources = ["../other"]\nweights = {written}\n')
    assert (table.sources, table.weights) == ((Path("../other"),), weights)


@pytest.mark.parametrize("written", ["1.0", "-0.1", "[]", "[0.5, 2]", '"some"', "true", '["auto"]'])
def test_other_weights_are_refused_by_name_and_value(tmp_path: Path, written: str) -> None:
    with pytest.raises(DomainFileError, match=r"\[transfer\] weights = .*from 0 to below 1, a list of them"):
        read(tmp_path, f"[transfer]\nweights = {written}\n")


def test_an_unknown_key_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(DomainFileError, match=r"\[transfer\] weight = 0.5: unknown key; allowed: sources, weights"):
        read(tmp_path, "[transfer]\nweight = 0.5\n")


def test_a_domain_is_no_source_of_itself(tmp_path: Path) -> None:
    read(tmp_path, '[transfer]\nsources = ["."]\n')
    with pytest.raises(DomainFileError, match=r"\[transfer\] sources: two domains are called 'shop'"):
        clean_sources(load_domain(tmp_path), workdir=tmp_path / "work", progress=silent)


def test_a_source_that_is_not_there_is_named(tmp_path: Path) -> None:
    read(tmp_path, '[transfer]\nsources = ["elsewhere.toml"]\n')
    with pytest.raises(DomainFileError, match=r"elsewhere.toml: there is no such file"):
        clean_sources(load_domain(tmp_path), workdir=tmp_path / "work", progress=silent)
