"""One of several processes that train together: `python -m tests.encoder.shared_run FILE`, started for each rank."""

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file  # pyright: ignore[reportUnknownVariableType] - its stubs are partial

from firstlight_encoder.training.accelerated_processes import launched_processes
from firstlight_encoder.training.mixture import Mixture
from firstlight_encoder.training.trainer import StageA
from tests.encoder.training_domains import SETTINGS, shop


def main() -> None:
    processes = launched_processes()
    target = shop("target")
    stage = StageA(
        Mixture.with_sources(target, [shop("source", seed=5, items=24)], [0.4]), SETTINGS, processes=processes
    )
    stage.train()
    space = stage.space(0, served_prior=target.prior, text_fingerprint="texts")
    arrays = {name: torch.from_numpy(array.copy()) for name, array in space.tower_parameters.items()}  # pyright: ignore[reportUnknownMemberType]
    save_file(arrays, Path(sys.argv[1]))
    torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main()
