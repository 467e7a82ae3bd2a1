"""RecTools' SASRec: a causal transformer over the order of events.

Source: https://github.com/MTSWebServices/RecTools. Run as ``python -m benchmarks.peers.sasrec --exchange DIR``.
"""

# pyright: reportMissingModuleSource=false
# RecTools is installed in its own environment only.

import copy
import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from rectools import Columns
from rectools.models import SASRecModel

from benchmarks.peers.command import run
from benchmarks.peers.contest import rank
from benchmarks.peers.exchange import Exchange
from benchmarks.peers.newcomer import Evidence, Newcomer
from benchmarks.peers.quality import mean_ndcg
from benchmarks.peers.ranked import NO_ROW, Ranked
from benchmarks.peers.rectools_frames import newcomer_set, training_set
from benchmarks.peers.windows import windows

STOPPING_CASES = 600
"""Validation cases that decide when to stop; options are chosen by others."""

ITEMS_FOR_FULL_SOFTMAX = 6_000
"""Above it the softmax is sampled: the full one would take minutes an epoch on one core."""

STEPS_OF_A_ROUND = 150
"""On a small log one pass is a handful of steps, which say nothing about when to stop."""

SMALL_LOG = 100_000
"""Events up to which several options are tried; beyond, one: 15 minutes of one core are to suffice for a domain."""


@dataclass(frozen=True)
class Option:
    """How SASRec is made and trained.

    Attributes:
        factors: width.
        blocks: transformer blocks.
        dropout: share of hidden units.
        loss: "softmax" or "sampled_softmax".
        batch: windows a step.
        round_epochs: passes between two looks at validation.
        negatives: drawn for every place where the softmax is sampled.
        length: events that the model can see; no case has more.
        rate: of Adam.
        rounds: the most looks at validation.
        patience: looks without a better value before training stops.
    """

    factors: int
    blocks: int
    dropout: float
    loss: str
    batch: int
    round_epochs: int
    negatives: int = 128
    length: int = 10
    rate: float = 3e-3
    rounds: int = 20
    patience: int = 3


class SequenceModel:
    """A SASRec that is trained or being trained."""

    def __init__(self, model: SASRecModel) -> None:
        self._model = model

    def rank(self, newcomers: Sequence[Newcomer], *, count: int) -> Ranked:
        """Items that were trained on, by what follows the history; nothing where it holds none of them."""
        rows = np.full((len(newcomers), count), NO_ROW, np.int64)
        scores = np.zeros((len(newcomers), count), np.float32)
        users = np.array([place for place, newcomer in enumerate(newcomers) if len(newcomer.liked)], np.int64)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about newcomers who know no trained item: they get an empty list here
            found = self._model.recommend(
                users, newcomer_set(newcomers), k=count, filter_viewed=False, on_unsupported_targets="ignore"
            )
        places, ranks = found[Columns.User].to_numpy(), found[Columns.Rank].to_numpy() - 1
        rows[places, ranks] = found[Columns.Item].to_numpy()
        scores[places, ranks] = found[Columns.Score].to_numpy()
        return Ranked(rows, scores)


class SasRec:
    """The peer."""

    name = "SASRec (RecTools)"
    file = "rectools-sasrec"
    packages = ("rectools", "torch")
    answers = frozenset[Evidence]({"events"})
    notes = (
        "Trained on every window of the training users' events, stopped early by validation cases other than those "
        "that choose the option. A history without an item that was trained on is answered with what sells. Two "
        "options, or one on a large log, not eight: each is a training of minutes on one core."
    )

    def options(self, exchange: Exchange) -> Sequence[Option]:
        """Loss and batch follow the size of the domain; the width is tuned where the log is small."""
        events = len(exchange.train.rows)
        loss = "softmax" if exchange.train.item_count <= ITEMS_FOR_FULL_SOFTMAX else "sampled_softmax"
        batch = 64 if events <= SMALL_LOG else 256
        steps = int(windows(exchange.train, length=Option.length + 1)[-1]) // batch + 1
        made = partial(Option, loss=loss, batch=batch, round_epochs=-(-STEPS_OF_A_ROUND // steps))
        return [made(64, 1, 0.5), made(128, 1, 0.5)][: 2 if events <= SMALL_LOG else 1]

    def fit(self, exchange: Exchange, option: Option, *, seed: int) -> SequenceModel:
        """Trains pass by pass and keeps the weights that validation liked best."""
        torch.manual_seed(seed)  # pyright: ignore[reportUnknownMemberType] - torch leaves it untyped
        cases = _stopping_cases(exchange)
        model = _model(option)
        fitted = SequenceModel(model)
        training = training_set(exchange.train, length=option.length + 1)
        best, weights, since = -1.0, {}, 0
        for _ in range(option.rounds):
            model.fit_partial(training, min_epochs=option.round_epochs, max_epochs=option.round_epochs)
            value = mean_ndcg(rank(fitted, cases, exchange=exchange).rows, cases)
            since += 1
            if value > best:
                best, weights, since = value, copy.deepcopy(model.torch_model.state_dict()), 0
            if since >= option.patience:
                break
        model.torch_model.load_state_dict(weights)
        return fitted


def _stopping_cases(exchange: Exchange) -> list[Newcomer]:
    """An even draw of the validation cases with events that no option is chosen by, or of all where there are none."""
    known = [case for case in exchange.validation if case.evidence == "events"]
    others = [case for case in known if not case.tuning] or known
    return others[:: max(1, len(others) // STOPPING_CASES)]


def _model(option: Option) -> SASRecModel:
    return SASRecModel(
        n_factors=option.factors,
        n_blocks=option.blocks,
        n_heads=1,
        dropout_rate=option.dropout,
        session_max_len=option.length,
        loss=option.loss,
        n_negatives=option.negatives,
        batch_size=option.batch,
        lr=option.rate,
        recommend_torch_device="cpu",
    )


if __name__ == "__main__":
    torch.set_num_threads(1)
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    run(SasRec())
