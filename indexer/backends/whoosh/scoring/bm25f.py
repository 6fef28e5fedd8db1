"""BM25F over the postings of a collection: what each paper gets for a term."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.ragged_arrays import address
from indexer.backends.whoosh.kernels.dispatch import KernelChoice, Kernels
from indexer.backends.whoosh.postings.bitset import damaged
from indexer.backends.whoosh.postings.posting_list import PostingList
from indexer.backends.whoosh.postings.segment_reader import SegmentReader
from indexer.backends.whoosh.scoring.scored_docs import Scores
from indexer.query import TextField
from indexer.ranking import Ranking, idf

FIELDS: Final[tuple[TextField, ...]] = ("abstract", "title", "author")
"""In the order in which what they give is added up."""
_MOST: Final = 8
"""Where less than one in so many papers holds a word in a field, these alone are looked at."""
_NORMED: Final = 16
"""Papers are weighed by `norms` where a list has more than one in so many."""
_LONGEST: Final = 65_535
"""The longest field that compiled loops are given."""
_FEW: Final = 64
"""So few papers are not worth a call of compiled loops."""


@dataclass(frozen=True, slots=True)
class _Field:
    """How a field counts: its weight, how much its length matters, the mean length."""

    weight: float
    b: float
    average: float


class Bm25f:
    """The formula of `indexer.ranking` with the statistics of one collection."""

    def __init__(
        self, readers: tuple[SegmentReader, ...], ranking: Ranking, choice: KernelChoice | None
    ) -> None:
        """Score papers of these segments; compiled loops are used where there are any."""
        self._readers = readers
        self._ranking = ranking
        self._choice = choice
        self._papers = sum(reader.papers for reader in readers)

    @property
    def kernels(self) -> Kernels | None:
        """The compiled loops, if there are any."""
        return None if self._choice is None else self._choice.ready

    def limit(self, holding: int) -> float:
        """Give the score that no paper exceeds for a term that so many hold."""
        return idf(self._papers, holding) * (self._ranking.k1 + 1)

    @cached_property
    def positive(self) -> bool:
        """Whether every paper that holds a term has a score above 0 for it."""
        return all(one.weight > 0 and one.b < 1 for one in self._fields.values())

    def scores(self, segment: int, found: PostingList, limit: float) -> Scores:
        """Score papers.

        Args:
            segment: place of the segment.
            found: where the term is, in all or some of its papers.
            limit: of the term.

        Raises:
            IndexDamaged: when a paper that holds the term is said to hold it nowhere.
        """
        given = self._compiled(segment, found, limit)
        if given is None:
            given = self._frequencies(segment, found)
            saturated = given + self._ranking.k1
            given *= limit
            given /= saturated
        if self.positive and len(given) and not given.min() > 0:
            raise damaged()
        return given

    def _frequencies(self, segment: int, found: PostingList) -> Scores:
        """Add up the normalised frequencies of the fields: tf' of `indexer.ranking`.

        Abstracts hold nearly every posting, the other fields few of a long list.
        """
        docs = found.docs.astype(np.intp)
        if found.abstract is None:
            total = np.zeros(len(docs))
        else:
            total = self._weights(segment, "abstract", docs)
            total *= found.abstract
        for field in FIELDS[1:]:
            counts = found.tf(field)
            if counts is None:
                continue
            if np.count_nonzero(counts) * _MOST > len(docs):
                more = self._weights(segment, field, docs)
                more *= counts
                total += more
            else:
                there = counts.nonzero()[0]
                total[there] += counts[there] * self._weights(segment, field, docs[there])
        return total

    def _weights(self, segment: int, field: TextField, docs: NDArray[np.intp]) -> Scores:
        """Give what one occurrence weighs in some papers: for few by their lengths.

        So a process that has compiled loops, or that few have asked, needs no `norms`.
        """
        long = len(docs) * _NORMED > self._readers[segment].size
        steps = None if long and self.kernels is None else self._steps(segment)
        if steps is None:
            return self.norms(segment)[field].take(docs)
        lengths, weights = steps
        at = FIELDS.index(field)
        found: Scores = weights[at].take(lengths[at].take(docs))
        return found

    def _compiled(self, segment: int, found: PostingList, limit: float) -> Scores | None:
        """Score by a compiled loop; None where there is none for such counts."""
        kernels = self.kernels
        if kernels is None or len(found.docs) < _FEW:
            return None
        steps = self._steps(segment)
        held = (found.abstract, found.title, found.author)
        if steps is None or found.abstract is None or found.title is None:
            return None
        for one in held:  # those of a damaged index may be shorter, at which numpy stops
            if one is not None and (one.dtype != np.uint8 or len(one) != len(found.docs)):
                return None
        lists = [None if one is None else np.ascontiguousarray(one) for one in (found.docs, *held)]
        row = np.array([len(found.docs), *map(address, lists)])
        scores = np.empty(len(found.docs))
        kernels.score_postings(row, *steps, limit, self._ranking.k1, scores)
        return scores

    def _steps(self, segment: int) -> tuple[NDArray[np.uint16], Scores] | None:
        """Give the length of each field of each paper, and what one occurrence weighs at each.

        These are a tenth of `norms`, so that they stay in faster memory. None where a field is
        longer than any ever was, or shorter than nothing.
        """
        steps = self._by_length[segment]
        if steps is None:
            lengths = [self._lengths(segment)[field] for field in FIELDS]
            longest = max(int(one.max(initial=0)) for one in lengths)
            if longest > _LONGEST or min(int(one.min(initial=0)) for one in lengths) < 0:
                return None
            every = np.arange(longest + 1, dtype=np.int32)
            steps = self._by_length[segment] = (
                np.array(lengths, np.uint16),
                np.array([_norm(self._fields[field], every) for field in FIELDS]),
            )
        return steps

    def _lengths(self, segment: int) -> dict[TextField, NDArray[np.int32]]:
        arrays = self._readers[segment].arrays
        return {
            "title": arrays.title_length,
            "abstract": arrays.abstract_length,
            "author": arrays.author_length,
        }

    def norms(self, segment: int) -> dict[TextField, Scores]:
        """For each field, what one occurrence in each paper of a segment weighs."""
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
    if not field.average:
        return np.full(len(lengths), field.weight)
    norm = 1 - field.b + field.b * lengths / field.average
    weights: Scores = np.divide(field.weight, norm, out=np.zeros(len(lengths)), where=norm > 0)
    return weights
