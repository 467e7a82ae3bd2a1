"""Infinity's engine, which batches texts, in an asyncio gRPC handler with FAISS beside it.

Source: https://github.com/michaelfeil/infinity. Run as
``python -m benchmarks.serving_peers.infinity_server --exchange DIR HOST:PORT``. In one process, so without the HTTP
hop that its own server would add.
"""

# pyright: reportMissingModuleSource=false
# Installed in its own environment only.

import asyncio
import signal

import grpc
import numpy as np
import torch
from infinity_emb import AsyncEmbeddingEngine, EngineArgs

from benchmarks.serving_peers.command import Given, given
from benchmarks.serving_peers.faiss_texts import faiss_answering
from benchmarks.serving_peers.handler import SERVICE
from benchmarks.serving_peers.messages import answered
from benchmarks.serving_peers.stock_weights import weights
from firstlight.v1 import recommendation_service_pb2 as pb

BATCH = 32


def _engine() -> AsyncEmbeddingEngine:
    """On the CPU, in fp32, without BetterTransformer."""
    return AsyncEmbeddingEngine.from_args(
        EngineArgs(
            model_name_or_path=str(weights()),
            engine="torch",
            device="cpu",
            dtype="float32",
            batch_size=BATCH,
            bettertransformer=False,
            compile=False,
            model_warmup=False,
            lengths_via_tokenize=False,
        )
    )


async def _serve(own: Given) -> None:
    answering = faiss_answering(own.published)
    engine = _engine()
    async with engine:

        async def recommend(
            request: pb.RecommendRequest,
            _context: grpc.aio.ServicerContext[pb.RecommendRequest, pb.RecommendResponse],
        ) -> pb.RecommendResponse:
            vectors, _ = await engine.embed([request.declarations[0].text])
            (answer,) = answering.by_texts(np.stack(vectors).astype(np.float32))
            return answered(answer)

        server = grpc.aio.server()
        method = grpc.unary_unary_rpc_method_handler(
            recommend,
            request_deserializer=pb.RecommendRequest.FromString,
            response_serializer=pb.RecommendResponse.SerializeToString,
        )
        server.add_registered_method_handlers(SERVICE, {"Recommend": method})
        server.add_insecure_port(f"{own.host}:{own.port}")
        await server.start()
        stopped = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
        await stopped.wait()
        await server.stop(grace=1.0)


if __name__ == "__main__":
    torch.set_num_threads(1)
    asyncio.run(_serve(given()))
