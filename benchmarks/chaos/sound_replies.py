"""I4: whatever is asked, a reply holds what every reply promises. In process, at the recommender's own door."""

import math
import random
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.chaos.fault import Outcome
from benchmarks.chaos.random_requests import RandomRequests
from benchmarks.chaos.tally import Tally
from firstlight_encoder import TokenType
from firstlight_server.answer import WarningCode
from firstlight_server.errors import InvalidRequestError
from firstlight_server.loaded_snapshot import LoadedSnapshot, Loading, load
from firstlight_server.messages import recommend_query
from firstlight_server.query import RecommendQuery
from firstlight_server.question import Newcomer
from firstlight_server.validation import check_recommend
from firstlight_store import SnapshotStore
from tests.server.tiny_snapshot import TWO_STAGES, TinySnapshot


class SoundReplies:
    """No item twice, none unknown, excluded, disliked or seen; scores finite and falling; a full page or a warning."""

    id = "I4"
    title = "replies to random requests, of one stage and of two"
    rounds = 1_000_000

    def run(self, rounds: int, seed: int) -> Outcome:
        """As many replies as ``rounds``."""
        tally = Tally()
        with TemporaryDirectory() as place:
            for number, snapshot in enumerate((TinySnapshot(), TWO_STAGES)):
                data_dir = Path(place) / str(number)
                snapshot.publish(data_dir)
                loaded = load(SnapshotStore(data_dir).open(), Loading(min_recall=0.95, text_cache_entries=1_000))
                requests = RandomRequests(random.Random(seed + number), items=snapshot.items)
                known = frozenset(loaded.snapshot.items().ids)
                for _ in range(rounds // 2):
                    tally.count(_broken_rule(loaded, requests, known))
                loaded.close()
        return tally.outcome("half of them of one stage, half of two")


def _broken_rule(loaded: LoadedSnapshot, requests: RandomRequests, known: frozenset[str]) -> str | None:
    request = requests.recommend()
    try:
        check_recommend(request)
    except InvalidRequestError:
        return None  # an event of nothing, and the like: refused at the door
    query = recommend_query(request)
    evidence = loaded.reader.read(query, now_s=time.time())
    texts = loaded.texts.encode(evidence.prompts) if loaded.texts else {}
    answer = loaded.recommender.recommend([Newcomer(query, evidence)], texts=texts)[0]
    ids, scores = [item.item_id for item in answer.items], [item.score for item in answer.items]
    too_narrow = WarningCode.FILTER_TOO_NARROW in {notice.code for notice in answer.notices}
    kept = {
        "no item twice": len(set(ids)) == len(ids),
        "items of the snapshot only": all(item_id in known for item_id in ids),
        "nothing excluded, disliked or seen": not _unwanted(query).intersection(ids),
        "finite scores": all(math.isfinite(score) for score in scores),
        "falling scores": scores == sorted(scores, reverse=True),
        "a full page, or a warning": (len(ids) < query.scope.page_size) == too_narrow,
    }
    broken = [rule for rule, holds in kept.items() if not holds]
    return f"{', '.join(broken)} broken by {str(request)[:300]}" if broken else None


def _unwanted(query: RecommendQuery) -> set[str]:
    disliked = {event.item_id for event in query.events if event.type is TokenType.DISLIKE}
    seen: set[str] = set() if query.include_seen else {event.item_id for event in query.events}
    return set(query.scope.exclude_item_ids) | disliked | seen
