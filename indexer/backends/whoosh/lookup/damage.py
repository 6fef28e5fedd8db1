"""What cannot have been written: compiled loops believe what they are given, so it is looked at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexDamaged


def check_papers(docs: NDArray[np.int32], size: int) -> None:
    """Make sure that papers rise within a segment: loops that are compiled believe it.

    Raises:
        IndexDamaged: when they do not.
    """
    if len(docs) and (docs[0] < 0 or docs[-1] >= size or not (docs[1:] > docs[:-1]).all()):
        raise damaged()


def damaged(what: str = "the papers of a word") -> IndexDamaged:
    """Say that what was read cannot be what was written."""
    return IndexDamaged(
        f"{what} are not what was written; run `quiver verify`, then `quiver rollback` or "
        "`quiver build`"
    )
