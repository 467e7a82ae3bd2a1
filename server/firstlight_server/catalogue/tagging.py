"""Which tags fit items: text against text, calibrated on the categories of the catalogue that answers.

The text encoder's own vectors are compared, before the space turns them towards what people take: on held-out
categories they tell tags better. Knows nothing of the wire, or of how a model is fitted.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.tag_model import TagModel, fit_tags
from firstlight_server.call import Deadline
from firstlight_server.catalogue.known_tags import KnownTags, known_tags
from firstlight_server.dispatcher import Dispatcher
from firstlight_server.errors import CatalogueFixedError
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_server.text_vectors import TextVectorMap, TextVectors

_WITHOUT_LABELS = TagModel(np.array([5.8, 0.49, -6.2]), 0.21)
"""Where a catalogue has no categories to calibrate on: as fitted on Complete Journey."""


@dataclass(frozen=True)
class FittingTag:
    """A tag that fits an item, and how sure that is, in 0..1."""

    name: str
    confidence: float


@dataclass(frozen=True)
class _Fitted:
    """A model, and ``(c, d)`` float32 unit rows of the catalogue at large."""

    model: TagModel
    catalogue: NDArray[np.float32]


class Tagging:
    """Tags items of every snapshot. Methods belong to the event loop."""

    def __init__(self, dispatcher: Dispatcher, *, worker: ThreadPoolExecutor) -> None:
        self._dispatcher, self._worker = dispatcher, worker
        self._fitted: WeakKeyDictionary[TextVectors, asyncio.Task[_Fitted]] = WeakKeyDictionary()

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
        sure = fitted.model.confidence(_rows(vectors, tags), _rows(vectors, texts), fitted.catalogue)
        bar = fitted.model.threshold if least is None else least
        return [_fitting(tags, column, bar) for column in sure.T]

    def _fit(self, encoder: TextVectors, loaded: LoadedSnapshot) -> "asyncio.Task[_Fitted]":
        task = self._fitted.get(encoder)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = self._fitted[encoder] = asyncio.create_task(self._fitted_on(encoder, loaded))
        return task

    async def _fitted_on(self, encoder: TextVectors, loaded: LoadedSnapshot) -> _Fitted:
        known = known_tags(loaded.parts.items)
        vectors = await self._dispatcher.vectors(encoder, [*known.names, *known.texts], deadline=Deadline())
        catalogue = _rows(vectors, known.texts)
        if not known.can_calibrate:
            return _Fitted(_WITHOUT_LABELS, catalogue)
        loop = asyncio.get_running_loop()
        return _Fitted(await loop.run_in_executor(self._worker, _model, known, vectors, catalogue), catalogue)


def _model(known: KnownTags, vectors: TextVectorMap, catalogue: NDArray[np.float32]) -> TagModel:
    return fit_tags(_rows(vectors, known.names), catalogue, catalogue, known.holds)


def _rows(vectors: TextVectorMap, texts: Sequence[str]) -> NDArray[np.float32]:
    return np.stack([vectors[text] for text in texts])


def _fitting(tags: Sequence[str], confidences: NDArray[np.float64], bar: float) -> list[FittingTag]:
    order: list[int] = np.argsort(-confidences, kind="stable").tolist()
    return [FittingTag(tags[place], float(confidences[place])) for place in order if confidences[place] >= bar]
