"""A contender for tests: answers every text over HTTP with ten numbered items, the first score as given.

Run as ``python -m tests.benchmarks.serving_peers.shop_window SCORE HOST:PORT``.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from benchmarks.serving_peers.question import Answer

BEST = 9.0


def window(best: float) -> Answer:
    """What is answered."""
    return Answer(tuple(f"i{rank}" for rank in range(10)), (best, *(float(-rank) for rank in range(1, 10))))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        answer = window(float(sys.argv[1]))
        told = json.dumps({"item_ids": answer.item_ids, "scores": answer.scores}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)


if __name__ == "__main__":
    host, _, port = sys.argv[2].rpartition(":")
    ThreadingHTTPServer((host, int(port)), _Handler).serve_forever()
