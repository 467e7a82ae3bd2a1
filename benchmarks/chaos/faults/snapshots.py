"""The rows of publishing, swapping and answering. Knows nothing of how they are run."""

from typing import Final

from benchmarks.chaos.bad_publication import BadPublication
from benchmarks.chaos.broken_disk import BrokenDisk
from benchmarks.chaos.damaged_snapshot import DamagedSnapshot
from benchmarks.chaos.fault import Fault
from benchmarks.chaos.fuzzed_messages import FuzzedMessages
from benchmarks.chaos.killed_publisher import KilledPublisher
from benchmarks.chaos.power_cut import PowerCut
from benchmarks.chaos.racing_publishers import RacingPublishers
from benchmarks.chaos.sound_replies import SoundReplies
from benchmarks.chaos.swap_leaks import SwapLeaks
from benchmarks.chaos.swaps_under_load import SwapsUnderLoad

FAULTS: Final[tuple[Fault, ...]] = (
    KilledPublisher(),
    PowerCut(),
    BrokenDisk(),
    DamagedSnapshot(),
    RacingPublishers(),
    SwapsUnderLoad(),
    SwapLeaks(),
    BadPublication(),
    FuzzedMessages(),
    SoundReplies(),
)
