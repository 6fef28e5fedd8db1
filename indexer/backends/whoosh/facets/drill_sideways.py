"""Facets by drill-sideways counts: each counts the hits under every filter but the facet's own.

So a facet also shows what selecting another of its values would match (the term is Lucene's,
https://lucene.apache.org/core/9_9_0/facet/org/apache/lucene/facet/DrillSideways.html). The second
half lists values of a field over the whole index, for completion and for lists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice, starmap
from typing import Final, TypeVar

import numpy as np

from indexer.analysis import name_words, plain_words
from indexer.backends.whoosh.facets.author_counts import AuthorCounts
from indexer.backends.whoosh.facets.author_index import AuthorIndex
from indexer.backends.whoosh.facets.value_counts import count_values, year_sort_key
from indexer.backends.whoosh.format.ragged_arrays import distinct
from indexer.backends.whoosh.kernels.dispatch import Kernels
from indexer.backends.whoosh.postings.author_names import names_with_prefix, names_with_words
from indexer.backends.whoosh.postings.segment_reader import SegmentReader
from indexer.backends.whoosh.scoring.collection import Collection
from indexer.backends.whoosh.scoring.scored_docs import ScoredDocs
from indexer.budget import Deadline
from indexer.paper import UNKNOWN, name_key, unnumbered
from indexer.query import FacetField, Query
from indexer.search import Facet, FacetRequest, FacetValue
from indexer.text.folding import begins, fold, forms

Values = tuple[FacetValue, ...]
Row = TypeVar("Row")
RelaxedMatches = Callable[[], tuple[ScoredDocs, ...]]
_CHECKED: Final = 256
"""Values between two looks at the clock; each takes some 10 µs."""


def make_facet(  # noqa: PLR0913, PLR0917 - what a facet is made of
    request: FacetRequest,
    query: Query,
    readers: tuple[SegmentReader, ...],
    author_index: AuthorIndex,
    matches: tuple[ScoredDocs, ...],
    kernels: Kernels | None = None,
    relaxed: RelaxedMatches | None = None,
) -> Facet:
    """Returns one facet; see `facet_values` for the arguments."""
    values, distinct = facet_values(
        request, query, readers, author_index, matches, kernels, relaxed
    )
    return Facet(request.field, values, distinct())


def facet_values(  # noqa: PLR0913, PLR0917 - what a facet is made of
    request: FacetRequest,
    query: Query,
    readers: tuple[SegmentReader, ...],
    author_index: AuthorIndex,
    matches: tuple[ScoredDocs, ...],
    kernels: Kernels | None = None,
    relaxed: RelaxedMatches | None = None,
) -> tuple[Values, Callable[[], int]]:
    """Returns the values of one facet, and a function that counts the distinct ones.

    Counting may take longer than the values themselves, so that is left to the caller.

    Args:
        request: field, page and text of the facet.
        query: its filters say what is selected and excluded.
        readers: the segments.
        author_index: their authors.
        matches: for each segment the hits under every filter but this field's.
        kernels: compiled loops, or None for NumPy's.
        relaxed: finds the docs with any term of a query that requires all of them: the hits of a
            selected or excluded value that occurs in none of `matches`.
    """
    if request.field == "author":

        def count_relaxed() -> AuthorCounts | None:
            return None if relaxed is None else author_index.count(relaxed(), kernels)

        return _author_facet(
            request, query, author_index, author_index.count(matches, kernels), count_relaxed
        )
    field = request.field
    value_counts = count_values(readers, field, matches, kernels)
    folded = fold(request.contains).text if request.contains else ""
    containing = value_counts
    if folded:
        containing = [row for row in value_counts if any(folded in form for form in forms(row[0]))]
    shown = containing[_page(request)]
    selection = query.filter(field)
    if not (selection.include or selection.exclude):
        return tuple(starmap(FacetValue, shown)), containing.__len__
    counts = dict(value_counts)
    absent = {*selection.exclude, *selection.include} - counts.keys()
    more = 0
    if absent and relaxed is not None:
        relaxed_counts = {
            value: count
            for value, count in count_values(readers, field, relaxed(), kernels)
            if value in absent
        }
        counts |= relaxed_counts
        more = sum(any(folded in form for form in forms(value)) for value in relaxed_counts)
    page = list({*(value for value, _ in shown), *selection.exclude, *selection.include})
    page.sort(
        key=year_sort_key if field == "year" else lambda value: (-counts.get(value, 0), value)
    )
    values = tuple(
        FacetValue(
            value, counts.get(value, 0), value in selection.include, value in selection.exclude
        )
        for value in page
    )
    return values, lambda: len(containing) + more


def _page(request: FacetRequest) -> slice:
    """Returns the slice of sorted values that a request asks for."""
    first = max(0, request.offset)
    return slice(first, first + request.limit if request.limit > 0 else None)


def _author_facet(
    request: FacetRequest,
    query: Query,
    author_index: AuthorIndex,
    matches: AuthorCounts,
    count_relaxed: Callable[[], AuthorCounts | None],
) -> tuple[Values, Callable[[], int]]:
    """Returns the values of the author facet; see `facet_values`."""
    nameless = matches.nameless
    containing = matches
    folded = fold(request.contains).text if request.contains else ""
    if folded:
        containing = matches.filtered(author_index.matching_names(folded))
    unknown = bool(nameless) and folded in UNKNOWN
    page = _page(request)
    # One more before the page: "unknown" may push it there.
    skip = max(0, page.start - 1)
    top = author_index.top(containing, page.stop or 0, skip=skip)

    more = 0

    def distinct() -> int:
        return containing.distinct + unknown + more

    if unknown:
        top.append((-nameless, UNKNOWN, -1))
        top.sort()
    top = top[page.start - skip :]
    if page.stop is not None:
        top = top[: page.stop - page.start]
    selection = query.filter("author")
    if not (selection.include or selection.exclude):
        return tuple([FacetValue(name, -count) for count, name, _ in top]), distinct
    rows = [
        (count, name, author_index.key(key_id) if key_id >= 0 else UNKNOWN)
        for count, name, key_id in top
    ]
    included = {name_key(value) for value in selection.include}
    excluded = {name_key(value) for value in selection.exclude}
    names_by_key = {name_key(value): value for value in (*selection.exclude, *selection.include)}
    present = {key for _, _, key in rows}
    absent = [key for key in names_by_key if key not in present]
    relaxed: AuthorCounts | None = None
    for key in absent:
        key_id = author_index.find(key)
        spellings = author_index.spellings(key_id) if key_id >= 0 else Counter[str]()
        count, name = 0, names_by_key[key]
        if key == UNKNOWN and nameless:
            count, name = nameless, UNKNOWN
        elif spellings:
            count = matches.count_of(key_id)
            name = min(spellings, key=lambda name: (-spellings[name], name))
        if not count and (spellings or key == UNKNOWN):
            relaxed = relaxed or count_relaxed()
            if relaxed is not None:
                count = relaxed.count_of(key_id) if spellings else relaxed.nameless
                more += bool(count) and any(folded in form for form in forms(name))
        rows.append((-count, name, key))
    if absent:
        rows.sort()
    values = tuple(
        FacetValue(name, -count, key in included, key in excluded) for count, name, key in rows
    )
    return values, distinct


def list_values(  # noqa: PLR0913 - the parameters of `Searcher.values`
    collection: Collection,
    author_index: AuthorIndex,
    field: FacetField,
    *,
    prefix: str,
    contains: str,
    limit: int,
    deadline: Deadline,
) -> Iterator[FacetValue]:
    """Yields values, highest document count first, ties by value; see `Searcher.values`.

    None after the deadline, which is looked at between values.
    """
    folded_prefix, folded = fold(prefix).text.strip(), fold(contains).text.strip()

    def fits(value: str) -> bool:
        if not (folded or folded_prefix):
            return True
        return any(folded in form and begins(form, folded_prefix) for form in forms(value))

    if field == "author":
        values = (
            row
            for row in _in_time(
                _author_values(collection, author_index, folded_prefix, folded), deadline
            )
            if fits(row.value)
        )
    else:
        live_docs = tuple(ScoredDocs(reader.live_docs) for reader in collection.readers)
        rows = count_values(collection.readers, field, live_docs)
        rows.sort(key=lambda row: (-row[1], row[0]))
        rows = [row for row in rows if row[0] != UNKNOWN]
        values = (
            FacetValue(value, count) for value, count in _in_time(rows, deadline) if fits(value)
        )
    return islice(values, limit if limit > 0 else None)


def _in_time(rows: Iterable[Row], deadline: Deadline) -> Iterator[Row]:
    """Yields rows until the deadline has passed."""
    for number, row in enumerate(rows):
        if number % _CHECKED == 0 and deadline.overdue:
            return
        yield row


def _author_values(
    collection: Collection, author_index: AuthorIndex, prefix: str, contains: str
) -> Iterator[FacetValue]:
    """Yields authors, highest count first: of a prefix all that may begin so, and some others."""
    counts = author_index.totals
    if contains:
        counts = counts.filtered(author_index.matching_names(contains))
    words = name_words(prefix)
    if prefix and not (words and words[0].isascii()):
        # A word of another script may be part of a token, and signs are in none.
        counts = counts.filtered(author_index.matching_names(prefix, beginning=True))
    elif words:
        candidates = np.zeros(author_index.size, np.bool_)
        for key_id in _key_ids_beginning(collection, author_index, words[0]):
            candidates[key_id] = True
        counts = counts.filtered(candidates)
    step = 64
    yielded = 0
    while yielded < counts.distinct:
        # Callers take few as a rule: the first need not wait until all are sorted.
        step *= 4
        rows = author_index.top(counts, step)[yielded:]
        for count, name, _ in rows:
            yield FacetValue(name, -count)
        yielded += len(rows)


def _key_ids_beginning(
    collection: Collection, author_index: AuthorIndex, prefix: str
) -> Iterator[int]:
    """Yields the key ids of names with a word of this prefix."""
    for reader in collection.readers:
        keys = distinct(reader.name_key[names_with_prefix(reader, prefix)], in_runs=True)
        if len(collection.readers) == 1:
            yield from keys.tolist()
        else:
            yield from (
                author_index.find(reader.arrays.name_keys[number]) for number in keys.tolist()
            )


def list_names(
    collection: Collection, author_index: AuthorIndex, folded: str
) -> tuple[FacetValue, ...]:
    """Returns the authors whose names fold to the same; see `indexer.search.Searcher.names`."""

    def key(name: str) -> tuple[str, ...]:
        return plain_words(unnumbered(name)) or (name_key(name),)

    folded_key = key(folded)
    key_ids: set[int] = set()
    for reader in collection.readers:
        for name in _candidate_names(reader, folded):
            if key(reader.arrays.names[name]) == folded_key:
                key_ids.add(author_index.find(name_key(reader.arrays.names[name])))
    counts = ((key_id, author_index.totals.count_of(key_id)) for key_id in key_ids)
    rows = [
        FacetValue(author_index.display_name(key_id), count)
        for key_id, count in counts
        if count and key(author_index.display_name(key_id)) == folded_key
    ]
    return tuple(sorted(rows, key=lambda value: (-value.count, value.value)))


def _candidate_names(reader: SegmentReader, folded: str) -> list[int]:
    """Returns names that contain every word of a folded name; without words, those of its key."""
    words = plain_words(unnumbered(folded))
    if words:
        return [int(name) for name in names_with_words(reader, words)]
    key = reader.arrays.name_keys.find(name_key(folded))
    if key < 0:
        return []
    return list(range(*reader.arrays.name_key_ptr[key : key + 2].tolist()))
