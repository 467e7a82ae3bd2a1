from pathlib import Path

import numpy as np
import pytest

from firstlight_encoder.compression.int8 import quantise_export
from firstlight_encoder.onnx_encoder import OnnxTextEncoder

TEXTS = ("green tea", "claw hammer 16 oz", "category: Cold cereal", "绿茶 罐装 250 克", "", "long " * 100)


@pytest.fixture(scope="module")
def int8(exported: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quantised") / "int8"
    quantise_export(exported, folder)
    return folder


def test_eight_bits_are_a_quarter_of_the_size_and_say_nearly_the_same(exported: Path, int8: Path) -> None:
    full, small = OnnxTextEncoder.load(exported), OnnxTextEncoder.load(int8)
    assert ((full.encode(TEXTS) * small.encode(TEXTS)).sum(1)).min() > 0.95
    assert (int8 / "model.onnx").stat().st_size < 0.27 * (exported / "model.onnx").stat().st_size
    assert (small.dimension, small.fingerprint) == (full.dimension, full.fingerprint)
    np.testing.assert_allclose(np.linalg.norm(small.encode(TEXTS), axis=1), 1, atol=1e-5)


def test_the_same_export_gives_the_same_bytes_and_is_left_as_it_was(
    tiny_exported: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    before = (tiny_exported / "model.onnx").read_bytes()
    for name in ("once", "again"):
        quantise_export(tiny_exported, tmp_path / name)
    for path in (tmp_path / "once").iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()
    assert (tiny_exported / "model.onnx").read_bytes() == before
    assert sorted(path.name for path in tiny_exported.iterdir()) == ["model.onnx", "text.json", "tokenizer.json"]
    assert capfd.readouterr().err == ""
    assert caplog.records == []
