import numpy as np
import pytest

from firstlight_indexer.compression_price import Price
from firstlight_indexer.errors import CompressionRefused

FULL = np.array([0.2, 0.4, 0.0, 0.6])


def test_a_loss_is_a_share_of_what_the_full_build_reaches() -> None:
    price = Price.of(FULL, FULL * 0.9)
    assert price.loss == pytest.approx(0.1)
    assert price.error == pytest.approx(np.std(FULL * 0.1) / 2)
    assert price.cases == 4


@pytest.mark.parametrize(("share", "allowed"), [(0.991, 0.01), (1.0, 0.0), (1.3, 0.0), (0.9, 0.11)])
def test_what_costs_no_more_than_allowed_passes(share: float, allowed: float) -> None:
    price = Price.of(FULL, FULL * share)
    price.require_at_most(allowed)
    assert price.loss <= allowed


@pytest.mark.parametrize(("share", "allowed"), [(0.98, 0.01), (0.999, 0.0), (0.0, 0.5)])
def test_what_costs_more_is_refused(share: float, allowed: float) -> None:
    with pytest.raises(CompressionRefused, match=rf"allow_loss = {allowed} allows"):
        Price.of(FULL, FULL * share).require_at_most(allowed)


def test_a_refusal_says_both_figures_their_error_and_the_way_out() -> None:
    with pytest.raises(CompressionRefused) as refused:
        Price.of(FULL, FULL * 0.95).require_at_most(0.01)
    assert str(refused.value) == (
        "the compressed build reaches NDCG@10 0.2850 on 4 held-out newcomers, the full one 0.3000: 5.0% less (standard "
        "error 1.9%), and [compress] allow_loss = 0.01 allows 1.0%; keep more (depth, heads), train longer (steps), "
        "choose another [index] kind, or raise allow_loss"
    )


def test_where_nobody_is_served_well_nothing_is_lost() -> None:
    assert Price.of(np.zeros(3), np.zeros(3)).loss == 0
