"""Adapters write public data sets into the data contract: a folder with catalogue, events and firstlight.toml.

`adapt(name, out, source)` is the door. They clean nothing that cleaning can do.
"""

from firstlight_indexer.adapters.registry import ADAPTERS, Adapter, adapt

__all__ = ["ADAPTERS", "Adapter", "adapt"]
