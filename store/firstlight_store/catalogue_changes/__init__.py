"""What was changed in tenants' catalogues since their snapshots were built, durable once acknowledged.

For each item the latest change is kept, until a build says that the shop's own catalogue says the same. It knows
nothing of snapshots, encoders or wires. Other packages import from here; only who needs it imports it, for it brings
SQLAlchemy.
"""

from firstlight_store.catalogue_changes.catalogue_changes import CatalogueChanges, changes_of, changes_url
from firstlight_store.catalogue_changes.data_version import DataVersion
from firstlight_store.catalogue_changes.records import CatalogueChange, ChangedItem

__all__ = ["CatalogueChange", "CatalogueChanges", "ChangedItem", "DataVersion", "changes_of", "changes_url"]
