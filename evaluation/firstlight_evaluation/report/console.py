"""Tables on a terminal.

Knows nothing of what the tables say.
"""

from rich import box
from rich.table import Table as RichTable
from rich.text import Text

from firstlight_evaluation.report.layout import Cell, Table

_FIGURES = frozenset("+-0123456789")


def rich_table(table: Table, *, details: bool) -> RichTable:
    """The table as rich draws it, names to the left and figures to the right.

    Args:
        table: what to draw.
        details: whether each cell's detail stands beneath it; needs about 120 columns.
    """
    gap = 1 if details else 0
    drawn = RichTable(
        title=table.title, caption=f"{table.note}\n", box=box.SIMPLE_HEAD, show_edge=False, padding=(0, gap, 0, 0)
    )
    drawn.title_justify = drawn.caption_justify = "left"
    for column, head in enumerate(table.heads):
        figures = any(row[column].text[:1] in _FIGURES for row in table.rows if row[column].text)
        named = column == 0
        drawn.add_column(_text(head, details), justify="left" if named or not figures else "right", no_wrap=named)
    for row in table.rows:
        drawn.add_row(*(_text(cell, details) for cell in row))
    return drawn


def _text(cell: Cell, details: bool) -> Text:
    text = Text(cell.text, style="bold green" if cell.strong else "")
    return text.append(f"\n{cell.detail}", style="dim") if details and cell.detail else text
