"""Mosec: a Rust HTTP front that batches what waits, one Python worker that encodes with stock code and asks FAISS.

Source: https://github.com/mosecorg/mosec. Run as
``python -m benchmarks.serving_peers.mosec_server --exchange DIR HOST:PORT``.
"""

# pyright: reportMissingModuleSource=false
# Installed in its own environment only.

import os
from typing import Any

from mosec import Server, Worker

from benchmarks.serving_peers.command import given

BATCH, WAIT_MS = 32, 1
"""As many as are in flight, and the shortest wait that it takes: what came meanwhile is a batch already."""


class Recommending(Worker):
    """One worker process: what it needs is read there, not where it is forked."""

    def __init__(self) -> None:
        from benchmarks.serving_peers.faiss_texts import faiss_answering  # noqa: PLC0415 - torch must not be forked
        from benchmarks.serving_peers.stock_encoder import StockEncoder  # noqa: PLC0415

        self._encoder = StockEncoder()
        self._answering = faiss_answering(given().published)

    def forward(self, data: list[dict[str, str]]) -> list[dict[str, Any]]:
        """The answers to a batch of questions."""
        answers = self._answering.by_texts(self._encoder.encode([one["text"] for one in data]))
        return [{"item_ids": answer.item_ids, "scores": answer.scores} for answer in answers]


def main() -> None:
    """Serves until SIGTERM."""
    own = given()
    os.environ.update(MOSEC_ADDRESS=own.host, MOSEC_PORT=str(own.port))
    server = Server()
    server.append_worker(Recommending, num=1, max_batch_size=BATCH, max_wait_time=WAIT_MS)
    server.run()


if __name__ == "__main__":
    main()
