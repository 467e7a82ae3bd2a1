"""The loss of pairs under the encoder as it is now. Knows nothing of how pairs are drawn or weights change."""

import numpy as np
from torch import Tensor
from torch.nn import functional

from firstlight_encoder.interactions import Interactions
from firstlight_encoder.training.stage_b.fine_tune_settings import FineTuneSettings
from firstlight_encoder.training.stage_b.followers import Pairs
from firstlight_encoder.training.stage_b.in_batch_loss import in_batch_loss
from firstlight_encoder.training.stage_b.item_tokens import ItemTokens
from firstlight_encoder.training.stage_b.taken_items import TakenItems
from firstlight_encoder.training.stage_b.text_model import TextModel
from firstlight_encoder.training.tensors import tensor


class PairLoss:
    """In-batch softmax over pairs of items, each item's text encoded once a batch."""

    def __init__(
        self, model: TextModel, tokens: ItemTokens, train: Interactions, settings: FineTuneSettings, *, device: str
    ) -> None:
        """Takes the model, the items' texts, and the log whose shares of the events correct the loss."""
        self._model, self._tokens, self._settings, self._device = model, tokens, settings, device
        # One event more than there was, so that an item without any has a share.
        counts = np.bincount(train.items[train.wanted], minlength=train.item_count) + 1.0
        self._log_share = np.log(counts / counts.sum()).astype(np.float32)

    def __call__(self, pairs: Pairs, taken: TakenItems) -> Tensor:
        """The mean loss of ``pairs``, a scalar; what their users ``taken`` is no negative."""
        rows = self._tokens.item_rows[np.concatenate([pairs.items, pairs.followers])]
        unique, where = np.unique(rows, return_inverse=True)
        vectors = self._model([self._tokens.ids[row] for row in unique.tolist()])
        items, followers = functional.embedding(tensor(where).to(self._device), vectors).chunk(2)
        masked = taken.false_negatives(pairs, self._tokens.item_rows)
        return in_batch_loss(
            items,
            followers,
            log_share=tensor(self._log_share[pairs.followers]).to(self._device),
            masked=tensor(masked).to(self._device),
            scale=self._settings.scale,
            correction=self._settings.correction,
        )
