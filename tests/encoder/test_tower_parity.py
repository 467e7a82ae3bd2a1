"""The tower and the adaptor exist twice, with gradients and without: they must be the same function."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from firstlight_encoder.architecture import Architecture
from firstlight_encoder.calibration import BUCKETS
from firstlight_encoder.errors import SpaceFormatError
from firstlight_encoder.parameters import Floats
from firstlight_encoder.space import Space
from firstlight_encoder.token_batch import TokenBatch
from firstlight_encoder.tokens import MAX_TOKENS, TokenSequence, TokenType
from firstlight_encoder.tower import queries_of_parts
from firstlight_encoder.training.tensors import tensor
from firstlight_encoder.training.torch_adaptor import TorchAdaptor
from firstlight_encoder.training.torch_tower import TokenTensors, TorchTower
from firstlight_encoder.training.tower_settings import TowerSettings

DIMENSION, TEXT_WIDTH = 15, 24
CALIBRATION = ("gate_mean", "log_scale", "prior_weight")


TOWERS = [
    TowerSettings("mean"),
    TowerSettings("transformer"),
    TowerSettings("transformer", interests=3),
    TowerSettings("gru", width=24),
    TowerSettings("causal", width=32, layers=3),
]


@pytest.fixture(scope="module", params=TOWERS, ids=lambda tower: f"{tower.architecture}-{tower.interests}")
def trained(request: pytest.FixtureRequest) -> tuple[TorchAdaptor, TorchTower, Space]:
    torch.manual_seed(0)  # pyright: ignore[reportUnknownMemberType] - torch leaves it untyped
    texts = np.random.default_rng(0).normal(size=(50, TEXT_WIDTH)).astype(np.float32)
    adaptor, tower = TorchAdaptor(texts, DIMENSION), TorchTower(DIMENSION, request.param)
    for parameter in (*adaptor.parameters(), *tower.parameters()):
        parameter.data += 0.1 * torch.randn_like(parameter)
    return adaptor, tower, space_of(adaptor, tower)


def space_of(adaptor: TorchAdaptor, tower: TorchTower, **changed: Floats) -> Space:
    return Space.of(
        adaptor.arrays(),
        {**tower.arrays(), **changed},
        text_fingerprint="texts",
        architecture=tower.settings.architecture,
    )


def sequence(length: int, seed: int) -> TokenSequence:
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(length, DIMENSION))
    return TokenSequence(
        (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32),
        random.integers(0, len(TokenType), length),
        (random.random(length) * 1e4).astype(np.float32),
        random.normal(size=length).astype(np.float32),
    )


@settings(max_examples=25, deadline=None)
@given(lengths=st.lists(st.integers(0, MAX_TOKENS), min_size=1, max_size=5), seed=st.integers(0, 2**16))
def test_numpy_and_torch_give_the_same_queries(
    trained: tuple[TorchAdaptor, TorchTower, Space], lengths: list[int], seed: int
) -> None:
    _, tower, space = trained
    sequences = [sequence(length, seed + place) for place, length in enumerate(lengths)]
    batch = TokenBatch.of(sequences, DIMENSION)
    arrays = (batch.vectors, batch.types, batch.gaps_h, batch.weights, batch.ages, batch.present, batch.buckets)
    with torch.no_grad():
        expected = tower(TokenTensors(*(tensor(array) for array in arrays))).numpy()
    np.testing.assert_allclose(space.interests(sequences), expected, atol=2e-4, rtol=2e-4)


def test_numpy_and_torch_project_texts_alike(trained: tuple[TorchAdaptor, TorchTower, Space]) -> None:
    adaptor, _, space = trained
    texts = np.random.default_rng(1).normal(size=(40, TEXT_WIDTH)).astype(np.float32)
    with torch.no_grad():
        expected = adaptor(tensor(texts)).numpy()
    np.testing.assert_allclose(space.project(texts), expected, atol=1e-5)


@settings(max_examples=20, deadline=None)
@given(length=st.integers(0, 12), other=st.integers(0, MAX_TOKENS))
def test_a_user_s_query_does_not_depend_on_who_shares_the_batch(
    trained: tuple[TorchAdaptor, TorchTower, Space], length: int, other: int
) -> None:
    space = trained[2]
    mine, theirs = sequence(length, 1), sequence(other, 2)
    np.testing.assert_allclose(space.interests([mine, theirs])[0], space.interests([mine])[0], atol=1e-4, rtol=1e-4)


def test_all_of_a_user_as_one_part_is_the_users_query_and_nothing_the_prior_at_the_users_weight(
    trained: tuple[TorchAdaptor, TorchTower, Space],
) -> None:
    space, tokens = trained[2], sequence(6, 3)
    held = np.stack([np.zeros(6, np.bool_), np.arange(6) < 5, np.ones(6, np.bool_)])
    batch = TokenBatch.of([tokens], DIMENSION)
    nothing, most, whole = queries_of_parts(batch, held, space.tower_parameters, architecture=space.architecture)
    np.testing.assert_allclose(whole, space.interests([tokens])[0], atol=1e-5)
    assert not nothing[:, :-1].any()
    assert np.abs(most - whole)[:, :-1].max() > 1e-3
    np.testing.assert_array_equal(np.stack([nothing, most])[..., -1], np.stack([whole, whole])[..., -1])


def test_tokens_of_a_part_are_read_as_among_all_and_pooled_alone(
    trained: tuple[TorchAdaptor, TorchTower, Space],
) -> None:
    """Without a mixer's words a part is a user with the same bucket: tokens mean the same wherever they are."""
    space, tokens = space_of(*trained[:2], gate_mixed=np.zeros(BUCKETS, np.float32)), sequence(7, 4)
    kept = np.arange(7) > 1  # the oldest leave, so that ages stay; 5 and 7 tokens have different buckets
    row = int(TokenBatch.of([tokens], DIMENSION).buckets[0])
    alike = {name: np.full(BUCKETS, space.tower_parameters[name][row]) for name in CALIBRATION}
    expected = replace(space, tower_parameters={**space.tower_parameters, **alike}).interests([tokens.only(kept)])[0]
    batch = TokenBatch.of([tokens], DIMENSION)
    (found,) = queries_of_parts(batch, kept[None], space.tower_parameters, architecture=space.architecture)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_nothing_known_is_the_pure_prior(trained: tuple[TorchAdaptor, TorchTower, Space]) -> None:
    for interest in trained[2].interests([TokenSequence.empty(DIMENSION)])[0]:
        assert interest.tolist() == [0.0] * DIMENSION + [1.0]


def test_a_negative_weight_pushes_away_from_its_item(trained: tuple[TorchAdaptor, TorchTower, Space]) -> None:
    # What is not spoken for is not mixed; what a mixer that was never trained makes of the rest is noise.
    space, one = space_of(*trained[:2], gate_mixed=np.zeros(BUCKETS, np.float32)), sequence(1, 5)
    kind = np.array([int(TokenType.DECLARED)])
    gap = np.zeros(1, np.float32)
    wanted, unwanted = (
        (queries[0, :, :-1] @ one.vectors[0]).max()
        for weight in (1.0, -1.0)
        for queries in [space.interests([TokenSequence(one.vectors, kind, gap, np.array([weight], np.float32))])]
    )
    assert unwanted < 0 < wanted


def test_every_tower_parameter_decides_something(trained: tuple[TorchAdaptor, TorchTower, Space]) -> None:
    _, tower, space = trained
    sequences = [sequence(length, length) for length in (0, 1, 2, 3, 4, 7, 20)]
    declared_only = sequence(2, 9)
    sequences.append(
        TokenSequence(
            declared_only.vectors, np.full(2, int(TokenType.DECLARED)), declared_only.gaps_h, declared_only.weights
        )
    )
    before = space.interests(sequences)
    for name, value in tower.arrays().items():
        changed = space_of(trained[0], tower, **{name: value + 0.5})
        # A constant added to every key shifts all attention scores alike, and to the pool likewise.
        if name != "pool":
            assert np.abs(changed.interests(sequences) - before).max() > 1e-6, name


def test_several_interests_are_no_single_query() -> None:
    tower = TorchTower(DIMENSION, TowerSettings(interests=2))
    space = space_of(TorchAdaptor(np.eye(TEXT_WIDTH, dtype=np.float32), DIMENSION), tower)
    assert space.interests([sequence(3, 0)]).shape == (1, 2, DIMENSION + 1)
    with pytest.raises(SpaceFormatError, match="2 interests"):
        space.query(sequence(3, 0))


@pytest.mark.parametrize("architecture", ["gru", "causal"])
def test_a_tower_that_reads_in_order_answers_the_same_events_in_another_order_otherwise(
    architecture: Architecture,
) -> None:
    torch.manual_seed(0)  # pyright: ignore[reportUnknownMemberType] - torch leaves it untyped
    adaptor = TorchAdaptor(np.random.default_rng(0).normal(size=(50, TEXT_WIDTH)).astype(np.float32), DIMENSION)
    space = space_of(adaptor, TorchTower(DIMENSION, TowerSettings(architecture)), age_decay=np.zeros((), np.float32))
    known = TokenSequence(sequence(3, 0).vectors, np.full(3, 2), np.zeros(3, np.float32), np.ones(3, np.float32))
    turned = TokenSequence(known.vectors[[1, 0, 2]], known.types, known.gaps_h, known.weights)
    assert np.abs(space.query(known) - space.query(turned)).max() > 1e-4


@pytest.mark.parametrize(
    ("left_out", "ignored"),
    [
        (TowerSettings(event_types=False), {"types": np.array([0, 1, 2])}),
        (TowerSettings(time_gaps=False), {"gaps_h": np.array([500.0, 20.0, 0.0], np.float32)}),
    ],
    ids=["types", "gaps"],
)
def test_what_is_left_out_is_not_trained_and_decides_nothing(
    left_out: TowerSettings, ignored: dict[str, NDArray[Any]]
) -> None:
    tower = TorchTower(DIMENSION, left_out)
    held = [parameter for parameter in tower.parameters() if not parameter.requires_grad]
    for parameter in tower.parameters():
        if parameter.requires_grad:
            parameter.data += 0.1 * torch.randn_like(parameter)
    space = space_of(TorchAdaptor(np.eye(TEXT_WIDTH, dtype=np.float32), DIMENSION), tower)
    known = TokenSequence(sequence(3, 0).vectors, np.full(3, 2), np.zeros(3, np.float32), np.ones(3, np.float32))
    assert held
    np.testing.assert_array_equal(space.query(replace(known, **ignored)), space.query(known))
