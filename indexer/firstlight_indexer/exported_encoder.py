"""The text encoder as servers run it, exported once for every checkpoint and version of torch.

Knows nothing of snapshots.
"""

from importlib import metadata
from pathlib import Path

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.compression.int8 import quantise_export
from firstlight_encoder.export import export_onnx
from firstlight_indexer.compress_table import Precision
from firstlight_indexer.replace_folder import replaced_folder


def exported_encoder(checkpoint: Checkpoint, *, cache: Path, precision: Precision = "float32") -> Path:
    """The folder under ``cache`` that holds ``checkpoint`` as ONNX; exported now if it is not there yet."""
    folder = cache / f"{checkpoint.fingerprint[:16]}-torch-{metadata.version('torch')}"
    if precision == "int8":
        return _quantised(checkpoint, cache=cache, folder=folder.with_name(f"{folder.name}-{precision}"))
    if not folder.is_dir():
        with replaced_folder(folder) as fresh:
            export_onnx(checkpoint, fresh)
    return folder


def _quantised(checkpoint: Checkpoint, *, cache: Path, folder: Path) -> Path:
    if not folder.is_dir():
        whole = exported_encoder(checkpoint, cache=cache)
        with replaced_folder(folder) as fresh:
            quantise_export(whole, fresh)
    return folder
