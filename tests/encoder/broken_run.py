"""A training run that ends itself as a kill would: `python -m tests.encoder.broken_run FILE STEPS`."""

import os
import signal
import sys
from pathlib import Path

from firstlight_encoder.training.mixture import Mixture
from firstlight_encoder.training.run_key import run_key
from firstlight_encoder.training.saved_run import SavedRun
from firstlight_encoder.training.trainer import StageA
from tests.encoder.training_domains import SETTINGS, shop


def kill_at(last: int, step: int) -> None:
    """Ends the process, without a chance to tidy up, once ``last`` steps are taken."""
    if step == last:
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    path, last = Path(sys.argv[1]), int(sys.argv[2])
    mixture = Mixture.with_sources(shop("target"), [shop("source", seed=5, items=24)], [0.4])
    saved = SavedRun(path, run_key(mixture, SETTINGS))
    StageA(mixture, SETTINGS).train(saved=saved, progress=lambda step, _, __: kill_at(last, step))


if __name__ == "__main__":
    main()
