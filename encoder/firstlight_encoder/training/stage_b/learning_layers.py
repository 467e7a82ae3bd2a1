"""Which of an encoder's weights learn: those of its upper layers, or small matrices beside them.

Knows nothing of losses or of how they learn.
"""

from collections.abc import Iterable
from typing import cast

from torch import Tensor, nn

from firstlight_encoder.errors import CheckpointError
from firstlight_encoder.training.stage_b import low_rank


def set_learning(transformer: nn.Module, *, layers: int, lora_rank: int) -> None:
    """Lets the last ``layers`` layers learn and nothing else; with a rank, only matrices added beside theirs.

    Raises:
        CheckpointError: if the transformer has no stack of layers.
    """
    transformer.requires_grad_(False)
    name, stack = _layer_stack(transformer)
    upper = range(max(0, len(stack) - layers), len(stack))
    if lora_rank:
        linear = [f"{name}.{number}.{part}" for number in upper for part in _linear_parts(stack[number])]
        low_rank.add(transformer, names=linear, rank=lora_rank)
    else:
        for number in upper:
            stack[number].requires_grad_(True)


def learnt_weights(transformer: nn.Module, *, lora_rank: int) -> dict[str, Tensor]:
    """The weights that learning changed, on the CPU, under the names they had before ``set_learning``."""
    if lora_rank:
        return low_rank.merged(transformer)
    learning = (pair for pair in transformer.named_parameters() if pair[1].requires_grad)
    return {name: value.detach().cpu().contiguous() for name, value in learning}


def _linear_parts(layer: nn.Module) -> list[str]:
    """The names of the linear layers inside ``layer``."""
    parts = cast("Iterable[tuple[str, nn.Module]]", layer.named_modules())
    return [name for name, part in parts if isinstance(part, nn.Linear)]


def _layer_stack(transformer: nn.Module) -> tuple[str, nn.ModuleList]:
    """The longest list of modules, with its name: every architecture calls its layers something else."""
    parts = cast("Iterable[tuple[str, nn.Module]]", transformer.named_modules())
    lists = [(name, part) for name, part in parts if isinstance(part, nn.ModuleList)]
    if not lists:
        raise CheckpointError(
            f"a {type(transformer).__name__} has no list of layers to fine-tune; set [encoder.fine_tune] steps = 0"
        )
    return max(lists, key=lambda pair: len(pair[1]))
