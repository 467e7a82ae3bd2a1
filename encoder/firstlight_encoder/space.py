"""The trained vector space: adaptor, user tower and calibration, as served.

Score of an item for a user = inner product of ``query`` and the item's row ``[v_i ; log p(i)]``. Needs NumPy and
safetensors only. Knows nothing of training, catalogues or indexes.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from firstlight_encoder import adaptor, tower
from firstlight_encoder.architecture import DEFAULT_ARCHITECTURE, Architecture
from firstlight_encoder.calibration import bucket
from firstlight_encoder.confidence import CONFIDENCE, best_mass, probability
from firstlight_encoder.errors import SpaceFormatError
from firstlight_encoder.parameters import Floats, Parameters
from firstlight_encoder.space_file import FORMAT_VERSION, StoredSpace, read_space, write_space
from firstlight_encoder.token_batch import TokenBatch
from firstlight_encoder.tokens import TokenSequence

DECLARED_ODDS = "declared_odds"
"""Name among the tower's parameters of ``(BUCKETS,)`` float32: see ``Space.odds``."""


@dataclass(frozen=True)
class Space:
    """A space of width ``dimension`` over texts encoded by the encoder ``text_fingerprint``.

    Attributes:
        adaptor_parameters: float32 arrays of ``adaptor.project``.
        tower_parameters: float32 arrays of ``tower.queries``.
        text_fingerprint: of the text encoder whose vectors ``project`` takes.
        architecture: of the tower.
        fingerprint: hex digest of all of the above.
    """

    adaptor_parameters: Parameters
    tower_parameters: Parameters
    text_fingerprint: str
    architecture: Architecture
    fingerprint: str

    @classmethod
    def of(
        cls,
        adaptor_parameters: Parameters,
        tower_parameters: Parameters,
        *,
        text_fingerprint: str,
        architecture: Architecture = DEFAULT_ARCHITECTURE,
    ) -> "Space":
        """A space with its fingerprint worked out."""
        digest = hashlib.sha256(f"{FORMAT_VERSION}:{text_fingerprint}:{architecture}".encode())
        for parameters in (adaptor_parameters, tower_parameters):
            for name in sorted(parameters):
                digest.update(name.encode())
                digest.update(np.ascontiguousarray(parameters[name]).tobytes())
        return cls(adaptor_parameters, tower_parameters, text_fingerprint, architecture, digest.hexdigest())

    def with_tower(self, tower_parameters: Parameters) -> "Space":
        """The same space with other weights in its tower."""
        return Space.of(
            self.adaptor_parameters,
            tower_parameters,
            text_fingerprint=self.text_fingerprint,
            architecture=self.architecture,
        )

    @property
    def dimension(self) -> int:
        """Width of an item vector; index rows and queries are one wider."""
        return len(self.adaptor_parameters["skip.weight"])

    def project(self, text_vectors: Floats) -> Floats:
        """``(n, text_d)`` float32 unit rows -> ``(n, dimension)`` float32 unit rows.

        Raises:
            SpaceFormatError: if the width is not that of the space's text encoder.
        """
        expected = int(self.adaptor_parameters["skip.weight"].shape[1])
        if text_vectors.ndim != 2 or text_vectors.shape[1] != expected:
            raise SpaceFormatError(
                f"text vectors have shape {text_vectors.shape}, this space reads (n, {expected}); encode them with the "
                f"text encoder it was trained on ({self.text_fingerprint})"
            )
        return adaptor.project(text_vectors, self.adaptor_parameters)

    def query(self, tokens: TokenSequence) -> Floats:
        """One user's query, ``(dimension + 1,)`` float32."""
        only: Floats = self.queries([tokens])[0]
        return only

    def queries(self, sequences: Sequence[TokenSequence]) -> Floats:
        """Several users' queries, ``(b, dimension + 1)`` float32.

        Each is ``[s_n * u ; lambda_n]``, and ``[0 ; 1]``, the pure prior, where nothing is known.

        Raises:
            SpaceFormatError: if a user has several interests here, which no single query holds.
        """
        return _only(self.interests(sequences))

    def queries_of_parts(self, tokens: TokenSequence, held: NDArray[np.bool_]) -> Floats:
        """The queries of ``s`` parts of one user's tokens, ``(s, dimension + 1)`` float32.

        Each token is read among all, and weighed as all are: ``tower.queries_of_parts``.

        Args:
            tokens: of the user.
            held: ``(s, n)`` bool, which of them each part holds.

        Raises:
            SpaceFormatError: if a user has several interests here, which no single query holds.
        """
        batch = TokenBatch.of([tokens], self.dimension)
        return _only(tower.queries_of_parts(batch, held, self.tower_parameters, architecture=self.architecture))

    def interests(self, sequences: Sequence[TokenSequence]) -> Floats:
        """Several users' queries, one for each of their K interests, ``(b, K, dimension + 1)`` float32.

        The score of an item is the highest over a user's interests.
        """
        batch = TokenBatch.of(sequences, self.dimension)
        return tower.queries(batch, self.tower_parameters, architecture=self.architecture)

    def odds(self, tokens: TokenSequence) -> float:
        """How far wanted names move the prior (``label_shares.lift``), by how much else is known; 0 if never fitted."""
        fitted = self.tower_parameters.get(DECLARED_ODDS)
        if fitted is None or not tokens.wanted_count:
            return 0.0
        row = bucket(np.array([tokens.event_count]), np.array([tokens.wanted_count]))
        return float(fitted[row[0]])

    def confidence(self, tokens: TokenSequence, scores: Floats) -> float:
        """How probable a hit among the first ten of an answer is, in [0, 1]; NaN if that was never fitted.

        Args:
            tokens: what the answer was made from.
            scores: ``(k,)`` of the answer's items, declared lifts included.
        """
        curves = self.tower_parameters.get(CONFIDENCE)
        if curves is None:
            return math.nan
        row = bucket(np.array([tokens.event_count]), np.array([tokens.wanted_count]))
        return float(probability(best_mass(scores), curves[row[0]]))

    def save(self, directory: Path) -> None:
        """Writes the space into ``directory`` (made if missing)."""
        stored = StoredSpace(
            self.adaptor_parameters, self.tower_parameters, self.text_fingerprint, self.architecture, self.fingerprint
        )
        write_space(directory, stored)

    @classmethod
    def load(cls, directory: Path) -> "Space":
        """Reads a space that ``save`` wrote.

        Raises:
            SpaceFormatError: if a file is missing, unreadable, of another format or not the one that was saved.
        """
        stored = read_space(directory)
        space = cls.of(
            stored.adaptor_parameters,
            stored.tower_parameters,
            text_fingerprint=stored.text_fingerprint,
            architecture=stored.architecture,
        )
        if space.fingerprint != stored.fingerprint:
            raise SpaceFormatError(
                f"the weights in {directory} have fingerprint {space.fingerprint}, its description says "
                f"{stored.fingerprint} (fingerprints differ): the files are of two spaces; rebuild with `make index`"
            )
        return space


def _only(interests: Floats) -> Floats:
    """The one query of each user, ``(b, d + 1)``, among ``interests`` ``(b, K, d + 1)``."""
    if interests.shape[1] != 1:
        raise SpaceFormatError(
            f"this space gives a user {interests.shape[1]} interests, a query holds 1; train with interests = 1"
        )
    return interests[:, 0]
