"""Text vectors by content, kept on disk, so that no text is encoded twice: not in one run, nor in the next.

It knows nothing of the encoder but its fingerprint and width. A run that is killed keeps every chunk that it finished.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from firstlight_store.directory_lock import locked
from firstlight_store.durable_files import DurableFiles
from firstlight_store.errors import EncodingInvalid
from firstlight_store.filesystem import FileSystem
from firstlight_store.vector_shard import VectorShard, read_shard, shard_bytes, shard_name, text_keys

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
Progress = Callable[[int, int], None]
Warn = Callable[[str], None]
_TEMPORARY = ".writing-"


class CachedVectors(NamedTuple):
    """What `get_or_encode` returns."""

    vectors: NDArray[np.float32]
    """(n, dimension) float32, in the order of the texts."""
    encoded_count: int
    """How many distinct texts had to be encoded."""


def _ignore_progress(done: int, total: int) -> None:
    """Take no notice."""


def _ignore_warning(message: str) -> None:
    """Take no notice."""


def _fill(vectors: NDArray[np.float32], distinct: Sequence[str], shards: Iterable[VectorShard]) -> NDArray[np.bool_]:
    """Copy what `shards` know of `distinct` into `vectors` (m, d), and return which rows are known (m,) bool."""
    known = np.zeros(len(distinct), dtype=np.bool_)
    place_by_key = {key: place for place, key in enumerate(text_keys(distinct))}
    for shard in shards:
        rows = [row for row, key in enumerate(shard.keys) if key in place_by_key]
        places = [place_by_key[shard.keys[row]] for row in rows]
        vectors[places] = shard.vectors[rows]
        known[places] = True
    return known


class VectorCache:
    """A directory of shards for one encoder. Several processes may share it."""

    def __init__(
        self,
        directory: Path,
        *,
        fingerprint: str,
        dimension: int,
        chunk_texts: int = 2_048,
        filesystem: FileSystem | None = None,
    ) -> None:
        """Keep vectors of `dimension` floats under `directory`, apart from those of every other `fingerprint`.

        `chunk_texts` is how many texts are encoded, and then saved, at a time.
        """
        self._directory = directory / hashlib.sha256(fingerprint.encode()).hexdigest()[:16]
        self._fingerprint = fingerprint
        self._dimension = dimension
        self._chunk_texts = chunk_texts
        self._files = DurableFiles(filesystem or FileSystem())

    def get_or_encode(
        self,
        texts: Sequence[str],
        encode: Encode,
        *,
        on_progress: Progress = _ignore_progress,
        on_warning: Warn = _ignore_warning,
    ) -> CachedVectors:
        """Return a vector for every text; texts not seen before are passed to `encode`, the longest first.

        `on_progress(done, total)` counts the distinct texts to encode, once at the start and after every chunk.
        `on_warning(message)` hears of every damaged shard, which is removed and whose texts are encoded again.

        Raises:
            EncodingInvalid: `encode` returned another shape, or numbers that are not finite.
            DurabilityLost: an fsync failed.
            OSError: the disk is full or broken; what was saved before stays.
        """
        place_by_text = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        distinct = list(place_by_text)
        vectors = np.zeros((len(distinct), self._dimension), dtype=np.float32)
        known = _fill(vectors, distinct, self._shards(on_warning))
        missing = sorted(np.flatnonzero(~known).tolist(), key=lambda place: (-len(distinct[place]), distinct[place]))
        on_progress(0, len(missing))
        for start in range(0, len(missing), self._chunk_texts):
            places = missing[start : start + self._chunk_texts]
            vectors[places] = self._encode_and_save([distinct[place] for place in places], encode)
            on_progress(start + len(places), len(missing))
        order = np.fromiter((place_by_text[text] for text in texts), dtype=np.int64, count=len(texts))
        return CachedVectors(vectors[order], len(missing))

    def _shards(self, on_warning: Warn) -> Iterator[VectorShard]:
        """Yield the sound shards one at a time, so that memory holds one."""
        for path in sorted(self._directory.glob("shard-*.vectors")):
            try:
                yield read_shard(path, fingerprint=self._fingerprint, dimension=self._dimension)
            except ValueError as error:
                path.unlink(missing_ok=True)
                on_warning(f"{path} is damaged ({error}); it was removed and its texts will be encoded again")

    def _encode_and_save(self, texts: Sequence[str], encode: Encode) -> NDArray[np.float32]:
        vectors = np.asarray(encode(texts))
        if vectors.shape != (len(texts), self._dimension) or not bool(np.isfinite(vectors).all()):
            raise EncodingInvalid(
                f"the encoder returned {vectors.shape} for {len(texts)} texts; a finite ({len(texts)}, "
                f"{self._dimension}) matrix was expected of encoder {self._fingerprint!r}"
            )
        vectors = vectors.astype(np.float32, copy=False)
        self._save(VectorShard(tuple(text_keys(texts)), vectors))
        return vectors

    def _save(self, shard: VectorShard) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        path = self._directory / shard_name(shard)
        temporary = path.with_name(f"{_TEMPORARY}{path.name}")
        with locked(self._directory / ".lock"):
            # NOTE: temporary files exist only under this lock, so any that is here was left by a dead process.
            for leftover in self._directory.glob(f"{_TEMPORARY}*"):
                leftover.unlink()
            self._files.write(temporary, shard_bytes(shard, fingerprint=self._fingerprint))
            self._files.publish(temporary, path)
