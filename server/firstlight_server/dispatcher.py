"""Decides which thread does what: neither encoding nor searching ever runs on the event loop.

A hop to a thread costs 0.04 ms of about 1 ms; searching on the loop was no faster and starved health and cancels.

The seam for admission control and micro-batching: every recommendation passes here. Knows nothing of messages.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from prometheus_client import Histogram

from firstlight_server.answer import Answer
from firstlight_server.call import Deadline, stage
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_server.query import RecommendQuery, SimilarQuery
from firstlight_server.recommender import Newcomer
from firstlight_server.text_vectors import TextVectorMap, TextVectors

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class _Job:
    """Questions that were read: the vectors of the texts already known, the texts still missing, or the answers."""

    newcomers: Sequence[Newcomer]
    texts: TextVectorMap
    missing: Sequence[str]
    answers: list[Answer] | None


class Dispatcher:
    """Runs questions against a loaded snapshot on a fixed, small set of threads."""

    def __init__(self, *, search_threads: int, encode_threads: int, search_batches: Histogram) -> None:
        self._search = ThreadPoolExecutor(search_threads, thread_name_prefix="search")
        self._encode = ThreadPoolExecutor(encode_threads, thread_name_prefix="encode")
        self._search_batches = search_batches

    async def recommend(
        self, loaded: LoadedSnapshot, queries: Sequence[RecommendQuery], *, deadline: Deadline
    ) -> list[Answer]:
        """One answer for each question, in their order.

        Raises:
            DeadlinePassedError: nobody waits for the answers any more.
        """
        self._search_batches.observe(len(queries))
        job = await self._in_search(partial(_begin, loaded, queries), deadline=deadline)
        if job.answers is not None:
            return job.answers
        texts = {**job.texts, **await self._encoded(loaded.texts, job.missing, deadline=deadline)}
        return await self._in_search(
            partial(loaded.recommender.recommend, job.newcomers, texts=texts), deadline=deadline
        )

    async def similar(self, loaded: LoadedSnapshot, query: SimilarQuery, *, deadline: Deadline) -> Answer:
        """The neighbours of one item.

        Raises:
            DeadlinePassedError: nobody waits for the answer any more.
            UnknownItemError: the snapshot does not hold the item.
        """
        return await self._in_search(partial(loaded.recommender.similar, query), deadline=deadline)

    def close(self) -> None:
        """Ends the threads; work not begun is dropped."""
        for pool in (self._search, self._encode):
            pool.shutdown(wait=True, cancel_futures=True)

    async def _encoded(self, encoder: TextVectors | None, texts: Sequence[str], *, deadline: Deadline) -> TextVectorMap:
        if encoder is None:
            return {}
        encode = partial(encoder.encode, texts, deadline=deadline)
        with stage("encode"):
            return await asyncio.get_running_loop().run_in_executor(self._encode, encode)

    async def _in_search(self, work: Callable[[], _Result], *, deadline: Deadline) -> _Result:
        def unless_late() -> _Result:
            deadline.check()
            return work()

        return await asyncio.get_running_loop().run_in_executor(self._search, unless_late)


def _begin(loaded: LoadedSnapshot, queries: Sequence[RecommendQuery]) -> _Job:
    """Reads the questions, and answers them at once if no text must be encoded: the usual case costs one hop."""
    now_s = time.time()
    newcomers = [Newcomer(query, loaded.reader.read(query, now_s=now_s)) for query in queries]
    prompts = [prompt for newcomer in newcomers for prompt in newcomer.evidence.prompts]
    texts = loaded.texts.known(prompts) if loaded.texts else {}
    missing = [prompt for prompt in prompts if prompt not in texts]
    answers = None if missing else loaded.recommender.recommend(newcomers, texts=texts)
    return _Job(newcomers, texts, missing, answers)
