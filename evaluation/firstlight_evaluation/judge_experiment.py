"""A whole run over an experiment: the curve, and on demand the designed experiment on new items beside it.

Knows nothing of files or consoles.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from firstlight_evaluation.evaluate import evaluate
from firstlight_evaluation.exchange.peer import Peer
from firstlight_evaluation.experiment import Experiment
from firstlight_evaluation.hold_out import draw_held_out
from firstlight_evaluation.report.cold_items import ColdItems
from firstlight_evaluation.report.summary import Summary
from firstlight_indexer.progress import Progress, silent


def judge_experiment(
    experiment: Experiment,
    *,
    seeds: Sequence[int],
    peers: Sequence[Peer] = (),
    hold_out_share: float = 0.0,
    without: Callable[[NDArray[np.bool_]], Experiment],
    progress: Progress = silent,
) -> tuple[Summary, ColdItems | None]:
    """Measures the curve and, where ``hold_out_share`` is not 0, all of it again without the events of some items.

    Args:
        experiment: the domain, ready.
        seeds: of the runs, at least one; the first also draws the items.
        peers: ranked lists made elsewhere; they take no part in the second run, for which they were not made.
        hold_out_share: share of the items seen in training whose events are taken away.
        without: opens the experiment again without the events of such items, given as ``(items,)`` bool.
        progress: is told what was done.

    Raises:
        NoCasesError: if the validation or the test users give nothing to judge by.
        ScorerOutputError: if the model's scores cannot be ranked.
    """
    material, train = experiment.material, experiment.trainer
    if not hold_out_share:
        return evaluate(material, train=train, seeds=seeds, peers=peers, progress=progress), None
    held_out = draw_held_out(material.split.train, share=hold_out_share, seed=seeds[0])
    intact = evaluate(material, train=train, seeds=seeds, peers=peers, held_out=held_out, progress=progress)
    again = without(held_out)
    reduced = evaluate(again.material, train=again.trainer, seeds=seeds, held_out=held_out, progress=progress)
    return intact, ColdItems(intact, reduced, int(np.count_nonzero(held_out)))
