"""How a contender is asked and answers: gRPC or JSON over HTTP. Knows nothing of who answers."""

import json
import struct
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import grpc

from benchmarks.cost import METHOD
from benchmarks.serving_peers.messages import answer_of, request
from benchmarks.serving_peers.question import Answer, Question
from firstlight.v1 import recommendation_service_pb2 as pb

TIMEOUT_S = 30.0


class Wire(Protocol):
    """One protocol of the network."""

    @property
    def path(self) -> str:
        """Where questions are posted to, without a slash in front."""
        ...

    @property
    def options(self) -> Sequence[str]:
        """What h2load needs to be told for it."""
        ...

    def body(self, question: Question) -> bytes:
        """What is posted."""
        ...

    def ask(self, address: str, question: Question) -> Answer:
        """The answer of whoever listens at "host:port".

        Raises:
            OSError: nobody listens, or no answer came.
            grpc.RpcError: the same, over gRPC.
        """
        ...


@dataclass(frozen=True)
class GrpcWire:
    """The API's Recommend.

    Attributes:
        tenant: whose items are asked for.
    """

    tenant: str
    path: str = METHOD
    options: Sequence[str] = ("-H", "content-type: application/grpc", "-H", "te: trailers")

    def body(self, question: Question) -> bytes:
        """One message, uncompressed, behind its length."""
        message = request(question, tenant=self.tenant).SerializeToString()
        return b"\0" + struct.pack(">I", len(message)) + message

    def ask(self, address: str, question: Question) -> Answer:
        """See `Wire.ask`."""
        with grpc.insecure_channel(address) as channel:
            call = channel.unary_unary(
                f"/{self.path}",
                request_serializer=pb.RecommendRequest.SerializeToString,
                response_deserializer=pb.RecommendResponse.FromString,
            )
            return answer_of(call(request(question, tenant=self.tenant), timeout=TIMEOUT_S))


@dataclass(frozen=True)
class JsonWire:
    """A JSON object with the text, posted over HTTP/1.1.

    Attributes:
        path: where.
    """

    path: str
    options: Sequence[str] = ("-p", "http/1.1", "-H", "content-type: application/json")

    def body(self, question: Question) -> bytes:
        """The text alone: such contenders are asked nothing else."""
        return json.dumps({"text": question.text}).encode()

    def ask(self, address: str, question: Question) -> Answer:
        """See `Wire.ask`."""
        asked = urllib.request.Request(
            f"http://{address}/{self.path}", self.body(question), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(asked, timeout=TIMEOUT_S) as reply:
            told = json.load(reply)
        return Answer(tuple(told["item_ids"]), tuple(told["scores"]))
