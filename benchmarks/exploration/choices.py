"""Our LinUCB and Thompson sampling beside MABWiser's on one stream: who chooses what, as it learns.

MABWiser's arms have a model each; to ours that is one model over as many blocks of features, of which an arm's context
fills its own. Knows nothing of what else is compared.
"""

from importlib import import_module
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.exploration import Candidates, Explorer, LinUcb, Posterior, Prior, Slots, Thompson

MABWISER = "MABWiser"
Matrix: TypeAlias = NDArray[np.float64]

_ARMS, _WIDTH, _STEPS, _BATCH, _PRECISION = 4, 5, 600, 20, 1.5
_DRAWS, _ASKED = 20_000, 12


class Comparison(NamedTuple):
    """One figure of ours beside a peer's: how far they are apart, and how far they may be."""

    what: str
    peer: str
    difference: float
    allowed: float

    @property
    def agrees(self) -> bool:
        """Whether it is no further than allowed."""
        return self.difference <= self.allowed


class Stream(NamedTuple):
    """Contexts ``(n, w)``, the arms that a log shows, ``(n,)``, and their rewards, ``(n,)``."""

    contexts: Matrix
    arms: NDArray[np.int64]
    rewards: Matrix

    @classmethod
    def drawn(cls) -> "Stream":
        """Made up: every arm is good for other contexts."""
        generator = np.random.default_rng(4)
        contexts = generator.standard_normal((_STEPS, _WIDTH)).astype(np.float32).astype(np.float64)
        arms = generator.integers(_ARMS, size=_STEPS)
        worth = (contexts @ generator.standard_normal((_WIDTH, _ARMS)))[np.arange(_STEPS), arms]
        return cls(contexts, arms, (worth + generator.normal(size=_STEPS) > 0).astype(np.float64))


def choices(mab: Any) -> list[Comparison]:
    """The share of steps at which LinUCB chooses otherwise, and the largest difference of Thompson's frequencies."""
    stream = Stream.drawn()
    return [
        Comparison("LinUCB's choices on one stream, share that differs", MABWISER, _linucb(mab, stream), 0.0),
        Comparison("Thompson's frequencies of choice after one stream", MABWISER, _thompson(mab, stream), 0.025),
    ]


def _linucb(mab: Any, stream: Stream) -> float:
    peer = mab.MAB(list(range(_ARMS)), mab.LearningPolicy.LinUCB(alpha=0.7, l2_lambda=_PRECISION))
    posterior, explorer = _before(), Explorer(LinUcb(epsilon=0.0, alpha=0.7), Slots(1, 1))
    differ, learns = 0, peer.fit
    for start in range(0, _STEPS - _BATCH, _BATCH):
        seen = slice(start, start + _BATCH)
        learns(stream.arms[seen], stream.rewards[seen], stream.contexts[seen])
        learns = peer.partial_fit
        posterior = posterior.updated(_blocks(stream.contexts[seen], stream.arms[seen]), stream.rewards[seen])
        asked = stream.contexts[start + _BATCH : start + 2 * _BATCH]
        theirs = peer.predict(asked)
        generator = np.random.default_rng(0)
        ours = [
            explorer.page(_arms(context), count=1, generator=generator, posterior=posterior).chosen[0]
            for context in asked
        ]
        differ += int(np.sum(np.array(ours) != np.array(theirs)))
    return differ / (_STEPS - _BATCH)


def _thompson(mab: Any, stream: Stream) -> float:
    peer = mab.MAB(list(range(_ARMS)), mab.LearningPolicy.LinTS(alpha=0.5, l2_lambda=_PRECISION), seed=5)
    peer.fit(stream.arms, stream.rewards, stream.contexts)
    _draw_apart(peer)
    posterior = _before().updated(_blocks(stream.contexts, stream.arms), stream.rewards)
    explorer = Explorer(Thompson(epsilon=0.0, scale=0.5, draws=_DRAWS), Slots(1, 1))
    differences: list[float] = []
    for context in stream.contexts[:_ASKED]:
        generator = np.random.default_rng(6)
        ours = explorer.filling(_arms(context), generator=generator, posterior=posterior).chances()
        chosen = np.array(peer.predict(np.tile(context, (_DRAWS, 1))))
        theirs = np.bincount(chosen, minlength=_ARMS) / _DRAWS
        differences.append(float(np.abs(ours - theirs).max()))
    return max(differences)


def _draw_apart(peer: Any) -> None:
    """Gives every arm of theirs a generator of its own.

    Theirs begin with copies of one, so that arms' draws go up and down together (correlations above 0.95), which is not
    the algorithm that its documentation names (Agrawal & Goyal 2013).
    """
    for arm, model in peer._imp.arm_to_model.items():
        model.rng = import_module("mabwiser.utils").create_rng(seed=100 + arm)


def _before() -> Posterior:
    return Posterior.before_feedback(Prior(np.zeros(_ARMS * _WIDTH), _PRECISION), fingerprint="")


def _blocks(contexts: Matrix, arms: NDArray[np.int64]) -> Matrix:
    blocks = np.zeros((len(contexts), _ARMS, _WIDTH))
    blocks[np.arange(len(contexts)), arms] = contexts
    return blocks.reshape(len(contexts), -1)


def _arms(context: Matrix) -> Candidates:
    features = _blocks(np.tile(context, (_ARMS, 1)), np.arange(_ARMS)).astype(np.float32)
    return Candidates(np.arange(_ARMS), np.zeros(_ARMS, np.float32), features, np.zeros(_ARMS, np.bool_))
