"""What lies between two generations."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from indexer.backends.whoosh.storage.opened import OpenedGeneration
from indexer.results import Changes


def changes_between(before: OpenedGeneration, after: OpenedGeneration) -> Changes:
    """Compare two generations by the hashes of their papers; no paper is read."""
    old, new = _contents(before), _contents(after)
    return Changes(
        added=_texts(new.keys() - old.keys()),
        changed=_texts(one for one in new.keys() & old.keys() if old[one] != new[one]),
        gone=_texts(old.keys() - new.keys()),
    )


def _texts(raws: Iterable[bytes]) -> tuple[str, ...]:
    return tuple(raw.decode() for raw in sorted(raws))


def _contents(opened: OpenedGeneration) -> dict[bytes, int]:
    """Give the content hash of each live paper by its id."""
    contents: dict[bytes, int] = {}
    for segment in opened.segments:
        hashes = segment.raw["content"][segment.arrays.id_paper]
        live = np.ones(len(hashes), np.bool_)
        if segment.deleted is not None:
            live = ~segment.deleted[segment.arrays.id_paper]
        rows = zip(segment.arrays.ids.raws(), hashes.tolist(), live.tolist(), strict=True)
        contents.update((raw, content) for raw, content, stays in rows if stays)
    return contents
