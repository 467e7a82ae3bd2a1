"""What training together does to each domain: joint minus alone at every weight of a grid, and zero-shot.

Judged on validation users, who tune what is trained and are no test: the report helps to choose, it proves nothing.
Knows nothing of files or drawing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from firstlight_encoder.cases import Case, Scorer
from firstlight_evaluation.baselines.popularity import Popularity
from firstlight_evaluation.contender import ALWAYS, Contender
from firstlight_evaluation.curve import curve_cases, measure_curve
from firstlight_evaluation.measurement import Measurement
from firstlight_evaluation.metrics import MAIN_METRIC
from firstlight_evaluation.points import Point
from firstlight_evaluation.rows import DifferenceRow, difference_row
from firstlight_evaluation.space_scorer import SpaceScorer
from firstlight_indexer.joint_training import JointTraining
from firstlight_indexer.prepared_domain import PreparedDomain
from firstlight_indexer.space_training import zero_shot
from firstlight_indexer.trained_space import TrainedSpace

GRID = (0.25, 0.5, 0.75)
"""What the sources count together, where nobody names other weights; 0, the target alone, is always measured."""

JOINT, ZERO_SHOT, ALONE, POPULARITY = "joint", "zero-shot", "alone", "popularity"

Values = Mapping[Point, Measurement]
"""What was measured of one model at every point."""


@dataclass(frozen=True, kw_only=True)
class TransferRow(DifferenceRow):
    """One model of one domain at one point; the fields are the keys of ``transfer.json``.

    The model is "joint", or "zero-shot": trained on the other domains alone; the baseline is "alone", the domain
    trained without others, or "popularity".

    Attributes:
        domain: whose users are served.
        weight: what the sources counted together; 1 where the target was not trained on.
        level: mean NDCG@10 of the baseline.
    """

    domain: str
    weight: float
    level: float


@dataclass(frozen=True)
class _Bench:
    """One domain's validation newcomers, and the seed that breaks ties."""

    domain: PreparedDomain
    cases: Mapping[Point, Sequence[Case]]
    seed: int

    @classmethod
    def of(cls, domain: PreparedDomain, *, seed: int) -> "_Bench":
        return cls(domain, curve_cases(domain.split.validation, labels=domain.catalogue.labels), seed)

    def values(self, trained: TrainedSpace) -> Values:
        labels = self.domain.catalogue.labels
        return self._judged(
            SpaceScorer(trained.space, item_rows=trained.rows, label_vectors=trained.label_vectors, labels=labels)
        )

    def popularity(self) -> Values:
        return self._judged(Popularity(self.domain.split.train, self.domain.counting))

    def _judged(self, scorer: Scorer) -> Values:
        measured = measure_curve([Contender(scorer, ALWAYS)], self.cases, seed=self.seed)
        return {one.point: one for one in measured}

    def rows(self, model: str, weight: float, values: Values, *, baseline: str, rival: Values) -> Iterator[TransferRow]:
        """The row of every point."""
        for point, own in values.items():
            row = difference_row(replace(own, model=model), rival[point], metric=MAIN_METRIC, baseline=baseline)
            level = float(rival[point].values[MAIN_METRIC].mean())
            yield TransferRow(**asdict(row), domain=self.domain.name, weight=weight, level=level)


def measure_transfer(training: JointTraining, *, grid: Sequence[float] = GRID) -> list[TransferRow]:
    """Trains the target and every source alone, all together at each weight, and the sources without the target.

    Args:
        training: the target, at least one source, and how to train; its files save what several of these share.
        grid: what the sources count together, each alike.

    Raises:
        TrainingDataError: if a domain gives too little to train on.
        NoCasesError: if a domain's validation users give nothing to judge by.
    """
    sources = training.domains[1:]
    benches = [_Bench.of(domain, seed=training.settings.seed) for domain in training.domains]
    silent = (0.0,) * len(sources)
    alone = [benches[0].values(training.train(silent).tuned())]
    for bench, source in zip(benches[1:], sources, strict=True):
        alone.append(bench.values(replace(training, domains=(source,)).train(()).tuned()))
    rows = list(_zero_shot_rows(training, benches[0], alone[0]))
    for weight in (weight for weight in grid if weight):
        mixture = training.train((weight / len(sources),) * len(sources))
        for place, (bench, rival) in enumerate(zip(benches, alone, strict=True)):
            rows += bench.rows(JOINT, weight, bench.values(mixture.tuned(place)), baseline=ALONE, rival=rival)
    return rows


def _zero_shot_rows(training: JointTraining, bench: _Bench, alone: Values) -> Iterator[TransferRow]:
    """The target served by a space that never saw it, beside its own space and beside its popularity."""
    values, popularity = bench.values(zero_shot(training)), bench.popularity()
    yield from bench.rows(ZERO_SHOT, 1.0, values, baseline=ALONE, rival=alone)
    yield from bench.rows(ZERO_SHOT, 1.0, values, baseline=POPULARITY, rival=popularity)
