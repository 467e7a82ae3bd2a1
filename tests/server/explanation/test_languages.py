"""Every language can tell everything that every other can."""

from string import Formatter

import pytest

from firstlight_encoder.tokens import TokenType
from firstlight_server.explanation.languages import sentences_of
from firstlight_server.explanation.languages.en import ENGLISH
from firstlight_server.explanation.languages.zh import CHINESE
from firstlight_server.explanation.sentences import Sentences

TEXTS = ("because", "although", "wanted", "unwanted", "prior", "others", "rank_without", "far_without")


def fields(template: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_a_language_has_words_for_every_event_and_rule(language: Sentences) -> None:
    assert set(language.done) == set(TokenType) - {TokenType.DECLARED}
    assert set(language.rules) == set(ENGLISH.rules)
    assert all(fields(template) == {"name"} for template in language.done.values())
    assert {name: fields(getattr(language, name)) for name in TEXTS} == {
        name: fields(getattr(ENGLISH, name)) for name in TEXTS
    }


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("", ENGLISH), ("en-US", ENGLISH), ("zh", CHINESE), ("zh-CN", CHINESE), ("zh-Hans", CHINESE), ("ZH_tw", CHINESE),
     ("zha", ENGLISH), ("fr", ENGLISH), ("-", ENGLISH), ("x" * 35, ENGLISH)],
)  # fmt: skip
def test_a_tags_first_part_decides_and_english_is_for_all_others(tag: str, expected: Sentences) -> None:
    assert sentences_of(tag) is expected
