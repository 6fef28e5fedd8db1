"""The index as Whoosh's schema describes it, and a segment's arrays as terms and posting lists.

    title, abstract               stems, with positions
    title_words, abstract_words   folded surface forms, with positions
    author                        folded words of names; weight = names of the doc with the word
    venue, type, id               whole values
    year                          numbers as Whoosh's NUMERIC field encodes them

Classes that a schema pickles (`TextAnalyzer`, `NameAnalyzer`) keep their names and attributes.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray
from whoosh.analysis import Analyzer as WhooshAnalyzer
from whoosh.analysis import Token
from whoosh.fields import ID, NUMERIC, STORED, TEXT, Schema
from whoosh.formats import Frequency

from indexer.analysis import Analyzer, name_tokens
from indexer.backends.whoosh.format.ragged_arrays import gathered
from indexer.backends.whoosh.format.segment import Lexicon, Segment


class TextAnalyzer(WhooshAnalyzer):  # type: ignore[misc] # Whoosh has no types
    """Whoosh's view of `Analyzer`; pickles as plain values, without NLTK.

    Joined forms of compounds are left out: Whoosh requires every token of a query at once.
    """

    def __init__(self, stop_words: frozenset[str], *, stemming: bool, stems: bool) -> None:
        """Analyses as `Analyzer(stop_words, stemming)`, into stems or surface forms."""
        self.stop_words = stop_words
        self.stemming = stemming
        self.stems = stems

    def __call__(self, value: str, **options: Any) -> Iterator[Any]:
        """Yields the tokens of a text as Whoosh's."""
        analyzer = Analyzer(self.stop_words, self.stemming and self.stems)
        for token in analyzer.tokens(value):
            if not token.joined:
                yield _token(token.stem, token.position, token.start, token.end, options)


class NameAnalyzer(WhooshAnalyzer):  # type: ignore[misc] # Whoosh has no types
    """Whoosh's view of `name_tokens`: the words of author names."""

    def __call__(self, value: str, **options: Any) -> Iterator[Any]:
        """Yields the words of a name as Whoosh's tokens."""
        for token in name_tokens(value):
            if not token.joined:
                yield _token(token.word, token.position, token.start, token.end, options)


def _token(text: str, position: int, start: int, end: int, options: dict[str, Any]) -> Any:
    """Returns a Whoosh token."""
    token = Token(**options)
    token.text = text
    token.pos = position + options.get("start_pos", 0)
    token.startchar = start + options.get("start_char", 0)
    token.endchar = end + options.get("start_char", 0)
    return token


def schema_of(analyzer: Analyzer) -> Any:
    """Returns the `whoosh.fields.Schema` of an index with this analyzer."""

    def text(*, stems: bool) -> Any:
        words = TextAnalyzer(analyzer.stop_words, stemming=analyzer.stemming, stems=stems)
        return TEXT(analyzer=words, stored=stems)

    author = TEXT(analyzer=NameAnalyzer(), phrase=False, stored=True)
    author.format = Frequency()
    return Schema(
        id=ID(stored=True, unique=True, sortable=True),
        title=text(stems=True),
        title_words=text(stems=False),
        abstract=text(stems=True),
        abstract_words=text(stems=False),
        author=author,
        venue=ID(stored=True, sortable=True),
        year=NUMERIC(int, bits=32, stored=True, sortable=True, shift_step=0),
        type=ID(stored=True, sortable=True),
        doi=STORED,
        url=STORED,
        keywords=STORED,
    )


Ints = NDArray[np.int64]
_YEAR: Final = struct.Struct(">BI")
_SIGN: Final = 1 << 31
TITLE: Final = 0
ABSTRACT: Final = 1


@dataclass(frozen=True, slots=True)
class TermPostings:
    """The posting list of a term, deleted docs included.

    Attributes:
        docs: int64, ascending doc ids.
        tfs: int64, term frequency in each.
        starts, positions: positions in the i-th doc are
            ``positions[starts[i] : starts[i] + tfs[i]]``, ascending; None where the field has none.
    """

    docs: Ints
    tfs: Ints
    starts: Ints | None = None
    positions: Ints | None = None


class FieldTerms(Protocol):
    """The terms of one field of one segment."""

    @property
    def lexicon(self) -> Lexicon:
        """Its terms; some may have no posting in this field."""

    @property
    def present(self) -> NDArray[np.bool_]:
        """bool, one a term: whether it has a posting in this field."""

    @property
    def lengths(self) -> NDArray[np.int32]:
        """int32, one a doc: its field length."""

    def postings(self, term: int) -> TermPostings:
        """Returns the posting list of a term, given its index in the lexicon."""


class _Text:
    """Terms of title or abstract: surface forms where `words` is set, else stems."""

    def __init__(self, segment: Segment, field: int, *, words: bool) -> None:
        self._segment = segment
        self._field = field
        self._words = words
        self.lexicon = segment.words if words else segment.stems
        self.lengths = (segment.title_length, segment.abstract_length)[field]

    @cached_property
    def present(self) -> NDArray[np.bool_]:
        segment = self._segment
        tf = (segment.title_tf, segment.abstract_tf)[self._field]
        stems = np.zeros(len(segment.stems), np.bool_)
        stems[np.repeat(np.arange(len(stems)), np.diff(segment.stem_ptr))[tf[:] > 0]] = True
        if not self._words:
            return stems
        words = np.zeros(len(segment.words), np.bool_)
        for stem in np.flatnonzero(stems).tolist():
            _, _, forms, _ = self._occurrences(stem)
            words[segment.stem_words[segment.stem_word_ptr[stem] + np.unique(forms)]] = True
        return words

    def postings(self, term: int) -> TermPostings:
        segment = self._segment
        stem = int(segment.word_stem[term]) if self._words else term
        docs, tfs, forms, positions = self._occurrences(stem)
        if self._words:
            low, high = segment.stem_word_ptr[stem : stem + 2]
            form = int(np.searchsorted(segment.stem_words[low:high], term))
            selected = forms == form
            row = np.repeat(np.arange(len(docs)), tfs)[selected]
            tfs = np.bincount(row, minlength=len(docs))
            positions = positions[selected]
        matching = tfs > 0
        tfs = tfs[matching].astype(np.int64)
        return TermPostings(docs[matching], tfs, np.cumsum(tfs) - tfs, positions)

    def _occurrences(self, stem: int) -> tuple[Ints, Ints, Ints, Ints]:
        """Returns the postings of a stem in this field: docs, tfs, and forms and positions.

        A doc whose occurrences are all in the other field has a tf of 0.
        """
        segment = self._segment
        row = slice(*segment.stem_ptr[stem : stem + 2].tolist())
        title = segment.title_tf[row].astype(np.int64)
        both = title + segment.abstract_tf[row]
        low, high = segment.place_ptr[stem : stem + 2].tolist()
        start = np.repeat(np.cumsum(both) - both, both)
        in_title = np.arange(high - low) - start < np.repeat(title, both)
        selected = in_title if self._field == TITLE else ~in_title
        return (
            segment.docs[row].astype(np.int64),
            title if self._field == TITLE else both - title,
            segment.forms[low:high][selected].astype(np.int64),
            segment.places[low:high][selected].astype(np.int64),
        )


class _Authors:
    """Words of author names."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self.lexicon = segment.name_words
        self.lengths = segment.author_length

    @property
    def present(self) -> NDArray[np.bool_]:
        return np.ones(len(self.lexicon), np.bool_)

    def postings(self, term: int) -> TermPostings:
        segment = self._segment
        row = slice(*segment.name_word_ptr[term : term + 2].tolist())
        names = segment.name_word_names[row].astype(np.int64)
        indexes, _ = gathered(segment.name_papers_ptr, names)
        docs = np.unique(segment.name_papers[indexes]).astype(np.int64)
        name_indexes, counts = gathered(segment.paper_names_ptr, docs)
        holds = np.isin(segment.paper_names[name_indexes], names)
        row_of = np.repeat(np.arange(len(docs)), counts)
        return TermPostings(docs, np.bincount(row_of[holds], minlength=len(docs)))


class _Values:
    """One value a doc, given as codes into a lexicon; -1 = none."""

    def __init__(self, lexicon: Lexicon, codes: NDArray[np.int32]) -> None:
        self._codes = codes
        self.lexicon = lexicon
        self.lengths = np.ones(len(codes), np.int32)

    @property
    def present(self) -> NDArray[np.bool_]:
        return np.ones(len(self.lexicon), np.bool_)

    def postings(self, term: int) -> TermPostings:
        docs = np.flatnonzero(self._codes == term)
        return TermPostings(docs, np.ones(len(docs), np.int64))


def year_term(year: int) -> bytes:
    """Returns a year as `whoosh.fields.NUMERIC` encodes a signed 32-bit number without shift."""
    return _YEAR.pack(0, year + _SIGN)


def _years(segment: Segment) -> _Values:
    """Returns the years of a segment."""
    years = np.unique(segment.year[segment.year >= 0])
    codes = np.searchsorted(years, segment.year).astype(np.int32)
    lexicon = Lexicon.of_raws([year_term(int(year)) for year in years])
    return _Values(lexicon, np.where(segment.year >= 0, codes, -1).astype(np.int32))


def _ids(segment: Segment) -> _Values:
    """Returns the paper ids of a segment."""
    codes = np.empty(segment.papers, np.int32)
    codes[segment.id_paper] = np.arange(segment.papers, dtype=np.int32)
    return _Values(segment.ids, codes)


FIELDS: Final[Mapping[str, Callable[[Segment], FieldTerms]]] = {
    "abstract": lambda segment: _Text(segment, ABSTRACT, words=False),
    "abstract_words": lambda segment: _Text(segment, ABSTRACT, words=True),
    "author": _Authors,
    "id": _ids,
    "title": lambda segment: _Text(segment, TITLE, words=False),
    "title_words": lambda segment: _Text(segment, TITLE, words=True),
    "type": lambda segment: _Values(segment.types, segment.type),
    "venue": lambda segment: _Values(segment.venues, segment.venue),
    "year": _years,
}
"""Reader of the terms of each indexed field, by ascending name."""
