"""Who is compared with whom, for each of the two tasks. Knows nothing of loads or answers."""

from pathlib import Path

from benchmarks.serving_peers.contender import Contender, peer
from benchmarks.serving_peers.wire import GrpcWire, JsonWire
from examples.server_process import firstlight_server

_ALIKE = ("log_calls=errors", "degrade=false", "max_wait_s=60")
"""No line a call, which no peer writes; no simpler answers under load, which would not be the same; and nobody is
turned away, as none of them turns anybody away."""

_NOTHING_REMEMBERED = "text_cache_entries=0"
_ALONE = "max_batch=1"


def text_contenders(data_dir: Path, exchange: Path, *, tenant: str) -> list[Contender]:
    """Who answers a new text; Firstlight first, remembering none, then without batches, then as shipped."""
    wire = GrpcWire(tenant)
    return [
        Contender("Firstlight", wire, firstlight_server(data_dir, *_ALIKE, _NOTHING_REMEMBERED)),
        Contender("Firstlight one at a time", wire, firstlight_server(data_dir, *_ALIKE, _NOTHING_REMEMBERED, _ALONE)),
        Contender("Firstlight as shipped (texts remembered)", wire, firstlight_server(data_dir)),
        peer(
            "sentence-transformers",
            "sentence_transformers_server",
            environment="sentence-transformers",
            exchange=exchange,
            wire=wire,
        ),
        peer("mosec", "mosec_server", environment="mosec", exchange=exchange, wire=JsonWire("inference")),
        peer("LitServe", "litserve_server", environment="litserve", exchange=exchange, wire=JsonWire("predict")),
        peer("infinity", "infinity_server", environment="infinity", exchange=exchange, wire=wire),
    ]


def event_contenders(data_dir: Path, exchange: Path, *, tenant: str) -> list[Contender]:
    """Who answers five known events; Firstlight first, then without batches, then as shipped."""
    wire = GrpcWire(tenant)
    firstlight = [
        Contender("Firstlight", wire, firstlight_server(data_dir, *_ALIKE)),
        Contender("Firstlight one at a time", wire, firstlight_server(data_dir, *_ALIKE, _ALONE)),
        Contender("Firstlight as shipped", wire, firstlight_server(data_dir)),
    ]
    named = (
        ("FAISS", "faiss_nearest", "sentence-transformers"),
        ("Milvus Lite", "milvus_nearest", "milvus"),
        ("LanceDB", "lancedb_nearest", "lancedb"),
        ("pgvector", "pgvector_nearest", "pgvector"),
        ("ScaNN", "scann_nearest", "scann"),
    )
    return firstlight + [
        peer(name, module, environment=environment, exchange=exchange, wire=wire) for name, module, environment in named
    ]
