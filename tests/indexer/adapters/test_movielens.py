from importlib.util import find_spec
from pathlib import Path

import polars as pl
import pytest

from firstlight_indexer.adapters import adapt
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.cleaning import clean
from firstlight_indexer.domain_file import load_domain
from firstlight_indexer.errors import AdapterError
from firstlight_indexer.event_log import read_interactions
from tests.indexer.small_shop import dropped

FILMS = """item_id:token	movie_title:token_seq	release_year:token	class:token_seq
1	Toy Story	1995	Animation Children's Comedy
12	Usual Suspects, The	1995	Crime Thriller
61	City of Lost Children, The (La cite)	1994	Drama
1412	Land Before Time III: The Time of the Great Giving	V	Animation
267	unkonwn	unkonwn	unknown
"""
RATINGS = """user_id:token	item_id:token	rating:float	timestamp:float
7	12	5	881250949
7	1	4	881250949
7	61	3	881250950
7	1412	4	881250900
8	1	4.0	891717742
8	267	5	891717743
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "ml-100k.item").write_text(FILMS)
    (folder / "ml-100k.inter").write_text(RATINGS)
    return folder


@pytest.fixture
def written(source: Path, tmp_path: Path) -> Path:
    return adapt("movielens-100k", tmp_path / "out", source)


def test_titles_read_naturally_and_end_in_the_year(written: Path) -> None:
    assert pl.read_parquet(written.parent / "catalogue.parquet")["title"].to_list() == [
        "Toy Story (1995)",
        "The Usual Suspects (1995)",
        "The City of Lost Children (La cite) (1994)",
        "Land Before Time III: The Time of the Great Giving",
        None,
    ]


def test_only_four_and_five_stars_are_events(written: Path) -> None:
    events = pl.read_parquet(written.parent / "events.parquet")
    assert events.filter(pl.col("item_id") == "61").is_empty()
    assert set(events["event_type"]) == {"rating"}


def test_each_rating_is_a_basket_in_order_of_time_and_within_a_second_of_the_file(
    written: Path, tmp_path: Path
) -> None:
    domain = clean(load_domain(written), tmp_path / "clean")
    catalogue = Catalogue.read(domain)
    log = read_interactions(domain, catalogue)
    ids = catalogue.frame["item_id"]
    assert [ids[int(row)] for row in log.items[log.users == 0]] == ["1412", "12", "1"]
    assert len(set(log.baskets.tolist())) == len(log) == 4


def test_genres_are_tags_that_are_declared_by_their_names(written: Path, tmp_path: Path) -> None:
    catalogue = Catalogue.read(clean(load_domain(written), tmp_path / "clean"))
    assert [name.name for name in catalogue.declarable][:3] == ["Animation", "Children's", "Comedy"]
    assert catalogue.texts[0] == "Toy Story (1995). Animation, Children's, Comedy"
    assert len(catalogue.labels.declared(0)) == 3


def test_the_unknown_film_is_dropped_for_want_of_a_title(written: Path, tmp_path: Path) -> None:
    domain = clean(load_domain(written), tmp_path / "clean")
    assert [reason for _, reason in dropped(domain, "catalogue")] == ["missing_title"]
    assert [reason for _, reason in dropped(domain, "events")] == ["item_dropped"]


@pytest.mark.skipif(find_spec("recbole") is not None, reason="the package recbole is installed")
def test_without_the_package_the_adapter_says_how_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(AdapterError, match="pip install --no-deps recbole"):
        adapt("movielens-100k", tmp_path / "out")
