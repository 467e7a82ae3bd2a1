"""Whether a build compresses anything, and what that costs the newcomers among its held-out users.

Everything that was asked for is judged together, as it would be served. Knows nothing of how it was compressed.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.onnx_encoder import OnnxTextEncoder
from firstlight_encoder.split import UserSplit
from firstlight_indexer.catalogue import Catalogue
from firstlight_indexer.compression_price import Price
from firstlight_indexer.errors import DataError
from firstlight_indexer.held_out_cases import held_out_cases
from firstlight_indexer.joint_training import JointTraining
from firstlight_indexer.pipeline_settings import PipelineSettings
from firstlight_indexer.served_space import ServedSpace, text_tokens
from firstlight_indexer.texts import EncodedTexts
from firstlight_indexer.trained_space import TrainedSpace
from firstlight_store import VectorIndex


@dataclass(frozen=True)
class EncodedSpace:
    """One encoder's view of a catalogue.

    Attributes:
        checkpoint: the encoder.
        texts: its vectors of all texts.
        training: of the space on top of them.
        trained: what came of it.
    """

    checkpoint: Checkpoint
    texts: EncodedTexts
    training: JointTraining
    trained: TrainedSpace


def compresses(settings: PipelineSettings) -> bool:
    """Whether ``settings`` ask for anything smaller than the full build."""
    compress = settings.compress
    smaller = compress.online != "float32" or compress.depth < 1 or compress.heads < 1
    return smaller or settings.index.kind not in ("auto", "flat")


def compression_price(
    full: EncodedSpace,
    used: EncodedSpace,
    *,
    index: VectorIndex,
    exported: Path | None,
    catalogue: Catalogue,
    split: UserSplit,
) -> Price:
    """What ``used`` loses against ``full`` with exact search.

    Args:
        full: of the full encoder.
        used: what is to be published.
        index: over ``used``'s rows.
        exported: the encoder that servers will run, where it is not the one of ``used`` in full: what it makes of known
            items' texts stands for what it makes of texts that no snapshot knows.
        catalogue: the items.
        split: whose validation users judge.

    Raises:
        DataError: if no validation user can judge.
    """
    cases = held_out_cases(split, catalogue.labels)
    if not cases:
        raise DataError("no held-out newcomer can judge what compression costs; give more events, or do not compress")
    served = replace(ServedSpace.exact(used.trained, catalogue.labels), index=index)
    if exported is not None:
        items, labels = text_tokens(used.trained, catalogue, cases, encoder=OnnxTextEncoder.load(exported))
        served = replace(served, item_vectors=items, label_vectors=labels)
    return Price.of(ServedSpace.exact(full.trained, catalogue.labels).quality(cases), served.quality(cases))
