import re
from html.parser import HTMLParser

import pytest

from tests.indexer.small_shop import CATALOGUE, EVENTS, Shop

ATTACK = "<img src=x onerror=alert(1)>"


class Tags(HTMLParser):
    """Collects the tags that a browser would see, and checks that they close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag not in {"meta", "rect"}:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


@pytest.fixture
def page(shop: Shop) -> str:
    shop.write(
        catalogue=CATALOGUE + f"x,{ATTACK},1\n",
        events=EVENTS + f"ann,{ATTACK},view,2024-03-01\nann,tea,{ATTACK},2024-03-01\n{ATTACK},tea\n",
    )
    toml = shop.folder / "firstlight.toml"
    toml.write_text(toml.read_text().replace('name = "shop"', f'name = "shop"\nnotice = "{ATTACK} Simulated data."'))
    return shop.clean().report_html.read_text(encoding="utf-8")


def test_nothing_from_the_data_becomes_markup(page: str) -> None:
    tags = Tags()
    tags.feed(page)
    assert "img" not in tags.seen
    assert "script" not in tags.seen
    assert page.count("&lt;img src=x") >= 4


def test_the_page_needs_nothing_from_elsewhere(page: str) -> None:
    assert re.findall(r"(?:src|href)=['\"]|url\(|@import", page.replace("src=x", "")) == []


def test_the_page_shows_the_notice_the_sums_and_the_examples(page: str) -> None:
    assert "Simulated data." in page
    assert "<strong>6</strong> rows read = <strong>3</strong> kept + <strong>3</strong> dropped" in page
    assert "2 fields instead of 4" in page
    assert "Unknown event type" in page


def test_the_page_draws_every_distribution(page: str) -> None:
    for title in ("Events per user", "Events per item", "Events per month", "Event types"):
        assert f"aria-label='{title}'" in page
