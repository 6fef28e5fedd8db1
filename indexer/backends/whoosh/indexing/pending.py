"""The papers an index holds already, as the writer asks for them: by id; and which of them go.

The papers given to a writer, and which of them count: of equal ids the last.
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
from indexer.digests import NONE, DigestTable

_FEW: Final = 256
_STEP: Final = 1 << 13
Bits = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class DocAddress:
    """Where a live paper is: place of its segment among the segments, number in it."""

    segment: int
    paper: int


class KnownPapers:
    """Finds live papers by id; a few by search, and once there are many by a table."""

    def __init__(self, segments: Sequence[OpenedSegment]) -> None:
        """Know the papers of some segments; all of them stay."""
        self._segments = segments
        self._asked = 0
        self._numbers: DigestTable | None = None
        self._starts = list(accumulate((one.entry.papers for one in segments), initial=0))
        self._going: list[Bits | None] = [None for _ in segments]

    def find(self, paper_id: str) -> DocAddress | None:
        """Give the place of the live paper with this id, whether it goes or not."""
        self._asked += 1
        if self._numbers is None and self._asked > _FEW:
            self._numbers = self._all()
        if self._numbers is not None:
            number = self._numbers.number(paper_id)
            if number == NONE:
                return None
            among = bisect_right(self._starts, number) - 1
            return DocAddress(among, number - self._starts[among])
        for at, segment in enumerate(self._segments):
            row = segment.arrays.ids.find(paper_id)
            if row >= 0:
                paper = int(segment.arrays.id_paper[row])
                if segment.deleted is None or not segment.deleted[paper]:
                    return DocAddress(at, paper)
        return None

    def take(self, place: DocAddress) -> bool:
        """Have a paper go; say whether it was to stay."""
        going = self._going[place.segment]
        if going is None:
            papers = self._segments[place.segment].entry.papers
            going = self._going[place.segment] = np.zeros(papers, np.bool_)
        stayed = not going[place.paper]
        going[place.paper] = True
        return stayed

    def keep(self, place: DocAddress) -> None:
        """Have a paper stay after all."""
        going = self._going[place.segment]
        if going is not None:
            going[place.paper] = False

    @property
    def any_goes(self) -> bool:
        """Whether any paper goes."""
        return any(going is not None and bool(going.any()) for going in self._going)

    def deleted(self) -> list[Bits | None]:
        """Give the deletions of each segment, with papers that go; None where there are none."""
        return [
            segment.deleted
            if going is None or not going.any()
            else going | (False if segment.deleted is None else segment.deleted)
            for segment, going in zip(self._segments, self._going, strict=True)
        ]

    def _all(self) -> DigestTable:
        numbers = DigestTable()
        for start, segment in zip(self._starts, self._segments, strict=False):
            arrays, gone = segment.arrays, segment.deleted
            for low in range(0, arrays.papers, _STEP):
                papers = arrays.id_paper[low : low + _STEP].tolist()
                for row, paper in enumerate(papers, low):
                    if gone is None or not gone[paper]:
                        numbers.swap(arrays.ids[row], start + paper)
        return numbers


class AddedPapers:
    """Remembers where papers stand among all that were given, by their ids.

    Attributes:
        given: how many there were.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self.given = 0
        self._places = DigestTable()
        self._dropped = array("i")

    def __len__(self) -> int:
        """Number of papers that count."""
        return self.given - len(self._dropped)

    def add(self, paper_id: str) -> None:
        """Note the next paper; one given before with this id counts no more."""
        before = self._places.swap(paper_id, self.given)
        if before != NONE:
            self._dropped.append(before)
        self.given += 1

    def drop(self, paper_id: str) -> bool:
        """Have the paper with this id count no more; say whether there was one that did."""
        before = self._places.number(paper_id)
        if before == NONE:
            return False
        self._places.swap(paper_id, NONE)
        self._dropped.append(before)
        return True

    def dropped(self, lengths: Sequence[int]) -> list[NDArray[np.bool_] | None]:
        """Say which papers count no more, list by list; None for a list where all do.

        Args:
            lengths: of lists that hold all papers given, in that order.
        """
        gone = np.zeros(self.given, np.bool_)
        gone[np.array(self._dropped, np.int64)] = True
        parts = np.split(gone, np.cumsum(lengths)[:-1]) if lengths else []
        return [part if part.any() else None for part in parts]
