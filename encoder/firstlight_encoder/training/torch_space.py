"""All that training learns, with gradients. Knows nothing of domains, losses or how it is trained."""

import torch
from torch import nn

from firstlight_encoder.device import chosen_device, chosen_dtype, products_in
from firstlight_encoder.parameters import Floats
from firstlight_encoder.space import Space
from firstlight_encoder.training.own_scale import OwnScale
from firstlight_encoder.training.torch_adaptor import TorchAdaptor
from firstlight_encoder.training.torch_tower import TorchTower
from firstlight_encoder.training.train_settings import TrainSettings


class TorchSpace(nn.Module):
    """One adaptor and one tower for every domain, with what only training needs.

    Attributes:
        adaptor: text vectors -> item vectors.
        tower: tokens -> queries.
        own_scales: one for every domain but the anchor, whose scale the tower itself learns.
        pair_log_scale: of the inner product of two items that go together.
        pair_prior_weight: of the prior beside it.
        dtype: what its products are computed in; its parameters and what it gives are float32.
    """

    def __init__(self, text_vectors: Floats, *, settings: TrainSettings, others: int = 0) -> None:
        """Starts from the principal axes of ``text_vectors`` (``(n, text_d)``), for ``others`` domains more.

        Raises:
            DeviceError: if the device asked for is not there.
        """
        super().__init__()
        self.adaptor = TorchAdaptor(text_vectors, settings.dimension)
        self.tower = TorchTower(settings.dimension, settings.tower)
        self.own_scales = tuple(OwnScale() for _ in range(others))
        self._registered = nn.ModuleList(self.own_scales)
        self.pair_log_scale = nn.Parameter(torch.tensor(2.0))
        self.pair_prior_weight = nn.Parameter(torch.tensor(1.0))
        device = chosen_device(settings.device)
        self.dtype = chosen_dtype(settings.precision, device=device)
        self.to(device)

    def space(self, *, text_fingerprint: str) -> Space:
        """What is served, over texts of the encoder ``text_fingerprint``."""
        return Space.of(
            self.adaptor.arrays(),
            self.tower.arrays(),
            text_fingerprint=text_fingerprint,
            architecture=self.tower.settings.architecture,
        )

    def products(self) -> torch.autocast:
        """Computes products in its ``dtype`` until the block ends."""
        return products_in(self.dtype, device=self.device.type)

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self.pair_log_scale.device
