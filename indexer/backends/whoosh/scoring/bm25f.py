"""BM25F over the posting lists of an index: the score of each doc for a term.

Robertson & Zaragoza 2009, "The probabilistic relevance framework: BM25 and beyond",
https://doi.org/10.1561/1500000019; `indexer.ranking` has the formula and its parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.kernels import address
from indexer.backends.whoosh.kernels.dispatch import KernelChoice, Kernels
from indexer.backends.whoosh.postings.bitset import damaged
from indexer.backends.whoosh.postings.posting_list import PostingList
from indexer.backends.whoosh.postings.segment_reader import SegmentReader
from indexer.backends.whoosh.scoring.scored_docs import Scores
from indexer.query import TextField
from indexer.ranking import Ranking, idf

FIELDS: Final[tuple[TextField, ...]] = ("abstract", "title", "author")
"""In the order in which their frequencies are added up."""
_MOST: Final = 8
"""Where fewer than one in this many docs has a term in a field, only these are weighed."""
_NORMED: Final = 16
"""`norms` of all docs are used for lists with more than one in this many docs."""
_LONGEST: Final = 65_535
"""Longest field for compiled loops, which read lengths as uint16."""
_FEW: Final = 64
"""Docs below which calling a compiled loop costs more than NumPy."""


@dataclass(frozen=True, slots=True)
class _Field:
    """A field's weight, its length normalization b, and its average length in tokens."""

    weight: float
    b: float
    average: float


class Bm25f:
    """The formula of `indexer.ranking` with the statistics of one index."""

    def __init__(
        self, readers: tuple[SegmentReader, ...], ranking: Ranking, choice: KernelChoice | None
    ) -> None:
        """Scores docs of these segments, by compiled loops once they are ready."""
        self._readers = readers
        self._ranking = ranking
        self._choice = choice
        self._papers = sum(reader.papers for reader in readers)

    @property
    def kernels(self) -> Kernels | None:
        """The compiled loops, once they are ready."""
        return None if self._choice is None else self._choice.ready

    def limit(self, df: int) -> float:
        """Returns the upper bound of a term's scores, given its document frequency."""
        return idf(self._papers, df) * (self._ranking.k1 + 1)

    @cached_property
    def positive(self) -> bool:
        """Whether every doc that contains a term has a score above 0 for it."""
        return all(field.weight > 0 and field.b < 1 for field in self._fields.values())

    def scores(self, segment: int, postings: PostingList, limit: float) -> Scores:
        """Returns the scores of a posting list, float64.

        Args:
            segment: index of the segment.
            postings: all postings of the term in the segment, or some.
            limit: upper bound of the term's scores.

        Raises:
            IndexDamaged: when a posting has no occurrence.
        """
        scores = self._compiled(segment, postings, limit)
        if scores is None:
            scores = self._frequencies(segment, postings)
            denominator = scores + self._ranking.k1
            scores *= limit
            scores /= denominator
        if self.positive and len(scores) and not scores.min() > 0:
            raise damaged()
        return scores

    def _frequencies(self, segment: int, postings: PostingList) -> Scores:
        """Returns the weighted, length-normalized frequencies, summed over the fields.

        Abstracts contain nearly every posting, the other fields few of a long list.
        """
        docs = postings.docs.astype(np.intp)
        if postings.abstract is None:
            total = np.zeros(len(docs))
        else:
            total = self._weights(segment, "abstract", docs)
            total *= postings.abstract
        for field in FIELDS[1:]:
            tfs = postings.tf(field)
            if tfs is None:
                continue
            if np.count_nonzero(tfs) * _MOST > len(docs):
                weighted = self._weights(segment, field, docs)
                weighted *= tfs
                total += weighted
            else:
                present = tfs.nonzero()[0]
                total[present] += tfs[present] * self._weights(segment, field, docs[present])
        return total

    def _weights(self, segment: int, field: TextField, docs: NDArray[np.intp]) -> Scores:
        """Returns the weight of one occurrence in each doc; from the field lengths for few docs.

        So a process with compiled loops, or with few queries, needs no `norms`.
        """
        many = len(docs) * _NORMED > self._readers[segment].size
        steps = None if many and self.kernels is None else self._steps(segment)
        if steps is None:
            return self.norms(segment)[field].take(docs)
        lengths, weights = steps
        row = FIELDS.index(field)
        selected: Scores = weights[row].take(lengths[row].take(docs))
        return selected

    def _compiled(self, segment: int, postings: PostingList, limit: float) -> Scores | None:
        """Scores by a compiled loop; None where it does not take such postings."""
        kernels = self.kernels
        if kernels is None or len(postings.docs) < _FEW:
            return None
        steps = self._steps(segment)
        tfs = (postings.abstract, postings.title, postings.author)
        if steps is None or postings.abstract is None or postings.title is None:
            return None
        for array in tfs:  # arrays of a damaged index may be shorter, which NumPy notices
            if array is not None and (array.dtype != np.uint8 or len(array) != len(postings.docs)):
                return None
        lists = [
            None if array is None else np.ascontiguousarray(array)
            for array in (postings.docs, *tfs)
        ]
        row = np.array([len(postings.docs), *map(address, lists)])
        scores = np.empty(len(postings.docs))
        kernels.score_postings(row, *steps, limit, self._ranking.k1, scores)
        return scores

    def _steps(self, segment: int) -> tuple[NDArray[np.uint16], Scores] | None:
        """Returns the field lengths, uint16[3, docs], and the weight of an occurrence at each.

        These take a tenth of `norms`, and stay in cache. None where a length does not fit uint16.
        """
        steps = self._by_length[segment]
        if steps is None:
            lengths = [self._lengths(segment)[field] for field in FIELDS]
            longest = max(int(column.max(initial=0)) for column in lengths)
            if longest > _LONGEST or min(int(column.min(initial=0)) for column in lengths) < 0:
                return None
            all_lengths = np.arange(longest + 1, dtype=np.int32)
            steps = self._by_length[segment] = (
                np.array(lengths, np.uint16),
                np.array([_norm(self._fields[field], all_lengths) for field in FIELDS]),
            )
        return steps

    def _lengths(self, segment: int) -> dict[TextField, NDArray[np.int32]]:
        """Returns the field lengths of a segment."""
        arrays = self._readers[segment].arrays
        return {
            "title": arrays.title_length,
            "abstract": arrays.abstract_length,
            "author": arrays.author_length,
        }

    def norms(self, segment: int) -> dict[TextField, Scores]:
        """Returns for each field the weight of one occurrence in each doc of a segment, float64."""
        norms = self._norms[segment]
        if norms is None:
            norms = self._norms[segment] = {
                field: _norm(self._fields[field], lengths)
                for field, lengths in self._lengths(segment).items()
            }
        return norms

    @cached_property
    def _by_length(self) -> list[tuple[NDArray[np.uint16], Scores] | None]:
        return [None] * len(self._readers)

    @cached_property
    def _norms(self) -> list[dict[TextField, Scores] | None]:
        return [None] * len(self._readers)

    @cached_property
    def _fields(self) -> dict[TextField, _Field]:
        ranking = self._ranking
        totals = dict.fromkeys(FIELDS, 0)
        for segment, reader in enumerate(self._readers):
            for field, lengths in self._lengths(segment).items():
                totals[field] += reader.total_length(lengths)
        count = max(1, self._papers)
        return {
            "title": _Field(ranking.title_weight, ranking.title_b, totals["title"] / count),
            "abstract": _Field(
                ranking.abstract_weight, ranking.abstract_b, totals["abstract"] / count
            ),
            "author": _Field(ranking.author_weight, ranking.author_b, totals["author"] / count),
        }


def _norm(field: _Field, lengths: NDArray[np.int32]) -> Scores:
    """Returns the weight of one occurrence in a field of each length."""
    if not field.average:
        return np.full(len(lengths), field.weight)
    normalization = 1 - field.b + field.b * lengths / field.average
    weights: Scores = np.divide(
        field.weight, normalization, out=np.zeros(len(lengths)), where=normalization > 0
    )
    return weights
