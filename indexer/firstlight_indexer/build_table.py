"""A build's result and the list of snapshots, for people and for machines. Knows nothing of how they came about."""

from collections.abc import Sequence

from rich.table import Table

from firstlight_indexer.pipeline import Build
from firstlight_store import Manifest


def build_summary(build: Build) -> dict[str, object]:
    """What was built, for machines: only what JSON can say."""
    facts = build.manifest.facts
    return {
        "snapshot_id": build.manifest.snapshot_id,
        "changed": build.changed,
        "items": facts.item_count,
        "item_texts_encoded": build.item_texts_encoded,
        "texts_encoded": build.texts_encoded,
        "index": dict(facts.index),
        "ranked_by": build.ranked_by,
        "report": str(build.clean.report_html),
    }


def build_table(build: Build) -> Table:
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
        "ranked by": build.ranked_by,
        "cleaning report": str(build.clean.report_html),
    }
    for name, value in rows.items():
        if value:
            table.add_row(name, value)
    return table


def snapshots_table(manifests: Sequence[Manifest], *, current: str | None) -> Table:
    """Snapshots, newest first, the current one marked."""
    table = Table(
        "", "snapshot", "built (UTC)", "domain", "items", "index", "recall@10", title="snapshots", title_justify="left"
    )
    for manifest in manifests:
        facts = manifest.facts
        table.add_row(
            "*" if manifest.snapshot_id == current else "",
            manifest.snapshot_id,
            f"{manifest.created_at:%Y-%m-%d %H:%M:%S}",
            facts.domain,
            f"{facts.item_count:,}",
            str(facts.index.get("kind", "")),
            str(facts.index.get("recall_at_10", "")),
        )
    return table
