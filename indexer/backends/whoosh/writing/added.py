"""The papers given to a writer, and which of them count: of equal ids the last."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.digests import NONE, DigestTable


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
