"""The tower and the adaptor exist twice, with gradients and without: they must be the same function."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from firstlight_encoder.space import Space
from firstlight_encoder.token_batch import TokenBatch
from firstlight_encoder.tokens import MAX_TOKENS, TokenSequence, TokenType
from firstlight_encoder.training.tensors import tensor
from firstlight_encoder.training.torch_adaptor import TorchAdaptor
from firstlight_encoder.training.torch_tower import TokenTensors, TorchTower

DIMENSION, TEXT_WIDTH = 15, 24


@pytest.fixture(scope="module")
def trained() -> tuple[TorchAdaptor, TorchTower, Space]:
    torch.manual_seed(0)  # pyright: ignore[reportUnknownMemberType] - torch leaves it untyped
    texts = np.random.default_rng(0).normal(size=(50, TEXT_WIDTH)).astype(np.float32)
    adaptor, tower = TorchAdaptor(texts, DIMENSION), TorchTower(DIMENSION)
    for parameter in (*adaptor.parameters(), *tower.parameters()):
        parameter.data += 0.1 * torch.randn_like(parameter)
    return adaptor, tower, Space.of(adaptor.arrays(), tower.arrays(), text_fingerprint="texts")


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
    np.testing.assert_allclose(space.queries(sequences), expected, atol=2e-4, rtol=2e-4)


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
    np.testing.assert_allclose(space.queries([mine, theirs])[0], space.query(mine), atol=1e-4, rtol=1e-4)


def test_nothing_known_is_the_pure_prior(trained: tuple[TorchAdaptor, TorchTower, Space]) -> None:
    assert trained[2].query(TokenSequence.empty(DIMENSION)).tolist() == [0.0] * DIMENSION + [1.0]


def test_a_negative_weight_pushes_away_from_its_item(trained: tuple[TorchAdaptor, TorchTower, Space]) -> None:
    space, one = trained[2], sequence(1, 5)
    kind = np.array([int(TokenType.DECLARED)])
    gap = np.zeros(1, np.float32)
    wanted, unwanted = (
        space.query(TokenSequence(one.vectors, kind, gap, np.array([weight], np.float32)))[:-1] @ one.vectors[0]
        for weight in (1.0, -1.0)
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
    before = space.queries(sequences)
    for name, value in tower.arrays().items():
        changed = Space.of(space.adaptor_parameters, {**tower.arrays(), name: value + 0.5}, text_fingerprint="texts")
        # A constant added to every key shifts all attention scores alike, and to the pool likewise.
        if name != "pool":
            assert np.abs(changed.queries(sequences) - before).max() > 1e-6, name
