"""`make bench`: run the benchmarks, show their rows and write them into one JSON file.

Knows which benchmarks there are, and nothing of what they measure.
"""

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer
from rich.console import Console
from rich.progress import Progress

from benchmarks.cost import measure_cost
from benchmarks.encode import measure_encoding
from benchmarks.events import measure_events
from benchmarks.h2load import is_installed
from benchmarks.large import measure_large
from benchmarks.load import measure_load
from benchmarks.measure import Row
from benchmarks.rebuild import measure_rebuilding
from benchmarks.recall import measure_recall
from benchmarks.record import measure_recording
from benchmarks.report import show_rows, write_rows
from benchmarks.scale import measure_scale
from benchmarks.serve import measure_serving
from benchmarks.serving_peers.beside_peers import measure_beside_peers
from benchmarks.setting import Setting
from benchmarks.stages import measure_stages
from benchmarks.swaps import measure_swaps
from benchmarks.workers import measure_workers

Measure: TypeAlias = Callable[[Setting, Progress], list[Row]]


PRINTED_COLUMNS = 110


class Benchmark(StrEnum):
    """What can be measured."""

    SERVE = "serve"
    COST = "cost"
    RECALL = "recall"
    LOAD = "load"
    ENCODE = "encode"
    REBUILD = "rebuild"
    STAGES = "stages"
    SCALE = "scale"
    LARGE = "large"
    SWAPS = "swaps"
    WORKERS = "workers"
    EVENTS = "events"
    RECORD = "record"
    PEERS = "peers"


MEASURES: dict[Benchmark, Measure] = {
    Benchmark.SERVE: measure_serving,
    Benchmark.COST: measure_cost,
    Benchmark.RECALL: measure_recall,
    Benchmark.LOAD: measure_load,
    Benchmark.ENCODE: measure_encoding,
    Benchmark.REBUILD: measure_rebuilding,
    Benchmark.STAGES: measure_stages,
    Benchmark.SCALE: measure_scale,
    Benchmark.LARGE: measure_large,
    Benchmark.SWAPS: measure_swaps,
    Benchmark.WORKERS: measure_workers,
    Benchmark.EVENTS: measure_events,
    Benchmark.RECORD: measure_recording,
    Benchmark.PEERS: measure_beside_peers,
}


OF_LOAD = {
    Benchmark.COST,
    Benchmark.RECALL,
    Benchmark.LOAD,
    Benchmark.LARGE,
    Benchmark.SWAPS,
    Benchmark.WORKERS,
    Benchmark.PEERS,
}
"""What needs h2load."""


def main(  # typer reads the options from the signature
    domain: Annotated[Path, typer.Option(help="The domain's firstlight.toml.")],
    workdir: Annotated[Path, typer.Option(help="Where the indexer worked on the domain.")],
    data_dir: Annotated[Path, typer.Option(help="Where the snapshots are.")] = Path("var/snapshots"),
    tenant: Annotated[str, typer.Option(help="Whose snapshots.")] = "default",
    out: Annotated[Path, typer.Option(help="Where the rows go.")] = Path("reports/bench.json"),
    only: Annotated[list[Benchmark] | None, typer.Option(help="Measure this alone; may be given again.")] = None,
) -> None:
    """Measure Firstlight beside its baselines."""
    console = Console(width=None if sys.stdout.isatty() else PRINTED_COLUMNS)
    setting = Setting(domain=domain, workdir=workdir, data_dir=data_dir, tenant=tenant)
    rows: list[Row] = []
    with Progress(console=console) as progress:
        for benchmark in only or MEASURES:
            if benchmark in OF_LOAD and not is_installed():
                console.print(f"{benchmark}: skipped, h2load is not installed (Debian: nghttp2-client)")
                continue
            rows.extend(MEASURES[benchmark](setting, progress))
    write_rows(rows, out)
    show_rows(rows, console)
    console.print(f"written to {out}")


if __name__ == "__main__":
    typer.run(main)
