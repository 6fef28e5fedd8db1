"""What the best papers of a query are about: words that may lead on to others like them.

Pseudo-relevance feedback by a relevance model (Lavrenko & Croft 2001, "Relevance-Based Language
Models"; Abdul-Jaleel et al. 2004, "UMass at TREC 2004", who call it RM3 where the words are added
to the query). `indexer.ranking` says how its words enter a score.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from indexer.analysis import open_word
from indexer.highlighting.spans import WORD
from indexer.paper import Paper
from indexer.text.apart import folds_apart
from indexer.text.folding import fold

PAPERS: Final = 10
"""So many of the best papers are believed."""
WORDS: Final = 20
"""So many words are taken from them."""
SMOOTHING: Final = 100
"""Words that every paper is taken to be longer by: a bare title is worth less than an abstract."""
PIECE_BYTES: Final = 24 << 20
"""Memory for pieces: some 100,000 of 250 bytes."""
_ENTRY_BYTES: Final = 190
_STEM_BYTES: Final = 64


class KnownStems(dict[str, tuple[str, ...]]):
    """Pieces of text between spaces, and the stems in them that say something, see `stems_of`.

    Bounded by bytes: it begins anew when it holds too much.
    """

    def __init__(self, stem: Callable[[str], str], stop_words: frozenset[str]) -> None:
        """Keep what this gives as the stem of a folded word, stop words left out."""
        super().__init__()
        self._stem = stem
        self._stop_words = stop_words
        self._bytes = 0

    def __missing__(self, piece: str) -> tuple[str, ...]:
        """Cut a piece that was not met before."""
        raws = WORD.findall(fold(piece, umlauts=True).text)
        stems = tuple(
            self._stem(part)
            for raw in raws
            for part in open_word(raw)[0]
            if len(part) > 1 and part not in self._stop_words and not part.isdigit()
        )
        self._bytes += _ENTRY_BYTES + len(piece) + _STEM_BYTES * len(stems)
        if self._bytes > PIECE_BYTES:
            self.forget()
        self[piece] = stems
        return stems

    def forget(self) -> None:
        """Empties the cache."""
        self.clear()
        self._bytes = 0


def stems_of(paper: Paper, known: KnownStems) -> Counter[str]:
    """Count the stems of title and abstract; stop words, numbers and single signs do not count."""
    pieces: Counter[str] = Counter()
    for text in (paper.title, paper.abstract):
        apart = text if folds_apart(text) else fold(text, umlauts=True).text
        pieces.update(apart.split())
    found: Counter[str] = Counter()
    for piece, times in pieces.items():
        for stem in known[piece]:
            found[stem] += times
    return found


def relevance_model(best: Iterable[tuple[float, Mapping[str, int]]]) -> dict[str, float]:
    """Returns the words that the best papers share, with their weights, which add up to 1.

    Args:
        best: score and `stems_of` of each, best first; only `PAPERS` of them are looked at.
    """
    model: defaultdict[str, float] = defaultdict(float)
    for (score, stems), _ in zip(best, range(PAPERS), strict=False):
        length = sum(stems.values()) + SMOOTHING
        for stem, times in stems.items():
            model[stem] += score * times / length
    return heaviest(model.items())


def heaviest(weights: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Returns the words of the highest weights, `WORDS` of them, with weights that add up to 1."""
    # Rounded, so that the order of a sum cannot choose between words.
    rounded = sorted((-float(f"{weight:.6g}"), stem) for stem, weight in weights)[:WORDS]
    total = -sum(weight for weight, _ in rounded)
    return {stem: -weight / total for weight, stem in rounded if total}
