"""Papers by the time of their last change: one request a page, whatever came before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from indexer.backends.opensearch.mapping import Body
from indexer.search import DatedIds


def dated_body(
    matching: Sequence[Body], since: str, until: str, after: tuple[str, str], limit: int
) -> Body:
    """Returns the request for one page.

    Times are columns that are not indexed, so the bounds are a place in the order and a bucket
    rather than a query.

    Args:
        matching: queries that a paper must match.
        since: first second, ISO 8601; empty = no bound.
        until: last second, in the same form.
        after: the entry that is followed; ("", "") = from the start.
        limit: most entries.
    """
    bucket: dict[str, int] = {}
    if since:
        bucket["from"] = _seconds(since)
    if until:
        bucket["to"] = _seconds(until) + 1  # the end of a bucket is not within it
    body: Body = {
        "size": limit,
        "track_total_hits": True,
        "query": {"bool": {"filter": list(matching)}},
        "sort": [{"last_changed": "asc"}, {"id": "asc"}],
        "_source": False,
    }
    if bucket:
        body["aggs"] = {"within": {"range": {"field": "last_changed", "ranges": [bucket]}}}
    start = max(after, (since, ""), key=lambda entry: _seconds(entry[0]) if entry[0] else -1)
    if start[0]:
        body["search_after"] = [_seconds(start[0]), start[1]]
    return body


def read_dated(answer: Body, until: str) -> DatedIds:
    """Returns the entries of an answer to `dated_body`, none later than `until`."""
    hits = answer["hits"]
    buckets = answer.get("aggregations", {}).get("within", {}).get("buckets", [])
    total = buckets[0]["doc_count"] if buckets else hits["total"]["value"]
    last = _seconds(until) if until else None
    entries = tuple(
        (_iso_time(int(time)), str(paper_id))
        for time, paper_id in (hit["sort"] for hit in hits["hits"])
        if last is None or int(time) <= last
    )
    return DatedIds(int(total), entries)


def _seconds(time: str) -> int:
    return int(datetime.fromisoformat(time).timestamp())


def _iso_time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
