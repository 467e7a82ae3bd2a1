"""A domain on disk made ready to evaluate on: cleaned, encoded, split, with the trainer of the model under test.

The indexer's own steps do it; what ``make index`` cleaned and encoded is not done again. Knows nothing of baselines,
metrics or reports.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.device import chosen_device
from firstlight_encoder.split import UserSplit, split_users
from firstlight_encoder.torch_encoder import TorchTextEncoder
from firstlight_encoder.training.scoring import TextTable
from firstlight_evaluation.hold_out import without_items
from firstlight_evaluation.material import Material
from firstlight_evaluation.space_trainer import SpaceTrainer
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.cleaning import clean
from firstlight_indexer.contract import CleanDomain
from firstlight_indexer.domain_file import DomainFile
from firstlight_indexer.encoder_directory import encoder_directory
from firstlight_indexer.event_log import read_interactions
from firstlight_indexer.fine_tuning import fine_tuned
from firstlight_indexer.pipeline_settings import EvaluationTable, pipeline_settings
from firstlight_indexer.prepared_domain import PreparedDomain
from firstlight_indexer.progress import Progress, silent
from firstlight_indexer.ranking_training import set_apart
from firstlight_indexer.source_domains import prepared_sources
from firstlight_indexer.texts import encode_texts
from firstlight_indexer.training_files import TrainingFiles


@dataclass(frozen=True)
class Experiment:
    """One domain, ready.

    Attributes:
        material: what models are fitted and judged on.
        trainer: makes the model under test from a seed.
        first_seed: the seed of the index build, and the first to train with.
        checkpoint: the text encoder of that model.
    """

    material: Material
    trainer: SpaceTrainer
    first_seed: int
    checkpoint: Checkpoint


def open_experiment(
    domain: DomainFile, *, workdir: Path, held_out: NDArray[np.bool_] | None = None, progress: Progress = silent
) -> Experiment:
    """Cleans and encodes ``domain`` and splits its users.

    Args:
        domain: the checked firstlight.toml.
        workdir: where the cleaned domain and the cache of text vectors are kept between runs.
        held_out: ``(items,)`` bool, items that nobody to learn from ever met; an encoder is tuned without them too.
        progress: told what is being done.

    Raises:
        IndexerError: if the domain, its files or its settings are wrong.
        EncoderError: if the text encoder or the events cannot be used.
    """
    settings = pipeline_settings(domain)
    checkpoint = Checkpoint.open(encoder_directory(settings.encoder, beside=domain.path.parent))
    cleaned = clean(domain, workdir / "clean", progress=progress)
    catalogue = Catalogue.read(cleaned)
    split = _split(cleaned, catalogue, settings.evaluation, held_out=held_out)
    tuning, device = settings.encoder.tuning(), chosen_device(settings.encoder.device)
    users, _ = set_apart(split)
    tuned = fine_tuned(checkpoint, users, catalogue, settings=tuning, cache=workdir / "encoders", progress=progress)
    encoder, cache = TorchTextEncoder(tuned, device=device), workdir / "vectors"
    base = encoder if tuned == checkpoint else TorchTextEncoder(checkpoint, device=device)
    texts, raw = (encode_texts(catalogue, one, cache=cache, progress=progress).table for one in (encoder, base))
    trainer = SpaceTrainer(
        target=PreparedDomain(domain.name, split, catalogue, texts),
        text_fingerprint=tuned.fingerprint,
        settings=settings.train,
        progress=progress,
        sources=prepared_sources(domain, encoder, workdir=workdir, progress=progress),
        weights=settings.transfer.weights,
        files=TrainingFiles(workdir / "training"),
    )
    return Experiment(_material(domain, split, catalogue, raw=raw), trainer, settings.train.seed, tuned)


def _material(domain: DomainFile, split: UserSplit, catalogue: Catalogue, *, raw: TextTable) -> Material:
    """What models are fitted and judged on; ``raw`` are the texts' vectors before any training."""
    return Material(
        name=domain.name,
        split=split,
        labels=catalogue.labels,
        item_vectors=raw.vectors[raw.item_rows],
        label_vectors=raw.label_vectors,
        titles=tuple(catalogue.frame["title"]),
        notice=domain.notice,
    )


def _split(
    cleaned: CleanDomain, catalogue: Catalogue, table: EvaluationTable, *, held_out: NDArray[np.bool_] | None
) -> UserSplit:
    timed = table.heeds_times(cleaned.times)
    split = split_users(
        read_interactions(cleaned, catalogue),
        seed=table.split_seed,
        validation_share=table.validation_share,
        test_share=table.test_share,
        time_quantile=table.time_quantile if timed else None,
        max_test_users=table.max_test_users,
    )
    split = split.with_lessons() if timed else split
    return split if held_out is None else without_items(split, held_out)
