import errno
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from firstlight_store import EncodingInvalid, VectorCache
from tests.store.faulty_filesystem import UnsyncedFileSystem, failing_at
from tests.store.tiny_snapshot import files_of

DIMENSION = 8


class Encoder:
    """Encodes a text as its length and its characters' codes, and keeps what it was asked."""

    def __init__(self, *, fail_at_call: int | None = None) -> None:
        self.calls: list[list[str]] = []
        self._fail_at_call = fail_at_call

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if len(self.calls) == self._fail_at_call:
            raise KeyboardInterrupt
        self.calls.append(list(texts))
        return expected(texts)

    @property
    def encoded(self) -> list[str]:
        return [text for call in self.calls for text in call]


def expected(texts: Sequence[str]) -> NDArray[np.float32]:
    codes = [[len(text), *(ord(c) for c in (text + " " * DIMENSION)[: DIMENSION - 1])] for text in texts]
    return np.array(codes, dtype=np.float32).reshape(len(texts), DIMENSION)


def cache(directory: Path, *, fingerprint: str = "encoder-a", chunk_texts: int = 4) -> VectorCache:
    return VectorCache(
        directory,
        fingerprint=fingerprint,
        dimension=DIMENSION,
        chunk_texts=chunk_texts,
        filesystem=UnsyncedFileSystem(),
    )


def test_vectors_come_in_the_order_of_the_texts_and_equal_texts_are_encoded_once(tmp_path: Path) -> None:
    texts = ["milk", "corn flakes", "milk", "socks", "corn flakes", "milk"]
    encoder = Encoder()
    vectors, encoded_count = cache(tmp_path).get_or_encode(texts, encoder)
    np.testing.assert_array_equal(vectors, expected(texts))
    assert encoded_count == 3
    assert sorted(encoder.encoded) == ["corn flakes", "milk", "socks"]


def test_nothing_is_encoded_a_second_time(tmp_path: Path) -> None:
    texts = [f"item {number}" for number in range(30)]
    cache(tmp_path).get_or_encode(texts, Encoder())
    again = Encoder()
    vectors, encoded_count = cache(tmp_path).get_or_encode(texts[::-1], again)
    np.testing.assert_array_equal(vectors, expected(texts[::-1]))
    assert (encoded_count, again.calls) == (0, [])


def test_only_changed_texts_are_encoded(tmp_path: Path) -> None:
    texts = [f"item {number}" for number in range(100)]
    cache(tmp_path).get_or_encode(texts, Encoder())
    texts[17] = "item seventeen"
    encoder = Encoder()
    assert cache(tmp_path).get_or_encode(texts, encoder).encoded_count == 1
    assert encoder.encoded == ["item seventeen"]


def test_another_encoder_shares_nothing(tmp_path: Path) -> None:
    cache(tmp_path, fingerprint="encoder-a").get_or_encode(["milk"], Encoder())
    assert cache(tmp_path, fingerprint="encoder-b").get_or_encode(["milk"], Encoder()).encoded_count == 1


def test_a_run_that_is_killed_keeps_the_chunks_it_finished(tmp_path: Path) -> None:
    texts = [f"item {number}" for number in range(20)]
    with pytest.raises(KeyboardInterrupt):
        cache(tmp_path).get_or_encode(texts, Encoder(fail_at_call=3))
    resumed = Encoder()
    vectors, encoded_count = cache(tmp_path).get_or_encode(texts, resumed)
    assert encoded_count == 20 - 3 * 4
    np.testing.assert_array_equal(vectors, expected(texts))


def test_progress_counts_the_distinct_texts_to_encode(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    texts = [f"item {number % 10}" for number in range(40)]
    cache(tmp_path).get_or_encode(texts, Encoder(), on_progress=lambda done, total: seen.append((done, total)))
    assert seen == [(0, 10), (4, 10), (8, 10), (10, 10)]


@pytest.mark.parametrize("damage", ["flip", "truncate", "empty"])
def test_a_damaged_shard_is_removed_with_a_warning_and_encoded_again(tmp_path: Path, damage: str) -> None:
    texts = [f"item {number}" for number in range(8)]
    cache(tmp_path).get_or_encode(texts, Encoder())
    shard = next(path for path in files_of(tmp_path) if path.suffix == ".vectors")
    data = bytearray(shard.read_bytes())
    data[-40] ^= 4  # in the last vector, where no parser would notice
    shard.write_bytes({"flip": bytes(data), "truncate": bytes(data[:50]), "empty": b""}[damage])
    warnings: list[str] = []
    encoder = Encoder()
    vectors, encoded_count = cache(tmp_path).get_or_encode(texts, encoder, on_warning=warnings.append)
    np.testing.assert_array_equal(vectors, expected(texts))
    assert encoded_count == 4
    assert len(warnings) == 1
    assert str(shard) in warnings[0]


@pytest.mark.parametrize("step", range(3))
def test_a_full_disk_loses_nothing_that_was_saved(tmp_path: Path, step: int) -> None:
    cache(tmp_path).get_or_encode(["milk"], Encoder())
    full = VectorCache(tmp_path, fingerprint="encoder-a", dimension=DIMENSION, filesystem=failing_at(step))
    with pytest.raises(Exception, match="No space left"):
        full.get_or_encode(["milk", "socks"], Encoder())
    encoder = Encoder()
    vectors, _ = cache(tmp_path).get_or_encode(["milk", "socks"], encoder)
    np.testing.assert_array_equal(vectors, expected(["milk", "socks"]))
    assert encoder.encoded == ["socks"]
    assert [path.name for path in files_of(tmp_path) if path.name.startswith(".writing")] == []


@pytest.mark.parametrize("bad", ["width", "count", "nan"])
def test_an_encoder_that_returns_nonsense_is_refused(tmp_path: Path, bad: str) -> None:
    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        sound = expected(texts)
        return {"width": sound[:, 1:], "count": sound[1:], "nan": sound * np.float32(np.nan)}[bad]

    with pytest.raises(EncodingInvalid, match="was expected of encoder 'encoder-a'"):
        cache(tmp_path).get_or_encode(["milk", "socks"], encode)


def test_no_texts_yield_no_vectors(tmp_path: Path) -> None:
    vectors, encoded_count = cache(tmp_path).get_or_encode([], Encoder())
    assert (vectors.shape, encoded_count) == ((0, DIMENSION), 0)


def test_any_text_can_be_cached(tmp_path: Path) -> None:
    texts = ["", "\x00", "naïve 🥣", "\ud800 half a pair", "שלום"]
    cache(tmp_path).get_or_encode(texts, Encoder())
    vectors, encoded_count = cache(tmp_path).get_or_encode(texts, Encoder())
    np.testing.assert_array_equal(vectors, expected(texts))
    assert encoded_count == 0


def test_disk_errors_keep_their_number(tmp_path: Path) -> None:
    full = VectorCache(tmp_path, fingerprint="encoder-a", dimension=DIMENSION, filesystem=failing_at(0))
    with pytest.raises(OSError, match="No space left") as caught:
        full.get_or_encode(["milk"], Encoder())
    assert caught.value.errno == errno.ENOSPC
