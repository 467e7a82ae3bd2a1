"""All that a snapshot is made of, and how it becomes the files and facts of one.

Knows nothing of how the parts were made or where snapshots lie.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from firstlight_encoder.profile.profile_model import ProfileModel
from firstlight_encoder.profile.profile_model_file import PROFILE, write_profile_model
from firstlight_encoder.second_stage.second_stage_file import write_second_stage
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.model_training import TrainedModel
from firstlight_indexer.snapshot_files import write_items, write_labels, write_model
from firstlight_indexer.texts import EncodedTexts
from firstlight_store import BuiltIndex, SnapshotFacts


@dataclass(frozen=True, kw_only=True)
class SnapshotContents:
    """The parts of one snapshot, all of one build.

    Attributes:
        domain: the domain's name.
        inputs_fingerprint: hex digest of everything that decided the parts.
        exported_encoder: folder of the text encoder as servers run it.
        catalogue: the items.
        texts: text vectors of the items and the declarable names.
        trained: both stages and the items' rows.
        index: over those rows.
        profiles: how interest profiles are read; what could not be fitted is absent.
        tag_attribute: the items' attribute that holds the tags of the build; empty where it tagged none.
    """

    domain: str
    inputs_fingerprint: str
    exported_encoder: Path
    catalogue: Catalogue
    texts: EncodedTexts
    trained: TrainedModel
    index: BuiltIndex
    profiles: ProfileModel
    tag_attribute: str = ""

    def write(self, folder: Path) -> None:
        """Writes every file of the snapshot but its manifest into ``folder``."""
        space, names = self.trained.first.space, self.catalogue.declarable
        write_items(folder, self.catalogue, rows=self.trained.first.rows, space=space)
        known = self.trained.first.label_vectors[np.array([name.label for name in names], np.int64)]
        write_labels(folder, names, vectors=known, space=space)
        write_second_stage(folder / "second_stage", self.trained.second)
        write_profile_model(folder / PROFILE, self.profiles)
        write_model(folder, space, exported_encoder=self.exported_encoder)
        self.index.index.write(folder / "index.faiss")

    def facts(self) -> SnapshotFacts:
        """What the manifest says of it."""
        return SnapshotFacts(
            domain=self.domain,
            encoder_fingerprint=self.trained.first.space.text_fingerprint,
            space_fingerprint=self.trained.first.space.fingerprint,
            dimension=self.trained.first.rows.shape[1],
            item_count=len(self.catalogue),
            label_count=len(self.catalogue.declarable),
            index=self.index.report.facts(),
            inputs_fingerprint=self.inputs_fingerprint,
            tag_attribute=self.tag_attribute,
        )
