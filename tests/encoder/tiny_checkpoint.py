"""A real Hugging Face checkpoint of a few kilobytes: BERT of few layers with random weights and a word tokenizer."""

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

MARKS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
WORDS = (*MARKS, "red", "green", "white", "tea", "cup", "pot")
DIMENSION, LONGEST = 16, 32


def write_tiny_checkpoint(directory: Path, *, layers: int = 1, words: Sequence[str] = WORDS) -> Path:
    """Writes the checkpoint into `directory`, with no word on pooling or modules, and returns the directory."""
    directory.mkdir(parents=True)
    torch.manual_seed(0)  # pyright: ignore[reportUnknownMemberType] - torch leaves it untyped
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=DIMENSION,
        num_hidden_layers=layers,
        num_attention_heads=2,
        intermediate_size=2 * DIMENSION,
        max_position_embeddings=LONGEST,
    )
    BertModel(config).save_pretrained(directory)  # pyright: ignore[reportUnknownMemberType] - partly untyped
    _tokenizer(words).save(str(directory / "tokenizer.json"))
    return directory


def say_pooling(directory: Path, config: dict[str, object]) -> None:
    """Writes the sentence-transformers file that says how a checkpoint pools."""
    (directory / "1_Pooling").mkdir()
    (directory / "1_Pooling" / "config.json").write_text(json.dumps(config))


def _tokenizer(words: Sequence[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer
