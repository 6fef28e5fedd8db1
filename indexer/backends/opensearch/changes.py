"""What lies between two generations in a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from indexer.backends.opensearch.mapping import Body
from indexer.backends.opensearch.request import WALL
from indexer.results import Changes

Ask = Callable[[Body], Body]


def changes_between(before: Ask, after: Ask) -> Changes:
    """Compare two generations by the hashes of their papers, both walked in the order of ids."""
    added: list[str] = []
    changed: list[str] = []
    gone: list[str] = []
    old, new = _contents(before), _contents(after)
    left, right = next(old, None), next(new, None)
    while left or right:
        if right is None or (left is not None and left[0].encode() < right[0].encode()):
            gone.append(left[0] if left else "")
            left = next(old, None)
        elif left is None or right[0].encode() < left[0].encode():
            added.append(right[0])
            right = next(new, None)
        else:
            if left[1] != right[1]:
                changed.append(left[0])
            left, right = next(old, None), next(new, None)
    return Changes(tuple(added), tuple(changed), tuple(gone))


def _contents(ask: Ask) -> Iterator[tuple[str, str]]:
    """Give every id with the hash of its paper, rising as bytes."""
    body: Body = {
        "size": WALL,
        "sort": [{"id": "asc"}],
        "_source": False,
        "docvalue_fields": ["content"],
        "track_total_hits": False,
    }
    while True:
        hits = ask(body)["hits"]["hits"]
        for hit in hits:
            yield str(hit["sort"][0]), str(hit["fields"]["content"][0])
        if len(hits) < WALL:
            return
        body["search_after"] = hits[-1]["sort"]
