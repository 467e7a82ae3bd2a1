"""A posterior as bytes: safetensors, which nothing can be hidden in. Knows nothing of where they are kept."""

import json
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import (
    load,  # pyright: ignore[reportUnknownVariableType] - its stubs are partial
    save,  # pyright: ignore[reportUnknownVariableType] - its stubs are partial
)

from firstlight_encoder.errors import ExplorationError
from firstlight_encoder.exploration.item_terms import ItemTerms
from firstlight_encoder.exploration.posterior import Posterior, Prior

_VERSION = 2
_WITHOUT_TERMS = 1
"""The version before items were remembered: read as if none had been."""


def posterior_to(posterior: Posterior) -> bytes:
    """All of a posterior; sums of single items' features as float32."""
    prior, terms = posterior.prior, posterior.terms
    return save(
        {
            "gram": np.ascontiguousarray(posterior.gram),
            "moment": posterior.moment,
            "prior_mean": prior.mean,
            "numbers": np.array([_VERSION, prior.precision, posterior.count, prior.item_precision]),
            "fingerprint": np.frombuffer(posterior.fingerprint.encode(), np.uint8),
            "item_ids": np.frombuffer(json.dumps(terms.ids).encode(), np.uint8),
            "item_counts": terms.counts,
            "item_moments": terms.moments,
            "item_sums": terms.sums.astype(np.float32),
        }
    )


def posterior_from(content: bytes) -> Posterior:
    """What `posterior_to` wrote.

    Raises:
        ExplorationError: it is something else, of a version that is not known, or not finite.
    """
    try:
        parts = load(content)
        version, precision, count, *others = parts["numbers"].tolist()
        if version not in (_VERSION, _WITHOUT_TERMS):
            raise ValueError(f"version {version:g}, this one reads {_VERSION} and {_WITHOUT_TERMS}")
        fingerprint = parts["fingerprint"].tobytes().decode()
        mean, gram, moment = parts["prior_mean"], parts["gram"], parts["moment"]
        terms = ItemTerms.none(len(moment)) if version == _WITHOUT_TERMS else _terms(parts)
    except (SafetensorError, KeyError, ValueError) as error:
        raise ExplorationError(f"no readable posterior: {error!r}; learn again from the log") from error
    found = [one.shape for one in (mean, gram, moment, terms.counts, terms.moments, terms.sums)]
    width, remembered = len(moment), len(terms)
    wanted = [(width,), (width, width), (width,), (remembered,), (remembered,), (remembered, width)]
    numbers = (mean, gram, moment, terms.counts, terms.moments, terms.sums, np.array([count]))
    if found != wanted or not all(np.isfinite(one).all() for one in numbers) or (terms.counts < 0).any():
        raise ExplorationError(f"a posterior of shapes {found} is none, or not finite; learn again from the log")
    return Posterior(Prior(mean, precision, *others), gram, moment, count, fingerprint, terms)


def _terms(parts: Mapping[str, NDArray[np.generic]]) -> ItemTerms:
    ids = tuple(map(str, json.loads(parts["item_ids"].tobytes())))
    counts, moments, sums = (parts[name].astype(np.float64) for name in ("item_counts", "item_moments", "item_sums"))
    return ItemTerms(ids, counts, moments, sums)
