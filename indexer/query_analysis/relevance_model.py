"""The relevance model of a query: the terms of its best papers, with weights.

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
from indexer.text.chunk_cache import CHUNK_BYTES, ChunkCache
from indexer.text.folding import fold

PAPERS: Final = 10
"""Number of best papers whose terms are used."""
WORDS: Final = 20
"""Number of expansion terms."""
SMOOTHING: Final = 100
"""Stems added to the length of every paper, so that a bare title counts less than an abstract."""
_STEM_BYTES: Final = 64

ChunkStems = ChunkCache[tuple[str, ...]]
"""The stems of each chunk, without stop words, numbers and single characters."""


def stem_cache(
    stem: Callable[[str], str], stop_words: frozenset[str], limit: int = CHUNK_BYTES
) -> ChunkStems:
    """Returns an empty cache of the stems of chunks.

    Args:
        stem: returns the stem of a folded word.
        stop_words: folded words that are left out.
        limit: bytes.
    """

    def stems_in(chunk: str) -> tuple[str, ...]:
        raws = WORD.findall(fold(chunk, umlauts=True).text)
        return tuple(
            stem(part)
            for raw in raws
            for part in open_word(raw)[0]
            if len(part) > 1 and part not in stop_words and not part.isdigit()
        )

    return ChunkCache(stems_in, lambda stems: _STEM_BYTES * len(stems), limit)


def stems_of(paper: Paper, chunks: ChunkStems) -> Counter[str]:
    """Returns the term vector of title and abstract: how often each stem occurs."""
    counts: Counter[str] = Counter()
    for text in (paper.title, paper.abstract):
        apart = text if folds_apart(text) else fold(text, umlauts=True).text
        counts.update(apart.split())
    stems: Counter[str] = Counter()
    for chunk, times in counts.items():
        for stem in chunks[chunk]:
            stems[stem] += times
    return stems


def relevance_model(best: Iterable[tuple[float, Mapping[str, int]]]) -> dict[str, float]:
    """Returns the expansion terms with their weights, which add up to 1.

    Args:
        best: score and term vector (`stems_of`) of each paper, best first; `PAPERS` are read.
    """
    model: defaultdict[str, float] = defaultdict(float)
    for (score, stems), _ in zip(best, range(PAPERS), strict=False):
        length = sum(stems.values()) + SMOOTHING
        for stem, times in stems.items():
            model[stem] += score * times / length
    return heaviest(model.items())


def heaviest(weights: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Returns the `WORDS` terms of the highest weights, scaled to add up to 1."""
    # Rounded, so that the order of a sum cannot choose between words.
    rounded = sorted((-float(f"{weight:.6g}"), stem) for stem, weight in weights)[:WORDS]
    total = -sum(weight for weight, _ in rounded)
    return {stem: -weight / total for weight, stem in rounded if total}
