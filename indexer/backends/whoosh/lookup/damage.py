"""What cannot have been written: compiled loops believe what they are given, so it is looked at."""

from __future__ import annotations

from indexer.backends.whoosh.lookup.reader import Numbers
from indexer.errors import IndexDamaged


def check_papers(docs: Numbers, size: int) -> None:
    """Make sure that papers rise within a segment: loops that are compiled believe it.

    Raises:
        IndexDamaged: when they do not.
    """
    if len(docs) and (docs[0] < 0 or docs[-1] >= size or not (docs[1:] > docs[:-1]).all()):
        raise damaged()


def damaged() -> IndexDamaged:
    """Say that the list of a term cannot be what was written."""
    return IndexDamaged(
        "the papers of a word are not what was written; run `quiver verify`, then "
        "`quiver rollback` or `quiver build`"
    )
