"""The papers an index holds already, as the writer asks for them: by id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.storage.opened import OpenedSegment

_FEW: Final = 256


@dataclass(frozen=True, slots=True)
class Place:
    """Where a live paper is: place of its segment among the segments, number in it."""

    segment: int
    paper: int


class KnownPapers:
    """Finds live papers by id; a few by search, and once there are many by a dictionary."""

    def __init__(self, segments: Sequence[OpenedSegment]) -> None:
        """Know the papers of some segments."""
        self._segments = segments
        self._asked = 0
        self._places: dict[bytes, Place] | None = None

    def find(self, paper_id: str) -> Place | None:
        """Give the place of the live paper with this id."""
        self._asked += 1
        if self._places is None and self._asked > _FEW:
            self._places = self._all()
        if self._places is not None:
            return self._places.get(paper_id.encode("utf-8", "surrogatepass"))
        for at, segment in enumerate(self._segments):
            row = segment.arrays.ids.find(paper_id)
            if row >= 0:
                paper = int(segment.arrays.id_paper[row])
                if segment.deleted is None or not segment.deleted[paper]:
                    return Place(at, paper)
        return None

    def _all(self) -> dict[bytes, Place]:
        places: dict[bytes, Place] = {}
        for at, segment in enumerate(self._segments):
            papers: NDArray[np.int32] = segment.arrays.id_paper
            gone = segment.deleted
            for raw, paper in zip(segment.arrays.ids.raws(), papers.tolist(), strict=True):
                if gone is None or not gone[paper]:
                    places[raw] = Place(at, paper)
        return places
