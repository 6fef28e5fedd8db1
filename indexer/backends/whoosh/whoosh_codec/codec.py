"""A Whoosh codec over the memory-mapped arrays of a segment: any Whoosh query runs over the index.

It reads only (`whoosh.codec.base`, https://whoosh.readthedocs.io/en/latest/api/codec/base.html). A
published directory is never changed, neither by this package nor by Whoosh: changes go through
`WhooshIndex.writer`.
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
        """Returns the terms of a segment in Whoosh's storage."""
        return ArrayTerms(_opened(storage, segment))

    def per_document_reader(self, storage: Any, segment: ArraySegment) -> ArrayDocuments:
        """Returns the docs of a segment in Whoosh's storage."""
        return ArrayDocuments(_opened(storage, segment))

    def new_segment(self, storage: Any, indexname: str) -> NoReturn:
        """Refuses to write.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError(
            f"{storage.folder}: index {indexname!r} is written by WhooshIndex.writer only"
        )


def _opened(storage: Any, segment: ArraySegment) -> OpenedSegment:
    """Opens the segment that an entry of Whoosh's table of contents names."""
    return open_segment(Path(storage.folder), segment.entry)


class ArraySegment(WhooshSegment):  # type: ignore[misc] # Whoosh has no types
    """A segment in Whoosh's table of contents; pickled by this name."""

    def __init__(self, entry: SegmentEntry) -> None:
        """Describes a segment of the manifest, whose name is "index_segment"."""
        self.indexname, _, self.segid = entry.name.partition("_")
        self.compound = False
        self.counts = (entry.papers, entry.deleted)

    @property
    def entry(self) -> SegmentEntry:
        """The segment as in the manifest."""
        return SegmentEntry(self.segment_id(), *self.counts)

    def codec(self) -> ArrayCodec:
        """Returns the codec that reads the segment."""
        return ArrayCodec()

    def doc_count_all(self) -> int:
        """Returns the number of docs, deleted ones included."""
        return self.counts[0]

    def deleted_count(self) -> int:
        """Returns the number of deleted docs."""
        return self.counts[1]

    def should_assemble(self) -> bool:
        """Returns False: Whoosh must not pack the files into one."""
        return False


class ArrayCursor(FieldCursor):  # type: ignore[misc] # Whoosh has no types
    """A cursor over the terms of a field, which Whoosh's fuzzy queries walk."""

    def __init__(self, reader: ArrayTerms, fieldname: str, field: Any) -> None:
        """Starts at the first term."""
        self._reader = reader
        self._fieldname = fieldname
        self._field = field
        self._terms: list[bytes] = reader.terms_of(fieldname)
        self._index = 0

    def first(self) -> Any:
        """Moves to the first term; returns its text, None where there is none."""
        self._index = 0
        return self.text()

    def find(self, term: Any) -> Any:
        """Moves to the first term that is at least `term`; returns its text, None past the end."""
        key = term if isinstance(term, bytes) else self._field.to_bytes(term)
        self._index = bisect_left(self._terms, key)
        return self.text()

    def next(self) -> Any:
        """Moves to the next term; returns its text, None past the end."""
        self._index += 1
        return self.text()

    def text(self) -> Any:
        """Returns the text of the current term, None past the end."""
        return self._field.from_bytes(self._terms[self._index]) if self.is_valid() else None

    def term_info(self) -> Any:
        """Returns the statistics of the current term."""
        return self._reader.term_info(self._fieldname, self._terms[self._index])

    def is_valid(self) -> bool:
        """Returns whether there is a current term."""
        return self._index < len(self._terms)


class ArrayTerms(TermsReader):  # type: ignore[misc] # Whoosh has no types
    """The term dictionary and posting lists of a segment."""

    def __init__(self, opened: OpenedSegment) -> None:
        """Reads from an open segment."""
        self._arrays = opened.arrays
        self._fields: dict[str, FieldTerms] = {}
        self._lists: dict[str, list[bytes]] = {}

    def _field(self, fieldname: str) -> FieldTerms:
        """Returns the terms of a field; each field is built once."""
        if fieldname not in self._fields:
            self._fields[fieldname] = FIELDS[fieldname](self._arrays)
        return self._fields[fieldname]

    def terms_of(self, fieldname: str) -> list[bytes]:
        """Returns the terms of a field that have postings, ascending; none for an unknown field."""
        if fieldname not in FIELDS:
            return []
        if fieldname not in self._lists:
            field = self._field(fieldname)
            raws = field.lexicon.raws()
            self._lists[fieldname] = [raws[term] for term in np.flatnonzero(field.present).tolist()]
        return self._lists[fieldname]

    def _postings(self, fieldname: str, text: bytes) -> TermPostings | None:
        """Returns the posting list of a term; None where it is empty."""
        if fieldname not in FIELDS:
            return None
        field = self._field(fieldname)
        term = field.lexicon.find_raw(text)
        if term < 0:
            return None
        postings = field.postings(term)
        return postings if len(postings.docs) else None

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._postings(*term) is not None

    def cursor(self, fieldname: str, fieldobj: Any) -> ArrayCursor:
        """Returns a cursor over the terms of a field."""
        return ArrayCursor(self, fieldname, fieldobj)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Yields all terms as (field, text), ascending."""
        for fieldname in FIELDS:
            for text in self.terms_of(fieldname):
                yield fieldname, text

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """Yields the terms from `prefix` on, in this field and those after it."""
        for name in FIELDS:
            if name >= fieldname:
                terms = self.terms_of(name)
                low = bisect_left(terms, prefix) if name == fieldname else 0
                for i in range(low, len(terms)):
                    yield name, terms[i]

    def items(self) -> Iterator[tuple[tuple[str, bytes], Any]]:
        """Yields all terms with their statistics."""
        for term in self.terms():
            yield term, self.term_info(*term)

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], Any]]:
        """Yields the terms from `prefix` on with their statistics."""
        for term in self.terms_from(fieldname, prefix):
            yield term, self.term_info(*term)

    def term_info(self, fieldname: str, text: bytes) -> Any:
        """Returns the statistics of a term.

        Raises:
            KeyError: where no doc contains it.
        """
        postings = self._postings(fieldname, text)
        if postings is None:
            raise KeyError(f"{fieldname}:{text!r}")
        lengths = self._field(fieldname).lengths[postings.docs]
        return TermInfo(
            weight=float(postings.tfs.sum()),
            df=len(postings.docs),
            minlength=int(lengths.min()),
            maxlength=int(lengths.max()),
            maxweight=float(postings.tfs.max()),
            minid=int(postings.docs[0]),
            maxid=int(postings.docs[-1]),
        )

    def frequency(self, fieldname: str, text: bytes) -> float:
        """Returns the number of occurrences of a term; 0.0 where there is none."""
        postings = self._postings(fieldname, text)
        return 0.0 if postings is None else float(postings.tfs.sum())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """Returns the document frequency of a term."""
        postings = self._postings(fieldname, text)
        return 0 if postings is None else len(postings.docs)

    def matcher(
        self, fieldname: str, text: bytes, format_: Any, scorer: Any = None
    ) -> ArrayMatcher:
        """Returns a matcher over the posting list of a term.

        Raises:
            TermNotFound: where no doc contains it.
        """
        postings = self._postings(fieldname, text)
        if postings is None:
            raise TermNotFound(f"No term {fieldname}:{text!r}")
        lengths = self._field(fieldname).lengths[postings.docs]
        length_range = int(lengths.min()), int(lengths.max())
        return ArrayMatcher((fieldname, text), postings, format_, scorer, length_range)

    def indexed_field_names(self) -> list[str]:
        """Returns the names of the indexed fields."""
        return list(FIELDS)
