"""Tables in Markdown.

Knows nothing of what the tables say.
"""

from collections.abc import Iterable, Sequence

from firstlight_evaluation.report.layout import Cell, Table


def markdown(tables: Iterable[Table], *, title: str, introduction: str) -> str:
    """A whole page: title, introduction, then the tables one after another."""
    parts = [f"# {title}", introduction, *(markdown_table(table) for table in tables)]
    return "\n\n".join(parts) + "\n"


def markdown_table(table: Table) -> str:
    """One table under a heading, with its note beneath."""
    lines = [_line([_text(head) for head in table.heads]), _line(["---"] * len(table.heads))]
    lines += [_line([_text(cell) for cell in row]) for row in table.rows]
    return "\n".join([f"## {table.title}", "", *lines, "", table.note])


def _line(texts: Sequence[str]) -> str:
    return f"| {' | '.join(text.replace('|', chr(92) + '|') for text in texts)} |"


def _text(cell: Cell) -> str:
    text = f"**{cell.text}**" if cell.strong else cell.text
    return f"{text} ({cell.detail})" if cell.detail else text
