"""Decides which thread does what: text encoding never on the event loop, searches there only while they are short.

The seam for admission control and micro-batching: every recommendation passes here. Knows nothing of messages.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from firstlight_server.answer import Answer
from firstlight_server.call import Deadline
from firstlight_server.evidence import Evidence
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_server.query import RecommendQuery, SimilarQuery
from firstlight_server.recommender import Newcomer
from firstlight_server.text_vectors import TextVectorMap

_Result = TypeVar("_Result")


class Dispatcher:
    """Runs questions against a loaded snapshot on a fixed, small set of threads."""

    def __init__(self, *, search_threads: int, encode_threads: int) -> None:
        self._search = ThreadPoolExecutor(search_threads, thread_name_prefix="search")
        self._encode = ThreadPoolExecutor(encode_threads, thread_name_prefix="encode")

    async def recommend(
        self, loaded: LoadedSnapshot, queries: Sequence[RecommendQuery], *, deadline: Deadline
    ) -> list[Answer]:
        """One answer for each question, in their order.

        Raises:
            DeadlinePassedError: nobody waits for the answers any more.
        """
        evidence = await self._in_search(partial(_read, loaded, queries), deadline=deadline)
        texts = await self._texts(loaded, evidence, deadline)
        newcomers = [Newcomer(*pair) for pair in zip(queries, evidence, strict=True)]
        return await self._in_search(partial(loaded.recommender.recommend, newcomers, texts=texts), deadline=deadline)

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

    async def _texts(self, loaded: LoadedSnapshot, evidence: Sequence[Evidence], deadline: Deadline) -> TextVectorMap:
        prompts = [prompt for one in evidence for prompt in one.prompts]
        if loaded.texts is None or not prompts:
            return {}
        known = loaded.texts.known(prompts)
        missing = [prompt for prompt in prompts if prompt not in known]
        if missing:
            encode = partial(loaded.texts.encode, missing, deadline=deadline)
            known |= await asyncio.get_running_loop().run_in_executor(self._encode, encode)
        return known

    async def _in_search(self, work: Callable[[], _Result], *, deadline: Deadline) -> _Result:
        def unless_late() -> _Result:
            deadline.check()
            return work()

        return await asyncio.get_running_loop().run_in_executor(self._search, unless_late)


def _read(loaded: LoadedSnapshot, queries: Sequence[RecommendQuery]) -> list[Evidence]:
    now_s = time.time()
    return [loaded.reader.read(query, now_s=now_s) for query in queries]
