"""One file of the vector cache: keys and vectors in a safetensors file that carries its own SHA-256."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

_KEY_BYTES: Final = 16
_CHECKSUM_BYTES: Final = 32


@dataclass(frozen=True)
class VectorShard:
    """Vectors by the key of their text."""

    keys: tuple[bytes, ...]
    """Of 16 bytes each."""
    vectors: NDArray[np.float32]
    """(len(keys), dimension) float32."""


def text_keys(texts: Sequence[str]) -> list[bytes]:
    """Return the key of every text: the first 16 bytes of its UTF-8's SHA-256."""
    return [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:_KEY_BYTES] for text in texts]


def shard_name(shard: VectorShard) -> str:
    """Return a file name that follows from the texts, so that encoding them again writes the same file."""
    return f"shard-{hashlib.sha256(b''.join(shard.keys)).hexdigest()[:16]}.vectors"


def shard_bytes(shard: VectorShard, *, fingerprint: str) -> bytes:
    """Return the file: a safetensors body, and the SHA-256 of it and of the encoder's fingerprint at the end."""
    keys = np.frombuffer(b"".join(shard.keys), dtype=np.uint8).reshape(len(shard.keys), _KEY_BYTES)
    body = save({"keys": keys, "vectors": np.ascontiguousarray(shard.vectors)})
    return body + _checksum(body, fingerprint)


def read_shard(path: Path, *, fingerprint: str, dimension: int) -> VectorShard:
    """Return a shard after checking every byte of it.

    Raises:
        ValueError: it is damaged, or of another encoder.
    """
    data = path.read_bytes()
    body, checksum = data[:-_CHECKSUM_BYTES], data[-_CHECKSUM_BYTES:]
    if _checksum(body, fingerprint) != checksum:
        raise ValueError("its SHA-256 is not the one written")
    try:
        tensors = load(body)
        keys, vectors = tensors["keys"], tensors["vectors"]
    except (SafetensorError, KeyError) as error:
        raise ValueError(f"it is not a shard: {error}") from error
    if vectors.shape != (len(keys), dimension):
        raise ValueError(f"it holds {vectors.shape} vectors for {len(keys)} texts of width {dimension}")
    return VectorShard(tuple(row.tobytes() for row in keys), vectors)


def _checksum(body: bytes, fingerprint: str) -> bytes:
    salt = json.dumps(fingerprint).encode()
    return hashlib.sha256(salt + hashlib.sha256(body).digest()).digest()
