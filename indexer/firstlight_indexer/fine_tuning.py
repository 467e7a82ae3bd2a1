"""A domain's text encoder, fine-tuned where its settings ask for it, and kept between runs.

The index build and the evaluation both call this, so that what is measured is what is served. Knows nothing of spaces
or snapshots.
"""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

import torch

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.split import UserSplit
from firstlight_encoder.training.loss_log import LossLog
from firstlight_encoder.training.saved_run import SavedRun
from firstlight_encoder.training.stage_b.changed_checkpoint import write_changed_checkpoint
from firstlight_encoder.training.stage_b.fine_tune_settings import FineTuneSettings
from firstlight_encoder.training.stage_b.fine_tuner import FineTuner
from firstlight_encoder.training.stage_b.item_tokens import ItemTokens
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.progress import Progress
from firstlight_indexer.replace_folder import replaced_folder

LOG_FILE = "losses.csv"
"""In a tuned encoder's folder: how its losses fell."""


def fine_tuned(
    base: Checkpoint,
    split: UserSplit,
    catalogue: Catalogue,
    *,
    settings: FineTuneSettings | None,
    cache: Path,
    progress: Progress,
) -> Checkpoint:
    """``base`` tuned on ``split.train``, stopped by ``split.validation``; ``base`` itself without ``settings``.

    Args:
        base: the encoder to start from.
        split: the users; those who test are not looked at.
        catalogue: the items and their texts.
        settings: how to tune; None to leave the encoder as it is.
        cache: keeps tuned encoders, with the losses of their training, and the state of a run that was killed.
        progress: told the steps.

    Raises:
        TrainingDataError: if no user of the training or validation set has two baskets.
        CheckpointError: if the encoder cannot be tuned.
        DeviceError: if the device asked for is not there.
    """
    if settings is None:
        return base
    tokens = ItemTokens.of(catalogue.texts, base)
    key = _key(base, split, tokens, settings)
    folder, saved = cache / key[:16], SavedRun(cache / f"{key[:16]}.run", key)
    if not folder.is_dir():
        tuner = FineTuner(base, split, tokens, settings)
        log = LossLog()
        weights = tuner.run(
            progress=lambda step, steps: progress("tune the encoder", step, steps), log=log, saved=saved
        )
        with replaced_folder(folder) as fresh:
            write_changed_checkpoint(base, weights, fresh)
            LossLog(fresh / LOG_FILE).restore(log.rows)
        saved.forget()
    return Checkpoint.open(folder)


def _key(base: Checkpoint, split: UserSplit, tokens: ItemTokens, settings: FineTuneSettings) -> str:
    """Hex digest of everything that decides the tuned weights but the device."""
    digest = hashlib.sha256(f"{base.fingerprint}:{tokens.digest}:{torch.__version__}".encode())
    digest.update(json.dumps({**asdict(settings), "device": None}, sort_keys=True).encode())
    for log in (split.train, split.validation):
        digest.update(_log_digest(log))
    return digest.hexdigest()


def _log_digest(log: Interactions) -> bytes:
    """Digest of the events that pairs are drawn from."""
    digest = hashlib.sha256()
    for column in (log.users, log.items, log.baskets, log.wanted):
        digest.update(column.tobytes())
    return digest.digest()
