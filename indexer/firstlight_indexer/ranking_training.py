"""Trains the second stage over a trained space: tables from the training users, the ranker from users set apart.

Knows nothing of snapshots.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder.second_stage.catalogue_side import CatalogueSide
from firstlight_encoder.second_stage.item_facts import ItemFacts
from firstlight_encoder.second_stage.lexicon import Lexicon
from firstlight_encoder.split import UserSplit
from firstlight_encoder.training.second_stage.counted import Counted
from firstlight_encoder.training.second_stage.ranker_training import FEWEST_USERS
from firstlight_encoder.training.second_stage.ranking_material import RankingMaterial
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.prepared_domain import PreparedDomain
from firstlight_indexer.progress import Progress, one_step
from firstlight_indexer.trained_space import TrainedSpace

RANKING_SHARE = 2 / 3
"""Share of the validation users that the ranker learns from; the others stop, calibrate and sharpen the first stage."""

SEED = 0
"""Of who the ranker learns from: the same users whatever else a training draws."""


def set_apart(split: UserSplit) -> tuple[UserSplit, UserSplit]:
    """``split`` twice: with the validation users who tune the first stage, and with those who train the ranker.

    Where they are too few to part, both get all of them.
    """
    users = np.unique(split.validation.users)
    if RANKING_SHARE * len(users) < FEWEST_USERS:
        return split, split
    chosen = np.random.default_rng(SEED).permutation(users)[: round(RANKING_SHARE * len(users))]
    for_ranking = np.zeros(len(split.validation.user_ids), np.bool_)
    for_ranking[chosen] = True
    tuning, ranking = (split.validation.select_users(kept) for kept in (~for_ranking, for_ranking))
    return replace(split, validation=tuning), replace(split, validation=ranking)


def tuning_domain(domain: PreparedDomain) -> PreparedDomain:
    """``domain`` with the validation users who tune the first stage; its prior still counts as all of them chose."""
    tuning, _ = set_apart(domain.split)
    return replace(domain, split=tuning, chosen_counting=domain.counting)


def catalogue_side(
    split: UserSplit, catalogue: Catalogue, *, rows: NDArray[np.float32], progress: Progress
) -> CatalogueSide:
    """What the second stage knows of ``catalogue``, whose ``rows`` are ``(n, d + 1)`` float32."""
    with one_step(progress, "count the neighbour tables"):
        counted = Counted.of(split.train, rows[:, :-1])
    frame = catalogue.frame
    facts = ItemFacts.of(
        categories=catalogue.categories, brands=frame["brand"].to_list(), prices=frame["price"].to_list()
    )
    names = frame.select("title", "category", "brand").iter_rows()
    texts = [" ".join([title, *(path or ()), brand or ""]) for title, path, brand in names]
    return CatalogueSide(
        rows=rows,
        tables=counted.tables,
        tastes=counted.tastes,
        facts=facts,
        lexicon=Lexicon.of(texts),
    )


def ranking_material(first: TrainedSpace, domain: PreparedDomain, *, progress: Progress) -> RankingMaterial:
    """``first`` and what else a second stage over it is made of: the catalogue with its neighbour tables.

    Args:
        first: trained on them.
        domain: whose training users are counted.
        progress: told the stages.
    """
    return RankingMaterial(
        space=first.space,
        side=catalogue_side(domain.split, domain.catalogue, rows=first.rows, progress=progress),
        labels=domain.catalogue.labels,
        label_vectors=first.label_vectors,
        prior=domain.served_prior,
    )
