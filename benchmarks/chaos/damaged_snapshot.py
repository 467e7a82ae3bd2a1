"""R5: one bit of a snapshot is flipped, or a file cut short. Other kinds of damage: `bad_publication.py`."""

import random
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.chaos.fault import Outcome
from benchmarks.chaos.tally import Tally
from firstlight_store import SnapshotRefused, SnapshotStore
from tests.server.tiny_snapshot import TinySnapshot
from tests.store.tiny_snapshot import files_of

_TRUNCATED = 0.1
"""The share of rounds that cut a file short instead of flipping a bit."""


class DamagedSnapshot:
    """Every damage is refused, by a named reason, by the store alone: nothing has parsed a byte by then."""

    id = "R5"
    title = "one flipped bit, or a truncated file, in a snapshot that a server would load"
    rounds = 10_000

    def run(self, rounds: int, seed: int) -> Outcome:
        """As many damages as ``rounds``, each undone before the next."""
        tally, rng, reasons = Tally(), random.Random(seed), Counter[str]()
        with TemporaryDirectory() as place:
            root = Path(place)
            snapshot_id = TinySnapshot().publish(root)
            files = list(files_of(root / "default" / snapshot_id))
            for path in files:
                path.chmod(0o644)
            for _ in range(rounds):
                path = rng.choice(files)
                sound = path.read_bytes()
                path.write_bytes(_damaged(sound, rng))
                reason = _refusal(root)
                reasons[reason or "accepted"] += 1
                tally.count(None if reason else f"{path.name} was accepted")
                path.write_bytes(sound)
            tally.count(_refusal(root) and "the undamaged snapshot was refused")
        return tally.outcome(", ".join(f"{count} {reason}" for reason, count in reasons.most_common()))


def _damaged(sound: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(sound))
    if rng.random() < _TRUNCATED:
        return sound[:place]
    damaged = bytearray(sound)
    damaged[place] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def _refusal(root: Path) -> str | None:
    try:
        SnapshotStore(root).open().close()
    except SnapshotRefused as refused:
        return refused.reason
    return None
