"""Reports: tables, a plot and JSON files of what was measured."""
