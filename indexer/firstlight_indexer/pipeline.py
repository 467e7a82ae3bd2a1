"""From a domain to a published snapshot: clean, encode, train, index, publish.

The same input gives the same snapshot; input that is already published is not built again. Knows nothing of consoles
or servers.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.item_text import ITEM_TEXT_VERSION
from firstlight_encoder.space_file import FORMAT_VERSION
from firstlight_encoder.split import split_users
from firstlight_encoder.torch_encoder import TorchTextEncoder
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.cleaning import clean
from firstlight_indexer.contract import CleanDomain
from firstlight_indexer.domain_file import DomainFile
from firstlight_indexer.event_log import read_interactions
from firstlight_indexer.pipeline_settings import PipelineSettings, pipeline_settings
from firstlight_indexer.progress import Progress, silent
from firstlight_indexer.snapshot_files import write_items, write_labels, write_model
from firstlight_indexer.space_training import TrainedSpace, train_space
from firstlight_indexer.texts import EncodedTexts, encode_texts, encoder_directory
from firstlight_store import BuiltIndex, Manifest, SnapshotFacts, SnapshotStore, TenantNotFound, build_index


@dataclass(frozen=True)
class Build:
    """What a run came to.

    Attributes:
        manifest: of the snapshot that is current now.
        clean: the cleaned domain and its report.
        item_texts_encoded: distinct item texts that had to be encoded.
        texts_encoded: distinct texts of any kind, names and categories included.
        changed: False if the input was published already and nothing was built.
    """

    manifest: Manifest
    clean: CleanDomain
    item_texts_encoded: int
    texts_encoded: int
    changed: bool


def build(
    domain: DomainFile, *, workdir: Path, store: SnapshotStore, force: bool = False, progress: Progress = silent
) -> Build:
    """Builds and activates the snapshot of ``domain``.

    Args:
        domain: the checked firstlight.toml.
        workdir: where the cleaned domain and the cache of text vectors are kept between runs.
        store: the tenant's snapshots.
        force: builds even where nothing changed.
        progress: told what is being done.

    Raises:
        IndexerError: if the domain, its files or its settings are wrong.
        EncoderError: if the text encoder or the events cannot be used.
        StoreError: if the index is too bad to publish, or the disk fails. The old snapshot goes on being current.
    """
    settings = pipeline_settings(domain)
    checkpoint = Checkpoint.open(encoder_directory(settings.encoder, beside=domain.path.parent))
    cleaned = clean(domain, workdir / "clean", progress=progress)
    inputs = _inputs_fingerprint(cleaned, settings, checkpoint)
    current = None if force else _current(store, inputs)
    if current is not None:
        return Build(current, cleaned, 0, 0, changed=False)
    catalogue = Catalogue.read(cleaned)
    texts = encode_texts(catalogue, TorchTextEncoder(checkpoint), cache=workdir / "vectors", progress=progress)
    trained = _train(cleaned, catalogue, texts, settings, checkpoint.fingerprint, progress=progress)
    progress("build the index", 0, 1)
    index = build_index(trained.rows, trained.queries, settings=settings.index.settings())
    progress("build the index", 1, 1)
    manifest = _publish(
        store, catalogue, texts, trained, index, checkpoint, domain=domain, inputs=inputs, progress=progress
    )
    store.collect(keep=settings.publish.keep)
    return Build(manifest, cleaned, texts.item_texts_encoded, texts.texts_encoded, changed=True)


def _train(
    cleaned: CleanDomain,
    catalogue: Catalogue,
    texts: EncodedTexts,
    settings: PipelineSettings,
    fingerprint: str,
    *,
    progress: Progress,
) -> TrainedSpace:
    split = split_users(
        read_interactions(cleaned, catalogue),
        seed=settings.train.seed,
        validation_share=settings.train.validation_share,
        test_share=0.0,
        time_quantile=None,
    )
    return train_space(
        split,
        catalogue,
        texts.table,
        text_fingerprint=fingerprint,
        settings=settings.train.settings(),
        progress=progress,
    )


def _publish(
    store: SnapshotStore, catalogue: Catalogue, texts: EncodedTexts, trained: TrainedSpace, index: BuiltIndex,
    checkpoint: Checkpoint, *, domain: DomainFile, inputs: str, progress: Progress,
) -> Manifest:  # fmt: skip
    names, space = catalogue.declarable, trained.space
    facts = SnapshotFacts(
        domain=domain.name,
        encoder_fingerprint=checkpoint.fingerprint,
        space_fingerprint=space.fingerprint,
        dimension=trained.rows.shape[1],
        item_count=len(catalogue),
        label_count=len(names),
        index=index.report.facts(),
        inputs_fingerprint=inputs,
    )
    progress("publish", 0, 1)
    with store.write() as writer:
        write_items(writer.path, catalogue, rows=trained.rows, space=space)
        write_labels(writer.path, names, vectors=space.project(texts.declarable_vectors), space=space)
        write_model(writer.path, space, checkpoint)
        index.index.write(writer.path / "index.faiss")
        with writer.commit(facts) as snapshot:
            store.activate(snapshot.id)
            progress("publish", 1, 1)
            return snapshot.manifest


def _current(store: SnapshotStore, inputs: str) -> Manifest | None:
    """The current snapshot's manifest if it was built from ``inputs``."""
    try:
        current = store.current_id()
        found = {manifest.snapshot_id: manifest for manifest in store.list()}
    except TenantNotFound:
        return None
    manifest = found.get(current or "")
    return manifest if manifest is not None and manifest.facts.inputs_fingerprint == inputs else None


def _inputs_fingerprint(cleaned: CleanDomain, settings: PipelineSettings, checkpoint: Checkpoint) -> str:
    """Hex digest of everything that decides a snapshot."""
    digest = hashlib.sha256(f"{ITEM_TEXT_VERSION}:{FORMAT_VERSION}:{checkpoint.fingerprint}".encode())
    digest.update(
        json.dumps(settings.model_dump(mode="json", exclude={"publish", "evaluation"}), sort_keys=True).encode()
    )
    for path in (cleaned.items, cleaned.events):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
