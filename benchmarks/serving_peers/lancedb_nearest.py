"""LanceDB, embedded: a table in a local folder.

Source: https://github.com/lancedb/lancedb. Run as
``python -m benchmarks.serving_peers.lancedb_nearest --exchange DIR HOST:PORT``.
"""

# pyright: reportMissingModuleSource=false
# Installed in its own environment only.

from collections.abc import Sequence

import lancedb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.serving_peers.command import serve_events
from benchmarks.serving_peers.published import Published

_TABLE = "items"
_LISTS = 256


class LancedbNearest:
    """An IVF_FLAT index by inner product; effort is how many partitions are probed."""

    efforts: Sequence[int] = (1, 2, 4, 8, 16, 32, 64, 128, 256)

    def __init__(self, published: Published) -> None:
        folder = published.directory / "lancedb"
        built = folder.exists()
        database = lancedb.connect(str(folder))
        self._table = database.open_table(_TABLE) if built else database.create_table(_TABLE, _arrow(published.rows))
        if not built:
            self._table.create_index(
                metric="dot", num_partitions=_LISTS, vector_column_name="vector", index_type="IVF_FLAT"
            )

    def find(self, query: NDArray[np.float32], *, count: int, effort: int) -> NDArray[np.int64]:
        """What LanceDB finds."""
        asked = self._table.search(query, vector_column_name="vector").distance_type("dot").nprobes(effort)
        found = asked.limit(count).select(["row", "_distance"]).to_arrow()
        return np.asarray(found["row"].to_numpy(), np.int64)


def _arrow(rows: NDArray[np.float32]) -> pa.Table:
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(rows.ravel()), rows.shape[1])
    return pa.table({"row": pa.array(np.arange(len(rows))), "vector": vectors})


if __name__ == "__main__":
    serve_events(LancedbNearest)
