"""The docs of a segment for Whoosh: stored fields, field lengths, deletions and columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.base import PerDocumentReader
from whoosh.columns import ColumnReader

from indexer.backends.whoosh.format.generation import OpenedSegment
from indexer.backends.whoosh.format.segment import Segment
from indexer.backends.whoosh.whoosh_codec.schema import FIELDS, FieldTerms

_SIGN: Final = 1 << 31
"""Whoosh stores a signed 32-bit number plus this offset."""
_NO_YEAR: Final = (1 << 32) - 1
"""What Whoosh's NUMERIC column stores for a missing value."""
COLUMNS: Final = ("id", "venue", "type", "year")


class ArrayColumn(ColumnReader):  # type: ignore[misc] # Whoosh has no types
    """A Whoosh column whose values are in memory."""

    def __init__(self, values: Sequence[Any]) -> None:
        """Reads from a sequence, one value a doc."""
        super().__init__(None, 0, 0, len(values))
        self._values = values
        self._reverse = False

    def __getitem__(self, number: int) -> Any:
        return self._values[number]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def load(self) -> Sequence[Any]:
        """Returns all values."""
        return self._values

    def sort_key(self, number: int) -> Any:
        """Returns the sort key of a doc."""
        value = self._values[number]
        return -value if self._reverse else value

    def set_reverse(self) -> None:
        """Reverses the sort order.

        Raises:
            NotImplementedError: for values that are no numbers.
        """
        if self._values and isinstance(self._values[0], bytes):
            raise NotImplementedError
        self._reverse = True


class ArrayDocuments(PerDocumentReader):  # type: ignore[misc] # Whoosh has no types
    """The docs of a segment, as a `whoosh.codec.base.PerDocumentReader`."""

    def __init__(self, opened: OpenedSegment) -> None:
        """Reads from an open segment."""
        self._opened = opened
        self._fields: dict[str, FieldTerms] = {}

    def doc_count(self) -> int:
        """Returns the number of live docs."""
        return self._opened.entry.papers - self._opened.entry.deleted

    def doc_count_all(self) -> int:
        """Returns the number of docs, deleted ones included."""
        return self._opened.entry.papers

    def has_deletions(self) -> bool:
        """Returns whether any doc is deleted."""
        return self._opened.entry.deleted > 0

    def is_deleted(self, docnum: int) -> bool:
        """Returns whether a doc is deleted."""
        tombstones = self._opened.deleted
        # Whoosh also asks about the doc id after the last.
        return tombstones is not None and docnum < len(tombstones) and bool(tombstones[docnum])

    def deleted_docs(self) -> Iterator[int]:
        """Returns an iterator over the ids of deleted docs."""
        tombstones = self._opened.deleted
        return iter([] if tombstones is None else np.flatnonzero(tombstones).tolist())

    def supports_columns(self) -> bool:
        """Returns True: columns can be read."""
        return True

    def has_column(self, fieldname: str) -> bool:
        """Returns whether a field has a column."""
        return fieldname in COLUMNS

    def list_columns(self) -> tuple[str, ...]:
        """Returns the names of the fields that have columns."""
        return COLUMNS

    def column_reader(self, fieldname: str, column: Any) -> ArrayColumn:
        """Returns a field's column; a missing value reads as the column's default."""
        return ArrayColumn(_column(self._opened.arrays, fieldname, column))

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Returns the field length of a doc; `default` for a field without lengths."""
        lengths = self._lengths(fieldname)
        return default if lengths is None else int(lengths[docnum])

    def field_length(self, fieldname: str) -> int:
        """Returns the sum of a field's lengths, deleted docs included."""
        lengths = self._lengths(fieldname)
        return 0 if lengths is None else int(lengths.sum())

    def min_field_length(self, fieldname: str) -> int:
        """Returns the least length of a field."""
        lengths = self._lengths(fieldname)
        return 0 if lengths is None else int(lengths.min(initial=1 << 30))

    def max_field_length(self, fieldname: str) -> int:
        """Returns the greatest length of a field."""
        lengths = self._lengths(fieldname)
        return 0 if lengths is None else int(lengths.max(initial=0))

    def _lengths(self, fieldname: str) -> NDArray[np.int32] | None:
        """Returns the lengths of a field, int32, one a doc; None where it is not indexed."""
        if fieldname not in FIELDS:
            return None
        if fieldname not in self._fields:
            self._fields[fieldname] = FIELDS[fieldname](self._opened.arrays)
        return self._fields[fieldname].lengths

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """Returns the stored fields of a doc that are not empty."""
        paper = self._opened.store.paper(docnum)
        fields = {
            "id": paper.id,
            "title": paper.title,
            "abstract": paper.abstract,
            "author": list(paper.authors),
            "venue": paper.venue,
            "year": paper.year,
            "type": paper.type,
            "doi": paper.doi,
            "url": paper.url,
            "keywords": list(paper.keywords),
        }
        return {name: value for name, value in fields.items() if value not in ("", None, [])}


def _column(arrays: Segment, fieldname: str, column: Any) -> list[Any]:
    """Returns the values of a column in doc id order, as Whoosh stores them."""
    if fieldname == "year":
        years = arrays.year.astype(np.int64)
        values: list[Any] = np.where(years >= 0, years + _SIGN, _NO_YEAR).tolist()
        return values
    if fieldname == "id":
        raws = arrays.ids.raws()
        ids = [b""] * len(raws)
        for raw, doc in zip(raws, arrays.id_paper.tolist(), strict=True):
            ids[doc] = raw
        return ids
    lexicon, codes = {
        "venue": (arrays.venues, arrays.venue),
        "type": (arrays.types, arrays.type),
    }[fieldname]
    values_by_code = [*lexicon.raws(), column.default_value()]
    return [values_by_code[code] for code in codes.tolist()]
