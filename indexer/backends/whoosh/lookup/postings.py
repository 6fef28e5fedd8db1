"""The virtual postings of a term: the papers that hold it, and how often in each field."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.backends.whoosh.lookup.counted import EMPTY, Counts, Postings, joined
from indexer.backends.whoosh.lookup.damage import check_papers
from indexer.backends.whoosh.lookup.occurrences import (
    NOWHERE,
    Keys,
    chains,
    clusters,
    distinct,
    intersect,
    runs,
    stem_keys,
    tally,
)
from indexer.backends.whoosh.lookup.people import (
    names_holding,
    names_meeting,
    names_saying,
    names_with,
    papers_of,
    union,
)
from indexer.backends.whoosh.lookup.reader import Numbers, SegmentReader
from indexer.matching.terms import (
    CompoundTerm,
    NameTerm,
    NearTerm,
    PhraseTerm,
    StemTerm,
    TextTerm,
    UnionTerm,
    Way,
)


def postings_of(reader: SegmentReader, term: TextTerm) -> Postings:
    """Find a term in a segment.

    Raises:
        IndexDamaged: when its papers do not rise.
    """
    field = term.field if not isinstance(term, NameTerm) else "author"
    found = EMPTY if field == "author" else _text(reader, term)
    if field in ("title", "abstract"):
        counts = found.title if field == "title" else found.abstract
        if counts is None:
            return EMPTY
        only = (
            Postings(found.docs, counts) if field == "title" else Postings(found.docs, None, counts)
        )
        found = only.kept(counts > 0)
    else:
        people = _people(reader, term)
        if len(people):
            position = term.position if isinstance(term, NameTerm) else None
            docs, counts = papers_of(reader, people, *([position] if position else []))
            found = joined(found, Postings(docs, author=counts))
    check_papers(found.docs, reader.size)
    if reader.live is not None and len(found.docs):
        found = found.kept(reader.live[found.docs])
    return found


def _text(reader: SegmentReader, term: TextTerm) -> Postings:
    match term:
        case StemTerm(exact=False):
            return _stem(reader, term.stem)
        case StemTerm():
            return _of_keys(_word_keys(reader, term.word, None))
        case CompoundTerm():
            return _compound(reader, term)
        case PhraseTerm():
            return _of_keys(_phrase_keys(reader, term))
        case NearTerm():
            return _of_keys(_near_keys(reader, term))
        case UnionTerm():
            return _union(reader, term.words)
    return EMPTY


def _people(reader: SegmentReader, term: TextTerm) -> Numbers:
    match term:
        case StemTerm():
            return names_with(reader, term.word)
        case CompoundTerm():
            return union(names_holding(reader, way) for way in term.ways)
        case PhraseTerm() | NearTerm():
            return names_saying(reader, term)
        case UnionTerm():
            return union(names_with(reader, word) for word in term.names)
    return names_meeting(reader, term)


def _stem(reader: SegmentReader, stem: str) -> Postings:
    arrays = reader.arrays
    at = arrays.stems.find(stem)
    if at < 0:
        return EMPTY
    low, high = reader.stem_span(at)
    return Postings(arrays.docs[low:high], arrays.title_tf[low:high], arrays.abstract_tf[low:high])


def _of_keys(keys: Keys) -> Postings:
    return Postings(*tally(keys)) if len(keys) else EMPTY


def _compound(reader: SegmentReader, term: CompoundTerm) -> Postings:
    """Count the most frequent of the ways to write it, field by field."""
    found = EMPTY
    for way in term.text_ways:
        if len(way) == 1 and not term.exact:
            one = _stem(reader, way[0])
        else:
            one = _of_keys(way_keys(reader, way, exact=term.exact))
        found = joined(found, one)
    return found


def way_keys(reader: SegmentReader, way: Way, *, exact: bool) -> Keys:
    """Give where stems, or surface words, stand in a row."""
    if exact:
        return runs_of(reader, way)
    stems = [reader.arrays.stems.find(stem) for stem in way]
    if min(stems) < 0:
        return NOWHERE
    together = _together(reader, stems)
    return runs(stem_keys(reader, stem, together) for stem in stems)


def runs_of(reader: SegmentReader, way: Way) -> Keys:
    """Give where surface words stand in a row."""
    words = [reader.arrays.words.find(word) for word in way]
    if min(words) < 0:
        return NOWHERE
    stems = reader.arrays.word_stem[words].tolist()
    papers = _together(reader, stems) if len(way) > 1 else None
    return runs(
        stem_keys(reader, stem, papers, word) for stem, word in zip(stems, words, strict=True)
    )


def _word_keys(reader: SegmentReader, word: str, papers: Numbers | None) -> Keys:
    at = reader.arrays.words.find(word)
    if at < 0:
        return NOWHERE
    return stem_keys(reader, int(reader.arrays.word_stem[at]), papers, at)


def _stem_docs(reader: SegmentReader, stem: int) -> Numbers:
    return reader.arrays.docs[slice(*reader.stem_span(stem))]


def _together(reader: SegmentReader, stems: list[int]) -> Numbers:
    """Give the papers that hold all of these stems, wherever."""
    found, *others = sorted((_stem_docs(reader, stem) for stem in set(stems)), key=len)
    for other in others:
        found = intersect(found, other)
    return found


def _holding(reader: SegmentReader, ways: tuple[Way, ...]) -> Numbers:
    """Give papers that may hold one of the ways: all words of it, wherever."""
    found = []
    for way in ways:
        words = [reader.arrays.words.find(word) for word in way]
        if min(words) >= 0:
            found.append(_together(reader, reader.arrays.word_stem[words].tolist()))
    return union(found)


def _phrase_keys(reader: SegmentReader, term: PhraseTerm) -> Keys:
    papers: Numbers | None = None
    if all(len(ways) == 1 for ways in term.steps):
        return runs_of(reader, tuple(word for (way,) in term.steps for word in way))
    for ways in term.steps:
        step = _holding(reader, ways)
        papers = step if papers is None else intersect(papers, step)
        if not len(papers):
            return NOWHERE
    return chains(
        [
            [[_word_keys(reader, word, papers) for word in way] for way in ways]
            for ways in term.steps
        ]
    )


def _near_keys(reader: SegmentReader, term: NearTerm) -> Keys:
    found: list[Keys] = []
    for words in term.readings:
        papers = _holding(reader, (words,))
        if not len(papers):
            continue
        once = sorted(set(words))
        columns = [_word_keys(reader, word, papers) for word in once]
        needed = [words.count(word) for word in once]
        found.append(clusters(columns, needed, len(words) + term.slop))
    return distinct(np.concatenate(found)) if found else NOWHERE


def _union(reader: SegmentReader, words: tuple[str, ...]) -> Postings:
    """Count the occurrences of any of these surface words."""
    arrays = reader.arrays
    wanted = np.zeros(len(arrays.words), np.bool_)
    wanted[[at for at in map(arrays.words.find, words) if at >= 0]] = True
    titles = np.zeros(reader.size, np.int32)
    abstracts = np.zeros(reader.size, np.int32)
    for stem in distinct(arrays.word_stem[wanted].astype(np.int64)).tolist():
        docs, title, abstract = _of_forms(reader, stem, wanted)
        titles[docs] += title
        abstracts[docs] += abstract
    found = np.flatnonzero(titles + abstracts)
    if not len(found):
        return EMPTY
    return Postings(found.astype(np.int32), titles[found], abstracts[found])


def _of_forms(
    reader: SegmentReader, stem: int, wanted: NDArray[np.bool_]
) -> tuple[Numbers, Counts, Counts]:
    """Count those occurrences of a stem whose surface word is wanted, for each paper that has it.

    Args:
        reader: the segment.
        stem: its id.
        wanted: bool[W], the words.
    """
    arrays = reader.arrays
    low, high = reader.stem_span(stem)
    docs = arrays.docs[low:high]
    title, abstract = arrays.title_tf[low:high], arrays.abstract_tf[low:high]
    first, last = arrays.stem_word_ptr[stem : stem + 2].tolist()
    taken = wanted[arrays.stem_words[first:last]]
    if taken.all():
        return docs, title, abstract
    start, end = arrays.place_ptr[stem : stem + 2].tolist()
    held = np.zeros(end - start + 1, np.int32)
    np.cumsum(taken[arrays.forms[start:end]], out=held[1:])
    begins = reader.occurrences_before(stem)[:-1]
    middles = begins + title
    ends = middles + abstract
    return docs, held[middles] - held[begins], held[ends] - held[middles]
