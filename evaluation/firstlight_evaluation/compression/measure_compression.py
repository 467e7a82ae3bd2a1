"""Measures every form of compression on one domain. Knows nothing of files, drawing or consoles."""

from dataclasses import dataclass
from pathlib import Path

from firstlight_evaluation.compression.compressed_build import CompressedBuild
from firstlight_evaluation.compression.encoder_builds import EncoderBuilds
from firstlight_evaluation.compression.index_builds import index_builds
from firstlight_evaluation.compression.interleaved_times import median_milliseconds
from firstlight_evaluation.compression.price_list import PriceRow, price_rows
from firstlight_evaluation.curve import curve_cases
from firstlight_evaluation.errors import NoCasesError
from firstlight_evaluation.experiment import Experiment
from firstlight_indexer.held_out_cases import held_out_cases
from firstlight_indexer.pipeline_settings import PipelineSettings


@dataclass(frozen=True, kw_only=True)
class CompressionRun:
    """One domain and how to measure on it.

    Attributes:
        experiment: the domain, cleaned, encoded and split.
        settings: of its builds.
        workdir: keeps encoders and vectors between runs.
    """

    experiment: Experiment
    settings: PipelineSettings
    workdir: Path

    def rows(self) -> list[PriceRow]:
        """The rows of the report, encoders first.

        Raises:
            NoCasesError: if the validation or test users give nothing to judge by.
            CheckpointError: if the encoder cannot be cut.
        """
        material = self.experiment.material
        validation = held_out_cases(material.split, material.labels)
        if not validation:
            raise NoCasesError("no validation user has two baskets to judge compression by; give a longer event log")
        test = curve_cases(material.split.test, labels=material.labels)
        seed = self.experiment.first_seed
        makers = EncoderBuilds(
            trainer=self.experiment.trainer,
            table=self.settings.compress,
            cases=[*validation, *(case for cases in test.values() for case in cases)],
            workdir=self.workdir,
            seed=seed,
        )
        full = makers.full(self.experiment.checkpoint)
        rows: list[PriceRow] = []
        for builds in (
            list(makers.builds(full)),
            list(index_builds(full.trained, material.labels, self.settings.index.settings())),
        ):
            rows += price_rows(
                builds,
                milliseconds=_milliseconds(builds),
                validation=validation,
                test=test,
                allow_loss=self.settings.compress.allow_loss,
                seed=seed,
            )
        return rows


def _milliseconds(builds: list[CompressedBuild]) -> dict[str, float]:
    return median_milliseconds({build.name: build.call for build in builds})
