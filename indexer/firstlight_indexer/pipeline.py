"""From a domain to a published snapshot: clean, encode, train, index, publish.

The same input gives the same snapshot; input that is already published is not built again. Knows nothing of consoles
or servers.
"""

from dataclasses import dataclass
from pathlib import Path

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_indexer.already_published import already_published
from firstlight_indexer.cleaning import clean
from firstlight_indexer.contract import CleanDomain
from firstlight_indexer.domain_file import DomainFile
from firstlight_indexer.encoder_directory import encoder_directory
from firstlight_indexer.inputs_fingerprint import inputs_fingerprint
from firstlight_indexer.pipeline_settings import pipeline_settings
from firstlight_indexer.progress import Progress, one_step, silent
from firstlight_indexer.recipe import Recipe
from firstlight_indexer.snapshot_contents import SnapshotContents
from firstlight_indexer.source_domains import clean_sources
from firstlight_indexer.transfer_report import TransferReport
from firstlight_store import Manifest, SigningKey, SnapshotStore
from firstlight_store.catalogue_changes import CatalogueChanges


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
    recipe = Recipe(
        name=cleaned.name,
        settings=settings,
        checkpoint=checkpoint,
        inputs_fingerprint=inputs_fingerprint(cleaned, settings, checkpoint, sources=[one.cleaned for one in sources]),
        sources=sources,
        workdir=workdir,
        progress=progress,
    )
    return _published(recipe, cleaned, store, signing_key=key, changes=changes, force=force)


def _published(
    recipe: Recipe,
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
