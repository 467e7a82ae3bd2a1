"""LitServe: FastAPI in front, one worker process that batches, encodes with stock code and asks FAISS.

Source: https://github.com/Lightning-AI/LitServe. Run as
``python -m benchmarks.serving_peers.litserve_server --exchange DIR HOST:PORT``.
"""

# pyright: reportMissingModuleSource=false
# Installed in its own environment only.

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import litserve

from benchmarks.serving_peers.command import given
from benchmarks.serving_peers.faiss_texts import faiss_answering
from benchmarks.serving_peers.published import read_published
from benchmarks.serving_peers.question import Answer
from benchmarks.serving_peers.stock_encoder import StockEncoder

BATCH, WAIT_S = 32, 0.005
"""As many as are in flight; its default is to batch nothing."""


class Recommending(litserve.LitAPI):
    """What one worker does."""

    def __init__(self, exchange: Path) -> None:
        super().__init__(max_batch_size=BATCH, batch_timeout=WAIT_S)
        self._exchange = exchange

    def setup(self, device: str) -> None:
        """Reads the folder and the weights, in the worker."""
        del device
        self._encoder = StockEncoder()
        self._answering = faiss_answering(read_published(self._exchange))

    def decode_request(self, request: dict[str, str]) -> str:
        """The text of one question."""
        return request["text"]

    def predict(self, x: Sequence[str]) -> Sequence[Answer]:
        """The answers to a batch of texts."""
        return self._answering.by_texts(self._encoder.encode(x))

    def encode_response(self, output: Answer) -> dict[str, Any]:
        """One answer, for JSON."""
        return {"item_ids": output.item_ids, "scores": output.scores}


def main() -> None:
    """Serves until SIGTERM."""
    own = given()
    server = litserve.LitServer(Recommending(own.published.directory), accelerator="cpu", workers_per_device=1)
    server.run(
        host=own.host,
        port=own.port,
        num_api_servers=1,
        generate_client_file=False,
        log_level="error",
        access_log=False,
    )


if __name__ == "__main__":
    main()
