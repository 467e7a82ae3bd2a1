"""The small shop, fresh for each test."""

from pathlib import Path

import pytest

from tests.indexer.small_shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = Shop(tmp_path)
    shop.write()
    return shop
