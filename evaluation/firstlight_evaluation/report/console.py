"""Tables on a terminal.

Knows nothing of what the tables say.
"""

from rich.table import Table as RichTable
from rich.text import Text

from firstlight_evaluation.report.layout import Cell, Table


def rich_table(table: Table) -> RichTable:
    """The table as rich draws it; model and point columns to the left, figures to the right."""
    drawn = RichTable(title=table.title, caption=table.note, title_justify="left", caption_justify="left")
    for column, head in enumerate(table.heads):
        drawn.add_column(head, justify="left" if column == 0 else "right", no_wrap=column == 0)
    for row in table.rows:
        drawn.add_row(*(_text(cell) for cell in row))
    return drawn


def _text(cell: Cell) -> Text:
    return Text(cell.text, style="bold green" if cell.strong else "")
