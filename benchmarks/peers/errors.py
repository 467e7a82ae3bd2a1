"""What can go wrong between the evaluation and a peer.

PeerError
├── ExchangeError   the folder is not an export that this code reads
└── ListsError      a peer made lists that the evaluation would refuse
"""


class PeerError(Exception):
    """Base of every error raised by ``benchmarks.peers``."""


class ExchangeError(PeerError):
    """A file of the export is missing or of another format."""


class ListsError(PeerError):
    """A ranked list is empty, too long, repeats an item or shows one of the history."""
