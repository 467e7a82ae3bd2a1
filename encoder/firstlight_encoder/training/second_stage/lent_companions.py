"""Lends items that few took the companions of the items most like them, and new items all they have.

``P'(j | i) = P(j | i) + sum_k w_ik P(j | k)`` over the items k that lend to i. Knows nothing of logs.
"""

from dataclasses import replace

from firstlight_encoder.second_stage.neighbour_table import NeighbourTable
from firstlight_encoder.training.second_stage.loans import Loans
from firstlight_encoder.training.second_stage.table_rows import as_matrix, heaviest

_AT_ONCE = 2_048


def lent(table: NeighbourTable, loans: Loans) -> NeighbourTable:
    """``table`` with what ``loans`` bring its rows."""
    ids, probabilities = table.ids.copy(), table.probabilities.copy()
    whole = as_matrix(table)
    for start in range(0, len(loans.items), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        rows = loans.items[part]
        sums = whole[rows] + loans.weights[part] @ whole
        ids[rows], probabilities[rows] = heaviest(sums, rows, width=table.ids.shape[1])
    return replace(table, ids=ids, probabilities=probabilities)
