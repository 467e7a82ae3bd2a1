"""One tenant's catalogue as it is now: what was changed, laid over every snapshot that is loaded.

A change makes new views of all of them, beside the old ones; then one reference is swapped. Blocking but for `over`;
knows nothing of the wire, or of who asks.
"""

from collections.abc import Sequence
from threading import Lock
from weakref import WeakKeyDictionary

from firstlight_server.catalogue.change_source import ChangeSource
from firstlight_server.catalogue.overlay import Overlay
from firstlight_server.catalogue.shelves import Shelves
from firstlight_server.errors import TooManyChangesError
from firstlight_server.loaded_snapshot import LoadedSnapshot
from firstlight_store.catalogue_changes import CatalogueChange, CatalogueChanges


class TenantCatalogue:
    """Safe across threads."""

    def __init__(self, tenant: str, source: ChangeSource, *, most: int) -> None:
        """Takes the tenant's name, and how many items may differ from the live snapshot's at ``most``."""
        self._tenant, self._source, self._most = tenant, source, most
        self._changes: dict[str, CatalogueChange] = {}
        self._sequence = 0
        self._overlays: WeakKeyDictionary[LoadedSnapshot, Overlay] = WeakKeyDictionary()
        self._lock = Lock()

    def over(self, loaded: LoadedSnapshot) -> LoadedSnapshot:
        """What answers in place of ``loaded``: itself where nothing was changed. Instant."""
        if not self._changes:
            return loaded
        overlay = self._overlays.get(loaded)
        return loaded if overlay is None or overlay.now is None else overlay.now

    def pending(self, loaded: LoadedSnapshot) -> int:
        """How many items differ from those of a snapshot, until a build folds them into one. Instant."""
        overlay = self._overlays.get(loaded)
        return 0 if overlay is None else len(overlay.laid)

    def shelves(self, loaded: LoadedSnapshot) -> Shelves:
        """The categories and brands of a snapshot that was prepared."""
        return self._overlays[loaded].shelves

    def prepare(self, loaded: LoadedSnapshot) -> None:
        """Lays what was changed over a snapshot that may answer soon.

        Raises:
            EventLogUnavailable: what was changed cannot be read; what is known of it was laid over.
        """
        overlay = Overlay(loaded.parts, tag_attribute=loaded.snapshot.manifest.facts.tag_attribute)
        try:
            with self._lock:
                self._read(self._source.found())
        finally:
            # Texts may have to be encoded anew, which takes seconds: nobody is kept waiting for it.
            overlay.renew(loaded, self._changes.values())
            with self._lock:
                overlay.renew(loaded, self._changes.values())
                self._overlays[loaded] = overlay

    def follow(self) -> None:
        """Takes over what was changed elsewhere.

        Raises:
            EventLogUnavailable: it cannot be read.
        """
        with self._lock:
            if self._read(self._source.found()):
                self._renew()

    def change(self, loaded: LoadedSnapshot, changed: Sequence[CatalogueChange]) -> None:
        """Stores changes of different items; when it returns they are durable, and every answer knows them.

        Raises:
            TooManyChangesError: more items than are allowed would differ from those of ``loaded``.
            EventLogUnavailable: they could not be stored; nothing has changed.
        """
        with self._lock:
            differing = self._overlays[loaded].laid | {one.item_id for one in changed}
            if len(differing) > self._most:
                raise TooManyChangesError(
                    f"{len(differing):,} items would differ from those of snapshot {loaded.id}, at most {self._most:,} "
                    "may; run `make index`, which folds the changes into the next snapshot"
                )
            store = self._source.made()
            store.record(self._tenant, changed)
            if self._read(store):
                self._renew()

    def _read(self, store: CatalogueChanges | None) -> bool:
        fresh = [] if store is None else store.since(self._tenant, self._sequence)
        if fresh:
            self._changes = self._changes | {change.item_id: change for change in fresh}
            self._sequence = fresh[-1].sequence
        return bool(fresh)

    def _renew(self) -> None:
        for loaded, overlay in list(self._overlays.items()):
            overlay.renew(loaded, self._changes.values())
