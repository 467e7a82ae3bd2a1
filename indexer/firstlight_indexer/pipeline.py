"""From a domain to a published snapshot: clean, encode, train, index, publish.

The same input gives the same snapshot; input that is already published is not built again. Knows nothing of consoles
or servers.
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
from firstlight_indexer.already_published import already_published
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.cleaning import clean
from firstlight_indexer.compressed_encoder import compressed_encoder
from firstlight_indexer.compression_gate import EncodedSpace, compresses, compression_price
from firstlight_indexer.contract import CleanDomain
from firstlight_indexer.domain_file import DomainFile
from firstlight_indexer.encoder_directory import encoder_directory
from firstlight_indexer.event_log import read_interactions
from firstlight_indexer.exported_encoder import exported_encoder
from firstlight_indexer.fine_tuning import fine_tuned
from firstlight_indexer.inputs_fingerprint import inputs_fingerprint
from firstlight_indexer.joint_training import JointTraining
from firstlight_indexer.model_training import TrainedModel, with_second_stage
from firstlight_indexer.pipeline_settings import PipelineSettings, pipeline_settings
from firstlight_indexer.prepared_domain import PreparedDomain
from firstlight_indexer.progress import Progress, one_step, silent
from firstlight_indexer.ranking_training import set_apart, tuning_domain
from firstlight_indexer.snapshot_contents import SnapshotContents
from firstlight_indexer.source_domains import SourceDomain, clean_sources
from firstlight_indexer.space_training import train_space
from firstlight_indexer.tagging.tagged_catalogue import require_free, tagged
from firstlight_indexer.texts import encode_texts
from firstlight_indexer.trained_space import TrainedSpace
from firstlight_indexer.training_files import TrainingFiles
from firstlight_indexer.transfer_report import TransferReport
from firstlight_store import BuiltIndex, Manifest, SigningKey, SnapshotStore, build_index
from firstlight_store.catalogue_changes import CatalogueChanges

TRANSFER_FILE = "transfer.json"
"""In the work folder of a domain that learns from others: what the last build's weights were chosen by."""


@dataclass(frozen=True)
class Build:
    """What a run came to.

    Attributes:
        manifest: of the snapshot that is current now.
        clean: the cleaned domain and its report.
        item_texts_encoded: distinct item texts that had to be encoded.
        texts_encoded: distinct texts of any kind, names and categories included.
        changed: False if the input was published already and nothing was built.
        ranked_by: how its second stage ranks, and why; empty where nothing was built.
        transfer: what other domains brought; None where nothing was built or none was learned from.
    """

    manifest: Manifest
    clean: CleanDomain
    item_texts_encoded: int
    texts_encoded: int
    changed: bool
    ranked_by: str = ""
    transfer: TransferReport | None = None

    @classmethod
    def of(cls, manifest: Manifest, cleaned: CleanDomain, contents: SnapshotContents) -> "Build":
        """A build whose ``contents`` were published as ``manifest`` says."""
        texts, trained = contents.texts, contents.trained
        why = f"{trained.second.method} ({trained.ranked_because})"
        return cls(
            manifest,
            cleaned,
            texts.item_texts_encoded,
            texts.texts_encoded,
            changed=True,
            ranked_by=why,
            transfer=trained.first.transfer,
        )


def build(
    domain: DomainFile,
    *,
    workdir: Path,
    store: SnapshotStore,
    changes: CatalogueChanges | None = None,
    force: bool = False,
    progress: Progress = silent,
) -> Build:
    """Builds and activates the snapshot of ``domain``.

    Args:
        domain: the checked firstlight.toml.
        workdir: where the cleaned domain, vectors, encoders and the transfer report are kept between runs.
        store: the tenant's snapshots.
        changes: what was changed online, to be folded in; None for nothing. What the shop says as well is forgotten.
        force: builds even where nothing changed.
        progress: told what is being done.

    Raises:
        IndexerError: if the domain, its files or its settings are wrong.
        EncoderError: if the text encoder or the events cannot be used.
        StoreError: if the signing key, the index or the disk is bad. The old snapshot goes on being current.
    """
    settings = pipeline_settings(domain)
    key = settings.publish.key(beside=domain.path.parent)
    checkpoint = Checkpoint.open(encoder_directory(settings.encoder, beside=domain.path.parent))
    online = [] if changes is None else changes.since(store.tenant)
    cleaned = clean(domain, workdir / "clean", changes=online, progress=progress)
    sources = clean_sources(domain, workdir=workdir, progress=progress)
    recipe = _Recipe(
        name=cleaned.name,
        settings=settings,
        checkpoint=checkpoint,
        inputs_fingerprint=inputs_fingerprint(cleaned, settings, checkpoint, sources=[one.cleaned for one in sources]),
        sources=sources,
        workdir=workdir,
        progress=progress,
    )
    return _published(recipe, cleaned, store, signing_key=key, changes=changes, force=force)


@dataclass(frozen=True, kw_only=True)
class _Recipe:
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


def _published(
    recipe: _Recipe,
    cleaned: CleanDomain,
    store: SnapshotStore,
    *,
    signing_key: SigningKey | None,
    changes: CatalogueChanges | None,
    force: bool,
) -> Build:
    built = None if force else already_published(store, recipe.inputs_fingerprint, signing_key=signing_key)
    if built is None:
        contents = recipe.contents(cleaned)
        manifest = _publish(contents, store, signing_key=signing_key, progress=recipe.progress)
        store.collect(keep=recipe.settings.publish.keep)
        done = Build.of(manifest, cleaned, contents)
    else:
        done = Build(built, cleaned, 0, 0, changed=False)
    if changes is not None:  # what is published says what the shop says of these
        changes.forget(store.tenant, cleaned.settled_changes)
    return done


def _publish(
    contents: SnapshotContents, store: SnapshotStore, *, signing_key: SigningKey | None, progress: Progress
) -> Manifest:
    """Writes ``contents`` as a snapshot of ``store`` and makes it the current one."""
    with one_step(progress, "publish"), store.write(signing_key=signing_key) as writer:
        contents.write(writer.path)
        with writer.commit(contents.facts()) as snapshot:
            store.activate(snapshot.id)
            return snapshot.manifest
