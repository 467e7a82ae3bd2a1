"""The cleaning report: what was dropped, what was changed, what is left; as JSON and as a page. It cleans nothing."""

from firstlight_indexer.report.report import Bar, CleaningReport, Distribution, Drop, Example, TableReport

__all__ = ["Bar", "CleaningReport", "Distribution", "Drop", "Example", "TableReport"]
