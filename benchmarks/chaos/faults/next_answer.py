"""F1: an event that was acknowledged is in the user's very next answer, whichever worker gives it."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass

import grpc
import grpc.aio

from benchmarks.chaos.fault import Outcome, unmet
from benchmarks.chaos.fleet import Fleet, fleet
from benchmarks.chaos.shop import ITEMS, shop
from firstlight.v1 import feedback_service_pb2 as pb
from firstlight.v1 import feedback_service_pb2_grpc as pb_grpc
from firstlight.v1 import recommendation_service_pb2 as recommendation_pb
from firstlight.v1 import recommendation_service_pb2_grpc as recommendation_grpc
from firstlight.v1.types_pb2 import Event

WORKERS, USERS = 2, 8
"""Users act at once, each over two connections; the kernel spreads connections over workers."""
HISTORY = 40
"""Events of one user before the next one comes, fewer than an answer reads."""


@dataclass(frozen=True)
class NextAnswer:
    """A round is an event, recorded over one connection, and an answer over another."""

    id: str = "F1"
    title: str = "an acknowledged event in the next answer, two workers; a round an event"
    rounds: int = 10_000

    def run(self, rounds: int, seed: int) -> Outcome:
        """Every answer says how many stored events it read, and leaves out the item that was just taken."""
        with shop() as data_dir, fleet(data_dir, log=data_dir / "server.log", workers=WORKERS) as servers:
            servers.until_serving(WORKERS)
            return asyncio.run(_run(servers, rounds, seed))


async def _run(servers: Fleet, rounds: int, seed: int) -> Outcome:
    seen: Counter[str] = Counter()
    missed: list[str] = []
    parts = [rounds // USERS + (at < rounds % USERS) for at in range(USERS)]
    async with asyncio.TaskGroup() as group:
        for at, part in enumerate(parts):
            group.create_task(_user(servers.target, part, random.Random(f"{seed}-{at}"), f"user-{at}", seen, missed))
    failures = unmet(next_answer=(not missed, f"{len(missed)} of {rounds:,}, such as {missed[:3]}"))
    figures = {"in the next answer": seen["there"] / rounds, "events": seen["recorded"]}
    return Outcome(rounds=rounds, failures=failures, figures=figures)


async def _user(
    target: str, rounds: int, draw: random.Random, name: str, seen: Counter[str], missed: list[str]
) -> None:
    options = [("grpc.use_local_subchannel_pool", 1)]
    async with grpc.aio.insecure_channel(target, options) as one, grpc.aio.insecure_channel(target, options) as other:
        feedback = pb_grpc.FeedbackServiceStub(one)
        recommendations = recommendation_grpc.RecommendationServiceStub(other)
        for number in range(rounds):
            user, item_id = f"{name}-{number // HISTORY}", f"i{draw.randrange(ITEMS):04d}"
            event = pb.UserEvent(event_id=f"{name}-{number}", user_id=user, event=Event(item_id=item_id))
            done = await feedback.RecordEvents(pb.RecordEventsRequest(events=[event]), timeout=30)
            seen["recorded"] += done.recorded_count
            asked = recommendation_pb.RecommendRequest(user_id=user)
            answer = await recommendations.Recommend(asked, timeout=30)
            is_there = answer.stored_event_count == number % HISTORY + 1
            if is_there and item_id not in {item.item_id for item in answer.items}:
                seen["there"] += 1
            else:
                told = [warning.message for warning in answer.warnings]
                missed.append(f"{event.event_id}: {answer.stored_event_count} events read {told}")


FAULTS = (NextAnswer(),)
