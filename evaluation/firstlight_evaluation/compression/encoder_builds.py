"""Builds with smaller text encoders: 8-bit weights, half the layers, fewer heads, and two of these at once.

Knows nothing of what they cost.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from firstlight_encoder.cases import Case
from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.onnx_encoder import MODEL_FILE, OnnxTextEncoder
from firstlight_encoder.torch_encoder import TorchTextEncoder
from firstlight_evaluation.compression.compressed_build import CompressedBuild, Part
from firstlight_evaluation.space_trainer import SpaceTrainer
from firstlight_indexer.compress_table import CompressTable, Precision
from firstlight_indexer.compressed_encoder import compressed_encoder
from firstlight_indexer.compression_gate import EncodedSpace
from firstlight_indexer.exported_encoder import exported_encoder
from firstlight_indexer.served_space import ServedSpace, text_tokens
from firstlight_indexer.space_training import train_space
from firstlight_indexer.texts import encode_texts

HALF_DEPTH, FEWER_HEADS = 0.5, 0.75
"""Shares kept where firstlight.toml asks for no cut of its own."""

SAMPLE_TEXTS = 512
"""Item texts that closeness and speed are measured on."""


@dataclass(frozen=True, kw_only=True)
class EncoderBuilds:
    """Makes the builds of one domain.

    Attributes:
        trainer: trains a space on the split's training users.
        table: [compress] of the domain: how to cut and train.
        cases: that anybody will ask the builds about.
        workdir: keeps what was made between runs.
        seed: of the training.
    """

    trainer: SpaceTrainer
    table: CompressTable
    cases: Sequence[Case]
    workdir: Path
    seed: int

    def full(self, checkpoint: Checkpoint) -> EncodedSpace:
        """The space of the encoder as it came."""
        return self._encoded(checkpoint)

    def builds(self, full: EncodedSpace) -> Iterator[CompressedBuild]:
        """The full build first, then the smaller ones."""
        depth = self.table.depth if self.table.depth < 1 else HALF_DEPTH
        heads = self.table.heads if self.table.heads < 1 else FEWER_HEADS
        yield self._build("full", full, full, "float32")
        yield self._build("int8", full, full, "int8")
        shallow = self._cut(full, self.table.model_copy(update={"depth": depth, "heads": 1.0}))
        yield self._build(f"depth {depth:g}", full, shallow, "float32")
        yield self._build(f"depth {depth:g}, int8", full, shallow, "int8")
        narrow = self._cut(full, self.table.model_copy(update={"depth": 1.0, "heads": heads}))
        yield self._build(f"heads {heads:g}", full, narrow, "float32")

    def _cut(self, full: EncodedSpace, table: CompressTable) -> EncodedSpace:
        return self._encoded(
            compressed_encoder(
                full.checkpoint,
                self.trainer.catalogue,
                full.texts,
                settings=table.settings(seed=self.seed),
                cache=self.workdir / "compressed",
                progress=self.trainer.progress,
            )
        )

    def _encoded(self, checkpoint: Checkpoint) -> EncodedSpace:
        trainer, cache = self.trainer, self.workdir / "vectors"
        texts = encode_texts(trainer.catalogue, TorchTextEncoder(checkpoint), cache=cache, progress=trainer.progress)
        target = replace(trainer.target, texts=texts.table)
        alone = replace(trainer, target=target, text_fingerprint=checkpoint.fingerprint, sources=(), files=None)
        training = alone.training(self.seed)
        return EncodedSpace(checkpoint, texts, training, train_space(training))

    def _build(self, name: str, full: EncodedSpace, used: EncodedSpace, precision: Precision) -> CompressedBuild:
        folder = exported_encoder(used.checkpoint, cache=self.workdir / "exported", precision=precision)
        encoder, catalogue = OnnxTextEncoder.load(folder), self.trainer.catalogue
        served = ServedSpace.exact(used.trained, catalogue.labels)
        if precision != "float32":
            items, labels = text_tokens(used.trained, catalogue, self.cases, encoder=encoder)
            served = replace(served, item_vectors=items, label_vectors=labels)
        rows = np.random.default_rng(0).permutation(len(full.texts.table.vectors))[:SAMPLE_TEXTS]
        texts = list(dict.fromkeys(catalogue.texts))
        sample = [texts[int(row)] for row in rows]
        return CompressedBuild(
            name=name,
            part=Part.ENCODER,
            served=served,
            size_bytes=(folder / MODEL_FILE).stat().st_size,
            call=lambda number: encoder.encode([sample[number % len(sample)]]),
            closeness=float((encoder.encode(sample) * full.texts.table.vectors[rows]).sum(1).mean()),
        )
