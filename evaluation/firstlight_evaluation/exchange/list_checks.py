"""Whether ranked lists can be judged: known cases and items, ranks without gaps, nothing known already, none left out.

Knows nothing of how lists are made or read.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from firstlight_evaluation.errors import PeerListsError
from firstlight_evaluation.exchange.numbered_cases import NumberedCase
from firstlight_evaluation.points import Evidence


def check_lists(
    table: pl.DataFrame, cases: Sequence[NumberedCase], *, item_count: int, path: Path
) -> frozenset[Evidence]:
    """The kinds of evidence that the lists answer from.

    Args:
        table: case, rank, row, seed; sorted by seed, case and rank.
        cases: of the test, in the order of their numbers.
        item_count: size of the catalogue.
        path: of the file, for messages.

    Raises:
        PeerListsError: naming the first fault.
    """
    _refuse(table.filter(~pl.col("case").is_between(0, len(cases) - 1)), path, "test.parquet has no such case")
    _refuse(table.filter(~pl.col("row").is_between(0, item_count - 1)), path, "items.parquet has no such row")
    gaps = pl.col("rank") != pl.int_range(1, pl.len() + 1).over("seed", "case")
    _refuse(table.filter(gaps), path, "ranks run 1, 2, 3, ... within a case")
    _refuse(table.filter(pl.struct("seed", "case", "row").is_duplicated()), path, "an item stands twice in one list")
    known = [{"case": one.number, "row": row} for one in cases for row in one.case.history.tolist()]
    history = pl.DataFrame(known, schema={"case": pl.Int64, "row": pl.Int64}, orient="row")
    seen = table.join(history, on=["case", "row"], how="semi", maintain_order="left")
    _refuse(seen, path, "the item is part of the case's history and is never shown")
    return _answered(table, cases, path)


def _refuse(faults: pl.DataFrame, path: Path, reason: str) -> None:
    if faults.height:
        where: Mapping[str, object] = faults.row(0, named=True)
        raise PeerListsError(f"{path}: {', '.join(f'{name} {value}' for name, value in where.items())}: {reason}")


def _answered(table: pl.DataFrame, cases: Sequence[NumberedCase], path: Path) -> frozenset[Evidence]:
    """The kinds of evidence with lists; each seed must rank all cases of each."""
    by_seed = table.partition_by("seed", as_dict=True)
    listed = {int(seed): {int(number) for number in own["case"].unique()} for (seed,), own in by_seed.items()}
    kinds = frozenset(cases[number].key.point.evidence for own in listed.values() for number in own)
    for seed, own in listed.items():
        for one in cases:
            if one.key.point.evidence in kinds and one.number not in own:
                raise PeerListsError(
                    f"{path}: seed {seed} has no list for case {one.number} (user {one.key.user}, point "
                    f"{one.key.point.label}) but for others of that kind; rank every case of a kind of evidence or none"
                )
    if not kinds:
        raise PeerListsError(f"{path}: there is no list in it")
    return kinds
