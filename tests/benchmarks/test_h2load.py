"""Load by h2load against a real server, and what a process costs. Skipped where h2load is not installed."""

import os
import time
from pathlib import Path

import pytest

from benchmarks.h2load import LoadError, closed_loop, is_installed, open_loop
from benchmarks.processor_time import processor_s
from benchmarks.serve import empty_server
from examples.server_process import server_process
from firstlight.v1 import recommendation_service_pb2 as pb

METHOD = "firstlight.v1.RecommendationService/Recommend"
REQUEST = pb.RecommendRequest(page_size=3).SerializeToString()


def test_a_process_that_works_costs_more_and_more() -> None:
    before, begun = processor_s(os.getpid()), time.process_time()
    while time.process_time() - begun < 0.05:
        pass
    assert processor_s(os.getpid()) - before == pytest.approx(0.05, abs=0.04)


@pytest.mark.skipif(not is_installed(), reason="h2load is not installed (Debian: nghttp2-client)")
def test_every_call_is_answered_and_timed_whether_or_not_it_waits_for_others(tmp_path: Path) -> None:
    with server_process(empty_server, log=tmp_path / "server.log") as server:
        closed = closed_loop(server.address, METHOD, REQUEST, calls=100, in_flight=8)
        opened = open_loop(server.address, METHOD, REQUEST, rate=50, seconds=1)
    assert closed.calls == len(closed.latencies_ms) == 100
    assert closed.rate == pytest.approx(100 / closed.seconds)
    assert 0 < closed.percentile_ms(0.5) <= closed.percentile_ms(0.99)
    assert 20 <= opened.calls <= 70
    with pytest.raises(LoadError):
        closed_loop(server.address, METHOD, REQUEST, calls=10, in_flight=1)
