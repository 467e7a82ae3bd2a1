"""Exploration: pages that show some items in order to learn about them, each with its propensity.

A `Policy` says how likely it prefers each candidate next, an `Explorer` fills a page by it within `Slots`, and a
`Posterior` over a `FeatureMap` is what feedback teaches. NumPy and safetensors only: server, indexer and evaluation
run the same code. Knows nothing of requests, logs or how candidates were ranked.
"""

from firstlight_encoder.exploration.candidates import Candidates
from firstlight_encoder.exploration.carrying import Carrying
from firstlight_encoder.exploration.explorer import Explorer
from firstlight_encoder.exploration.features import FeatureMap, remembered
from firstlight_encoder.exploration.filling import Filling
from firstlight_encoder.exploration.landmarks import Landmarks, spread
from firstlight_encoder.exploration.new_candidates import drawn_new, new_candidates
from firstlight_encoder.exploration.page import Page
from firstlight_encoder.exploration.policies import EpsilonGreedy, Greedy, LinUcb, Softmax, Thompson
from firstlight_encoder.exploration.policy import Policy
from firstlight_encoder.exploration.posterior import Posterior, Prior
from firstlight_encoder.exploration.posterior_file import posterior_from, posterior_to
from firstlight_encoder.exploration.preferences import Boltzmann, First, Preferences, Votes
from firstlight_encoder.exploration.projection import Projection
from firstlight_encoder.exploration.slots import Slots

__all__ = [
    "Boltzmann",
    "Candidates",
    "Carrying",
    "EpsilonGreedy",
    "Explorer",
    "FeatureMap",
    "Filling",
    "First",
    "Greedy",
    "Landmarks",
    "LinUcb",
    "Page",
    "Policy",
    "Posterior",
    "Preferences",
    "Prior",
    "Projection",
    "Slots",
    "Softmax",
    "Thompson",
    "Votes",
    "drawn_new",
    "new_candidates",
    "posterior_from",
    "posterior_to",
    "remembered",
    "spread",
]
