from enum import Enum

class QuantType(Enum):
    QInt8 = 0
    QUInt8 = 1

def quantize_dynamic(
    model_input: str, model_output: str, *, per_channel: bool = False, weight_type: QuantType = ...
) -> None: ...
