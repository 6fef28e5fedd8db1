"""Pending changes of a writer: live docs that are deleted or replaced, and papers that are added.

Of papers with equal ids the last one added counts. What is deleted becomes a tombstone: a flag in
its segment, until a merge drops the doc.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.format.generation import OpenedSegment
from indexer.record.digests import NONE, DigestTable

_FEW: Final = 256
"""Lookups by binary search before a hash table of all ids is built; both find the same."""
_STEP: Final = 1 << 13
"""Ids read at a time."""
Tombstones = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class DocAddress:
    """Address of a live doc.

    Attributes:
        segment: index of its segment.
        paper: doc id in that segment.
    """

    segment: int
    paper: int


class ExistingPapers:
    """Finds live docs by paper id, and collects tombstones; a hash table serves many lookups."""

    def __init__(self, segments: Sequence[OpenedSegment]) -> None:
        """Starts with the docs of some segments, none of them newly deleted."""
        self._segments = segments
        self._lookups = 0
        self._table: DigestTable | None = None
        self._first_positions = list(
            accumulate((segment.entry.papers for segment in segments), initial=0)
        )
        self._tombstones: list[Tombstones | None] = [None for _ in segments]

    def find(self, paper_id: str) -> DocAddress | None:
        """Returns the address of the live doc with this paper id, deleted by this writer or not."""
        self._lookups += 1
        if self._table is None and self._lookups > _FEW:
            self._table = self._build_table()
        if self._table is not None:
            position = self._table.number(paper_id)
            if position == NONE:
                return None
            segment_index = bisect_right(self._first_positions, position) - 1
            return DocAddress(segment_index, position - self._first_positions[segment_index])
        for segment_index, segment in enumerate(self._segments):
            index = segment.arrays.ids.find(paper_id)
            if index >= 0:
                doc = int(segment.arrays.id_paper[index])
                if segment.deleted is None or not segment.deleted[doc]:
                    return DocAddress(segment_index, doc)
        return None

    def delete(self, address: DocAddress) -> bool:
        """Marks a doc deleted; returns whether it was not yet."""
        tombstones = self._tombstones[address.segment]
        if tombstones is None:
            docs = self._segments[address.segment].entry.papers
            tombstones = self._tombstones[address.segment] = np.zeros(docs, np.bool_)
        was_live = not tombstones[address.paper]
        tombstones[address.paper] = True
        return was_live

    def restore(self, address: DocAddress) -> None:
        """Takes a doc's new tombstone back."""
        tombstones = self._tombstones[address.segment]
        if tombstones is not None:
            tombstones[address.paper] = False

    @property
    def has_deletions(self) -> bool:
        """Whether any doc is newly deleted."""
        return any(
            tombstones is not None and bool(tombstones.any()) for tombstones in self._tombstones
        )

    def tombstones(self) -> list[Tombstones | None]:
        """Returns old and new tombstones of each segment: bool[docs], None where there are none."""
        return [
            segment.deleted
            if tombstones is None or not tombstones.any()
            else tombstones | (False if segment.deleted is None else segment.deleted)
            for segment, tombstones in zip(self._segments, self._tombstones, strict=True)
        ]

    def _build_table(self) -> DigestTable:
        """Returns the position of every live doc, counted over all segments, by paper id."""
        positions = DigestTable()
        for start, segment in zip(self._first_positions, self._segments, strict=False):
            arrays, tombstones = segment.arrays, segment.deleted
            for low in range(0, arrays.papers, _STEP):
                docs = arrays.id_paper[low : low + _STEP].tolist()
                for index, doc in enumerate(docs, low):
                    if tombstones is None or not tombstones[doc]:
                        positions.swap(arrays.ids[index], start + doc)
        return positions


class AddedPapers:
    """The papers added to a writer, by id; of equal ids the last one counts.

    Attributes:
        total: how many were added, replaced ones included.
    """

    def __init__(self) -> None:
        """Starts empty."""
        self.total = 0
        self._table = DigestTable()
        self._dropped = array("i")

    def __len__(self) -> int:
        """Number of papers that count."""
        return self.total - len(self._dropped)

    def add(self, paper_id: str) -> None:
        """Records the next paper; an earlier one with this id is dropped."""
        earlier = self._table.swap(paper_id, self.total)
        if earlier != NONE:
            self._dropped.append(earlier)
        self.total += 1

    def drop(self, paper_id: str) -> bool:
        """Drops the paper with this id; returns whether there was one."""
        earlier = self._table.number(paper_id)
        if earlier == NONE:
            return False
        self._table.swap(paper_id, NONE)
        self._dropped.append(earlier)
        return True

    def dropped(self, lengths: Sequence[int]) -> list[NDArray[np.bool_] | None]:
        """Returns which papers are dropped, bool, run by run; None for a run without any.

        Args:
            lengths: papers of each run; together they hold all papers added, in that order.
        """
        dropped = np.zeros(self.total, np.bool_)
        dropped[np.array(self._dropped, np.int64)] = True
        parts = np.split(dropped, np.cumsum(lengths)[:-1]) if lengths else []
        return [part if part.any() else None for part in parts]
