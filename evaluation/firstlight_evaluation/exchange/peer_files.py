"""Reads the ranked lists that models elsewhere made from an export.

    lists/NAME.parquet  case, rank (1 is best), row, score, and seed where there are several
    lists/NAME.json     name, exchange (the export's fingerprint), chosen, validation, tried, versions, seconds, ...

Every case of a kind of evidence (nothing, declared, events) has a list, or none has. Knows nothing of how lists come
about.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from firstlight_evaluation.errors import PeerListsError
from firstlight_evaluation.exchange.list_checks import check_lists
from firstlight_evaluation.exchange.list_scorer import ListScorer
from firstlight_evaluation.exchange.numbered_cases import NumberedCase
from firstlight_evaluation.exchange.peer import Peer
from firstlight_evaluation.exchange.split_cases import SplitCases
from firstlight_evaluation.material import Material

LISTS_FOLDER = "lists"
_COLUMNS = {"case": pl.Int64, "rank": pl.Int64, "row": pl.Int64, "seed": pl.Int64}


class PeerFacts(BaseModel):
    """What a peer says of itself; more keys than these are kept for the report.

    Attributes:
        name: what reports call it.
        exchange: the fingerprint of the export it was made from.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    name: str = Field(min_length=1)
    exchange: str


def read_peers(directory: Path, material: Material) -> list[Peer]:
    """The peers whose lists lie under ``directory``, by file name.

    Args:
        directory: of the export.
        material: the domain they are to be judged on.

    Raises:
        PeerListsError: if there are none, they belong to another split, or a list cannot be ranked by.
    """
    files = sorted((directory / LISTS_FOLDER).glob("*.json"))
    if not files:
        raise PeerListsError(f"{directory / LISTS_FOLDER} holds no peer's NAME.json; run the peers on an export first")
    cases = SplitCases(material)
    return [_peer(path, cases) for path in files]


def _peer(path: Path, cases: SplitCases) -> Peer:
    facts = _facts(path)
    if facts.exchange != cases.fingerprint:
        raise PeerListsError(
            f"{path}: exchange is {facts.exchange!r}, this split is {cases.fingerprint!r}; the lists were made for "
            "other data or another split: export again and run the peers on it"
        )
    table = _table(path.with_suffix(".parquet"))
    item_count = cases.material.split.train.item_count
    answers = check_lists(table, cases.test, item_count=item_count, path=path.with_suffix(".parquet"))
    scorers = [
        _scorer(facts.name, own, cases.test, item_count=item_count)
        for own in table.partition_by("seed", maintain_order=True)
    ]
    return Peer(facts.name, answers, scorers, settings=facts.model_dump(mode="json", exclude={"name"}))


def _facts(path: Path) -> PeerFacts:
    try:
        return PeerFacts.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "the file"
        raise PeerListsError(f"{path}: {field}: {first['msg']}") from error


def _table(path: Path) -> pl.DataFrame:
    """The lists, sorted by seed, case and rank."""
    if not path.is_file():
        raise PeerListsError(f"{path}: there is no such file beside its .json")
    table = pl.read_parquet(path)
    if "seed" not in table.columns:
        table = table.with_columns(seed=pl.lit(0))
    missing = [name for name in _COLUMNS if name not in table.columns]
    if missing:
        raise PeerListsError(f"{path}: column {missing[0]!r} is missing; the columns are case, rank, row, score")
    return table.select(pl.col(name).cast(kind) for name, kind in _COLUMNS.items()).sort("seed", "case", "rank")


def _scorer(name: str, table: pl.DataFrame, cases: Sequence[NumberedCase], *, item_count: int) -> ListScorer:
    """The scorer of one seed; ``table`` is sorted by case and rank."""
    numbers, starts = np.unique(table["case"].to_numpy(), return_index=True)
    lists = np.split(table["row"].to_numpy(), starts[1:])
    return ListScorer(
        name,
        {cases[int(number)].key: own for number, own in zip(numbers, lists, strict=True)},
        item_count=item_count,
    )
