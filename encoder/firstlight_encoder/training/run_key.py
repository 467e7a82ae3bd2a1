"""A digest of all that decides a training run, by which a saved run is known to be this one. Knows no files."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, fields

import numpy as np
import torch

from firstlight_encoder.device import chosen_device, chosen_dtype
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.training.mixture import Mixture
from firstlight_encoder.training.train_settings import TrainSettings
from firstlight_encoder.training.training_domain import TrainingDomain


def run_key(mixture: Mixture, settings: TrainSettings, *, processes: int = 1) -> str:
    """Hex digest of the domains, their weights, the settings, the number of processes, torch's version and precision.

    Raises:
        DeviceError: if the device asked for is not there.
    """
    dtype = chosen_dtype(settings.precision, device=chosen_device(settings.device))
    facts = (mixture.weights, sorted(asdict(settings).items()), processes, torch.__version__, dtype)
    digest = hashlib.sha256(repr(facts).encode())
    for domain in mixture.domains:
        digest.update(domain.name.encode())
        for array in _arrays(domain):
            digest.update(f"{array.dtype}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _arrays(domain: TrainingDomain) -> "Iterator[np.ndarray[tuple[int, ...], np.dtype[np.generic]]]":
    """Everything of ``domain`` that training reads."""
    yield from _events(domain.split.train)
    yield from _events(domain.split.validation)
    yield from (domain.labels.starts, domain.labels.values)
    yield from (domain.texts.vectors, domain.texts.item_rows, domain.texts.label_vectors)
    yield from (domain.prior.edges_h, domain.prior.tables)


def _events(log: Interactions) -> "Iterator[np.ndarray[tuple[int, ...], np.dtype[np.generic]]]":
    values = (getattr(log, field.name) for field in fields(log))
    yield from (value for value in values if isinstance(value, np.ndarray))
