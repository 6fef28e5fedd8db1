"""What a searcher reads: the segments of one published generation, their papers and deletions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.storage.segment import Segment
from indexer.paper import Paper
from indexer.search import IndexInfo


class Store(Protocol):
    """The papers of one segment, whole."""

    def paper(self, number: int) -> Paper:
        """Give back the paper of this number, equal to the one that was written."""


@dataclass(frozen=True, slots=True)
class LoadedSegment:
    """One segment, open for reading.

    Attributes:
        deleted: bool[P], papers that were taken out or replaced later; None where all live.
    """

    arrays: Segment
    store: Store
    deleted: NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One generation. No two live papers, in whichever segments, share an id.

    Attributes:
        segments: in any order; empty segments are allowed.
        info: what to tell of this generation; its `generation` names it.
        attached: documents beside the papers, by name.
    """

    segments: tuple[LoadedSegment, ...]
    info: IndexInfo
    attached: Mapping[str, bytes] = field(default_factory=dict)
