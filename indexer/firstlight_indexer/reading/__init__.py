"""From files to lazy tables of raw values, row by row accountable. It judges no value; cleaning does.

`scan(source)` is the door. Parquet goes through Polars. CSV and JSON Lines are read here in blocks of whole lines,
because a reader that drops, joins or refuses odd lines by itself (an unclosed quote, a cut last line, a stray byte)
cannot say which line it was.
"""

from firstlight_indexer.reading.raw_table import RawTable, scan
from firstlight_indexer.reading.row_columns import FAULT, FILE, LINE, ROW
from firstlight_indexer.reading.source import TableSource

__all__ = ["FAULT", "FILE", "LINE", "ROW", "RawTable", "TableSource", "scan"]
