"""The exchange with models that live elsewhere: what they learn from goes out as files, ranked lists come back.

The format is described in ``exchange/export.py`` (out) and ``exchange/peer_files.py`` (back).
"""

from firstlight_evaluation.exchange.export import write_exchange
from firstlight_evaluation.exchange.list_scorer import ListScorer
from firstlight_evaluation.exchange.peer import Peer
from firstlight_evaluation.exchange.peer_files import read_peers

__all__ = ["ListScorer", "Peer", "read_peers", "write_exchange"]
