"""Low-rank adaptation (Hu et al. 2021, "LoRA"): the one place that touches the peft library.

Knows nothing of which layers are worth it.
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from torch import Tensor, nn

from firstlight_encoder.errors import CheckpointError

SHARE_OF_RANK = 2
"""LoRA's alpha over its rank: what the matrices' product is multiplied by."""


def add(transformer: nn.Module, *, names: Sequence[str], rank: int) -> None:
    """Puts matrices of ``rank`` beside the linear layers of these names; only they learn.

    Raises:
        CheckpointError: if peft is not installed.
    """
    try:
        import peft  # noqa: PLC0415 - an extra: only who asks for a rank needs it
    except ImportError as error:
        raise CheckpointError(
            f"[encoder.fine_tune] lora_rank = {rank} needs peft; run `pip install 'firstlight[lora]'`, or set it to 0"
        ) from error
    config = peft.LoraConfig(r=rank, lora_alpha=SHARE_OF_RANK * rank, target_modules=list(names), lora_dropout=0.0)
    inject: Any = peft.inject_adapter_in_model  # its annotations are partial
    inject(config, transformer)


def merged(transformer: nn.Module) -> dict[str, Tensor]:
    """The adapted layers' weights with the product of their matrices added, under the names from before ``add``."""
    parts = cast("Iterable[tuple[str, Any]]", transformer.named_modules())
    adapted = {name: part for name, part in parts if hasattr(part, "get_delta_weight")}
    return {
        f"{name}.weight": (layer.base_layer.weight + layer.get_delta_weight("default")).detach().cpu().contiguous()
        for name, layer in adapted.items()
    }
