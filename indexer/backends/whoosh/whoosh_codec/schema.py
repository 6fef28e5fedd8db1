"""The index as Whoosh's schema describes it; see `fieldterms` for what each field holds.

A segment's arrays seen as Whoosh sees an index: fields, their terms, and a term's postings.

The fields and what their terms are:

    title, abstract               stems, with positions
    title_words, abstract_words   folded surface words, with positions
    author                        folded words of names; weight = names of the paper that hold it
    venue, type, id               whole values
    year                          numbers as Whoosh's NUMERIC field writes them
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
    """The tokens of `Analyzer` for Whoosh; pickles as two plain values, without NLTK.

    Joined forms of compounds are left out: Whoosh asks for every token of a query at once.
    """

    def __init__(self, stop_words: frozenset[str], *, stemming: bool, stems: bool) -> None:
        """Analyse as `Analyzer(stop_words, stemming)` does, into stems or surface words."""
        self.stop_words = stop_words
        self.stemming = stemming
        self.stems = stems

    def __call__(self, value: str, **asked: Any) -> Iterator[Any]:
        """Yields the tokens of a text as Whoosh expects them."""
        analyzer = Analyzer(self.stop_words, self.stemming and self.stems)
        for token in analyzer.tokens(value):
            if not token.joined:
                yield _token(token.stem, token.position, token.start, token.end, asked)


class NameAnalyzer(WhooshAnalyzer):  # type: ignore[misc] # Whoosh has no types
    """The words of author names for Whoosh."""

    def __call__(self, value: str, **asked: Any) -> Iterator[Any]:
        """Yields the words of a name as Whoosh expects them."""
        for token in name_tokens(value):
            if not token.joined:
                yield _token(token.word, token.position, token.start, token.end, asked)


def _token(text: str, position: int, start: int, end: int, asked: dict[str, Any]) -> Any:
    token = Token(**asked)
    token.text = text
    token.pos = position + asked.get("start_pos", 0)
    token.startchar = start + asked.get("start_char", 0)
    token.endchar = end + asked.get("start_char", 0)
    return token


def schema_of(analyzer: Analyzer) -> Any:
    """Make the `whoosh.fields.Schema` of an index analysed so."""

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
    """The papers that hold a term, deleted ones included.

    Attributes:
        papers: rising. weights: how often each holds it.
        starts, places: positions of paper i are ``places[starts[i]:starts[i] + weights[i]]``,
            rising; None where the field has none.
    """

    papers: Ints
    weights: Ints
    starts: Ints | None = None
    places: Ints | None = None


class FieldTerms(Protocol):
    """The terms of one field of one segment."""

    @property
    def lexicon(self) -> Lexicon:
        """Its terms; some may have no posting in this field."""

    @property
    def present(self) -> NDArray[np.bool_]:
        """For each term whether it has a posting in this field."""

    @property
    def lengths(self) -> NDArray[np.int32]:
        """For each paper the length of the field, in words that count."""

    def postings(self, term: int) -> TermPostings:
        """Returns the posting list of a term by its term id."""


class _Text:
    """Stems, or words where `forms` is set, of title or abstract."""

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
        papers, counts, forms, places = self._occurrences(stem)
        if self._words:
            low, high = segment.stem_word_ptr[stem : stem + 2]
            form = int(np.searchsorted(segment.stem_words[low:high], term))
            wanted = forms == form
            row = np.repeat(np.arange(len(papers)), counts)[wanted]
            counts = np.bincount(row, minlength=len(papers))
            places = places[wanted]
        held = counts > 0
        counts = counts[held].astype(np.int64)
        return TermPostings(papers[held], counts, np.cumsum(counts) - counts, places)

    def _occurrences(self, stem: int) -> tuple[Ints, Ints, Ints, Ints]:
        """Returns a stem's doc ids, its tf in this field, and the form and position of each."""
        segment = self._segment
        row = slice(*segment.stem_ptr[stem : stem + 2].tolist())
        title = segment.title_tf[row].astype(np.int64)
        both = title + segment.abstract_tf[row]
        low, high = segment.place_ptr[stem : stem + 2].tolist()
        start = np.repeat(np.cumsum(both) - both, both)
        in_title = np.arange(high - low) - start < np.repeat(title, both)
        wanted = in_title if self._field == TITLE else ~in_title
        return (
            segment.docs[row].astype(np.int64),
            title if self._field == TITLE else both - title,
            segment.forms[low:high][wanted].astype(np.int64),
            segment.places[low:high][wanted].astype(np.int64),
        )


class _Authors:
    """Words of names."""

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
        at, _ = gathered(segment.name_papers_ptr, names)
        papers = np.unique(segment.name_papers[at]).astype(np.int64)
        held, counts = gathered(segment.paper_names_ptr, papers)
        holds = np.isin(segment.paper_names[held], names)
        row_of = np.repeat(np.arange(len(papers)), counts)
        return TermPostings(papers, np.bincount(row_of[holds], minlength=len(papers)))


class _Values:
    """One value a paper, given as places in a lexicon."""

    def __init__(self, lexicon: Lexicon, codes: NDArray[np.int32]) -> None:
        self._codes = codes
        self.lexicon = lexicon
        self.lengths = np.ones(len(codes), np.int32)

    @property
    def present(self) -> NDArray[np.bool_]:
        return np.ones(len(self.lexicon), np.bool_)

    def postings(self, term: int) -> TermPostings:
        papers = np.flatnonzero(self._codes == term)
        return TermPostings(papers, np.ones(len(papers), np.int64))


def year_term(year: int) -> bytes:
    """Write a year as `whoosh.fields.NUMERIC` writes a signed 32-bit number without shift."""
    return _YEAR.pack(0, year + _SIGN)


def _years(segment: Segment) -> _Values:
    years = np.unique(segment.year[segment.year >= 0])
    place = np.searchsorted(years, segment.year).astype(np.int32)
    lexicon = Lexicon.of_raws([year_term(int(year)) for year in years])
    return _Values(lexicon, np.where(segment.year >= 0, place, -1).astype(np.int32))


def _ids(segment: Segment) -> _Values:
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
"""How the terms of each indexed field are read from a segment, by name in rising order."""
