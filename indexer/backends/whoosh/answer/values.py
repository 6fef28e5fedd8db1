"""Values of a field over the whole index, for completion and for lists."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np

from indexer.analysis import name_words, plain_words
from indexer.backends.whoosh.lookup.bylines import Bylines
from indexer.backends.whoosh.lookup.collection import Collection
from indexer.backends.whoosh.lookup.counts import count_values
from indexer.backends.whoosh.lookup.matches import Matches
from indexer.backends.whoosh.lookup.occurrences import distinct
from indexer.backends.whoosh.lookup.people import names_beginning, names_holding
from indexer.backends.whoosh.lookup.reader import SegmentReader
from indexer.paper import UNKNOWN, name_key, unnumbered
from indexer.query import FacetField
from indexer.search import FacetValue
from indexer.text.folding import begins, fold, forms


def list_values(  # noqa: PLR0913 - the parameters of `Searcher.values`
    collection: Collection,
    bylines: Bylines,
    field: FacetField,
    *,
    prefix: str,
    contains: str,
    limit: int,
) -> Iterator[FacetValue]:
    """List values, most papers first, then by value; see `indexer.search.Searcher.values`."""
    begin, part = fold(prefix).text.strip(), fold(contains).text.strip()

    def fits(value: str) -> bool:
        return any(part in folded and begins(folded, begin) for folded in forms(value))

    if field == "author":
        found = (one for one in _authors(collection, bylines, begin, part) if fits(one.value))
    else:
        everything = tuple(Matches(reader.every) for reader in collection.readers)
        rows = count_values(collection.readers, field, everything)
        rows.sort(key=lambda one: (-one[1], one[0]))
        rows = [one for one in rows if one[0] != UNKNOWN]
        found = (FacetValue(value, count) for value, count in rows if fits(value))
    return islice(found, limit if limit > 0 else None)


def _authors(
    collection: Collection, bylines: Bylines, begin: str, part: str
) -> Iterator[FacetValue]:
    """Give authors, most papers first; of a prefix, all that may have it and some others."""
    tally = bylines.totals
    if part:
        tally = tally.kept(bylines.containing(part))
    words = name_words(begin)
    if words and words[0].isascii():
        may = np.zeros(bylines.size, np.bool_)
        for number in _beginning(collection, bylines, words[0]):
            may[number] = True
        tally = tally.kept(may)
    step = 64
    given = 0
    while given < tally.distinct:
        # Few are wanted as a rule: the first of them need not wait for all to be sorted.
        step *= 4
        rows = bylines.first(tally, step)[given:]
        for count, shown, _ in rows:
            yield FacetValue(shown, -count)
        given += len(rows)


def _beginning(collection: Collection, bylines: Bylines, word: str) -> Iterator[int]:
    """Give the keys of the names with a word that begins so."""
    for reader in collection.readers:
        keys = distinct(reader.name_key[names_beginning(reader, word)])
        if len(collection.readers) == 1:
            yield from keys.tolist()
        else:
            yield from (bylines.find(reader.arrays.name_keys[at]) for at in keys.tolist())


def list_names(collection: Collection, bylines: Bylines, folded: str) -> tuple[FacetValue, ...]:
    """List the authors whose names fold to the same; see `indexer.search.Searcher.names`."""

    def key(name: str) -> tuple[str, ...]:
        return plain_words(unnumbered(name)) or (name_key(name),)

    wanted = key(folded)
    numbers: set[int] = set()
    for reader in collection.readers:
        for name in _candidates(reader, folded):
            if key(reader.arrays.names[name]) == wanted:
                numbers.add(bylines.find(name_key(reader.arrays.names[name])))
    counts = ((number, bylines.totals.of(number)) for number in numbers)
    rows = [
        FacetValue(bylines.shown(number), count)
        for number, count in counts
        if count and key(bylines.shown(number)) == wanted
    ]
    return tuple(sorted(rows, key=lambda one: (-one.count, one.value)))


def _candidates(reader: SegmentReader, folded: str) -> list[int]:
    """Give names that hold every word of a folded name; those of its key where it has none."""
    words = plain_words(unnumbered(folded))
    if words:
        return [int(name) for name in names_holding(reader, words)]
    key = reader.arrays.name_keys.find(name_key(folded))
    if key < 0:
        return []
    return list(range(*reader.arrays.name_key_ptr[key : key + 2].tolist()))
