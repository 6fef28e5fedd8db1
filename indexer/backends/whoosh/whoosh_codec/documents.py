"""Papers as Whoosh reads documents: stored fields, lengths, deletions and columns."""

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
_NO_YEAR: Final = (1 << 32) - 1
COLUMNS: Final = ("id", "venue", "type", "year")


class ArrayColumn(ColumnReader):  # type: ignore[misc] # Whoosh has no types
    """A column of Whoosh whose values are in memory."""

    def __init__(self, values: Sequence[Any]) -> None:
        """Read from a list, one value a paper."""
        super().__init__(None, 0, 0, len(values))
        self._values = values
        self._backwards = False

    def __getitem__(self, number: int) -> Any:
        return self._values[number]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def load(self) -> Sequence[Any]:
        """Returns all values, by doc id."""
        return self._values

    def sort_key(self, number: int) -> Any:
        """Returns the sort key of a document."""
        value = self._values[number]
        return -value if self._backwards else value

    def set_reverse(self) -> None:
        """Turn the order round; only numbers can."""
        if self._values and isinstance(self._values[0], bytes):
            raise NotImplementedError
        self._backwards = True


class ArrayDocuments(PerDocumentReader):  # type: ignore[misc] # Whoosh has no types
    """A `whoosh.codec.base.PerDocumentReader` over a segment."""

    def __init__(self, opened: OpenedSegment) -> None:
        """Read from an open segment."""
        self._opened = opened
        self._fields: dict[str, FieldTerms] = {}

    def doc_count(self) -> int:
        """Number of live papers."""
        return self._opened.entry.papers - self._opened.entry.deleted

    def doc_count_all(self) -> int:
        """Number of papers, deleted ones included."""
        return self._opened.entry.papers

    def has_deletions(self) -> bool:
        """Whether any paper is deleted."""
        return self._opened.entry.deleted > 0

    def is_deleted(self, docnum: int) -> bool:
        """Whether a paper is deleted."""
        gone = self._opened.deleted
        # Whoosh asks one past the end, too.
        return gone is not None and docnum < len(gone) and bool(gone[docnum])

    def deleted_docs(self) -> Iterator[int]:
        """Yields the doc ids of deleted papers."""
        gone = self._opened.deleted
        return iter([] if gone is None else np.flatnonzero(gone).tolist())

    def supports_columns(self) -> bool:
        """Columns can be read."""
        return True

    def has_column(self, fieldname: str) -> bool:
        """Whether the field has a column."""
        return fieldname in COLUMNS

    def list_columns(self) -> tuple[str, ...]:
        """Name the fields that have columns."""
        return COLUMNS

    def column_reader(self, fieldname: str, column: Any) -> ArrayColumn:
        """Returns the column of a field; a missing value is the column's default."""
        return ArrayColumn(_column(self._opened.arrays, fieldname, column))

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Returns the field length of a document, without stop words."""
        lengths = self._lengths(fieldname)
        return default if lengths is None else int(lengths[docnum])

    def field_length(self, fieldname: str) -> int:
        """Returns the sum of the field lengths, deleted papers included."""
        lengths = self._lengths(fieldname)
        return 0 if lengths is None else int(lengths.sum())

    def min_field_length(self, fieldname: str) -> int:
        """Returns the smallest length of a field."""
        lengths = self._lengths(fieldname)
        return 0 if lengths is None else int(lengths.min(initial=1 << 30))

    def max_field_length(self, fieldname: str) -> int:
        """Returns the greatest length of a field."""
        lengths = self._lengths(fieldname)
        return 0 if lengths is None else int(lengths.max(initial=0))

    def _lengths(self, fieldname: str) -> NDArray[np.int32] | None:
        if fieldname not in FIELDS:
            return None
        if fieldname not in self._fields:
            self._fields[fieldname] = FIELDS[fieldname](self._opened.arrays)
        return self._fields[fieldname].lengths

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """Returns the stored fields of a document that are not empty."""
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
    if fieldname == "year":
        years = arrays.year.astype(np.int64)
        values: list[Any] = np.where(years >= 0, years + _SIGN, _NO_YEAR).tolist()
        return values
    if fieldname == "id":
        raws = arrays.ids.raws()
        ids = [b""] * len(raws)
        for raw, paper in zip(raws, arrays.id_paper.tolist(), strict=True):
            ids[paper] = raw
        return ids
    lexicon, codes = {
        "venue": (arrays.venues, arrays.venue),
        "type": (arrays.types, arrays.type),
    }[fieldname]
    known = [*lexicon.raws(), column.default_value()]
    return [known[code] for code in codes.tolist()]
