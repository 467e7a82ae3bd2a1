"""Draws the examples of one reason as a table with the columns the shop wrote."""

import json
from collections.abc import Sequence
from html import escape
from typing import cast

from firstlight_indexer.report.report import Example

LONGEST_VALUE = 80
"""Characters of a value that are shown; quarantine.parquet has it whole."""


def examples_table(examples: Sequence[Example]) -> str:
    """Return an HTML table of `examples`."""
    rows = [(example, cast("dict[str, object]", json.loads(example.values))) for example in examples]
    columns = list(dict.fromkeys(name for _, values in rows for name, value in values.items() if value is not None))
    with_fault = any(example.fault for example in examples)
    heads = ["file", "row", *(["what is wrong"] if with_fault else []), *columns]
    body = "".join(_row(example, values, columns, with_fault=with_fault) for example, values in rows)
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    return f"<div class='wide'><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def _row(example: Example, values: dict[str, object], columns: Sequence[str], *, with_fault: bool) -> str:
    cells = [f"<td>{escape(example.file)}</td><td class='number'>{example.row:,}</td>"]
    if with_fault:
        cells.append(f"<td>{escape(example.fault or '')}</td>")
    cells += [_cell(values.get(name)) for name in columns]
    return f"<tr>{''.join(cells)}</tr>"


def _cell(value: object) -> str:
    if value is None:
        return "<td class='aside'>–</td>"
    text = str(value)
    short = text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
    return f"<td><code>{escape(short)}</code></td>"
