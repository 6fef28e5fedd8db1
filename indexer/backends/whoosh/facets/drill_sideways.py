"""Facets: how many of the papers have each value, every filter counted but the facet's own.

Values of a field over the whole index, for completion and for lists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice, starmap

import numpy as np

from indexer.analysis import name_words, plain_words
from indexer.backends.whoosh.facets.author_counts import Tally
from indexer.backends.whoosh.facets.author_index import Bylines
from indexer.backends.whoosh.facets.value_counts import age, count_values
from indexer.backends.whoosh.kernels.dispatch import Kernels
from indexer.backends.whoosh.postings.author_names import names_beginning, names_holding
from indexer.backends.whoosh.postings.positions import distinct
from indexer.backends.whoosh.postings.segment_reader import SegmentReader
from indexer.backends.whoosh.scoring.collection import Collection
from indexer.backends.whoosh.scoring.scored_docs import Matches
from indexer.paper import UNKNOWN, name_key, unnumbered
from indexer.query import FacetField, Query
from indexer.search import Facet, FacetRequest, FacetValue
from indexer.text.folding import begins, fold, forms

Values = tuple[FacetValue, ...]
Some = Callable[[], tuple[Matches, ...]]


def facet_of(  # noqa: PLR0913, PLR0917 - what a facet is made of
    request: FacetRequest,
    query: Query,
    readers: tuple[SegmentReader, ...],
    bylines: Bylines,
    papers: tuple[Matches, ...],
    kernels: Kernels | None = None,
    some: Some | None = None,
) -> Facet:
    """Make one facet; for the arguments see `values_of`."""
    values, distinct = values_of(request, query, readers, bylines, papers, kernels, some)
    return Facet(request.field, values, distinct())


def values_of(  # noqa: PLR0913, PLR0917 - what a facet is made of
    request: FacetRequest,
    query: Query,
    readers: tuple[SegmentReader, ...],
    bylines: Bylines,
    papers: tuple[Matches, ...],
    kernels: Kernels | None = None,
    some: Some | None = None,
) -> tuple[Values, Callable[[], int]]:
    """Returns the values of a facet, and a function that counts the distinct ones, maybe slowly.

    Args:
        request: which, and what to show of it.
        query: for what is selected.
        readers: the segments.
        bylines: their authors.
        papers: for each segment the hits under every filter but this field's.
        kernels: compiled loops, if there are any.
        some: finds the papers with some of the words of a query that asks for all of them; these
            are the hits of a selected or excluded value that none of `papers` has.
    """
    if request.field == "author":

        def tally_some() -> Tally | None:
            return None if some is None else bylines.tally(some(), kernels)

        return _authors(request, query, bylines, bylines.tally(papers, kernels), tally_some)
    field = request.field
    rows = count_values(readers, field, papers, kernels)
    part = fold(request.contains).text if request.contains else ""
    fitting = rows
    if part:
        fitting = [one for one in rows if any(part in form for form in forms(one[0]))]
    shown = fitting[_page(request)]
    chosen = query.filter(field)
    if not (chosen.include or chosen.exclude):
        return tuple(starmap(FacetValue, shown)), fitting.__len__
    counts = dict(rows)
    missing = {*chosen.exclude, *chosen.include} - counts.keys()
    more = 0
    if missing and some is not None:
        found = {
            value: count
            for value, count in count_values(readers, field, some(), kernels)
            if value in missing
        }
        counts |= found
        more = sum(any(part in form for form in forms(value)) for value in found)
    page = list({*(value for value, _ in shown), *chosen.exclude, *chosen.include})
    page.sort(key=age if field == "year" else lambda value: (-counts.get(value, 0), value))
    values = tuple(
        FacetValue(value, counts.get(value, 0), value in chosen.include, value in chosen.exclude)
        for value in page
    )
    return values, lambda: len(fitting) + more


def _page(request: FacetRequest) -> slice:
    first = max(0, request.offset)
    return slice(first, first + request.limit if request.limit > 0 else None)


def _authors(
    request: FacetRequest,
    query: Query,
    bylines: Bylines,
    tally: Tally,
    tally_some: Callable[[], Tally | None],
) -> tuple[Values, Callable[[], int]]:
    nameless = tally.nameless
    fitting = tally
    part = fold(request.contains).text if request.contains else ""
    if part:
        fitting = tally.kept(bylines.containing(part))
    unknown = bool(nameless) and part in UNKNOWN
    last = max(0, request.offset) + request.limit if request.limit > 0 else 0
    first = bylines.first(fitting, last)

    more = 0

    def distinct() -> int:
        return fitting.distinct + unknown + more

    if unknown:
        first.append((-nameless, UNKNOWN, -1))
        first.sort()
    first = first[_page(request)]
    chosen = query.filter("author")
    if not (chosen.include or chosen.exclude):
        return tuple([FacetValue(shown, -count) for count, shown, _ in first]), distinct
    rows = [(count, shown, bylines.key(at) if at >= 0 else UNKNOWN) for count, shown, at in first]
    included = {name_key(value) for value in chosen.include}
    excluded = {name_key(value) for value in chosen.exclude}
    named = {name_key(value): value for value in (*chosen.exclude, *chosen.include)}
    held = {key for _, _, key in rows}
    missing = [key for key in named if key not in held]
    wider: Tally | None = None
    for key in missing:
        at = bylines.find(key)
        spellings = bylines.spellings(at) if at >= 0 else Counter[str]()
        count, shown = 0, named[key]
        if key == UNKNOWN and nameless:
            count, shown = nameless, UNKNOWN
        elif spellings:
            count = tally.of(at)
            shown = min(spellings, key=lambda name: (-spellings[name], name))
        if not count and (spellings or key == UNKNOWN):
            wider = wider or tally_some()
            if wider is not None:
                count = wider.of(at) if spellings else wider.nameless
                more += bool(count) and any(part in form for form in forms(shown))
        rows.append((-count, shown, key))
    if missing:
        rows.sort()
    values = tuple(
        FacetValue(shown, -count, key in included, key in excluded) for count, shown, key in rows
    )
    return values, distinct


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
        found = (one for one in _author_values(collection, bylines, begin, part) if fits(one.value))
    else:
        everything = tuple(Matches(reader.every) for reader in collection.readers)
        rows = count_values(collection.readers, field, everything)
        rows.sort(key=lambda one: (-one[1], one[0]))
        rows = [one for one in rows if one[0] != UNKNOWN]
        found = (FacetValue(value, count) for value, count in rows if fits(value))
    return islice(found, limit if limit > 0 else None)


def _author_values(
    collection: Collection, bylines: Bylines, begin: str, part: str
) -> Iterator[FacetValue]:
    """Yields authors, most papers first; for a prefix, all that may have it and some others."""
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
    """Yields the keys of the names that have a word with this prefix."""
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
    """Returns the names with every word of a folded name; those of its key if it has no words."""
    words = plain_words(unnumbered(folded))
    if words:
        return [int(name) for name in names_holding(reader, words)]
    key = reader.arrays.name_keys.find(name_key(folded))
    if key < 0:
        return []
    return list(range(*reader.arrays.name_key_ptr[key : key + 2].tolist()))
