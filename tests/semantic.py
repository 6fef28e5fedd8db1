"""An encoder for tests: words hashed to directions, so texts with the same words are near."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from indexer.meaning.model import EncoderChoice, Model, SentenceEncoder
from indexer.meaning.weights import Floats
from indexer.meaning.wordpiece import WordPiece

WIDTH = 64
SAME = {"automobile": "car", "vehicle": "car"}
"""Words that the encoder takes for others, so that meaning differs from words."""


class Directions:
    """Each piece has a random direction, and a text the sum of its pieces'."""

    name = "test"

    def encode(self, batch: Sequence[Sequence[int]]) -> Floats:
        """Returns a vector of length 1 a text."""
        vectors = np.zeros((len(batch), WIDTH), np.float32)
        for row, ids in enumerate(batch):
            for one in ids:
                seed = int.from_bytes(hashlib.blake2b(str(one).encode(), digest_size=4).digest())
                vectors[row] += np.random.default_rng(seed).standard_normal(WIDTH)
            vectors[row] /= np.linalg.norm(vectors[row])
        return vectors


class Words(WordPiece):
    """Whole words as pieces, numbered as they are met."""

    def __init__(self) -> None:
        """Starts with the signs that every vocabulary has."""
        super().__init__(["[CLS]", "[SEP]", "[UNK]"])
        self._numbers: dict[str, int] = {}

    def encode(self, text: str, limit: int) -> list[int]:
        """Returns a number a word; those of `SAME` have the number of another word."""
        words = [SAME.get(word, word) for word in self._words(text)][:limit]
        digests = (hashlib.blake2b(word.encode(), digest_size=4).digest() for word in words)
        return [int.from_bytes(digest) for digest in digests] or [0]


def encoder(identity: str = "test 1") -> SentenceEncoder:
    """Returns the encoder under an identity."""
    return SentenceEncoder(Model("test", identity, WIDTH), Words(), Directions())


def choice(identity: str = "test 1") -> EncoderChoice:
    """Returns what an index is given to load it."""

    def load(*_: Any, **__: Any) -> SentenceEncoder:
        return encoder(identity)

    return EncoderChoice(load=load)
