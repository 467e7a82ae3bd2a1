"""Calls about users with a history, over one connection, and how they ended. Knows nothing of faults."""

import asyncio
import itertools
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import grpc
import grpc.aio

from benchmarks.chaos.shop import ITEMS, known_user
from firstlight.v1 import feedback_service_pb2 as pb
from firstlight.v1 import feedback_service_pb2_grpc as pb_grpc
from firstlight.v1 import profile_service_pb2 as profile_pb
from firstlight.v1 import profile_service_pb2_grpc as profile_grpc
from firstlight.v1 import recommendation_service_pb2_grpc as recommendation_grpc
from firstlight.v1.types_pb2 import WARNING_CODE_HISTORY_UNAVAILABLE, Event

AT_A_TIME: Final = 4
USERS, STORED = 100, 5
"""Users, and the events that are stored of each."""
_PROFILE_EVERY = 10
_RECORDED_EVERY = 50
"""Calls between two profiles, and two events that are recorded."""


@dataclass
class Seen:
    """What became of the calls while the store was in one state."""

    took_ms: list[float] = field(default_factory=list[float])
    profiles_ms: list[float] = field(default_factory=list[float])
    answers: Counter[str] = field(default_factory=Counter[str])
    profiles: Counter[str] = field(default_factory=Counter[str])
    events: Counter[str] = field(default_factory=Counter[str])
    longest_event_s: float = 0.0


@dataclass(frozen=True)
class UserCalls:
    """Asks over ``channel``; ``seed`` decides what."""

    channel: grpc.aio.Channel
    seed: int

    async def remember(self) -> None:
        """Gives every user a history."""
        events = [
            pb.UserEvent(event_id=f"h-{number}", user_id=_user(number), event=Event(item_id=f"i{number % ITEMS:04d}"))
            for number in range(USERS * STORED)
        ]
        await pb_grpc.FeedbackServiceStub(self.channel).RecordEvents(pb.RecordEventsRequest(events=events), timeout=10)

    async def asked(self, rounds: int, state: str) -> Seen:
        """A round is a recommendation; every 10th has a profile beside it, every 50th an event."""
        seen, numbers = Seen(), itertools.count()

        async def ask() -> None:
            while (number := next(numbers)) < rounds:
                if number % _RECORDED_EVERY == 0:
                    await self._record(f"{state}-{number}", seen)
                if number % _PROFILE_EVERY == 0:
                    await self._profile(number, seen)
                await self._recommend(number, seen)

        await asyncio.gather(*(ask() for _ in range(AT_A_TIME)))
        return seen

    async def _recommend(self, number: int, seen: Seen) -> None:
        request = known_user(self.seed + number)
        request.user_id = _user(number)
        began_s = time.perf_counter()
        answer = await recommendation_grpc.RecommendationServiceStub(self.channel).Recommend(request, timeout=30)
        seen.took_ms.append(1e3 * (time.perf_counter() - began_s))
        marked = any(warning.code == WARNING_CODE_HISTORY_UNAVAILABLE for warning in answer.warnings)
        told = "marked" if marked else "whole" if answer.stored_event_count >= STORED else "forgetful"
        seen.answers[f"{len(answer.items)} items, {told}"] += 1

    async def _profile(self, number: int, seen: Seen) -> None:
        asked = profile_pb.GetInterestProfileRequest(user_id=_user(number))
        began_s = time.perf_counter()
        answer = await profile_grpc.ProfileServiceStub(self.channel).GetInterestProfile(asked, timeout=30)
        seen.profiles_ms.append(1e3 * (time.perf_counter() - began_s))
        marked = any(warning.code == WARNING_CODE_HISTORY_UNAVAILABLE for warning in answer.warnings)
        seen.profiles["marked" if marked else "whole" if answer.event_count >= STORED else "forgetful"] += 1

    async def _record(self, event_id: str, seen: Seen) -> None:
        event = pb.UserEvent(event_id=event_id, user_id="recorded", event=Event(item_id="i0001"))
        began_s = time.perf_counter()
        try:
            request = pb.RecordEventsRequest(events=[event])
            await pb_grpc.FeedbackServiceStub(self.channel).RecordEvents(request, timeout=10)
            seen.events["OK"] += 1
        except grpc.aio.AioRpcError as error:
            seen.events[error.code().name] += 1
        seen.longest_event_s = max(seen.longest_event_s, time.perf_counter() - began_s)


def _user(number: int) -> str:
    return f"user-{number % USERS}"
