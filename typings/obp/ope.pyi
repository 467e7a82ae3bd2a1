# The parts of obp that benchmarks.peers uses; it is installed in .venv-obp only.
import numpy as np
from numpy.typing import NDArray

class _Estimator:
    def estimate_policy_value(
        self,
        *,
        reward: NDArray[np.float64],
        action: NDArray[np.int64],
        pscore: NDArray[np.float64],
        action_dist: NDArray[np.float64],
        estimated_rewards_by_reg_model: NDArray[np.float64],
        position: NDArray[np.int64],
    ) -> float: ...

class InverseProbabilityWeighting(_Estimator): ...
class SelfNormalizedInverseProbabilityWeighting(_Estimator): ...
class DirectMethod(_Estimator): ...
class DoublyRobust(_Estimator): ...

class SwitchDoublyRobust(_Estimator):
    def __init__(self, tau: float) -> None: ...
