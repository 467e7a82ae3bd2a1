"""The trained vector space: adaptor, user tower and calibration, as served.

Score of an item for a user = inner product of ``query`` and the item's row ``[v_i ; log p(i)]``. Needs NumPy and
safetensors only. Knows nothing of training, catalogues or indexes.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from firstlight_encoder import adaptor, tower
from firstlight_encoder.errors import SpaceFormatError
from firstlight_encoder.tokens import TokenSequence
from firstlight_encoder.tower import Floats, Parameters, TokenBatch

FORMAT_VERSION = 1
_WEIGHTS, _FACTS = "space.safetensors", "space.json"


@dataclass(frozen=True)
class Space:
    """A space of width ``dimension`` over texts encoded by the encoder ``text_fingerprint``.

    Attributes:
        adaptor_parameters: float32 arrays of ``adaptor.project``.
        tower_parameters: float32 arrays of ``tower.queries``.
        text_fingerprint: of the text encoder whose vectors ``project`` takes.
        fingerprint: hex digest of all of the above.
    """

    adaptor_parameters: Parameters
    tower_parameters: Parameters
    text_fingerprint: str
    fingerprint: str

    @classmethod
    def of(cls, adaptor_parameters: Parameters, tower_parameters: Parameters, *, text_fingerprint: str) -> "Space":
        """A space with its fingerprint worked out."""
        digest = hashlib.sha256(f"{FORMAT_VERSION}:{text_fingerprint}".encode())
        for parameters in (adaptor_parameters, tower_parameters):
            for name in sorted(parameters):
                digest.update(name.encode())
                digest.update(np.ascontiguousarray(parameters[name]).tobytes())
        return cls(adaptor_parameters, tower_parameters, text_fingerprint, digest.hexdigest())

    @property
    def dimension(self) -> int:
        """Width of an item vector; index rows and queries are one wider."""
        return len(self.adaptor_parameters["skip.weight"])

    def project(self, text_vectors: Floats) -> Floats:
        """``(n, text_d)`` float32 unit rows -> ``(n, dimension)`` float32 unit rows.

        Raises:
            SpaceFormatError: if the width is not that of the space's text encoder.
        """
        expected = self.adaptor_parameters["skip.weight"].shape[1]
        if text_vectors.ndim != 2 or text_vectors.shape[1] != expected:
            raise SpaceFormatError(f"text vectors have shape {text_vectors.shape}, this space reads (n, {expected})")
        return adaptor.project(text_vectors, self.adaptor_parameters)

    def query(self, tokens: TokenSequence) -> Floats:
        """One user's query, ``(dimension + 1,)`` float32."""
        return self.queries([tokens])[0]

    def queries(self, sequences: Sequence[TokenSequence]) -> Floats:
        """Several users' queries, ``(b, dimension + 1)`` float32: ``[s_n * u ; lambda_n]``, ``[0 ; 1]`` if nothing is known."""
        return tower.queries(TokenBatch.of(sequences, self.dimension), self.tower_parameters)

    def save(self, directory: Path) -> None:
        """Writes the space into ``directory`` (made if missing)."""
        directory.mkdir(parents=True, exist_ok=True)
        arrays = {f"adaptor.{name}": np.ascontiguousarray(value) for name, value in self.adaptor_parameters.items()}
        arrays |= {f"tower.{name}": np.ascontiguousarray(value) for name, value in self.tower_parameters.items()}
        save_file(arrays, directory / _WEIGHTS)
        facts = {
            "format_version": FORMAT_VERSION,
            "text_fingerprint": self.text_fingerprint,
            "fingerprint": self.fingerprint,
        }
        (directory / _FACTS).write_text(json.dumps(facts, indent=2, sort_keys=True) + "\n")

    @classmethod
    def load(cls, directory: Path) -> "Space":
        """Reads a space that ``save`` wrote.

        Raises:
            SpaceFormatError: if a file is missing, unreadable, of another format or not the one that was saved.
        """
        try:
            facts = json.loads((directory / _FACTS).read_text())
            arrays = load_file(directory / _WEIGHTS)
        except (OSError, ValueError, SafetensorError) as error:
            raise SpaceFormatError(f"no readable space in {directory}: {error}; rebuild with `make index`") from error
        if facts.get("format_version") != FORMAT_VERSION:
            raise SpaceFormatError(
                f"{directory} holds format {facts.get('format_version')}, this version reads {FORMAT_VERSION}"
            )
        parts = {
            part: {n.removeprefix(part): a for n, a in arrays.items() if n.startswith(part)}
            for part in ("adaptor.", "tower.")
        }
        space = cls.of(parts["adaptor."], parts["tower."], text_fingerprint=facts["text_fingerprint"])
        if space.fingerprint != facts["fingerprint"]:
            raise SpaceFormatError(
                f"{directory / _WEIGHTS} is not the file that {_FACTS} describes (fingerprints differ)"
            )
        return space
