"""Trains a target and its sources together at given weights, and tunes the result for any one of them.

Knows nothing of how weights are chosen, of files or of snapshots.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from firstlight_encoder.label_shares import LabelShares
from firstlight_encoder.parameters import Floats
from firstlight_encoder.space import Space
from firstlight_encoder.training.case_scores import CaseScores
from firstlight_encoder.training.declared_odds import tune_declarations
from firstlight_encoder.training.fit_confidence import fit_confidence
from firstlight_encoder.training.mixture import Mixture
from firstlight_encoder.training.processes import Processes
from firstlight_encoder.training.run_key import run_key
from firstlight_encoder.training.sharpen import sharpen
from firstlight_encoder.training.train_settings import TrainSettings
from firstlight_encoder.training.trainer import StageA
from firstlight_indexer.prepared_domain import PreparedDomain
from firstlight_indexer.progress import Progress, one_step
from firstlight_indexer.trained_space import TrainedSpace
from firstlight_indexer.training_files import TrainingFiles


@dataclass(frozen=True, kw_only=True)
class JointTraining:
    """Several domains and how to train on them.

    Attributes:
        domains: the target, then its sources.
        text_fingerprint: of the encoder that made all of their text vectors.
        settings: how to train.
        progress: told the stages.
        files: takes the losses, and what a killed run needs to go on; None to keep nothing.
        processes: that share every batch; None for this one alone.
    """

    domains: tuple[PreparedDomain, ...]
    text_fingerprint: str
    settings: TrainSettings
    progress: Progress
    files: TrainingFiles | None = None
    processes: Processes | None = None

    def train(self, weights: Sequence[float]) -> "TrainedMixture":
        """Trains with ``weights``, one a source; the target has what they leave of 1.

        Raises:
            TrainingDataError: if no user of a domain's training or validation set has two baskets.
        """
        target, *sources = (domain.training for domain in self.domains)
        mixture = Mixture.with_sources(target, sources, weights) if sources else Mixture.only(target)
        stage = StageA(mixture, self.settings, processes=self.processes)
        key = run_key(mixture, self.settings, processes=self.processes.count if self.processes else 1)
        name = f"losses-{'-'.join(domain.name for domain in self.domains)}-seed-{self.settings.seed}{_named(weights)}"
        stage.train(
            progress=lambda step, steps, _: self.progress(f"train the towers{_of(weights)}", step, steps),
            log=self.files.log(name) if self.files else None,
            saved=self.files.saved(key) if self.files else None,
        )
        return TrainedMixture(self, stage, tuple(mixture.weights))


@dataclass(frozen=True)
class TrainedMixture:
    """What came of one training.

    Attributes:
        training: the domains and settings.
        stage: the run, which has ended.
        weights: of all domains, the target first.
    """

    training: JointTraining
    stage: StageA
    weights: tuple[float, ...]

    def tuned(self, place: int = 0) -> TrainedSpace:
        """The space calibrated and sharpened on the validation users of the domain at ``place``, with its items."""
        domain = self.training.domains[place]
        space = self.stage.space(
            place, served_prior=domain.served_prior, text_fingerprint=self.training.text_fingerprint
        )
        vectors = space.project(domain.texts.vectors)[domain.texts.item_rows]
        labels = space.project(domain.texts.label_vectors)
        with one_step(self.training.progress, "tune the mixture"):
            space = _weighed(space, domain, item_vectors=vectors, label_vectors=labels)
        return TrainedSpace.of(space, domain)

    def transferred(self, place: int, *, to: PreparedDomain) -> TrainedSpace:
        """The space tuned for the domain at ``place``, with the items and the prior of another.

        Zero-shot: nothing is tuned on the users of the latter.
        """
        return TrainedSpace.of(self.tuned(place).space, to)


def _weighed(space: Space, domain: PreparedDomain, *, item_vectors: Floats, label_vectors: Floats) -> Space:
    """``space`` with the weights of tower, prior and declarations chosen on ``domain``'s held-out cases."""
    cases, prior = domain.held_out_cases, domain.served_prior
    parts = {"item_vectors": item_vectors, "label_vectors": label_vectors}
    mixed = [case for case in cases if bool(case.declared) != bool(len(case.history))]
    space = sharpen(space, mixed, prior=prior, **parts)
    shares = LabelShares(domain.catalogue.labels, prior.tables)
    space = tune_declarations(space, cases, shares=shares, prior=prior, **parts)
    return fit_confidence(space, cases, scores_of=CaseScores(space, shares=shares, prior=prior, **parts))


def _of(weights: Sequence[float]) -> str:
    """How progress tells trainings apart; nothing where there is but one."""
    return f", weights {', '.join(f'{weight:.3g}' for weight in weights)}" if weights else ""


def _named(weights: Sequence[float]) -> str:
    """How files tell trainings apart."""
    return "".join(f"-w{weight:.3g}" for weight in weights)
