"""Which device torch computes on, and in which precision. Knows nothing of what is computed."""

from typing import Final, Literal

import torch

from firstlight_encoder.errors import DeviceError

DeviceChoice = Literal["auto", "cpu", "cuda"]
"""What a configuration may ask for: `auto` takes a GPU where there is one."""

Precision = Literal["auto", "float32", "bfloat16"]
"""What products may be computed in: `auto` is bf16 on a processor that has such products, else float32."""

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


def chosen_dtype(precision: Precision, *, device: str) -> torch.dtype:
    """What the products of a small network are computed in.

    NOTE: `auto` keeps float32 on a GPU, where so small a network waits for its launches and not for its products.
    """
    if precision == "auto":
        return fastest_dtype(device) if device == CPU else torch.float32
    return torch.bfloat16 if precision == "bfloat16" else torch.float32


def products_in(dtype: torch.dtype, *, device: str) -> torch.autocast:
    """Torch's products are computed in ``dtype`` until the block ends; parameters and sums stay as they are."""
    return torch.autocast(device, dtype, enabled=dtype != torch.float32)
