"""A posterior as bytes: safetensors, which nothing can be hidden in. Knows nothing of where they are kept."""

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import (
    load,  # pyright: ignore[reportUnknownVariableType] - its stubs are partial
    save,  # pyright: ignore[reportUnknownVariableType] - its stubs are partial
)

from firstlight_encoder.errors import ExplorationError
from firstlight_encoder.exploration.posterior import Posterior, Prior

_VERSION = 1


def posterior_to(posterior: Posterior) -> bytes:
    """All of a posterior."""
    prior = posterior.prior
    return save(
        {
            "gram": np.ascontiguousarray(posterior.gram),
            "moment": posterior.moment,
            "prior_mean": prior.mean,
            "numbers": np.array([_VERSION, prior.precision, posterior.count]),
            "fingerprint": np.frombuffer(posterior.fingerprint.encode(), np.uint8),
        }
    )


def posterior_from(content: bytes) -> Posterior:
    """What `posterior_to` wrote.

    Raises:
        ExplorationError: it is something else, of another version, or not finite.
    """
    try:
        parts = load(content)
        version, precision, count = parts["numbers"].tolist()
        fingerprint = parts["fingerprint"].tobytes().decode()
        mean, gram, moment = parts["prior_mean"], parts["gram"], parts["moment"]
    except (SafetensorError, KeyError, ValueError) as error:
        raise ExplorationError(f"no readable posterior: {error!r}; learn again from the log") from error
    width = len(moment)
    sound = all(np.isfinite(part).all() for part in (mean, gram, moment)) and np.isfinite(count)
    if version != _VERSION or mean.shape != (width,) or gram.shape != (width, width) or not sound:
        raise ExplorationError(
            f"a posterior of version {version:g} and shapes {mean.shape}, {gram.shape}, {moment.shape} is not one that "
            f"this version ({_VERSION}) reads; learn again from the log"
        )
    return Posterior(Prior(mean, precision), gram, moment, count, fingerprint)
