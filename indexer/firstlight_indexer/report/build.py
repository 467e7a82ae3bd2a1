"""Counts the cleaned domain and its quarantine into a report. It writes nothing."""

from collections.abc import Mapping, Sequence

import polars as pl

from firstlight_indexer.contract import CleanDomain
from firstlight_indexer.domain_file import DomainFile
from firstlight_indexer.errors import NothingLeftError
from firstlight_indexer.reading.raw_table import find_files
from firstlight_indexer.reading.source import TableSource
from firstlight_indexer.report.distributions import distributions
from firstlight_indexer.report.reasons import REASONS
from firstlight_indexer.report.report import CleaningReport, Drop, Example, TableReport


def build_report(
    domain: DomainFile,
    written: CleanDomain,
    *,
    rows_read: Mapping[str, int],
    changes: Mapping[str, Mapping[str, int]],
) -> CleaningReport:
    """Report on the files of `written`; `rows_read` and `changes` are by table, as they were counted on the way.

    Raises:
        LostRowsError: Rows read are not rows kept and rows dropped.
    """
    events = pl.scan_parquet(written.events)
    first, last, users, items = (
        events.select(
            pl.col("timestamp").min().alias("first"), pl.col("timestamp").max().alias("last"),
            pl.col("user_id").n_unique().alias("users"), pl.col("item_id").n_unique().alias("items"),
        ).collect(engine="streaming").row(0)
    )  # fmt: skip
    return CleaningReport(
        domain=domain.name,
        notice=domain.notice,
        tables=tuple(
            _table(
                sources,
                written,
                rows_read=rows_read[sources[0].table],
                changes=changes.get(sources[0].table, {}),
                examples=domain.cleaning.examples,
            )
            for sources in ([domain.catalogue], [domain.events, *filter(None, [domain.feedback])])
        ),
        users=users,
        items_with_events=items,
        first_event=first.isoformat() if first is not None else None,
        last_event=last.isoformat() if last is not None else None,
        settings=domain.cleaning.model_dump(mode="json"),
        distributions=distributions(events),
    )


def _table(
    sources: Sequence[TableSource], written: CleanDomain, *, rows_read: int, changes: Mapping[str, int], examples: int
) -> TableReport:
    name = sources[0].table
    kept = written.items if name == "catalogue" else written.events
    dropped = pl.scan_parquet(written.quarantine).filter(pl.col("table") == name)
    return TableReport(
        table=name,
        files=tuple(path.name for source in sources for path in find_files(source.pattern)),
        rows_read=rows_read,
        rows_kept=pl.scan_parquet(kept).select(pl.len()).collect().item(),
        drops=_drops(dropped, rows_read=rows_read, examples=examples),
        changes=dict(changes),
    )


def require_something_left(report: CleaningReport) -> None:
    """Stop when a cleaned table is empty.

    Raises:
        NothingLeftError: With the commonest reasons and an example of each.
    """
    for table in report.tables:
        if table.rows_kept == 0:
            raise NothingLeftError(_nothing_left(table))


def _nothing_left(table: TableReport) -> str:
    lines = [f"{table.table}: none of {table.rows_read} rows of {', '.join(table.files[:5])} is left after cleaning"]
    for drop in table.drops[:3]:
        example = drop.examples[0]
        fault = f" ({example.fault})" if example.fault else ""
        lines.append(
            f"  {drop.count} × {drop.reason}: {drop.explanation} "
            f"For example {example.file}, row {example.row}{fault}: {example.values}"
        )
    lines.append("  Correct the columns, types or separator in firstlight.toml, or its [cleaning] thresholds.")
    return "\n".join(lines)


def _drops(dropped: pl.LazyFrame, *, rows_read: int, examples: int) -> tuple[Drop, ...]:
    counts = dropped.group_by("reason").agg(pl.len().alias("count")).collect(engine="streaming")
    return tuple(
        Drop(
            reason=reason,
            explanation=REASONS[reason],
            count=count,
            share=count / rows_read,
            examples=_examples(dropped.filter(pl.col("reason") == reason), examples),
        )
        for reason, count in counts.sort(["count", "reason"], descending=[True, False]).iter_rows()
    )


def _examples(rows: pl.LazyFrame, count: int) -> tuple[Example, ...]:
    first = (
        rows.select("file", "row", "fault", "values").bottom_k(count, by=["file", "row"]).collect(engine="streaming")
    )
    return tuple(Example(**row) for row in first.sort("file", "row").iter_rows(named=True))
