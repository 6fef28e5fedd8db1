"""Stems known from an older generation, so that a rebuild asks NLTK only for new words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from indexer.analysis import Analyzer
from indexer.backends.whoosh.storage.manifest import fingerprint
from indexer.backends.whoosh.storage.opened import OpenedGeneration

Stemmed = Callable[[Sequence[str]], list[str]]
"""Gives the stem of each of some distinct folded words."""
_FEW: Final = 2000


def known_stems(stem: Stemmed, analyzer: Analyzer, base: OpenedGeneration | None) -> Stemmed:
    """Give a function from words to stems that knows the words of a generation already.

    Args:
        stem: stems what is new, and everything where `base` was analysed otherwise.
        analyzer: how the words are analysed now.
        base: the generation before, or None.
    """

    def stems(words: Sequence[str]) -> list[str]:
        if base is None or len(words) < _FEW or base.manifest.analyzer != fingerprint(analyzer):
            return stem(words)
        known: dict[str, str] = {}
        for segment in base.segments:
            of_segment = list(segment.arrays.stems)
            of_word = (of_segment[at] for at in segment.arrays.word_stem.tolist())
            known.update(zip(segment.arrays.words, of_word, strict=True))
        new = [word for word in words if word not in known]
        known.update(zip(new, stem(new), strict=True))
        return [known[word] for word in words]

    return stems
