"""Which device torch computes on, and in which precision. Knows nothing of what is computed."""

from typing import Final, Literal

import torch

from firstlight_encoder.errors import DeviceError

DeviceChoice = Literal["auto", "cpu", "cuda"]
"""What a configuration may ask for: `auto` takes a GPU where there is one."""

CPU: Final = "cpu"
CUDA: Final = "cuda"


def chosen_device(choice: DeviceChoice = "auto") -> str:
    """Torch's name of the device.

    Raises:
        DeviceError: if a GPU is asked for and torch sees none.
    """
    if choice == "auto":
        return CUDA if torch.cuda.is_available() else CPU
    if choice == CUDA and not torch.cuda.is_available():
        raise DeviceError(
            f'device = "cuda", but torch {torch.__version__} sees no GPU; install a CUDA build of torch and its '
            'driver, or set device = "auto"'
        )
    return choice


def fastest_dtype(device: str) -> torch.dtype:
    """bf16 on a GPU or a processor with bf16 products (AVX-512 BF16 or AMX), else float32."""
    if device != CPU:
        return torch.bfloat16
    native = torch.cpu.get_capabilities()
    return torch.bfloat16 if native.get("avx512_bf16") or native.get("amx_bf16") else torch.float32
