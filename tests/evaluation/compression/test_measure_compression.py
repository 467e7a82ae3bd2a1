"""Every form of compression measured on a small shop's files, with an encoder of a few kilobytes."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.onnx_encoder import OnnxTextEncoder
from firstlight_encoder.torch_encoder import TorchTextEncoder
from firstlight_evaluation.cli import app
from firstlight_indexer.exported_encoder import exported_encoder
from tests.encoder.tiny_checkpoint import WORDS, write_tiny_checkpoint
from tests.evaluation.tiny_shop_files import write_tiny_shop
from tests.shared_export import shared_exports

COMPRESSION = "[compress]\nsteps = 3\ndepth = 0.5\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shop")


@pytest.fixture(scope="module")
def rows(place: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    encoder = write_tiny_checkpoint(place / "encoder", layers=2)
    (place / "work").mkdir()
    (place / "work" / "exported").symlink_to(shared_exports(tmp_path_factory, encoder))
    toml = write_tiny_shop(place / "domain", users=60, encoder=encoder)
    toml.write_text(toml.read_text() + COMPRESSION)
    options = ["--domain", str(toml), "--workdir", str(place / "work"), "--out", str(place / "report")]
    result = CliRunner().invoke(app, ["compress", *options])
    assert result.exit_code == 0, result.output
    assert "Smaller text encoder" in result.stdout
    content: dict[str, list[dict[str, object]]] = json.loads((place / "report" / "compression.json").read_text())
    return content["rows"]


def test_every_build_is_priced(rows: list[dict[str, object]]) -> None:
    assert [row["build"] for row in rows if row["part"] == "text encoder"] == [
        "full", "int8", "depth 0.5", "depth 0.5, int8", "heads 0.75",
    ]  # fmt: skip
    assert [str(row["build"]).split()[0] for row in rows if row["part"] == "index"] == [
        "flat", "flat_fp16", "flat_sq8", "ivf_fp16", "ivf_sq8",
    ]  # fmt: skip


def test_the_full_builds_cost_nothing_and_are_the_largest(rows: list[dict[str, object]]) -> None:
    for part in ("text encoder", "index"):
        full, *smaller = [row for row in rows if row["part"] == part]
        assert (full["loss"], full["refused"]) == (0, False)
        assert full["closeness"] == pytest.approx(1, abs=1e-3)
        assert min(float(str(row["megabytes"])) for row in smaller) < float(str(full["megabytes"]))
        assert all(float(str(row["milliseconds"])) > 0 for row in (full, *smaller))


@pytest.mark.usefixtures("rows")
def test_what_was_cut_says_the_same_online_and_offline(place: Path) -> None:
    cut = [Checkpoint.open(folder) for folder in (place / "work" / "compressed").iterdir()]
    assert sorted(bool(checkpoint.pruned_heads) for checkpoint in cut) == [False, True]
    for checkpoint in cut:
        online = OnnxTextEncoder.load(exported_encoder(checkpoint, cache=place / "work" / "exported"))
        offline = TorchTextEncoder(checkpoint, dtype=torch.float32)
        texts = [f"{one} {other}" for one in WORDS[4:] for other in WORDS[4:]]
        np.testing.assert_allclose(online.encode(texts), offline.encode(texts), atol=1e-5)
