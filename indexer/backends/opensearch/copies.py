"""A new index is written to only when its copies are there: what has one copy dies with a node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from indexer.backends.opensearch.mapping import Body

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

PATIENCE: Final = 120
"""Seconds that the copies of a new index may take; after that it is written to without them."""


def all_copies(client: OpenSearch, replicas: int) -> Body:
    """Give the parameters with which an index is made and all its copies are waited for.

    Args:
        client: of the cluster.
        replicas: that the index is made with; those that find no node are not waited for.
    """
    nodes = int(client.cluster.health()["number_of_data_nodes"])
    return {
        "wait_for_active_shards": max(1, min(replicas + 1, nodes)),
        "timeout": f"{PATIENCE}s",
        "request_timeout": PATIENCE + 60,
    }
