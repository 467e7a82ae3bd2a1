# The part of pandas that benchmarks.peers uses; it is installed in .venv-rectools only.
from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

class Series:
    def to_numpy(self) -> NDArray[Any]: ...

class DataFrame:
    def __init__(self, data: Mapping[str, object]) -> None: ...
    def __getitem__(self, key: str) -> Series: ...
