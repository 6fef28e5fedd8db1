"""Stems known from an older generation, so that a rebuild asks NLTK only for new words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from indexer.analysis import Analyzer
from indexer.backends.whoosh.storage.manifest import fingerprint
from indexer.backends.whoosh.storage.opened import OpenedGeneration
from indexer.backends.whoosh.storage.segment import Segment

_FEW: Final = 2000


def of_segments(
    segments: Sequence[Segment], analyzer: Analyzer, base: OpenedGeneration | None
) -> Callable[[str], str]:
    """Give a function from word to stem that knows the words of some segments already.

    Args:
        segments: those of `base`.
        analyzer: stems what is new, and everything where `base` was analysed otherwise.
        base: the generation before, or None.
    """
    if base is None or base.manifest.analyzer != fingerprint(analyzer):
        return analyzer.stem
    return _KnownStems(segments, analyzer)


class _KnownStems:
    """Stems words; reads the table of the segments only when many are asked for."""

    def __init__(self, segments: Sequence[Segment], analyzer: Analyzer) -> None:
        self._segments = segments
        self._stem = analyzer.stem
        self._asked = 0
        self._known: dict[str, str] = {}

    def __call__(self, word: str) -> str:
        self._asked += 1
        if self._asked == _FEW:
            for arrays in self._segments:
                stems = list(arrays.stems)
                of_word = (stems[at] for at in arrays.word_stem.tolist())
                self._known.update(zip(arrays.words, of_word, strict=True))
        found = self._known.get(word)
        return self._stem(word) if found is None else found
