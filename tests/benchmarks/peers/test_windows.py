"""Every training event is in one window of one user, in order."""

import numpy as np

from benchmarks.peers.exchange import TrainingLog
from benchmarks.peers.windows import windows


def test_a_users_events_fill_windows_in_order_and_no_window_has_two_users() -> None:
    log = TrainingLog(np.array([0, 0, 0, 0, 0, 1, 2, 2]), np.arange(8), user_count=3, item_count=8)
    assert windows(log, length=2).tolist() == [0, 0, 1, 1, 2, 3, 4, 4]
