"""The weights of a trained part by name, as NumPy reads them. Knows nothing of what they do."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
"""Vectors, weights and scores: float32 throughout."""

Parameters = Mapping[str, Floats]
"""Name of a weight -> its array; the names are those of the torch module that trained it."""
