"""Draws the report as one self-contained page, light or dark as the reader has it; what came from data is escaped."""

from html import escape

from firstlight_indexer.report.charts import bar_chart
from firstlight_indexer.report.examples import examples_table
from firstlight_indexer.report.reasons import CHANGES
from firstlight_indexer.report.report import CleaningReport, Drop, TableReport
from firstlight_indexer.report.style import STYLE

_NOTHING_DROPPED = "<p class='aside'>Nothing was dropped.</p>"


def page(report: CleaningReport) -> str:
    """Return the HTML of `report`."""
    title = f"Cleaning report: {escape(report.domain)}"
    notice = f'<p class="notice"><strong>Notice.</strong> {escape(report.notice)}</p>' if report.notice else ""
    charts = "".join(bar_chart(distribution) for distribution in report.distributions)
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title><style>{STYLE}</style></head><body><main>",
            f"<header><p class='kicker'>Firstlight · cleaning report</p><h1>{escape(report.domain)}</h1></header>",
            notice,
            _cards(report),
            *[_table(table) for table in report.tables],
            f"<section><h2>What is left</h2><div class='charts'>{charts}</div></section>",
            _settings(report),
            "</main></body></html>\n",
        ]
    )


def _cards(report: CleaningReport) -> str:
    catalogue, events = report.tables
    first, last = ((moment or "–")[:10] for moment in (report.first_event, report.last_event))
    with_events = report.items_with_events / max(1, catalogue.rows_kept)
    cards = [
        ("Items", f"{catalogue.rows_kept:,}", f"of {catalogue.rows_read:,} rows"),
        ("Events", f"{events.rows_kept:,}", f"of {events.rows_read:,} rows"),
        ("Users", f"{report.users:,}", f"{events.rows_kept / max(1, report.users):,.1f} events each"),
        ("Items with events", f"{report.items_with_events:,}", f"{with_events:.0%} of the items"),
        ("Rows dropped", f"{catalogue.rows_dropped + events.rows_dropped:,}", "every one is in quarantine.parquet"),
        ("First event", first, f"last {last} (UTC)"),
    ]  # fmt: skip
    return "<div class='cards'>" + "".join(
        f"<div class='card'><h3>{name}</h3><p class='figure'>{value}</p><p class='aside'>{aside}</p></div>"
        for name, value, aside in cards
    ) + "</div>"  # fmt: skip


def _table(table: TableReport) -> str:
    files = ", ".join(escape(name) for name in table.files)
    share = table.rows_kept / max(1, table.rows_read)
    meter = f"<div class='meter' role='img' aria-label='{share:.1%} kept'><span style='width:{share:.3%}'></span></div>"
    sums = (
        f"<p><strong>{table.rows_read:,}</strong> rows read = <strong>{table.rows_kept:,}</strong> kept "
        f"+ <strong>{table.rows_dropped:,}</strong> dropped <span class='aside'>({share:.2%} kept · {files})</span></p>"
    )
    drops = "".join(_drop(drop, is_open=index == 0) for index, drop in enumerate(table.drops)) or _NOTHING_DROPPED
    return f"<section><h2>{table.table.capitalize()}</h2>{sums}{meter}{drops}{_changes(table)}</section>"


def _drop(drop: Drop, *, is_open: bool) -> str:
    share = "<0.01%" if drop.share < 0.0001 else f"{drop.share:.2%}"
    name = escape(drop.reason.replace("_", " ").capitalize())
    return (
        f"<details{' open' if is_open else ''}><summary><span class='reason'>{name}</span>"
        f"<span class='explanation'>{escape(drop.explanation)}</span>"
        f"<span class='count'>{drop.count:,}</span><span class='share'>{share}</span></summary>"
        f"{examples_table(drop.examples)}</details>"
    )


def _changes(table: TableReport) -> str:
    if not table.changes:
        return ""
    rows = "".join(
        f"<tr><td>{escape(CHANGES[name])}</td><td class='number'>{count:,}</td></tr>"
        for name, count in table.changes.items()
    )
    return f"<h3>Kept, but changed or flagged</h3><div class='wide'><table>{rows}</table></div>"


def _settings(report: CleaningReport) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td><code>{escape(str(value))}</code></td></tr>"
        for name, value in report.settings.items()
    )
    summary = "<summary class='plain'><span class='reason'>Thresholds of this run</span></summary>"
    return f"<section><details>{summary}<div class='wide'><table>{rows}</table></div></details></section>"
