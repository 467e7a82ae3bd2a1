"""What a rung leaves of a user's evidence, and which rung that makes it in truth. Knows nothing of load or ranking."""

from collections.abc import Container
from dataclasses import dataclass, replace

from firstlight_server.answer import Notice, WarningCode
from firstlight_server.degradation.rung import Rung
from firstlight_server.evidence import Evidence


@dataclass(frozen=True)
class Simplified:
    """The evidence that is used, and the rung of an answer made from it."""

    evidence: Evidence
    rung: Rung


_MESSAGES = {
    Rung.FIRST_STAGE: "the first stage alone ranked",
    Rung.KNOWN_VECTORS: "text whose vector was not at hand was left out, and the first stage alone ranked",
    Rung.PRIOR: "what newcomers take was returned, whatever is known of this one",
}


def simplified(evidence: Evidence, rung: Rung, texts: Container[str]) -> Simplified:
    """The evidence at ``rung``, where the vectors of ``texts`` are at hand. What changes nothing is no lower rung."""
    if rung is Rung.PRIOR:
        return _only_prior(evidence)
    if rung is not Rung.KNOWN_VECTORS:
        return Simplified(evidence, rung)
    kept = tuple(clue for clue in evidence.clues if clue.row is not None or clue.prompt in texts)
    if len(kept) == len(evidence.clues):
        return Simplified(evidence, Rung.FIRST_STAGE)
    return Simplified(replace(evidence, clues=kept), rung) if kept else _only_prior(evidence)


def degraded(rung: Rung) -> tuple[Notice, ...]:
    """What the caller is told of an answer from ``rung``: nothing of a full one."""
    if rung is Rung.FULL:
        return ()
    return (Notice(WarningCode.DEGRADED, "", f"the service was short of time, so {_MESSAGES[rung]}; see rung"),)


def _only_prior(evidence: Evidence) -> Simplified:
    return Simplified(replace(evidence, clues=()), Rung.PRIOR if evidence.clues else Rung.FULL)
