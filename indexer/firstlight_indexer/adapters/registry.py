"""The public data sets that can be adapted, by name."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from firstlight_indexer.adapters.amazon_games import SMALL_SHOP, AmazonGames
from firstlight_indexer.adapters.complete_journey import CompleteJourney
from firstlight_indexer.adapters.movielens import MovieLens
from firstlight_indexer.adapters.online_retail import OnlineRetail
from firstlight_indexer.errors import AdapterError
from firstlight_indexer.replace_folder import replaced_folder


class Adapter(Protocol):
    """One public data set."""

    @property
    def about(self) -> str:
        """One line for people: what it is and where it comes from."""
        ...

    def write(self, folder: Path, *, source: Path | None) -> None:
        """Write catalogue.parquet, events.parquet and firstlight.toml into the empty `folder`.

        Args:
            folder: An existing, empty folder.
            source: Where the data lies; None for data that an installed package brings.

        Raises:
            AdapterError: The data is not there, or `source` is missing or not wanted.
        """
        ...


ADAPTERS: Mapping[str, Adapter] = MappingProxyType(
    {
        "complete-journey": CompleteJourney(),
        "online-retail": OnlineRetail(),
        "amazon-games": AmazonGames(),
        "amazon-games-small": AmazonGames(sample=SMALL_SHOP),
        "movielens-100k": MovieLens(),
    }
)


def adapt(name: str, out: Path, source: Path | None = None) -> Path:
    """Write the public data set `name` into the folder `out`, all of it or nothing, and return its firstlight.toml.

    Raises:
        AdapterError: There is no such adapter, or its data cannot be found.
    """
    if name not in ADAPTERS:
        raise AdapterError(f"there is no adapter {name!r}; choose one of {', '.join(ADAPTERS)}")
    with replaced_folder(out) as folder:
        ADAPTERS[name].write(folder, source=source)
    return out / "firstlight.toml"
