"""A text encoder on disk: a sentence-transformers directory or a plain Hugging Face checkpoint.

Says what is there and refuses what could not be encoded faithfully. Knows nothing of torch or ONNX.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tokenizers import Tokenizer

from firstlight_encoder.errors import CheckpointError

Pooling = Literal["mean", "cls"]
_FILES = ("config.json", "model.safetensors", "tokenizer.json")
_MODULES = ("Transformer", "Pooling", "Normalize")
_BLOCK = 1 << 20


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
        config = _read(directory / "config.json")
        pooling, longest = _pooling(directory), _max_tokens(directory, config)
        return cls(
            directory, int(config["hidden_size"]), pooling, longest, _fingerprint(directory, f"{pooling}:{longest}")
        )

    def tokenizer(self) -> Tokenizer:
        """The tokenizer, cutting at ``max_tokens`` and not padding."""
        tokenizer: Tokenizer = Tokenizer.from_file(str(self.directory / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(self.max_tokens)
        return tokenizer


def _check_modules(directory: Path) -> None:
    path = directory / "modules.json"
    kinds = [str(module["type"]).rsplit(".", 1)[-1] for module in _read(path)] if path.is_file() else []
    if strange := [kind for kind in kinds if kind not in _MODULES]:
        raise CheckpointError(f"{path} asks for {', '.join(strange)}; only {', '.join(_MODULES)} can be encoded")


def _pooling(directory: Path) -> Pooling:
    path = directory / "1_Pooling" / "config.json"
    config = _read(path) if path.is_file() else {"pooling_mode": "mean"}
    flags = {"mean": "pooling_mode_mean_tokens", "cls": "pooling_mode_cls_token"}
    chosen = config.get("pooling_mode") or "+".join(
        name.removeprefix("pooling_mode_")
        for name, on in config.items()
        if name.startswith("pooling_mode_") and on is True
    )
    for pooling, flag in flags.items():
        if chosen in (pooling, flag.removeprefix("pooling_mode_")):
            return "mean" if pooling == "mean" else "cls"
    raise CheckpointError(f"{path} pools by {chosen!r}; only mean and cls pooling are supported")


def _max_tokens(directory: Path, config: dict[str, Any]) -> int:
    path = directory / "sentence_bert_config.json"
    stated = _read(path).get("max_seq_length") if path.is_file() else None
    return min(int(stated or 512), int(config.get("max_position_embeddings", 512)))


def _fingerprint(directory: Path, facts: str) -> str:
    digest = hashlib.sha256(facts.encode())
    for name in _FILES:
        with (directory / name).open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    return digest.hexdigest()


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} is not readable JSON: {error}") from error
