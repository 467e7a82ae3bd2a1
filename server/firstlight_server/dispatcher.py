"""Decides which thread does what: neither encoding nor searching ever runs on the event loop.

Questions that wait are answered together, and so are texts that wait encoded: see ``micro_batches``. The seam for
admission control: every recommendation passes here. Knows nothing of messages.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from firstlight_server.answer import Answer
from firstlight_server.call import Deadline
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_server.micro_batches import MicroBatches
from firstlight_server.query import RecommendQuery, SimilarQuery
from firstlight_server.question import Newcomer
from firstlight_server.text_vectors import TextVectorMap, TextVectors

MOST_TOGETHER = 16
"""Questions answered, and texts encoded, in one go: FAISS and ONNX Runtime take more time a row beyond it."""


@dataclass(frozen=True)
class _Read:
    """Questions of one call, read: the vectors of the texts that are known, and the texts still missing."""

    newcomers: Sequence[Newcomer]
    texts: TextVectorMap
    missing: Sequence[str]


_Asked = Sequence[RecommendQuery] | _Read


class Dispatcher:
    """Runs questions against a loaded snapshot on a fixed, small set of threads."""

    def __init__(self, *, search_threads: int, encode_threads: int) -> None:
        self._search = ThreadPoolExecutor(search_threads, thread_name_prefix="search")
        self._encode = ThreadPoolExecutor(encode_threads, thread_name_prefix="encode")
        self._answers = MicroBatches[LoadedSnapshot, _Asked, list[Answer] | _Read](
            _answered, executor=self._search, threads=search_threads, most=MOST_TOGETHER
        )
        self._likenesses = MicroBatches[LoadedSnapshot, SimilarQuery, Answer](
            _alike, executor=self._search, threads=search_threads, most=MOST_TOGETHER
        )
        self._vectors = MicroBatches[TextVectors, Sequence[str], TextVectorMap](
            _encoded, executor=self._encode, threads=encode_threads, most=MOST_TOGETHER
        )

    async def recommend(
        self, loaded: LoadedSnapshot, queries: Sequence[RecommendQuery], *, deadline: Deadline
    ) -> list[Answer]:
        """One answer for each question, in their order.

        Raises:
            DeadlinePassedError: nobody waits for the answers any more.
        """
        found = await self._answers.result(loaded, queries, size=len(queries), deadline=deadline)
        while isinstance(found, _Read):  # once: what is encoded is there
            vectors = await self._encoded(loaded, found.missing, deadline)
            read = replace(found, texts={**found.texts, **vectors}, missing=())
            found = await self._answers.result(loaded, read, size=len(queries), deadline=deadline)
        return found

    async def similar(self, loaded: LoadedSnapshot, query: SimilarQuery, *, deadline: Deadline) -> Answer:
        """The neighbours of one item.

        Raises:
            DeadlinePassedError: nobody waits for the answer any more.
            UnknownItemError: the snapshot does not hold the item.
        """
        return await self._likenesses.result(loaded, query, deadline=deadline)

    def close(self) -> None:
        """Ends the threads; work not begun is dropped."""
        for pool in (self._search, self._encode):
            pool.shutdown(wait=True, cancel_futures=True)

    async def _encoded(self, loaded: LoadedSnapshot, texts: Sequence[str], deadline: Deadline) -> TextVectorMap:
        """The vectors of ``texts``, a few at a time: nobody else waits long, and late work ends."""
        found: dict[str, NDArray[np.float32]] = {}
        if loaded.texts is not None:
            for start in range(0, len(texts), MOST_TOGETHER):
                part = texts[start : start + MOST_TOGETHER]
                found |= await self._vectors.result(loaded.texts, part, size=len(part), deadline=deadline)
        return found


def _answered(loaded: LoadedSnapshot, asked: Sequence[_Asked]) -> list[list[Answer] | _Read]:
    """The answers of each call, or its questions read where a text must be encoded first."""
    reads = [one if isinstance(one, _Read) else _read(loaded, one) for one in asked]
    ready = [read for read in reads if not read.missing]
    texts = dict(chain.from_iterable(read.texts.items() for read in ready))
    newcomers = [newcomer for read in ready for newcomer in read.newcomers]
    answers = iter(loaded.recommender.recommend(newcomers, texts=texts))
    return [read if read.missing else list(islice(answers, len(read.newcomers))) for read in reads]


def _read(loaded: LoadedSnapshot, queries: Sequence[RecommendQuery]) -> _Read:
    now_s = time.time()
    newcomers = [Newcomer(query, loaded.reader.read(query, now_s=now_s)) for query in queries]
    prompts = [prompt for newcomer in newcomers for prompt in newcomer.evidence.prompts]
    texts = loaded.texts.known(prompts) if loaded.texts else {}
    missing = list(dict.fromkeys(prompt for prompt in prompts if prompt not in texts))
    return _Read(newcomers, texts, missing)


def _alike(loaded: LoadedSnapshot, queries: Sequence[SimilarQuery]) -> list[Answer]:
    return [loaded.recommender.similar(query) for query in queries]


def _encoded(encoder: TextVectors, wanted: Sequence[Sequence[str]]) -> list[TextVectorMap]:
    vectors = encoder.encode(list(chain.from_iterable(wanted)))
    return [{text: vectors[text] for text in texts} for texts in wanted]
