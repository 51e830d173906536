"""A public key as six words that two people can compare aloud."""

import hashlib
from dataclasses import dataclass

from cardsvc.core.words import FINGERPRINT_WORDS

WORDS = 6


@dataclass(frozen=True, slots=True)
class Word:
    """One word: Chinese characters, and the same in letters (pinyin without tones)."""

    characters: str
    letters: str


def words_of(public_key: bytes) -> tuple[Word, ...]:
    """The words of an Ed25519 public key (32 bytes): the first six bytes of its SHA-256, one word each.

    48 bits: enough because the code that brings a key here serves once and for an hour.
    """
    digest = hashlib.sha256(public_key).digest()
    return tuple(Word(*FINGERPRINT_WORDS[byte].split()) for byte in digest[:WORDS])


def spoken(public_key: bytes) -> str:
    """The same on one line: ``青山 qingshan · 金桥 jinqiao · ...``."""
    return " · ".join(f"{word.characters} {word.letters}" for word in words_of(public_key))
