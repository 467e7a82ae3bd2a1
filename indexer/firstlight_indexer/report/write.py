"""Writes the report's two files."""

import json
from dataclasses import asdict

from firstlight_indexer.contract import CleanDomain
from firstlight_indexer.report.page import page
from firstlight_indexer.report.report import CleaningReport


def write_report(report: CleaningReport, written: CleanDomain) -> None:
    """Write report.json and report.html of `written`."""
    content = json.dumps(asdict(report), indent=2, ensure_ascii=False)
    written.report_json.write_text(content + "\n", encoding="utf-8")
    written.report_html.write_text(page(report), encoding="utf-8")
