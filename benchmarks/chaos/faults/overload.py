"""O1: far more calls than can be answered, and whether those that are taken in are answered in time."""

import time
from dataclasses import dataclass

from benchmarks.chaos.fault import Outcome, unmet
from benchmarks.chaos.in_process import server_in_thread
from benchmarks.chaos.load import REFUSALS, Load, Probed, probe, start_load
from benchmarks.chaos.shop import known_user, shop
from firstlight_server.app import Server
from firstlight_server.degradation.rung import Rung

TIMEOUT_S = 1.0
PROBES_A_SECOND = 20.0
PEAK_S = 5
RECOVERY_S = 5.0
LEAST_GOODPUT = {3: 0.9, 10: 0.8}


@dataclass(frozen=True)
class Overload:
    """A round is a second of load at 3 and then at 10 times the peak."""

    id: str = "O1"
    title: str = "3 and 10 times the capacity, open loop, a round a second of each"
    rounds: int = 30

    def run(self, rounds: int, seed: int) -> Outcome:
        """Measures the peak in a closed loop, then overloads."""
        message = known_user(seed)
        figures: dict[str, float] = {}
        failures: tuple[str, ...] = ()
        with shop() as data_dir, server_in_thread(data_dir) as server:
            for times, least in LEAST_GOODPUT.items():
                peak = _goodput(server, Load(message, PEAK_S, streams=8))
                figures[f"peak/s before {times}x"] = peak
                load = Load(message, rounds, rate=times * peak, timeout_ms=round(1e3 * TIMEOUT_S))
                goodput, probed = _overloaded(server, load)
                figures[f"{times}x goodput/peak"] = goodput / peak
                figures[f"{times}x answers below full"] = _degraded(server)
                figures[f"{times}x OK p99 ms"] = probed.at("OK", 0.99)
                refused = probed.together(*REFUSALS)
                figures[f"{times}x refused p50 ms"] = refused.at("", 0.5)
                figures[f"{times}x refused p99 ms"] = refused.at("", 0.99)
                figures[f"{times}x recovered s"] = recovered_s = _recovery_s(server)
                late = probed.count("DEADLINE_EXCEEDED") / max(1, sum(len(took) for took in probed.took_ms.values()))
                failures += unmet(
                    goodput=(goodput >= least * peak, f"{goodput / peak:.2f} of the peak at {times}x, wanted {least}"),
                    late=(late <= 0.01, f"{late:.1%} of the probes at {times}x were let in and missed their deadline"),
                    refusals=(
                        refused.at("", 0.99) <= 10.0,
                        f"{refused.at('', 0.99):.1f} ms at p99 at {times}x, wanted 10",
                    ),
                    recovery=(recovered_s <= RECOVERY_S, f"{recovered_s:.1f} s after {times}x, wanted {RECOVERY_S}"),
                )
        return Outcome(rounds=rounds, failures=failures, figures=figures)


def _degraded(server: Server) -> float:
    """The share of all answers so far that were not full ones."""
    full = sum(count for (_, rung), count in server.tally.rungs.items() if rung is Rung.FULL)
    return 1 - full / max(1, _answered(server))


def _answered(server: Server) -> int:
    return sum(server.tally.rungs.values())


def _goodput(server: Server, load: Load) -> float:
    """Answers a second while the load lasts, its first second left out."""
    running = start_load(server.port, load)
    time.sleep(1.0)
    before, began_s = _answered(server), time.perf_counter()
    time.sleep(load.seconds - 1.5)
    goodput = (_answered(server) - before) / (time.perf_counter() - began_s)
    running.wait()
    return goodput


def _overloaded(server: Server, load: Load) -> tuple[float, Probed]:
    running = start_load(server.port, load)
    time.sleep(1.0)
    before, began_s = _answered(server), time.perf_counter()
    probed = probe(
        server.port, load.message, seconds=max(1.0, load.seconds - 3.0), rate=PROBES_A_SECOND, timeout_s=TIMEOUT_S
    )
    goodput = (_answered(server) - before) / (time.perf_counter() - began_s)
    running.wait()
    return goodput, probed


def _recovery_s(server: Server) -> float:
    """Until nothing runs or waits any more, in seconds."""
    began_s = time.perf_counter()
    while (server.gate.running or server.gate.waiting) and time.perf_counter() - began_s < 2 * RECOVERY_S:
        time.sleep(0.01)
    return time.perf_counter() - began_s


FAULTS = (Overload(),)
