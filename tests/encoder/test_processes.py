"""Training by two processes that share every batch, over gloo as on machines without a GPU."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file  # pyright: ignore[reportUnknownVariableType] - its stubs are partial

from firstlight_encoder.errors import TrainingDataError
from firstlight_encoder.training import accelerated_processes
from firstlight_encoder.training.accelerated_processes import launched_processes
from firstlight_encoder.training.mixture import Mixture
from firstlight_encoder.training.trainer import StageA
from tests.encoder.training_domains import SETTINGS, shop

COUNT = 2


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port: int = server.getsockname()[1]
        return port


def launched(place: dict[str, str], file: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "tests.encoder.shared_run", str(file)], env={**os.environ, **place})


def test_two_processes_come_to_one_space_that_none_comes_to_alone(tmp_path: Path) -> None:
    port = str(free_port())
    facts = {"WORLD_SIZE": str(COUNT), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "ACCELERATE_USE_CPU": "true"}
    ranks = [{**facts, "RANK": str(rank), "LOCAL_RANK": str(rank)} for rank in range(COUNT)]
    files = [tmp_path / f"{rank}.safetensors" for rank in range(COUNT)]
    running = [launched(place, file) for place, file in zip(ranks, files, strict=True)]
    assert [process.wait(timeout=100) for process in running] == [0] * COUNT

    first, second = (load_file(file) for file in files)
    assert all(np.array_equal(first[name], second[name]) for name in first)
    target = shop("target")
    stage = StageA(Mixture.with_sources(target, [shop("source", seed=5, items=24)], [0.4]), SETTINGS)
    stage.train()
    alone = stage.space(0, served_prior=target.prior, text_fingerprint="texts").tower_parameters
    assert not np.array_equal(alone["output.weight"], first["output.weight"])


def test_one_process_needs_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    processes = launched_processes()
    assert (processes.count, processes.rank, processes.gather("own")) == (1, 0, ["own"])


def test_several_processes_without_the_library_are_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setattr(accelerated_processes, "find_spec", dict[str, object]().get)
    with pytest.raises(TrainingDataError, match=r"pip install 'firstlight\[distributed\]'"):
        launched_processes()
