"""Stems of top docs, for pseudo-relevance feedback: their term vectors and document frequencies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.postings.bitset import check_docs
from indexer.backends.whoosh.postings.cache_sizes import STEM_BYTES
from indexer.backends.whoosh.postings.caches import BoundedCache, Cache
from indexer.backends.whoosh.postings.segment_reader import SegmentReader
from indexer.query_analysis.relevance_model import SMOOTHING, WORDS, heaviest, stem_cache, stems_of

MOST_STEMS: Final = 200_000
"""Stems numbered before numbering starts anew; bounds memory."""
_SLACK: Final = 2e-5
"""Relative difference of weights that may round to the same."""


@dataclass(frozen=True, slots=True)
class StemSpans:
    """The posting lists of a stem.

    Attributes:
        papers: live document frequency in the index.
        ids: stem id in each segment, -1 where the segment does not contain it.
        spans: range of its postings in each segment's `Segment.docs`.
    """

    papers: int
    ids: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]


class StemNumbers:
    """Numbers for the stems of all segments, from 0 as they are met; thread-safe."""

    def __init__(self) -> None:
        """Starts empty."""
        self.stems: list[str] = []
        self._numbers: dict[str, int] = {}
        self._lock = Lock()

    def of(self, stems: Iterable[str]) -> NDArray[np.int32]:
        """Returns the number of each stem, int32."""
        numbers = []
        with self._lock:
            for stem in stems:
                number = self._numbers.setdefault(stem, len(self.stems))
                if number == len(self.stems):
                    self.stems.append(stem)
                numbers.append(number)
        return np.array(numbers, np.int32)


@dataclass(frozen=True, slots=True)
class PaperStems:
    """Term vector of a doc.

    Attributes:
        numbers: int32, its stems, distinct.
        times: int32, tf of each.
        length: its tokens that are no stop words, plus `SMOOTHING`.
    """

    numbers: NDArray[np.int32]
    times: NDArray[np.int32]
    length: int


class Stems:
    """Term vectors of docs and document frequencies of stems, cached."""

    def __init__(
        self,
        readers: Sequence[SegmentReader],
        stem: Callable[[str], str],
        stop_words: frozenset[str],
    ) -> None:
        """Reads these segments; `stem` returns the stem of a folded word."""
        self._readers = readers
        self._chunks = stem_cache(stem, stop_words)
        self._numbers = StemNumbers()
        self._counts: BoundedCache[PaperStems] = BoundedCache(STEM_BYTES * 2 // 3, _weigh_counts)
        self._spans: BoundedCache[StemSpans] = BoundedCache(STEM_BYTES // 3, _weigh_spans)

    @property
    def caches(self) -> tuple[Cache, ...]:
        """The caches of term vectors and posting ranges."""
        return self._counts, self._spans

    def forget_chunks(self) -> None:
        """Empties the cache of the stems of chunks."""
        self._chunks.forget()

    def model(self, best: Sequence[tuple[int, int, float]]) -> dict[str, float]:
        """Returns the relevance model of the top docs, weight by stem.

        See `query_analysis.relevance_model`.

        Args:
            best: segment, doc id and score of each doc, best first.
        """
        if not best:
            return {}
        numbering = self._numbers
        if len(numbering.stems) > MOST_STEMS:
            numbering = self._numbers = StemNumbers()
        vectors = [self._counted(numbering, segment, number) for segment, number, _ in best]
        sizes = [len(vector.numbers) for vector in vectors]
        weights = np.repeat([score for _, _, score in best], sizes)
        weights *= np.concatenate([vector.times for vector in vectors])
        weights /= np.repeat([vector.length for vector in vectors], sizes)
        numbers = np.concatenate([vector.numbers for vector in vectors])
        # Stable, so each stem's weights are added in the order of the docs.
        order = numbers.argsort(kind="stable")
        numbers = numbers[order]
        is_first = np.ones(len(numbers), np.bool_)
        np.not_equal(numbers[1:], numbers[:-1], out=is_first[1:])
        sums = np.bincount(np.cumsum(is_first) - 1, weights=weights[order])
        numbers = numbers[is_first]
        if len(sums) > WORDS:
            threshold = float(np.partition(sums, -WORDS)[-WORDS])
            (heavy,) = (sums >= threshold - abs(threshold) * _SLACK).nonzero()
            sums, numbers = sums[heavy], numbers[heavy]
        stems = [numbering.stems[number] for number in numbers.tolist()]
        return heaviest(zip(stems, sums.tolist(), strict=True))

    def _counted(self, numbering: StemNumbers, segment: int, doc: int) -> PaperStems:
        """Returns the term vector of a doc, cached."""
        return self._counts.get(
            (numbering, segment, doc), lambda: self._count(numbering, segment, doc)
        )

    def _count(self, numbering: StemNumbers, segment: int, doc: int) -> PaperStems:
        """Computes the term vector of a doc."""
        tfs = stems_of(self._readers[segment].store.paper(doc), self._chunks)
        times = np.fromiter(tfs.values(), np.int32, len(tfs))
        return PaperStems(numbering.of(tfs), times, tfs.total() + SMOOTHING)

    def spans(self, stem: str) -> StemSpans:
        """Returns the posting lists of a stem."""
        return self._spans.get(stem, lambda: self._find(stem))

    def _find(self, stem: str) -> StemSpans:
        """Looks the posting lists of a stem up."""
        ids, spans = [], []
        df = 0
        for reader in self._readers:
            arrays = reader.arrays
            stem_id = arrays.stems.find(stem)
            first, last = reader.posting_range(stem_id) if stem_id >= 0 else (0, 0)
            ids.append(stem_id)
            spans.append((first, last))
            df += _count_live(reader, arrays.docs[first:last])
        return StemSpans(df, tuple(ids), tuple(spans))


def _count_live(reader: SegmentReader, docs: NDArray[np.int32]) -> int:
    """Returns the number of live docs."""
    if reader.live is None:
        return len(docs)
    check_docs(docs, reader.size)
    return int(reader.live[docs].sum())


def _weigh_counts(vector: PaperStems) -> int:
    """Returns the size of a term vector in memory."""
    return 500 + vector.numbers.nbytes + vector.times.nbytes


def _weigh_spans(spans: StemSpans) -> int:
    """Returns the size of posting ranges in memory."""
    return 200 + 190 * len(spans.spans)
