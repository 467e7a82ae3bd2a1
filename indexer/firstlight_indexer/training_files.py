"""Where trainings leave their losses, and what they need to go on after a kill. Knows nothing of what is trained."""

from dataclasses import dataclass
from pathlib import Path

from firstlight_encoder.training.loss_log import LossLog
from firstlight_encoder.training.saved_run import SavedRun


@dataclass(frozen=True)
class TrainingFiles:
    """A folder of the work folder.

    Attributes:
        folder: made when the first file is written.
    """

    folder: Path

    def log(self, name: str) -> LossLog:
        """The losses of the run called ``name``, into ``<name>.csv``."""
        return LossLog(self.folder / f"{name}.csv")

    def losses(self) -> list[Path]:
        """The files of all runs so far, by name."""
        return sorted(self.folder.glob("losses-*.csv"))

    def saved(self, key: str) -> SavedRun:
        """Where the run of ``key`` is kept while it lasts."""
        return SavedRun(self.folder / f"{key[:20]}.run", key)

    def forget(self) -> None:
        """Removes what runs needed to go on: all of them are over. Their losses stay."""
        for path in self.folder.glob("*.run"):
            path.unlink(missing_ok=True)
