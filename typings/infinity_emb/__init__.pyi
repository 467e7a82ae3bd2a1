from typing import Self

import numpy as np
from numpy.typing import NDArray

class EngineArgs:
    def __init__(
        self,
        *,
        model_name_or_path: str,
        engine: str = ...,
        device: str = ...,
        dtype: str = ...,
        batch_size: int = ...,
        bettertransformer: bool = ...,
        compile: bool = ...,
        model_warmup: bool = ...,
        lengths_via_tokenize: bool = ...,
    ) -> None: ...

class AsyncEmbeddingEngine:
    @classmethod
    def from_args(cls, engine_args: EngineArgs) -> Self: ...
    async def __aenter__(self) -> None: ...
    async def __aexit__(self, *args: object) -> None: ...
    async def embed(self, sentences: list[str]) -> tuple[list[NDArray[np.float32]], int]: ...
