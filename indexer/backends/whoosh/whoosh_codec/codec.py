"""A Whoosh codec over memory-mapped arrays: any Whoosh query runs over the index through it.

It reads only. The published directory is never written to again, neither by us nor by Whoosh:
changes go through `WhooshIndex.writer`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from whoosh.codec.base import Codec, FieldCursor, TermsReader
from whoosh.codec.base import Segment as WhooshSegment
from whoosh.reading import TermInfo, TermNotFound

from indexer.backends.whoosh.format.generation import OpenedSegment, open_segment
from indexer.backends.whoosh.format.manifest import SegmentEntry
from indexer.backends.whoosh.whoosh_codec.documents import ArrayDocuments
from indexer.backends.whoosh.whoosh_codec.matcher import ArrayMatcher
from indexer.backends.whoosh.whoosh_codec.schema import FIELDS, FieldTerms, TermPostings


class ArrayCodec(Codec):  # type: ignore[misc] # Whoosh has no types
    """Reads segments of arrays."""

    def terms_reader(self, storage: Any, segment: ArraySegment) -> ArrayTerms:
        """Open the terms of a segment in Whoosh's storage."""
        return ArrayTerms(_opened(storage, segment))

    def per_document_reader(self, storage: Any, segment: ArraySegment) -> ArrayDocuments:
        """Open the papers of a segment in Whoosh's storage."""
        return ArrayDocuments(_opened(storage, segment))

    def new_segment(self, storage: Any, indexname: str) -> NoReturn:
        """Refuse: Whoosh does not write here."""
        raise NotImplementedError(
            f"{storage.folder}: index {indexname!r} is written by WhooshIndex.writer only"
        )


def _opened(storage: Any, segment: ArraySegment) -> OpenedSegment:
    return open_segment(Path(storage.folder), segment.entry)


class ArraySegment(WhooshSegment):  # type: ignore[misc] # Whoosh has no types
    """What Whoosh's table of contents keeps of a segment."""

    def __init__(self, entry: SegmentEntry) -> None:
        """Describe a segment of the manifest, named "index_segment"."""
        self.indexname, _, self.segid = entry.name.partition("_")
        self.compound = False
        self.counts = (entry.papers, entry.deleted)

    @property
    def entry(self) -> SegmentEntry:
        """The segment as the manifest has it."""
        return SegmentEntry(self.segment_id(), *self.counts)

    def codec(self) -> ArrayCodec:
        """Returns the codec that reads it."""
        return ArrayCodec()

    def doc_count_all(self) -> int:
        """Number of papers, deleted ones included."""
        return self.counts[0]

    def deleted_count(self) -> int:
        """Number of deleted papers."""
        return self.counts[1]

    def should_assemble(self) -> bool:
        """Whoosh must not pack its files into one."""
        return False


class ArrayCursor(FieldCursor):  # type: ignore[misc] # Whoosh has no types
    """Walks over the terms of a field, for Whoosh's fuzzy queries."""

    def __init__(self, reader: ArrayTerms, fieldname: str, field: Any) -> None:
        """Begin at the first term."""
        self._reader = reader
        self._fieldname = fieldname
        self._field = field
        self._terms: list[bytes] = reader.terms_of(fieldname)
        self._at = 0

    def first(self) -> Any:
        """Go to the first term; give its text, None where there is none."""
        self._at = 0
        return self.text()

    def find(self, term: Any) -> Any:
        """Go to the first term that is not below `term`; give its text."""
        key = term if isinstance(term, bytes) else self._field.to_bytes(term)
        self._at = bisect_left(self._terms, key)
        return self.text()

    def next(self) -> Any:
        """Go to the next term; give its text."""
        self._at += 1
        return self.text()

    def text(self) -> Any:
        """Returns the text of the current term, or None past the end."""
        return self._field.from_bytes(self._terms[self._at]) if self.is_valid() else None

    def term_info(self) -> Any:
        """Returns the statistics of the current term."""
        return self._reader.term_info(self._fieldname, self._terms[self._at])

    def is_valid(self) -> bool:
        """Whether there is a current term."""
        return self._at < len(self._terms)


class ArrayTerms(TermsReader):  # type: ignore[misc] # Whoosh has no types
    """The terms of a segment and their postings, term by term."""

    def __init__(self, opened: OpenedSegment) -> None:
        """Read from an open segment."""
        self._arrays = opened.arrays
        self._fields: dict[str, FieldTerms] = {}
        self._lists: dict[str, list[bytes]] = {}

    def _field(self, fieldname: str) -> FieldTerms:
        if fieldname not in self._fields:
            self._fields[fieldname] = FIELDS[fieldname](self._arrays)
        return self._fields[fieldname]

    def terms_of(self, fieldname: str) -> list[bytes]:
        """List the terms of a field that have postings, rising."""
        if fieldname not in FIELDS:
            return []
        if fieldname not in self._lists:
            field = self._field(fieldname)
            raws = field.lexicon.raws()
            self._lists[fieldname] = [raws[at] for at in np.flatnonzero(field.present).tolist()]
        return self._lists[fieldname]

    def _postings(self, fieldname: str, text: bytes) -> TermPostings | None:
        if fieldname not in FIELDS:
            return None
        field = self._field(fieldname)
        at = field.lexicon.find_raw(text)
        if at < 0:
            return None
        postings = field.postings(at)
        return postings if len(postings.papers) else None

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._postings(*term) is not None

    def cursor(self, fieldname: str, fieldobj: Any) -> ArrayCursor:
        """Returns a cursor over the terms of a field."""
        return ArrayCursor(self, fieldname, fieldobj)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Yields all terms, field by field."""
        for fieldname in FIELDS:
            for text in self.terms_of(fieldname):
                yield fieldname, text

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """Yields the terms from one on, in this field and those after it."""
        for name in FIELDS:
            if name >= fieldname:
                terms = self.terms_of(name)
                low = bisect_left(terms, prefix) if name == fieldname else 0
                for at in range(low, len(terms)):
                    yield name, terms[at]

    def items(self) -> Iterator[tuple[tuple[str, bytes], Any]]:
        """Yields all terms with their statistics."""
        for term in self.terms():
            yield term, self.term_info(*term)

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], Any]]:
        """Yields the terms from one on with their statistics."""
        for term in self.terms_from(fieldname, prefix):
            yield term, self.term_info(*term)

    def term_info(self, fieldname: str, text: bytes) -> Any:
        """Returns the statistics of a term; raises KeyError for an unknown term."""
        postings = self._postings(fieldname, text)
        if postings is None:
            raise KeyError(f"{fieldname}:{text!r}")
        lengths = self._field(fieldname).lengths[postings.papers]
        return TermInfo(
            weight=float(postings.weights.sum()),
            df=len(postings.papers),
            minlength=int(lengths.min()),
            maxlength=int(lengths.max()),
            maxweight=float(postings.weights.max()),
            minid=int(postings.papers[0]),
            maxid=int(postings.papers[-1]),
        )

    def frequency(self, fieldname: str, text: bytes) -> float:
        """Returns the number of occurrences of a term."""
        postings = self._postings(fieldname, text)
        return 0.0 if postings is None else float(postings.weights.sum())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """Returns the document frequency of a term."""
        postings = self._postings(fieldname, text)
        return 0 if postings is None else len(postings.papers)

    def matcher(
        self, fieldname: str, text: bytes, format_: Any, scorer: Any = None
    ) -> ArrayMatcher:
        """Returns a matcher over a posting list; raises TermNotFound for an unknown term."""
        postings = self._postings(fieldname, text)
        if postings is None:
            raise TermNotFound(f"No term {fieldname}:{text!r}")
        lengths = self._field(fieldname).lengths[postings.papers]
        extent = int(lengths.min()), int(lengths.max())
        return ArrayMatcher((fieldname, text), postings, format_, scorer, extent)

    def indexed_field_names(self) -> list[str]:
        """Name the indexed fields."""
        return list(FIELDS)
