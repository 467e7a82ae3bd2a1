"""Firstlight's evaluation: the cold-user curve, its baselines and statistics, and the reports.

The public names below are what other programs use; ``firstlight-evaluate`` is the command line over them.
"""

from firstlight_evaluation.bootstrap import Interval, bootstrap_interval, paired_difference
from firstlight_evaluation.contender import ALWAYS, Contender
from firstlight_evaluation.curve import curve_cases, measure_curve
from firstlight_evaluation.errors import EvaluationError, NoCasesError, ReportError, ScorerOutputError
from firstlight_evaluation.evaluate import evaluate
from firstlight_evaluation.judge import judge
from firstlight_evaluation.lineup import fit_baselines, recipes
from firstlight_evaluation.material import Material
from firstlight_evaluation.measurement import Measurement, mean_over_seeds, same_users
from firstlight_evaluation.points import CURVE_POINTS, Evidence, Point
from firstlight_evaluation.report.files import write_report
from firstlight_evaluation.report.summary import Summary
from firstlight_evaluation.rows import CurveRow, DifferenceRow, curve_rows, difference_rows
from firstlight_evaluation.space_scorer import SpaceScorer

__all__ = [
    "ALWAYS",
    "CURVE_POINTS",
    "Contender",
    "CurveRow",
    "DifferenceRow",
    "EvaluationError",
    "Evidence",
    "Interval",
    "Material",
    "Measurement",
    "NoCasesError",
    "Point",
    "ReportError",
    "ScorerOutputError",
    "SpaceScorer",
    "Summary",
    "bootstrap_interval",
    "curve_cases",
    "curve_rows",
    "difference_rows",
    "evaluate",
    "fit_baselines",
    "judge",
    "mean_over_seeds",
    "measure_curve",
    "paired_difference",
    "recipes",
    "same_users",
    "write_report",
]
