"""Which tags fit items: text against text, calibrated on the categories of the catalogue that answers.

Knows nothing of the wire, or of how a curve is fitted.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.tagging.catalogue_tags import CatalogueTags, stacked
from firstlight_encoder.tagging.known_tags import known_tags
from firstlight_server.call import Deadline
from firstlight_server.dispatcher import Dispatcher
from firstlight_server.errors import CatalogueFixedError
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_server.text_vectors import TextVectors


@dataclass(frozen=True)
class FittingTag:
    """A tag that fits an item, and how sure that is, in 0..1."""

    name: str
    confidence: float


class Tagging:
    """Tags items of every snapshot. Methods belong to the event loop."""

    def __init__(self, dispatcher: Dispatcher, *, worker: ThreadPoolExecutor) -> None:
        self._dispatcher, self._worker = dispatcher, worker
        self._fitted: WeakKeyDictionary[TextVectors, asyncio.Task[CatalogueTags]] = WeakKeyDictionary()

    async def tag(
        self,
        loaded: LoadedSnapshot,
        texts: Sequence[str],
        tags: Sequence[str],
        *,
        least: float | None,
        deadline: Deadline,
    ) -> list[list[FittingTag]]:
        """For each item, by its text, the tags that fit it with at least the confidence ``least``, surest first.

        None takes what was best on the categories of the catalogue. The first call of a snapshot waits for its fit.

        Raises:
            CatalogueFixedError: the snapshot carries no text encoder.
            DeadlinePassedError: the texts would not be encoded in time.
        """
        encoder = loaded.parts.plain_texts
        if encoder is None:
            raise CatalogueFixedError(f"snapshot {loaded.id} has no text encoder; publish one that carries it")
        vectors = await self._dispatcher.vectors(encoder, [*tags, *texts], deadline=deadline)
        fitted = await asyncio.shield(self._fit(encoder, loaded))
        sure = fitted.confidence(stacked(vectors, tags), stacked(vectors, texts))
        bar = fitted.model.threshold if least is None else least
        return [_fitting(tags, column, bar) for column in sure.T]

    def _fit(self, encoder: TextVectors, loaded: LoadedSnapshot) -> "asyncio.Task[CatalogueTags]":
        task = self._fitted.get(encoder)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = self._fitted[encoder] = asyncio.create_task(self._fitted_on(encoder, loaded))
        return task

    async def _fitted_on(self, encoder: TextVectors, loaded: LoadedSnapshot) -> CatalogueTags:
        items = loaded.parts.items
        known = known_tags(items.count, title=items.title, category=items.category)
        vectors = await self._dispatcher.vectors(encoder, [*known.names, *known.texts], deadline=Deadline())
        return await asyncio.get_running_loop().run_in_executor(self._worker, CatalogueTags.fitted, known, vectors)


def _fitting(tags: Sequence[str], confidences: NDArray[np.float64], bar: float) -> list[FittingTag]:
    order: list[int] = np.argsort(-confidences, kind="stable").tolist()
    return [FittingTag(tags[place], float(confidences[place])) for place in order if confidences[place] >= bar]
