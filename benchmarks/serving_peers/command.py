"""The command line that every peer has: where the published folder is, and where to listen. Knows no peer."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.serving_peers.answering import Answering
from benchmarks.serving_peers.handler import serve
from benchmarks.serving_peers.nearest import Nearest, least_effort
from benchmarks.serving_peers.published import Published, read_published


@dataclass(frozen=True)
class Given:
    """What was given on the command line, the folder read.

    Attributes:
        published: the folder.
        host: where to listen.
        port: where to listen.
    """

    published: Published
    host: str
    port: int


def given() -> Given:
    """Reads ``--exchange DIR HOST:PORT``."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--exchange", type=Path, required=True, help="The folder that the benchmark wrote.")
    parser.add_argument("address", help="Where to listen, host:port.")
    arguments = parser.parse_args()
    host, _, port = arguments.address.rpartition(":")
    return Given(read_published(arguments.exchange), host, int(port))


def serve_events(kind: Callable[[Published], Nearest]) -> None:
    """Serves answers to a few events by a plain handler over one kind of search, until SIGTERM."""
    own = given()
    nearest = kind(own.published)
    answering = Answering(own.published, nearest, effort=least_effort(nearest, own.published))
    serve(f"{own.host}:{own.port}", lambda request: answering.by_events([event.item_id for event in request.events]))
