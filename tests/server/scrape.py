"""Reads what Prometheus would read of a running server."""

import asyncio
import urllib.request
from collections.abc import Iterable

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from tests.server.running import Running

PREFIX = "firstlight_server_"


class Scrape:
    """One scrape, by sample name and labels."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self.families = list(families)
        self.samples = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in self.families
            for sample in family.samples
        }

    def value(self, name: str, **labels: str) -> float:
        """The sample's value; 0 if it is not there, as rates over it would have it."""
        return self.samples.get((PREFIX + name, frozenset(labels.items())), 0.0)

    def labels(self, name: str) -> list[dict[str, str]]:
        return [dict(labels) for found, labels in self.samples if found == PREFIX + name]


async def scrape(server: Running) -> Scrape:
    port = server.server.metrics_port
    assert port is not None
    return Scrape(await asyncio.to_thread(_scrape, port))


def _scrape(port: int) -> list[Metric]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as reply:
        return list(text_string_to_metric_families(reply.read().decode()))
