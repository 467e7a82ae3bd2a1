"""Tidies text written by shops: HTML, control characters, spaces, compatibility forms. It corrects no spelling."""

import html
import re

import polars as pl

from firstlight_indexer.cleaning.identifiers import NO_VALUE

_HIDDEN_ELEMENTS = r"(?is)<(script|style)\b.*?</(script|style)\s*>|<!--.*?-->"
_TAGS = r"</?[A-Za-z][^<>]*>"
_INVISIBLE = r"[\x{00AD}\x{200B}\x{200E}\x{200F}\x{202A}-\x{202E}\x{2060}\x{2066}-\x{2069}\x{FEFF}\x{FFFD}]"
_ENTITY = re.compile(r"&(#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);")


def tidy(text: pl.Expr) -> pl.Expr:
    """Return `text` (String) without markup, on one line, in NFKC; null where nothing is left."""
    plain = text.map_batches(_unescape, return_dtype=pl.String, is_elementwise=True)
    plain = plain.str.replace_all(_HIDDEN_ELEMENTS, " ").str.replace_all(_TAGS, " ").str.normalize("NFKC")
    # Invisible marks vanish inside words; control characters stand between words.
    plain = plain.str.replace_all(_INVISIBLE, "").str.replace_all(r"[\s\p{Cc}]+", " ").str.strip_chars()
    return pl.when(~plain.str.to_lowercase().is_in(NO_VALUE)).then(plain)


def has_word(text: pl.Expr) -> pl.Expr:
    """Return whether `text` has a letter or a digit at all."""
    return text.str.contains(r"[\p{L}\p{N}]")


def _unescape(texts: pl.Series) -> pl.Series:
    if not texts.str.contains("&", literal=True).any():
        return texts
    return pl.Series(texts.name, [_unescaped(text) for text in texts.to_list()], dtype=pl.String)


def _unescaped(text: str | None) -> str | None:
    # Only entities with their semicolon: html.unescape alone would turn "AT&T&copy" or "R&Dash" into signs.
    if text is None or "&" not in text:
        return text
    once = _ENTITY.sub(lambda entity: html.unescape(entity.group()), text)
    return _ENTITY.sub(lambda entity: html.unescape(entity.group()), once)
