"""The key of users' pseudonyms: made once, for its owner alone, and never taken for another."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from firstlight_server.errors import SettingsError
from firstlight_server.memory.key_file import made_key, read_key
from firstlight_server.memory.location import location
from firstlight_server.memory.page_tokens import START, PageTokens
from firstlight_server.settings import Settings


def test_whoever_comes_first_makes_the_key_that_all_read(tmp_path: Path) -> None:
    file = tmp_path / "pseudonyms.key"
    with ThreadPoolExecutor(8) as workers:
        keys = set(workers.map(made_key, [file] * 16))
    assert keys == {read_key(file)}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(None, "does not give 64 hexadecimal digits: No such file", id="no file"),
        pytest.param("secret", "does not give 64 hexadecimal digits: it holds something else", id="no digits"),
        pytest.param("ab" * 16, "gives 32 hexadecimal digits, not 64", id="too few"),
    ],
)
def test_what_is_no_key_is_refused_and_not_shown(tmp_path: Path, content: str | None, told: str) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_text(content, encoding="ascii")
    with pytest.raises(SettingsError, match=told) as caught:
        read_key(file)
    assert content is None or content not in str(caught.value)


def test_the_log_lies_in_the_data_directory_unless_told_otherwise(tmp_path: Path) -> None:
    inside = location(Settings(data_dir=tmp_path))
    assert (inside.url, inside.makes_key) == (f"sqlite:///{tmp_path}/.events/events.db", True)
    assert inside.key_file.parent == inside.directory == tmp_path / ".events"
    elsewhere = location(Settings(events_url=f"sqlite:///{tmp_path}/other.db"))
    assert (elsewhere.key_file, elsewhere.directory) == (tmp_path / "other.key", None)
    given = location(Settings(events_url="postgresql://shop@db/events", events_key_file=tmp_path / "k"))
    assert (given.url, given.makes_key) == ("postgresql+psycopg://shop@db/events", False)


def test_page_tokens_are_sealed_for_one_user_and_one_key() -> None:
    tokens = PageTokens(b"k" * 32)
    token = tokens.seal((7, 9), user="anna")
    assert tokens.open(token, user="anna") == (7, 9)
    assert tokens.open("", user="anna") == START
    for other, sealed in ((tokens, token[:-4] + "AAA="), (PageTokens(b"q" * 32), token), (tokens, "é")):
        assert other.open(sealed, user="anna") is None
    assert tokens.open(token, user="ben") is None
