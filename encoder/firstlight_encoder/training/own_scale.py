"""A domain's own trust in tower and prior while several train together: catalogues differ in size and in habits.

Dropped after training: every domain is calibrated anew. Knows nothing of scores or losses.
"""

import torch
from torch import Tensor, nn

from firstlight_encoder.calibration import BUCKETS


class OwnScale(nn.Module):
    """Changes queries ``[s_n * u ; lambda_n]`` by a factor on s_n and a shift of lambda_n, for every bucket."""

    def __init__(self) -> None:
        """Starts by changing nothing."""
        super().__init__()
        self.log_factor = nn.Parameter(torch.zeros(BUCKETS))
        self.prior_shift = nn.Parameter(torch.zeros(BUCKETS))

    def forward(self, queries: Tensor, buckets: Tensor) -> Tensor:
        """``(b, K, d + 1)`` queries of users in ``buckets`` ``(b,)``, scaled."""
        users = queries[..., :-1] * torch.exp(self.log_factor[buckets])[:, None, None]
        return torch.cat([users, queries[..., -1:] + self.prior_shift[buckets][:, None, None]], dim=2)
