"""How a snapshot's contents are made from a cleaned domain: encode, tune, train, compress, tag, fit, index.

Knows nothing of publishing, or of how the domain was cleaned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.compression.compression_settings import CompressionSettings
from firstlight_encoder.device import chosen_device
from firstlight_encoder.profile.profile_model import ProfileModel
from firstlight_encoder.split import UserSplit, split_users
from firstlight_encoder.torch_encoder import TorchTextEncoder
from firstlight_encoder.training.profile.profile_fit import fit_profile
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.compressed_encoder import compressed_encoder
from firstlight_indexer.compression_gate import EncodedSpace, compresses, compression_price
from firstlight_indexer.contract import CleanDomain
from firstlight_indexer.event_log import read_interactions
from firstlight_indexer.exported_encoder import exported_encoder
from firstlight_indexer.fine_tuning import fine_tuned
from firstlight_indexer.joint_training import JointTraining
from firstlight_indexer.model_training import TrainedModel, with_second_stage
from firstlight_indexer.pipeline_settings import PipelineSettings
from firstlight_indexer.prepared_domain import PreparedDomain
from firstlight_indexer.progress import Progress, one_step
from firstlight_indexer.ranking_training import set_apart, tuning_domain
from firstlight_indexer.snapshot_contents import SnapshotContents
from firstlight_indexer.source_domains import SourceDomain
from firstlight_indexer.space_training import train_space
from firstlight_indexer.tagging.tagged_catalogue import require_free, tagged
from firstlight_indexer.texts import encode_texts
from firstlight_indexer.trained_space import TrainedSpace
from firstlight_indexer.training_files import TrainingFiles
from firstlight_store import BuiltIndex, build_index

TRANSFER_FILE = "transfer.json"
"""In the work folder of a domain that learns from others: what the last build's weights were chosen by."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How one snapshot's contents are made from a cleaned domain."""

    name: str
    settings: PipelineSettings
    checkpoint: Checkpoint
    inputs_fingerprint: str
    sources: Sequence[SourceDomain]
    workdir: Path
    progress: Progress

    def contents(self, cleaned: CleanDomain) -> SnapshotContents:
        """Encodes, trains, compresses where that is asked for, and indexes."""
        catalogue = Catalogue.read(cleaned)
        require_free(catalogue, self.settings.tags)
        split = _split(cleaned, catalogue, self.settings)
        tuning, _ = set_apart(split)
        full = self._encoded(self._tuned(tuning, catalogue), catalogue, split)
        used = full if not self._compression.cuts else self._encoded(self._cut_down(full, catalogue), catalogue, split)
        index = self._index(used.trained)
        if compresses(self.settings):
            self._judge(full, used, index=index, catalogue=catalogue, split=tuning)
        return SnapshotContents(
            domain=cleaned.name,
            inputs_fingerprint=self.inputs_fingerprint,
            exported_encoder=self._exported_encoder(used.checkpoint),
            catalogue=tagged(catalogue, used, self.settings, cache=self.workdir / "vectors", progress=self.progress),
            texts=used.texts,
            trained=self._ranked(used, PreparedDomain(self.name, split, catalogue, used.texts.table)),
            index=index,
            profiles=self._profiles(used.trained, split, catalogue),
            tag_attribute=self.settings.tags.published,
        )

    def _tuned(self, split: UserSplit, catalogue: Catalogue) -> Checkpoint:
        return fine_tuned(
            self.checkpoint,
            split,
            catalogue,
            settings=self.settings.encoder.tuning(),
            cache=self.workdir / "encoders",
            progress=self.progress,
        )

    def _profiles(self, trained: TrainedSpace, split: UserSplit, catalogue: Catalogue) -> ProfileModel:
        paths = catalogue.categories if catalogue.meaning == "path" else [list[str]() for _ in catalogue.categories]
        with one_step(self.progress, "fit interest profiles"):
            return fit_profile(
                split.train,
                split.validation,
                vectors=trained.rows[:, :-1],
                categories=paths,
                brands=catalogue.frame["brand"].to_list(),
                seed=self.settings.train.seed,
            )

    @property
    def _compression(self) -> CompressionSettings:
        return self.settings.compress.settings(seed=self.settings.train.seed)

    def _encoded(self, checkpoint: Checkpoint, catalogue: Catalogue, split: UserSplit) -> EncodedSpace:
        """The catalogue in the words of ``checkpoint``, and a space trained on it."""
        encoder = TorchTextEncoder(checkpoint, device=chosen_device(self.settings.encoder.device))
        texts = encode_texts(catalogue, encoder, cache=self.workdir / "vectors", progress=self.progress)
        training = self._training(tuning_domain(PreparedDomain(self.name, split, catalogue, texts.table)), encoder)
        return EncodedSpace(checkpoint, texts, training, self._trained(training))

    def _ranked(self, used: EncodedSpace, domain: PreparedDomain) -> TrainedModel:
        train = self.settings.train
        return with_second_stage(
            used.trained, domain, training=used.training, ranker=train.ranking, parts=train.ranker_parts
        )

    def _cut_down(self, full: EncodedSpace, catalogue: Catalogue) -> Checkpoint:
        return compressed_encoder(
            full.checkpoint,
            catalogue,
            full.texts,
            settings=self._compression,
            cache=self.workdir / "compressed",
            progress=self.progress,
        )

    def _judge(
        self, full: EncodedSpace, used: EncodedSpace, *, index: BuiltIndex, catalogue: Catalogue, split: UserSplit
    ) -> None:
        """Refuses what loses too much, before more is made of it than has to be."""
        online = self._exported_encoder(used.checkpoint) if self.settings.compress.online != "float32" else None
        with one_step(self.progress, "measure what compression costs"):
            price = compression_price(full, used, index=index.index, exported=online, catalogue=catalogue, split=split)
        price.require_at_most(self.settings.compress.allow_loss)

    def _trained(self, training: JointTraining) -> TrainedSpace:
        """Trains, and goes on where a killed build of the same input had come to."""
        trained = train_space(training, weights=self.settings.transfer.weights)
        if trained.transfer is not None:
            trained.transfer.write(self.workdir / TRANSFER_FILE)
        if training.files is not None:
            training.files.forget()
        return trained

    def _training(self, target: PreparedDomain, encoder: TorchTextEncoder) -> JointTraining:
        cache = self.workdir / "vectors"
        sources = (source.prepared(encoder, cache=cache, progress=self.progress) for source in self.sources)
        return JointTraining(
            domains=(target, *sources),
            text_fingerprint=encoder.fingerprint,
            settings=self.settings.train.settings(),
            progress=self.progress,
            files=TrainingFiles(self.workdir / "training"),
        )

    def _exported_encoder(self, checkpoint: Checkpoint) -> Path:
        with one_step(self.progress, "export the encoder"):
            return exported_encoder(
                checkpoint, cache=self.workdir / "exported", precision=self.settings.compress.online
            )

    def _index(self, trained: TrainedSpace) -> BuiltIndex:
        with one_step(self.progress, "build the index"):
            return build_index(trained.rows, trained.queries, settings=self.settings.index.settings())


def _split(cleaned: CleanDomain, catalogue: Catalogue, settings: PipelineSettings) -> UserSplit:
    """Nobody tests, and training goes on to the end of the log: what is published should know all there is."""
    split = split_users(
        read_interactions(cleaned, catalogue),
        seed=settings.train.seed,
        validation_share=settings.train.validation_share,
        test_share=0.0,
        time_quantile=None,
    )
    return split.with_lessons() if settings.evaluation.heeds_times(cleaned.times) else split
