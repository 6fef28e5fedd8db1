"""What lies between two generations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from indexer.backends.whoosh.storage.opened import OpenedGeneration


@dataclass(frozen=True, slots=True)
class Changes:
    """The way from one generation to another, by ids rising.

    Attributes:
        added: in the later one only.
        changed: in both, with any field but `Paper.source` different.
        gone: in the earlier one only.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]


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
