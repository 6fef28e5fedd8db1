"""Text typed into the box, read as venues, years, names and titles before it is searched for."""

from __future__ import annotations

from indexer.cleaning.venues import Venues
from indexer.query import Query
from indexer.query_analysis.abbreviations import read_abbreviations
from indexer.query_analysis.long_text import read_long_text
from indexer.query_analysis.main_title import read_main_title
from indexer.query_analysis.typed_authors import read_typed_authors
from indexer.query_analysis.typed_filters import read_typed_filters
from indexer.query_analysis.typed_names import read_typed_name
from indexer.references.parse import is_reference
from indexer.search import Searcher


def read_typed_text(query: Query, searcher: Searcher, venues: Venues) -> Query:
    """Returns a query in which venues, years, names and titles are what they mean.

    Args:
        query: as parsed.
        searcher: of the collection; asked how many papers a reading finds.
        venues: the table of aliases.
    """
    if is_reference(query.text):  # its paper is found by `indexer.references`
        return query
    reduced = read_long_text(query, searcher)
    if reduced is not query:
        return reduced
    cited = read_typed_authors(query, searcher, venues)
    if cited is not query:
        return cited
    query = read_typed_filters(query, searcher, venues)
    titled = read_main_title(query, searcher)
    if titled is not None:
        return titled
    named = read_typed_name(query, searcher)
    return named if named.author is not None else read_abbreviations(query, searcher)
