"""What can go wrong in an evaluation.

    EvaluationError
    ├── ScorerOutputError   a model under evaluation returned scores nobody can rank
    ├── NoCasesError        the test users give nothing to judge by
    ├── BanditDataError     a log of the Open Bandit Dataset, or what comes with it, cannot be read
    ├── PeerListsError      the ranked lists of a model elsewhere cannot be judged
    └── ReportError         a report cannot be drawn or written from what was measured

Knows nothing of how a model scores or how a data set is read.
"""


class EvaluationError(Exception):
    """Base of every error raised by ``firstlight_evaluation``."""


class ScorerOutputError(EvaluationError):
    """A scorer's array has the wrong shape or holds values that are not finite."""


class NoCasesError(EvaluationError):
    """No test user has enough events for a single point of the curve."""


class BanditDataError(EvaluationError):
    """A log of the Open Bandit Dataset is missing or broken; the message names the file and what is wanted."""


class PeerListsError(EvaluationError):
    """Ranked lists are missing, were made for another split, or hold what cannot be ranked by."""


class ReportError(EvaluationError):
    """The measurements do not hold what the report is to show."""
