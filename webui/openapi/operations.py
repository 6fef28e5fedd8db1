"""The operations of the API: which address answers what, for programs.

Each representation in JSON has an operation of its own, so that a generated client knows its type.
A new address for programs gets a line here; a test compares the lines with the routes and the
answers with their types.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from indexer import ConnectionJson, PaperJson
from webui.openapi.answers import (
    AuthorPapersJson,
    CollectionJson,
    DuplicatesJson,
    GroupsJson,
    HealthJson,
    SearchDifferenceJson,
    SearchRecordJson,
    SearchResultsJson,
    TopicsJson,
    TrendsJson,
    VenueResultsJson,
)
from webui.openapi.parameters import CHOOSING, FIELDS, PAGE, QUERY, WRITING

JSON: Final = "application/json"
ATOM: Final = "application/atom+xml"
ANY: Final = "*/*"
"""Stands for the media types of the formats of references; the operation's text names them."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, always a GET.

    Attributes:
        path: as OpenAPI writes it, with the suffix of the representation.
        id: what a generated client calls it.
        tag: heading under which it stands.
        summary: one sentence.
        parameters: names of the parameters after the ``?``.
        answer: type of the JSON answer; None where it is text.
        media: media type of the answer.
        moves: another spelling of the path is redirected (302).
    """

    path: str
    id: str
    tag: str
    summary: str
    parameters: tuple[str, ...] = ()
    answer: Any = None
    media: str = JSON
    moves: bool = False


TAGS: Final = {
    "search": "Find papers, and count them.",
    "papers": "One paper.",
    "authors": "The papers of an author's name, and what connects two of them.",
    "venues": "The papers of a venue.",
    "export": "References for other programs.",
    "feeds": "What is new, for feed readers and clients of arXiv.",
    "review": "Search records for systematic reviews.",
    "collection": "What is searched, and this description.",
}
Suggestions = list[str | list[str]]
"""OpenSearch suggestions: what was typed, then texts, descriptions and addresses."""
Description = dict[str, Any]

OPERATIONS: Final = (
    Operation(
        "/search.json", "search", "search", "Return one page of results.",
        (*QUERY, *PAGE, *FIELDS, "cursor", "explain", "versions"), SearchResultsJson,
    ),
    Operation(
        "/groups.json", "count_by", "search", "Count the results by one facet.",
        (*QUERY, "group_by"), GroupsJson,
    ),
    Operation(
        "/topics.json", "list_topics", "search", "Return words that the results share.",
        QUERY, TopicsJson,
    ),
    Operation(
        "/trends.json", "get_trends", "search",
        "Count the papers of each year that match, for up to five queries (q, repeated).",
        QUERY, TrendsJson,
    ),
    Operation(
        "/trends.csv", "get_trends_table", "search", "Return the same as a table.",
        QUERY, media="text/csv",
    ),
    Operation(
        "/suggest", "suggest", "search", "Complete the names of authors and venues.",
        ("q",), Suggestions, "application/x-suggestions+json",
    ),
    Operation(
        "/paper/{id}.json", "get_paper", "papers",
        "Return one paper; a DOI or another identifier leads to it, too.",
        (), PaperJson, moves=True,
    ),
    Operation(
        "/paper/{id}.{format}", "cite_paper", "papers", "Return the reference of one paper.",
        WRITING, media=ANY, moves=True,
    ),
    Operation(
        "/author/{slug}.json", "get_author", "authors",
        "Return the papers of an author's name, and what surrounds it.",
        (*CHOOSING, "fields"), AuthorPapersJson, moves=True,
    ),
    Operation(
        "/author/{slug}/{number}.json", "get_person", "authors",
        "Return the papers of one of the people with this name.",
        (*CHOOSING[:3], "fields"), AuthorPapersJson, moves=True,
    ),
    Operation(
        "/author/{slug}.{format}", "cite_author", "authors",
        "Return references to the papers of a name.",
        (*CHOOSING, *WRITING), media=ANY, moves=True,
    ),
    Operation(
        "/author/{slug}.atom", "follow_author", "authors",
        "Return the papers of a name as a feed.", ("page", *CHOOSING), media=ATOM, moves=True,
    ),
    Operation(
        "/path.json", "get_connection", "authors",
        "Return the shortest chain of co-authors between two names.",
        ("from", "to"), ConnectionJson,
    ),
    Operation(
        "/venue/{slug}.json", "get_venue", "venues", "Return papers of a venue, newest first.",
        ("page", *FIELDS), VenueResultsJson, moves=True,
    ),
    Operation(
        "/venue/{slug}/{published}.json", "get_venue_year", "venues",
        "Return papers of one year of a venue, by title.",
        ("page", *FIELDS), VenueResultsJson, moves=True,
    ),
    Operation(
        "/venue/{slug}.{format}", "cite_venue", "venues",
        "Return references to the papers of a venue.", WRITING, media=ANY, moves=True,
    ),
    Operation(
        "/venue/{slug}.atom", "follow_venue", "venues", "Return the papers of a venue as a feed.",
        ("page",), media=ATOM, moves=True,
    ),
    Operation(
        "/search.{format}", "cite_results", "export",
        "Return references to all results of a query.",
        (*QUERY, *WRITING), media=ANY,
    ),
    Operation(
        "/export", "export", "export",
        "Return references to selected papers (id, repeated), or to all results of a query.",
        (*QUERY, "id", "format", "style", *WRITING), media=ANY,
    ),
    Operation(
        "/feed.atom", "follow_search", "feeds", "Return the results of a query as a feed.",
        (*QUERY, *PAGE), media=ATOM,
    ),
    Operation(
        "/api/query", "query_as_arxiv", "feeds",
        "Answer as arXiv's API does; errors are feeds, too.",
        ("search_query", "id_list", "start", "max_results", "sortBy", "sortOrder"), media=ATOM,
    ),
    Operation(
        "/record.json", "get_search_record", "review",
        "Document a search: how it was read, what was searched and every paper found.",
        QUERY, SearchRecordJson,
    ),
    Operation(
        "/record/diff.json", "compare_search", "review",
        "Return what has changed for a search between two generations of the index.",
        (*QUERY, "since", "until"), SearchDifferenceJson,
    ),
    Operation(
        "/duplicates.json", "list_duplicates", "review",
        "Return which results may be one work.", QUERY, DuplicatesJson,
    ),
    Operation(
        "/info.json", "get_info", "collection", "Return what is in the collection.",
        (), CollectionJson,
    ),
    Operation(
        "/healthz", "get_health", "collection", "Return whether searches are answered.",
        (), HealthJson,
    ),
    Operation(
        "/api", "get_description", "collection", "Return this description.", (), Description
    ),
)  # fmt: skip
