"""Stock sentence-transformers and FAISS in a plain gRPC handler: each call encodes its own text.

Source: https://github.com/UKPLab/sentence-transformers. Run as
``python -m benchmarks.serving_peers.sentence_transformers_server --exchange DIR HOST:PORT``.
"""

from benchmarks.serving_peers.command import given
from benchmarks.serving_peers.faiss_texts import faiss_answering
from benchmarks.serving_peers.handler import serve
from benchmarks.serving_peers.question import Answer
from benchmarks.serving_peers.stock_encoder import StockEncoder
from firstlight.v1 import recommendation_service_pb2 as pb


def main() -> None:
    """Serves until SIGTERM."""
    own, encoder = given(), StockEncoder()
    answering = faiss_answering(own.published)

    def answer(request: pb.RecommendRequest) -> Answer:
        (found,) = answering.by_texts(encoder.encode([request.declarations[0].text]))
        return found

    serve(f"{own.host}:{own.port}", answer)


if __name__ == "__main__":
    main()
