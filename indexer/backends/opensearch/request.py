"""One page as one request: what is found, in which order, with which counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from indexer.backends.opensearch.mapping import Body
from indexer.backends.opensearch.scoring import rounded
from indexer.query import Sort

WALL: Final = 10_000
"""So many hits a request can count through; what lies beyond is reached by `search_after`."""

_NEWER: Final[Body] = {"year": {"order": "desc", "missing": "_last"}}
_TITLE: Final[Body] = {"title_order": "asc"}
_ID: Final[Body] = {"id": "asc"}
ORDERS: Final[Mapping[Sort, list[Body]]] = {
    Sort.RELEVANCE: [{"_score": {"order": "desc"}}, _NEWER, _ID],
    Sort.NEWEST: [_NEWER, _TITLE, _ID],
    Sort.OLDEST: [{"year": {"order": "asc", "missing": "_last"}}, _TITLE, _ID],
    Sort.TITLE: [_TITLE, _NEWER, _ID],
    Sort.ADDED: [{"first_indexed": "desc"}, _NEWER, _TITLE, _ID],
}
"""Every order ends in the id, so it is total, and a place in it can be gone on from."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is to be found, and how it is ordered.

    Attributes:
        query: with scores, where `scored`.
        filters: of `facets.filter_query`.
    """

    query: Body
    filters: Body | None
    sort: Sort
    scored: bool


def page_body(
    found: Found,
    first: int,
    size: int,
    *,
    aggs: Body | None = None,
    source: tuple[str, ...] = ("paper",),
) -> Body:
    """Write the request of a page.

    The filters come after the counts where there are any, so that every facet can leave its own
    out; the total is of what passes them.

    Args:
        found: what is asked.
        first: hits to pass over.
        size: hits to give.
        aggs: of `facets.facet_aggs`.
        source: fields of the documents to give; none = no documents.
    """
    body: Body = {
        "query": rounded(found.query) if found.scored else found.query,
        "sort": ORDERS[found.sort],
        "from": first,
        "size": size,
        "track_total_hits": True,
        "_source": list(source) or False,
    }
    if found.scored and found.sort is not Sort.RELEVANCE:
        body["track_scores"] = True
    if aggs:
        body["aggs"] = aggs
    if found.filters is not None:
        if aggs:
            body["post_filter"] = found.filters
        else:
            body["query"] = {"bool": {"must": [body["query"]], "filter": [found.filters]}}
    return body
