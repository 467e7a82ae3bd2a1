"""Whether what would be built is what is current already, by the digest of its inputs. Knows nothing of builds."""

from firstlight_store import Manifest, SigningKey, SnapshotStore, TenantNotFound


def already_published(store: SnapshotStore, inputs: str, *, signing_key: SigningKey | None) -> Manifest | None:
    """The current snapshot's manifest if it was built from ``inputs``; then it is signed as well, if there is a key."""
    try:
        current = store.current_id()
        found = {manifest.snapshot_id: manifest for manifest in store.list()}
    except TenantNotFound:
        return None
    manifest = found.get(current or "")
    if manifest is None or manifest.facts.inputs_fingerprint != inputs:
        return None
    if signing_key is not None:
        store.sign(manifest.snapshot_id, signing_key)
    return manifest
