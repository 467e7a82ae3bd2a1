"""The languages that reasons are told in, a file each; English where a caller's is not among them."""

from firstlight_server.explanation.languages.en import ENGLISH
from firstlight_server.explanation.languages.zh import CHINESE
from firstlight_server.explanation.sentences import Sentences

_BY_SUBTAG = {"en": ENGLISH, "zh": CHINESE}


def sentences_of(language: str) -> Sentences:
    """The sentences of a BCP 47 tag such as "zh-Hans-CN": its first subtag decides, whatever its case."""
    return _BY_SUBTAG.get(language.replace("_", "-").partition("-")[0].strip().lower(), ENGLISH)
