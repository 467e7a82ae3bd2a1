"""How to fine-tune a text encoder, each default written once. Knows nothing of what it is tuned on."""

from dataclasses import dataclass

from firstlight_encoder.device import DeviceChoice


@dataclass(frozen=True)
class FineTuneSettings:
    """How to fine-tune; what comes out is the state of the lowest validation loss.

    Attributes:
        steps: how many at most.
        layers: how many of the encoder's upper layers learn; the embeddings never do.
        lora_rank: rank of the matrices that are learnt beside those layers' own, which then stay; 0 for the layers
            themselves. They take a higher rate, such as 1e-3.
        batch: pairs that are compared with one another.
        accumulate: batches a step, one after the other: more pairs than memory holds.
        rate: the highest learning rate (AdamW, one cycle).
        weight_decay: AdamW's.
        scale: what a cosine counts in the softmax.
        correction: how much of the log of an item's share of the events is taken off its score: 1 makes up for all
            of what a frequent item is met as a negative, less keeps some of its frequency in the encoder.
        reach: baskets between the items of a pair at most.
        check_every: steps between looks at the validation loss, and between states on disk.
        patience: looks without a lower loss after which training ends.
        seconds: of training after which it ends, resumed runs included; 0 for no limit.
        threads: of the processor; another number may change the last digits of the weights.
        seed: of everything drawn.
        device: what to train on.
    """

    steps: int = 900
    layers: int = 6
    lora_rank: int = 0
    batch: int = 128
    accumulate: int = 1
    rate: float = 5e-5
    weight_decay: float = 0.01
    scale: float = 20.0
    correction: float = 0.7
    reach: int = 3
    check_every: int = 50
    patience: int = 6
    seconds: float = 0.0
    threads: int = 2
    seed: int = 0
    device: DeviceChoice = "auto"
