"""The transfer report of an experiment whose domain has sources. Knows nothing of consoles or where reports lie."""

from collections.abc import Sequence

from firstlight_evaluation.experiment import Experiment
from firstlight_evaluation.report.transfer_report import TransferReport
from firstlight_evaluation.transfer import GRID, measure_transfer
from firstlight_indexer.transfer_settings import Weights


def study_transfer(experiment: Experiment, *, grid: Sequence[float] = ()) -> TransferReport:
    """Trains what the report needs and no saved run holds, with the experiment's first seed.

    Args:
        experiment: its domain has at least one source.
        grid: what the sources count together; none for what the domain's [transfer] names.

    Raises:
        EncoderError: if a domain gives too little to train on.
        NoCasesError: if a domain's validation users give nothing to judge by.
    """
    training = experiment.trainer.training(experiment.first_seed)
    used = tuple(grid) or _grid(experiment.trainer.weights)
    rows = measure_transfer(training, grid=used)
    return TransferReport(
        domain=experiment.material.name,
        rows=rows,
        losses=training.files.losses() if training.files else (),
        facts={
            "sources": [source.name for source in experiment.trainer.sources],
            "grid": list(used),
            "seed": experiment.first_seed,
            "train": experiment.trainer.settings.model_dump(mode="json", exclude={"seed"}),
        },
        notice=experiment.material.notice,
    )


def _grid(weights: Weights) -> tuple[float, ...]:
    """The weights that a domain's settings name; ``GRID`` where they name none."""
    if isinstance(weights, tuple):
        return weights
    return GRID if weights == "auto" else (weights,)
