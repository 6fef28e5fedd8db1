"""One generation of the cluster behind the calls of a searcher."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from indexer.backends.opensearch.connection import Breaker, ClusterUnavailable
from indexer.backends.opensearch.mapping import Body

if TYPE_CHECKING:
    from opensearchpy import OpenSearch


class ClusterTransport:
    """Sends the bodies of searches to one index; safe to use from several threads."""

    def __init__(self, client: OpenSearch, index: str, breaker: Breaker) -> None:
        """Ask this index through this client."""
        self._client = client
        self._index = index
        self._breaker = breaker

    def search(self, body: Body) -> Body:
        """Send a search; an answer without some of the papers is no answer."""
        ask = partial(
            self._client.search,
            index=self._index,
            body=body,
            params={"allow_partial_search_results": "false"},
        )
        answer: Body = self._breaker.call(ask)
        return answer

    def source(self, document: str) -> Body | None:
        """Give the fields of a document, None where there is none."""
        ask = partial(self._client.get, index=self._index, id=document, ignore=[404])
        answer: Body = self._breaker.call(ask)
        source: Body | None = answer.get("_source") if answer.get("found") else None
        return source

    def bytes(self) -> int:
        """Give the size of the generation, replicas included."""
        ask = partial(self._client.indices.stats, index=self._index, metric="store")
        answer: Body = self._breaker.call(ask)
        return int(answer["_all"]["total"]["store"]["size_in_bytes"])


def patiently_asked(client: OpenSearch, index: str, retries: int, body: Body) -> Body:
    """Ask once a build is done, when the cluster may still be busy with it.

    Args:
        client: of the cluster.
        index: to ask.
        retries: times that it is asked again, the pause doubling from one second to thirty.
        body: of the search.

    Raises:
        ClusterUnavailable: when it stays busy.
    """
    from opensearchpy.exceptions import TransportError

    params = {"request_timeout": 120, "allow_partial_search_results": "false"}
    for attempt in range(retries + 1):
        try:
            answer: Body = client.search(index=index, body=body, params=params)
        except TransportError as error:
            if error.status_code not in (429, 502, 503, 504, "N/A", "TIMEOUT"):
                raise
            if attempt < retries:
                time.sleep(min(30.0, 2.0**attempt))
        else:
            return answer
    raise ClusterUnavailable(f"{index}: the cluster stays too busy to be asked; try again later")
