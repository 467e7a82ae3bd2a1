"""Text encoders by what they are made of: snapshots that carry the same files share one, loaded once.

An encoder is most of what a snapshot costs each process in memory, and most of what its load takes of the interpreter;
nightly builds rarely change it. Knows nothing of what is encoded.
"""

from threading import Lock
from weakref import WeakValueDictionary

from firstlight_encoder.onnx_encoder import OnnxTextEncoder
from firstlight_store import Snapshot


class SharedEncoders:
    """Loads each text encoder once for as long as anybody uses it. Safe across threads."""

    def __init__(self) -> None:
        self._loaded: WeakValueDictionary[frozenset[tuple[str, str]], OnnxTextEncoder] = WeakValueDictionary()
        self._lock = Lock()

    def load(self, snapshot: Snapshot, folder: str) -> OnnxTextEncoder:
        """The encoder in a ``folder`` of a verified snapshot.

        Raises:
            CheckpointError: a file of it is missing or unreadable.
        """
        files = {name: entry.sha256 for name, entry in snapshot.manifest.files.items() if name.startswith(f"{folder}/")}
        content = frozenset(files.items())
        with self._lock:
            encoder = self._loaded.get(content)
            if encoder is None:
                encoder = self._loaded[content] = OnnxTextEncoder.load(snapshot.path(folder))
            return encoder
