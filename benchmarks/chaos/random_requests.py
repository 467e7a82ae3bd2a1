"""Random requests to the tiny catalogue, most of them sound, some at the limits and some beyond. Knows no server."""

import math
import random
from collections.abc import Callable, Sequence
from typing import TypeVar

from google.protobuf.timestamp_pb2 import Timestamp

from firstlight.v1 import recommendation_service_pb2 as pb
from firstlight.v1.types_pb2 import AttributeFilter, Declaration, Event, Filter

_Value = TypeVar("_Value")

_UNSOUND = 0.02

WORDS = ("Jam", "tea", "Grocery > Drinks", "Acme", "honey jam", "\0", "שלום 🫖", "x" * 1_000, "winter evening", " ")
WEIGHTS = (1.0, -1.0, 0.0, 5e-324, 100.0, -100.0)
IMPOSSIBLE = (math.nan, math.inf, -math.inf, 1e308, 101.0)
SIZES = (0, 1, 10, 70, 1_000)
IMPOSSIBLE_SIZES = (-1, 1_001, 2**31 - 1, -(2**31))


class RandomRequests:
    """Draws requests. With ``unsound``, some values are ones that the API refuses."""

    def __init__(self, rng: random.Random, *, items: int, unsound: bool = False) -> None:
        self._rng = rng
        self._items = items
        self._unsound = unsound

    def recommend(self) -> pb.RecommendRequest:
        """For one user."""
        rng = self._rng
        return pb.RecommendRequest(
            events=[self._event() for _ in range(rng.choice((0, 0, 1, 2, 5, 5, 60)))],
            declarations=[self._declaration() for _ in range(rng.choice((0, 0, 0, 1, 3)))],
            page_size=self._either(SIZES, IMPOSSIBLE_SIZES),
            exclude_item_ids=[self._item_id() for _ in range(rng.choice((0, 0, 3, 200)))],
            filter=self._filter() if rng.random() < 0.4 else None,
            want_reasons=rng.random() < 0.2,
            include_seen=rng.random() < 0.3,
            user_id=rng.choice(("", "u-1", "größe")),
            request_id=rng.choice(("", "r-1")),
        )

    def batch(self) -> pb.BatchRecommendRequest:
        """For several users."""
        return pb.BatchRecommendRequest(requests=[self.recommend() for _ in range(self._rng.randint(1, 3))])

    def similar(self) -> pb.SimilarItemsRequest:
        """For an item."""
        return pb.SimilarItemsRequest(
            item_id=self._item_id(),
            page_size=self._either(SIZES, IMPOSSIBLE_SIZES),
            exclude_item_ids=[self._item_id() for _ in range(self._rng.choice((0, 3)))],
            filter=self._filter() if self._rng.random() < 0.4 else None,
        )

    def any_of(self) -> "tuple[str, pb.RecommendRequest | pb.BatchRecommendRequest | pb.SimilarItemsRequest]":
        """A method's name and a request to it."""
        draws: dict[str, Callable[[], pb.RecommendRequest | pb.BatchRecommendRequest | pb.SimilarItemsRequest]] = {
            "Recommend": self.recommend,
            "BatchRecommend": self.batch,
            "SimilarItems": self.similar,
        }
        method = self._rng.choices(tuple(draws), weights=(6, 1, 2))[0]
        return method, draws[method]()

    def _either(self, sound: Sequence[_Value], impossible: Sequence[_Value]) -> _Value:
        return self._rng.choice(impossible if self._unsound and self._rng.random() < _UNSOUND else sound)

    def _item_id(self) -> str:
        return f"i{self._rng.randrange(self._items):04d}" if self._rng.random() < 0.95 else "nobody"

    def _event(self) -> Event:
        rng = self._rng
        seconds = self._either((631_152_000, 1_700_000_000, 4_133_980_799), (0, -1, 2**40))
        return Event(
            item_id=self._item_id() if rng.random() < 0.9 else "",
            type=self._either(tuple(range(8)), (99, -1)),  # type: ignore[arg-type]  # any number travels
            timestamp=Timestamp(seconds=seconds) if rng.random() < 0.5 else None,
            weight=self._either(WEIGHTS, IMPOSSIBLE) if rng.random() < 0.5 else None,
            text=rng.choice(WORDS),
        )

    def _declaration(self) -> Declaration:
        kind = self._rng.choice(("category", "brand", "text"))
        words = self._either(WORDS[:-1], ("", " ", "x" * 1_001))
        return Declaration(**{kind: words}, weight=self._either(WEIGHTS, IMPOSSIBLE))

    def _filter(self) -> Filter:
        rng = self._rng
        return Filter(
            categories=rng.sample(("jam", "Grocery", "Nowhere"), rng.randint(0, 2)),
            brands=rng.sample(("Acme", "borealis"), rng.randint(0, 2)),
            min_price=self._either((-5.0, 0.0, 20.0), IMPOSSIBLE[:3]) if rng.random() < 0.3 else None,
            max_price=self._either((5.0, 50.0), IMPOSSIBLE[:3]) if rng.random() < 0.3 else None,
            include_unavailable=rng.random() < 0.5,
            attributes=[AttributeFilter(key="size", values=["small"])] if rng.random() < 0.3 else [],
        )
