"""From named arrays, as a file holds them, to the values that are made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from numpy.typing import NDArray

from indexer.backends.whoosh.storage.narrow import Narrow
from indexer.backends.whoosh.storage.segment import Lexicon, Segment, Strings
from indexer.backends.whoosh.storage.store import PaperStore


def segment_from(arrays: Mapping[str, NDArray[Any]]) -> Segment:
    """Give the arrays of a segment their names.

    Raises:
        KeyError: when an array is missing.
    """
    values: dict[str, Any] = {}
    for one in fields(Segment):
        if one.type in ("Lexicon", "Strings"):
            kind = Lexicon if one.type == "Lexicon" else Strings
            values[one.name] = kind(arrays[f"{one.name}.blob"], arrays[f"{one.name}.ends"])
        elif one.type == "Narrow":
            values[one.name] = Narrow.of(arrays, one.name)
        else:
            values[one.name] = arrays[one.name]
    return Segment(**values)


def store_from(arrays: Mapping[str, NDArray[Any]]) -> PaperStore:
    """Give the store among the arrays of a segment."""
    return PaperStore(arrays["packed"], arrays["packed_ends"], arrays["slot"], arrays["dictionary"])
