"""One generation of the cluster behind the calls of a searcher.

Papers that were listed together are read together: one request instead of hundreds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from threading import local
from typing import TYPE_CHECKING, Final

from indexer.backends.opensearch.connection import Breaker
from indexer.backends.opensearch.ledger import Ledger
from indexer.backends.opensearch.mapping import Body
from indexer.errors import IndexUnavailable
from indexer.paper import Paper

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

_PASSING: Final = frozenset({500, 502, 503, 504})
"""Answers to a search that may be better next time."""
_SHOWN: Final = ["paper", "first_indexed", "last_changed"]
"""Fields of a document that are more than terms."""
_PAUSES: Final = (0.1, 0.3, 1.0)
"""Seconds between the first tries of a search."""


class ClusterTransport:
    """Sends the bodies of searches to one index; safe to use from several threads."""

    def __init__(
        self,
        client: OpenSearch,
        ledger: Ledger,
        generation: str,
        breaker: Breaker,
        timeout: float,
    ) -> None:
        """Asks a generation through a client.

        Args:
            client: of the cluster.
            ledger: of the index.
            generation: which.
            breaker: looks after failures.
            timeout: seconds that a search may take, its repetitions among them.
        """
        self._timeout = timeout
        self._client = client
        self._ledger = ledger
        self._generation = generation
        self._index = ledger.index_of(generation)
        self._breaker = breaker

    def search(self, body: Body, *, only: str = "") -> Body:
        """Sends a search; an answer without some of the papers is no answer.

        One that fails within the cluster, as when a node goes in the midst of it, is asked again.
        A body with a ``timeout`` is answered with what was found until then, ``timed_out`` set.
        """
        # The server refuses to stop in time where no part of an answer may lack (QueryPhase in
        # 2.19), so that shards which failed are looked for here.
        params = {"allow_partial_search_results": "true" if "timeout" in body else "false"}
        if body.get("include_named_queries_score"):
            # The server takes it from the address only (RestSearchAction in 2.19).
            params["include_named_queries_score"] = "true"
        if only:
            params["filter_path"] = only
        answer: Body = self._breaker.call(lambda: self._search_once(body, params))
        return answer

    def _search_once(self, body: Body, params: dict[str, str]) -> Body:
        from opensearchpy.exceptions import TransportError

        until = time.monotonic() + self._timeout
        for pause in _PAUSES:
            try:
                return self._once(body, params, until)
            except TransportError as error:
                if error.status_code not in _PASSING or time.monotonic() + pause > until:
                    raise
            time.sleep(pause)
        return self._once(body, params, until)

    def _once(self, body: Body, params: dict[str, str], until: float) -> Body:
        from opensearchpy.exceptions import TransportError

        left = max(0.1, until - time.monotonic())
        answer: Body = self._client.search(
            index=self._index, body=body, params={**params, "request_timeout": left}
        )
        shards = answer.get("_shards", {})
        if shards.get("failed"):
            raise TransportError(503, "shards failed", shards)
        return answer

    def source(self, document: str) -> Body | None:
        """Returns the fields of a document, None where there is none."""
        ask = partial(
            self._client.get,
            index=self._index,
            id=document,
            params={"_source_includes": ",".join(_SHOWN)},
            ignore=[404],
        )
        answer: Body = self._breaker.call(ask)
        source: Body | None = answer.get("_source") if answer.get("found") else None
        return source

    def sources(self, documents: Sequence[str]) -> list[Body]:
        """Returns the fields of those of some documents that are there."""
        body = {"ids": list(documents)}
        ask = partial(self._client.mget, index=self._index, body=body, _source_includes=_SHOWN)
        answer: Body = self._breaker.call(ask)
        return [doc["_source"] for doc in answer["docs"] if doc.get("found")]

    def attachment(self, name: str) -> bytes | None:
        """Returns what is attached to the generation under a name."""
        return self._breaker.call(partial(self._ledger.attachment, self._generation, name))

    def bytes(self) -> int:
        """Returns the size of the generation, replicas included."""
        ask = partial(self._client.indices.stats, index=self._index, metric="store")
        answer: Body = self._breaker.call(ask)
        return int(answer["_all"]["total"]["store"]["size_in_bytes"])


def search_patiently(client: OpenSearch, index: str, retries: int, body: Body) -> Body:
    """Sends a search during a build, when the cluster may be busy with it; see `patiently_done`."""
    params = {"request_timeout": 120, "allow_partial_search_results": "false"}
    return patiently_done(lambda: client.search(index=index, body=body, params=params), retries)


def patiently_done(ask: Callable[[], Body], retries: int) -> Body:
    """Does what changes nothing when done twice, again where the cluster was too busy or away.

    Args:
        ask: sends it.
        retries: times that it is done again, the pause doubling from one second to thirty.

    Raises:
        IndexUnavailable: when it stays busy, or away.
    """
    from opensearchpy.exceptions import TransportError

    for attempt in range(retries + 1):
        try:
            return ask()
        except TransportError as error:
            if error.status_code not in (429, 502, 503, 504, "N/A", "TIMEOUT"):
                raise
            reason = str(error.error)
            if attempt < retries:
                time.sleep(min(30.0, 2.0**attempt))
    raise IndexUnavailable(
        f"the search cluster stays too busy to be asked, or away ({reason}); try again later"
    )


BLOCK: Final = 200
"""Papers that are read at once."""


class ReadAhead:
    """Remembers which ids were given out last, and reads their papers when the first is wanted.

    Safe to use from several threads: each has its own list.
    """

    def __init__(self, read: Callable[[Sequence[str]], Mapping[str, Paper]]) -> None:
        """Reads by `read`, which gives those papers of some ids that are there."""
        self._read = read
        self._here = local()

    def listed(self, ids: Iterator[str]) -> Iterator[str]:
        """Yields ids on, a block at a time."""
        while block := list(islice(ids, BLOCK)):
            self._here.listed = frozenset(block)
            yield from block

    def paper(self, paper_id: str) -> Paper | None:
        """Returns a paper whose id was listed of late; None where it was not, or is not there."""
        here = self._here
        listed: frozenset[str] = getattr(here, "listed", frozenset())
        papers: dict[str, Paper] = getattr(here, "papers", {})
        if paper_id not in papers and paper_id in listed:
            papers = here.papers = dict(self._read(sorted(listed)))
            here.listed = frozenset()
        return papers.pop(paper_id, None)
