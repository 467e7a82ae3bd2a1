"""A build's result and the list of snapshots, for people and for machines. Knows nothing of how they came about."""

from collections.abc import Sequence
from dataclasses import asdict

from rich.table import Table

from firstlight_indexer.feedback_export import ExportedEvents
from firstlight_indexer.pipeline import Build
from firstlight_indexer.transfer_report import TransferReport
from firstlight_store import Canary, Manifest


def build_summary(build: Build, feedback: ExportedEvents | None = None) -> dict[str, object]:
    """What was built, and what was taken from an event log for it, for machines: only what JSON can say."""
    facts = build.manifest.facts
    return {
        "snapshot_id": build.manifest.snapshot_id,
        "changed": build.changed,
        "items": facts.item_count,
        "item_texts_encoded": build.item_texts_encoded,
        "texts_encoded": build.texts_encoded,
        "index": dict(facts.index),
        "ranked_by": build.ranked_by,
        "transfer": None if build.transfer is None else asdict(build.transfer),
        "feedback": None if feedback is None else asdict(feedback),
        "report": str(build.clean.report_html),
    }


def build_table(build: Build, feedback: ExportedEvents | None = None) -> Table:
    """What was built, for people."""
    facts = build.manifest.facts
    table = Table(
        show_header=False,
        title=f"{facts.domain}: {'published' if build.changed else 'unchanged'}",
        title_justify="left",
    )
    encoded = f"{build.item_texts_encoded:,} item texts, {build.texts_encoded - build.item_texts_encoded:,} names"
    rows = {
        "snapshot": build.manifest.snapshot_id,
        "items": f"{facts.item_count:,}",
        "encoded now": encoded,
        "index": f"{facts.index.get('kind')}, recall@10 {facts.index.get('recall_at_10')} against exact search",
        "feedback": "" if feedback is None else str(feedback),
        "ranked by": build.ranked_by,
        "cleaning report": str(build.clean.report_html),
    }
    for name, value in rows.items():
        if value:
            table.add_row(name, value)
    return table


def transfer_table(report: TransferReport) -> Table:
    """What other domains brought, for people."""
    table = Table(
        *(f"weight of {source}" for source in report.sources),
        "NDCG@10",
        "joint minus alone, 95 % interval",
        "",
        title=f"{report.domain}: learning from other domains",
        caption=(
            f"{report.cases:,} held-out newcomers of {report.users:,} users, who chose the weights: this is why they "
            "were chosen, and no proof of a gain. What the sources gain or lose: firstlight-evaluate transfer."
        ),
        title_justify="left",
        caption_justify="left",
    )
    table.add_row(*("0" for _ in report.sources), f"{report.alone:.4f}", "", "chosen" if report.chose_alone else "")
    for row in report.tried:
        gain = f"{row.difference:+.4f} ({row.low:+.4f} to {row.high:+.4f})"
        weights = (f"{weight:.3g}" for weight in row.weights)
        table.add_row(*weights, f"{row.ndcg_at_10:.4f}", gain, "chosen" if row.chosen else "")
    return table


def snapshots_table(manifests: Sequence[Manifest], *, current: str | None, canary: Canary | None) -> Table:
    """Snapshots, newest first, the current one marked, and the canary by its share of users."""
    marks = {canary.snapshot_id: f"{100 * canary.share:.4g}%"} if canary else {}
    marks |= {current: "*"} if current else {}
    table = Table(
        "", "snapshot", "built (UTC)", "domain", "items", "index", "recall@10", title="snapshots", title_justify="left"
    )
    for manifest in manifests:
        facts = manifest.facts
        table.add_row(
            marks.get(manifest.snapshot_id, ""),
            manifest.snapshot_id,
            f"{manifest.created_at:%Y-%m-%d %H:%M:%S}",
            facts.domain,
            f"{facts.item_count:,}",
            str(facts.index.get("kind", "")),
            str(facts.index.get("recall_at_10", "")),
        )
    return table
