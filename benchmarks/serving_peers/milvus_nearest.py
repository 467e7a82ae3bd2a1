"""Milvus Lite through pymilvus: the embedded form of Milvus, one local file.

Source: https://github.com/milvus-io/milvus-lite. Run as
``python -m benchmarks.serving_peers.milvus_nearest --exchange DIR HOST:PORT``.
"""

# pyright: reportMissingModuleSource=false
# Installed in its own environment only.

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pymilvus import DataType, MilvusClient

from benchmarks.serving_peers.command import serve_events
from benchmarks.serving_peers.published import Published

_COLLECTION = "items"
_ROWS_AT_ONCE = 5_000
_LISTS = 1_024


class MilvusNearest:
    """An IVF_FLAT index by inner product; effort is ``nprobe``."""

    efforts: Sequence[int] = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024)

    def __init__(self, published: Published) -> None:
        file = published.directory / "milvus.db"
        built = file.exists()
        self._client = MilvusClient(str(file))
        if not built:
            self._build(published.rows)
        self._client.load_collection(_COLLECTION)

    def find(self, query: NDArray[np.float32], *, count: int, effort: int) -> NDArray[np.int64]:
        """What Milvus finds."""
        found = self._client.search(
            _COLLECTION,
            data=[query],
            limit=count,
            search_params={"metric_type": "IP", "params": {"nprobe": effort}},
            output_fields=["row"],  # else it hands the vectors back
        )
        return np.array([hit["row"] for hit in found[0]], np.int64)

    def _build(self, rows: NDArray[np.float32]) -> None:
        schema = self._client.create_schema(auto_id=False)
        schema.add_field("row", DataType.INT64, is_primary=True)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=rows.shape[1])
        index = self._client.prepare_index_params()
        index.add_index("vector", index_type="IVF_FLAT", metric_type="IP", params={"nlist": _LISTS})
        self._client.create_collection(_COLLECTION, schema=schema, index_params=index)
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            part = rows[start : start + _ROWS_AT_ONCE]
            self._client.insert(_COLLECTION, [{"row": start + at, "vector": row} for at, row in enumerate(part)])
        self._client.flush(_COLLECTION)


if __name__ == "__main__":
    serve_events(MilvusNearest)
