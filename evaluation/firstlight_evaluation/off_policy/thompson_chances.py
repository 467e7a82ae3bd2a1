"""How likely Bernoulli Thompson sampling shows each item at each place, under given Beta posteriors.

By drawing often, as the Open Bandit Dataset's own propensities were made. Knows nothing of logs.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from firstlight_evaluation.errors import BanditDataError

Floats = NDArray[np.float64]
DRAWS = 100_000
_AT_ONCE = 10_000


def thompson_chances(clicks: Floats, misses: Floats, *, places: int, seed: int, draws: int = DRAWS) -> Floats:
    """``(items, places)``, each place summing to 1: chances under Beta(clicks, misses), both ``(items,)`` float64."""
    random = np.random.default_rng(seed)
    counts = np.zeros((len(clicks), places))
    for start in range(0, draws, _AT_ONCE):
        drawn = random.beta(clicks, misses, size=(min(_AT_ONCE, draws - start), len(clicks)))
        best = np.argsort(-drawn, axis=1)[:, :places]
        for place in range(places):
            counts[:, place] += np.bincount(best[:, place], minlength=len(clicks))
    return counts / draws


def read_priors(path: Path, campaign: str) -> tuple[Floats, Floats]:
    """The Beta parameters with which the shop's Thompson sampling began, as the dataset's authors publish them.

    The file is YAML of one shape: a campaign, beneath it ``alpha:`` and ``beta:``, beneath those one number a line.

    Raises:
        BanditDataError: the file does not hold both for this campaign.
    """
    found: dict[str, list[float]] = {}
    owner = name = ""
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            text = line.strip()
            if text.endswith(":"):
                owner, name = (text[:-1], "") if line == text else (owner, text[:-1])
            elif text.startswith("- ") and owner == campaign:
                found.setdefault(name, []).append(float(text[2:]))
    except (OSError, ValueError) as error:
        raise BanditDataError(f"{path} cannot be read as the priors of Thompson sampling: {error}") from error
    if not found.get("alpha") or len(found["alpha"]) != len(found.get("beta", ())):
        raise BanditDataError(f"{path} holds no alpha and beta of one length for the campaign {campaign!r}")
    return np.array(found["alpha"]), np.array(found["beta"])
