"""Answers to texts over the snapshot's own FAISS file, for peers that encode. Knows nothing of encoders or wires."""

from benchmarks.serving_peers.answering import Answering
from benchmarks.serving_peers.faiss_nearest import FaissNearest
from benchmarks.serving_peers.published import Published


def faiss_answering(published: Published) -> Answering:
    """What answers by FAISS, searched as Firstlight searches."""
    return Answering(published, FaissNearest(published), effort=published.nprobe)
