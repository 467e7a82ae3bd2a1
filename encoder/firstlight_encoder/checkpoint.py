"""A text encoder on disk: a sentence-transformers directory or a plain Hugging Face checkpoint.

Says what is there and refuses what could not be encoded faithfully. Knows nothing of torch or ONNX.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from firstlight_encoder.errors import CheckpointError

Pooling = Literal["mean", "cls"]
"""How token states become one vector: their mean, or the state of the first token."""

CONFIG_FILE, WEIGHTS_FILE = "config.json", "model.safetensors"
PRUNED_HEADS = "pruned_heads"
"""Key of the configuration: for a layer's number, the attention heads whose weights are zeros."""

_TOKENIZER = "tokenizer.json"
_FILES = (CONFIG_FILE, WEIGHTS_FILE, _TOKENIZER)
_MODULES = ("Transformer", "Pooling", "Normalize")
_POOLINGS: Final[dict[str, Pooling]] = {"mean": "mean", "mean_tokens": "mean", "cls": "cls", "cls_token": "cls"}
_FLAG = "pooling_mode_"
_LONGEST = 512
"""Tokens, where the checkpoint states no limit."""
_BLOCK = 1 << 20
"""Bytes read at once."""


@dataclass(frozen=True)
class Checkpoint:
    """What is in ``directory``.

    Attributes:
        directory: where it is.
        dimension: width of its vectors.
        pooling: how token states become one vector; always L2-normalised afterwards.
        max_tokens: where texts are cut.
        fingerprint: hex digest of weights, configuration, tokenizer, pooling and cut.
    """

    directory: Path
    dimension: int
    pooling: Pooling
    max_tokens: int
    fingerprint: str

    @classmethod
    def open(cls, directory: Path) -> "Checkpoint":
        """Reads the directory's description.

        Raises:
            CheckpointError: naming the file that is missing or says something unsupported.
        """
        for name in _FILES:
            if not (directory / name).is_file():
                raise CheckpointError(
                    f"{directory} is not a usable text encoder: {name} is missing; give a sentence-transformers or "
                    f"Hugging Face directory that holds {', '.join(_FILES)}"
                )
        _check_modules(directory)
        dimension, pooling, max_tokens = _dimension(directory), _pooling(directory), _max_tokens(directory)
        return cls(directory, dimension, pooling, max_tokens, _fingerprint(directory, f"{pooling}:{max_tokens}"))

    @property
    def tokenizer(self) -> Path:
        """The tokenizer's file."""
        return self.directory / _TOKENIZER

    @property
    def pruned_heads(self) -> dict[int, list[int]]:
        """For a layer's number, the attention heads that were taken out of it; empty for an encoder as it came."""
        stated: dict[str, list[int]] = _read(self.directory / CONFIG_FILE, dict).get(PRUNED_HEADS) or {}
        return {int(layer): [int(head) for head in heads] for layer, heads in stated.items()}


def _check_modules(directory: Path) -> None:
    """Refuses a pipeline with a step that is not encoded here; without modules.json there is none."""
    path = directory / "modules.json"
    modules: list[dict[str, Any]] = _read(path, list) if path.is_file() else []
    kinds = [str(module.get("type")).rsplit(".", 1)[-1] for module in modules]
    if strange := [kind for kind in kinds if kind not in _MODULES]:
        raise CheckpointError(
            f"{path} asks for {', '.join(strange)}; only {', '.join(_MODULES)} can be encoded: give another checkpoint"
        )


def _dimension(directory: Path) -> int:
    path = directory / CONFIG_FILE
    width = _read(path, dict).get("hidden_size")
    if not isinstance(width, int) or width < 1:
        raise CheckpointError(f"{path} says hidden_size = {width!r}; it must be the width of a token's state")
    return width


def _pooling(directory: Path) -> Pooling:
    """As stated by name or by flags; the mean for a plain checkpoint, which states none."""
    path = directory / "1_Pooling" / "config.json"
    config = _read(path, dict) if path.is_file() else {"pooling_mode": "mean"}
    flags = [name.removeprefix(_FLAG) for name, on in config.items() if name.startswith(_FLAG) and on is True]
    stated = config.get("pooling_mode") or "+".join(flags)
    if stated not in _POOLINGS:
        raise CheckpointError(f"{path} pools by {stated!r}; only mean and cls can be encoded: give another checkpoint")
    return _POOLINGS[stated]


def _max_tokens(directory: Path) -> int:
    path = directory / "sentence_bert_config.json"
    stated = _read(path, dict).get("max_seq_length") if path.is_file() else None
    places = _read(directory / CONFIG_FILE, dict).get("max_position_embeddings", _LONGEST)
    return min(int(stated or _LONGEST), int(places))


def _fingerprint(directory: Path, facts: str) -> str:
    """Hex digest of ``facts`` and of every byte of the checkpoint's files."""
    digest = hashlib.sha256(facts.encode())
    for name in _FILES:
        with (directory / name).open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    return digest.hexdigest()


def _read(path: Path, kind: type) -> Any:
    """The JSON in ``path``, which must be a ``kind``."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} is not readable JSON: {error}") from error
    if not isinstance(value, kind):
        raise CheckpointError(f"{path} holds a JSON {type(value).__name__}; it must be a {kind.__name__}")
    return value
