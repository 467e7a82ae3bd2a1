"""Decides where what is done: encoding on threads, searching on the event loop while it is short, else on threads.

Questions that wait are answered together, and so are texts that wait encoded: see ``micro_batches``. Knows nothing
of messages or of who is let in.
"""

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from prometheus_client import Histogram

from firstlight_server.answer import Answer
from firstlight_server.call import Deadline, stage
from firstlight_server.degradation.rung import Rung
from firstlight_server.degradation.simplified import simplified
from firstlight_server.encoding_time import EncodingTime
from firstlight_server.errors import DeadlinePassedError
from firstlight_server.evidence import Evidence
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_server.micro_batches import MicroBatches
from firstlight_server.query import RecommendQuery, SimilarQuery
from firstlight_server.question import Newcomer
from firstlight_server.text_vectors import TextVectorMap, TextVectors

_LOOP_S = 0.01
"""How long searching may hold up the event loop at a time, in seconds: what a thread of Python would do to it too."""

_ANSWER_S = 0.01
"""What is left of a call's time for ranking once its texts are encoded, in seconds."""


@dataclass(frozen=True)
class _Unread:
    """Questions of one call, and how simply to answer them."""

    queries: Sequence[RecommendQuery]
    rung: Rung


@dataclass(frozen=True)
class _Read:
    """Questions of one call, read: the vectors of the texts that are known, and the texts still missing."""

    newcomers: Sequence[Newcomer]
    texts: TextVectorMap
    missing: Sequence[str]


_Asked = _Unread | _Read
_Result = TypeVar("_Result")


class Dispatcher:
    """Runs questions against a loaded snapshot on a fixed, small set of threads.

    Attributes:
        encoding: how long texts take to encode lately.
    """

    def __init__(
        self, *, search_threads: int, encode_threads: int, search_batches: Histogram, most_together: int = 16
    ) -> None:
        """Takes what it runs on.

        Args:
            search_threads: how many search what is too long for the event loop.
            encode_threads: how many encode texts.
            search_batches: told how many questions were answered together.
            most_together: questions answered, and texts encoded, in one go: FAISS and ONNX Runtime take more time a
                row beyond 16.
        """
        self._most = most_together
        self._search = ThreadPoolExecutor(search_threads, thread_name_prefix="search")
        self._encode = ThreadPoolExecutor(encode_threads, thread_name_prefix="encode")
        self.encoding = EncodingTime()
        self._answers = MicroBatches[LoadedSnapshot, _Asked, list[Answer] | _Read](
            self._answered, executor=self._search, threads=search_threads, most=most_together, loop_s=_LOOP_S
        )
        self._likenesses = MicroBatches[LoadedSnapshot, SimilarQuery, Answer](
            _alike, executor=self._search, threads=search_threads, most=most_together, loop_s=_LOOP_S
        )
        self._vectors = MicroBatches[TextVectors, Sequence[str], TextVectorMap](
            _encoded, executor=self._encode, threads=encode_threads, most=most_together
        )
        self._search_batches = search_batches

    async def recommend(
        self,
        loaded: LoadedSnapshot,
        queries: Sequence[RecommendQuery],
        *,
        deadline: Deadline,
        rung: Rung = Rung.FULL,
    ) -> list[Answer]:
        """One answer for each question, in their order, made at ``rung`` or, where texts would come too late, below.

        Raises:
            DeadlinePassedError: nobody waits for the answers any more.
        """
        size = len(queries)
        found = await self._answers.result(loaded, _Unread(queries, rung), size=size, deadline=deadline)
        while isinstance(found, _Read):  # once: what was not encoded in time is left out
            texts = {**found.texts, **await self._encoded(loaded.texts, found.missing, deadline)}
            read = _Read([_at_hand(newcomer, texts) for newcomer in found.newcomers], texts, ())
            found = await self._answers.result(loaded, read, size=size, deadline=deadline)
        return found

    async def similar(self, loaded: LoadedSnapshot, query: SimilarQuery, *, deadline: Deadline) -> Answer:
        """The neighbours of one item.

        Raises:
            DeadlinePassedError: nobody waits for the answer any more.
            UnknownItemError: the snapshot does not hold the item.
        """
        return await self._likenesses.result(loaded, query, deadline=deadline)

    async def texts(self, encoder: TextVectors | None, prompts: Sequence[str], *, deadline: Deadline) -> TextVectorMap:
        """The vectors of ``prompts``; not of those that would come too late, and none without an ``encoder``."""
        if encoder is None:
            return {}
        wanted = list(dict.fromkeys(prompts))
        known = encoder.known(wanted)
        missing = [prompt for prompt in wanted if prompt not in known]
        return {**known, **(await self._encoded(encoder, missing, deadline) if missing else {})}

    async def aside(self, work: Callable[[], _Result]) -> _Result:
        """What ``work`` returns, run on a thread for searching."""
        return await asyncio.get_running_loop().run_in_executor(self._search, work)

    async def vectors(self, encoder: TextVectors, texts: Sequence[str], *, deadline: Deadline) -> TextVectorMap:
        """The vectors of all ``texts``.

        Raises:
            DeadlinePassedError: they would not be encoded in time.
        """
        found, wanted = await self.texts(encoder, texts, deadline=deadline), set(texts)
        if len(found) < len(wanted):
            raise DeadlinePassedError(f"{len(wanted):,} texts cannot be encoded in time; send fewer at once")
        return found

    def _answered(self, loaded: LoadedSnapshot, asked: Sequence[_Asked]) -> list[list[Answer] | _Read]:
        """The answers of each call, or its questions read where a text must be encoded first."""
        reads = [one if isinstance(one, _Read) else _read(loaded, one) for one in asked]
        ready = [read for read in reads if not read.missing]
        texts = dict(chain.from_iterable(read.texts.items() for read in ready))
        newcomers = [newcomer for read in ready for newcomer in read.newcomers]
        if newcomers:
            self._search_batches.observe(len(newcomers))
        answers = iter(loaded.recommender.recommend(newcomers, texts=texts))
        return [read if read.missing else list(islice(answers, len(read.newcomers))) for read in reads]

    def close(self) -> None:
        """Ends the threads; work not begun is dropped."""
        for pool in (self._search, self._encode):
            pool.shutdown(wait=True, cancel_futures=True)

    async def _encoded(self, encoder: TextVectors | None, texts: Sequence[str], deadline: Deadline) -> TextVectorMap:
        """The vectors of ``texts``; not of those that would come too late for an answer by them."""
        found: dict[str, NDArray[np.float32]] = {}
        left_s = deadline.left_s - _ANSWER_S
        if encoder is None or self.encoding.expected_s(len(texts)) > left_s:
            return found
        try:
            with stage("encode"), self.encoding.spent_on(len(texts)):
                async with asyncio.timeout(None if math.isinf(left_s) else left_s):
                    for start in range(0, len(texts), self._most):  # a few at a time: nobody else waits long
                        part = texts[start : start + self._most]
                        found |= await self._vectors.result(encoder, part, size=len(part), deadline=deadline)
        except TimeoutError:
            pass
        return found


def _read(loaded: LoadedSnapshot, asked: _Unread) -> _Read:
    now_s = time.time()
    read = [loaded.reader.read(query, now_s=now_s) for query in asked.queries]
    prompts = [prompt for evidence in read for prompt in evidence.prompts]
    texts = loaded.texts.known(prompts) if loaded.texts else {}
    pairs = zip(asked.queries, read, strict=True)
    newcomers = [_newcomer(query, evidence, asked.rung, texts) for query, evidence in pairs]
    wanted = dict.fromkeys(prompt for newcomer in newcomers for prompt in newcomer.evidence.prompts)
    return _Read(newcomers, texts, [prompt for prompt in wanted if prompt not in texts])


def _newcomer(query: RecommendQuery, evidence: Evidence, rung: Rung, texts: TextVectorMap) -> Newcomer:
    simple = simplified(evidence, rung, texts)
    return Newcomer(query, simple.evidence, simple.rung)


def _at_hand(newcomer: Newcomer, texts: TextVectorMap) -> Newcomer:
    """The newcomer without the texts that were not encoded in time."""
    if all(prompt in texts for prompt in newcomer.evidence.prompts):
        return newcomer
    return _newcomer(newcomer.query, newcomer.evidence, Rung.KNOWN_VECTORS, texts)


def _alike(loaded: LoadedSnapshot, queries: Sequence[SimilarQuery]) -> list[Answer]:
    return [loaded.recommender.similar(query) for query in queries]


def _encoded(encoder: TextVectors, wanted: Sequence[Sequence[str]]) -> list[TextVectorMap]:
    vectors = encoder.encode(list(chain.from_iterable(wanted)))
    return [{text: vectors[text] for text in texts} for texts in wanted]
