"""A declaration in one language finds items described in another, with a multilingual encoder from disk.

Runs where FIRSTLIGHT_MULTILINGUAL_ENCODER names a sentence-transformers or Hugging Face directory of such an encoder.
"""

import os

import numpy as np
import pytest

from firstlight_encoder.torch_encoder import TorchTextEncoder

DIRECTORY = os.environ.get("FIRSTLIGHT_MULTILINGUAL_ENCODER", "")

SHELVES = {
    "coffee": ["Ground espresso, dark roast", "Whole bean arabica 1 kg", "Instant decaf granules"],
    "umbrella": ["Folding brolly, windproof", "Clear dome umbrella", "Golf umbrella with wooden handle"],
    "wall clock": ["Station clock, 30 cm", "Retro kitchen clock", "Silent quartz clock with roman numerals"],
    "children's books": ["Bedtime stories for toddlers", "Picture book of farm animals", "Fairy tales, illustrated"],
    "garden tools": ["Pruning shears", "Steel spade with ash handle", "Leaf rake, adjustable"],
    "headphones": ["Bluetooth earbuds", "Noise cancelling over-ear headset", "Wired in-ear headset"],
}
ASKED = {
    "German": ["Kaffee", "Regenschirm", "Wanduhr", "Kinderbücher", "Gartenwerkzeug", "Kopfhörer"],
    "Spanish": ["café", "paraguas", "reloj de pared", "libros infantiles", "herramientas de jardín", "auriculares"],
    "Chinese": ["咖啡", "雨伞", "挂钟", "儿童图书", "园艺工具", "耳机"],
}


@pytest.fixture(scope="module")
def encoder() -> TorchTextEncoder:
    if not DIRECTORY:
        pytest.skip("no multilingual encoder: name its directory in FIRSTLIGHT_MULTILINGUAL_ENCODER")
    return TorchTextEncoder.load(DIRECTORY)


@pytest.mark.parametrize("language", ASKED)
def test_a_declaration_in_one_language_finds_items_described_in_another(
    encoder: TorchTextEncoder, language: str
) -> None:
    titles = encoder.encode([title for own in SHELVES.values() for title in own])
    shelf_of = np.repeat(np.arange(len(SHELVES)), [len(own) for own in SHELVES.values()])
    best = (encoder.encode(ASKED[language]) @ titles.T).argsort(axis=1)[:, -3:]
    found = (shelf_of[best] == np.arange(len(SHELVES))[:, None]).mean()
    assert found > 3 / len(SHELVES), f"{found:.2f} of the first three items, by chance {1 / len(SHELVES):.2f}"
