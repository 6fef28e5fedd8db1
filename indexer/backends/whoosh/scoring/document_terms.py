"""Stems as the words of the best papers are looked at: what papers share, and who else has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.postings.bitset import check_docs
from indexer.backends.whoosh.postings.cache_sizes import STEM_BYTES
from indexer.backends.whoosh.postings.caches import BoundedCache
from indexer.backends.whoosh.postings.segment_reader import SegmentReader
from indexer.query_analysis.relevance_model import SMOOTHING, WORDS, KnownStems, heaviest, stems_of

MOST_STEMS: Final = 200_000
"""Numbers are given anew when more stems than this have one."""
_SLACK: Final = 2e-5
"""Weights this close, relatively, may round to the same."""


@dataclass(frozen=True, slots=True)
class StemSpans:
    """Where the postings of a stem of title and abstract are.

    Attributes:
        papers: how many live papers of the collection hold it.
        ids: for each segment its id, -1 where it is not there.
        spans: for each segment the first place in `Segment.docs`, and the first one behind.
    """

    papers: int
    ids: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]


class StemNumbers:
    """Numbers for stems of all segments, from 0 as they are met; safe to use from threads."""

    def __init__(self) -> None:
        """Know no stem."""
        self.stems: list[str] = []
        self._numbers: dict[str, int] = {}
        self._lock = Lock()

    def of(self, stems: Iterable[str]) -> NDArray[np.int32]:
        """Give the number of each stem."""
        found = []
        with self._lock:
            for stem in stems:
                number = self._numbers.setdefault(stem, len(self.stems))
                if number == len(self.stems):
                    self.stems.append(stem)
                found.append(number)
        return np.array(found, np.int32)


@dataclass(frozen=True, slots=True)
class PaperStems:
    """The stems of a paper.

    Attributes:
        numbers: of its stems, distinct.
        times: how often it has each.
        length: words that count, and `SMOOTHING`.
    """

    numbers: NDArray[np.int32]
    times: NDArray[np.int32]
    length: int


class Stems:
    """The stems of the papers of some segments; what was asked for is kept a while."""

    def __init__(
        self,
        readers: Sequence[SegmentReader],
        stem: Callable[[str], str],
        stop_words: frozenset[str],
    ) -> None:
        """Read these segments; `stem` gives the stem of a folded word."""
        self._readers = readers
        self._known = KnownStems(stem, stop_words)
        self._numbers = StemNumbers()
        self._counts: BoundedCache[PaperStems] = BoundedCache(STEM_BYTES * 2 // 3, _weigh_counts)
        self._spans: BoundedCache[StemSpans] = BoundedCache(STEM_BYTES // 3, _weigh_spans)

    def model(self, best: Sequence[tuple[int, int, float]]) -> dict[str, float]:
        """Give what `query_analysis.relevance_model` does, of papers by number.

        Args:
            best: segment, number and score of each paper that is believed, best first.
        """
        if not best:
            return {}
        known = self._numbers
        if len(known.stems) > MOST_STEMS:
            known = self._numbers = StemNumbers()
        held = [self._counted(known, segment, number) for segment, number, _ in best]
        sizes = [len(one.numbers) for one in held]
        weights = np.repeat([score for _, _, score in best], sizes)
        weights *= np.concatenate([one.times for one in held])
        weights /= np.repeat([one.length for one in held], sizes)
        numbers = np.concatenate([one.numbers for one in held])
        # Equal ones stay in the order of the papers, so that sums are what they are one by one.
        order = numbers.argsort(kind="stable")
        numbers = numbers[order]
        new = np.ones(len(numbers), np.bool_)
        np.not_equal(numbers[1:], numbers[:-1], out=new[1:])
        sums = np.bincount(np.cumsum(new) - 1, weights=weights[order])
        numbers = numbers[new]
        if len(sums) > WORDS:
            least = float(np.partition(sums, -WORDS)[-WORDS])
            (likely,) = (sums >= least - abs(least) * _SLACK).nonzero()
            sums, numbers = sums[likely], numbers[likely]
        stems = [known.stems[number] for number in numbers.tolist()]
        return heaviest(zip(stems, sums.tolist(), strict=True))

    def _counted(self, known: StemNumbers, segment: int, number: int) -> PaperStems:
        return self._counts.get(
            (known, segment, number), lambda: self._count(known, segment, number)
        )

    def _count(self, known: StemNumbers, segment: int, number: int) -> PaperStems:
        found = stems_of(self._readers[segment].store.paper(number), self._known)
        times = np.fromiter(found.values(), np.int32, len(found))
        return PaperStems(known.of(found), times, found.total() + SMOOTHING)

    def spans(self, stem: str) -> StemSpans:
        """Find the postings of a stem."""
        return self._spans.get(stem, lambda: self._find(stem))

    def _find(self, stem: str) -> StemSpans:
        ids, spans = [], []
        holding = 0
        for reader in self._readers:
            arrays = reader.arrays
            at = arrays.stems.find(stem)
            first, last = reader.posting_range(at) if at >= 0 else (0, 0)
            ids.append(at)
            spans.append((first, last))
            holding += _living(reader, arrays.docs[first:last])
        return StemSpans(holding, tuple(ids), tuple(spans))


def _living(reader: SegmentReader, docs: NDArray[np.int32]) -> int:
    """Count live papers."""
    if reader.live is None:
        return len(docs)
    check_docs(docs, reader.size)
    return int(reader.live[docs].sum())


def _weigh_counts(found: PaperStems) -> int:
    return 500 + found.numbers.nbytes + found.times.nbytes


def _weigh_spans(found: StemSpans) -> int:
    return 200 + 190 * len(found.spans)
