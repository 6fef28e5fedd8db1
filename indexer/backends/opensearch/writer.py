"""Collecting changes for the next generation, in batches that are on their way while it goes on."""

from __future__ import annotations

import json
from dataclasses import asdict
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from indexer.analysis import Analyzer
from indexer.backends.opensearch.bulk import Batch, BulkSender
from indexer.backends.opensearch.connection import ClusterConfig
from indexer.backends.opensearch.document import DocumentMaker, document_id
from indexer.backends.opensearch.ledger import LEASE, Ledger, Lock
from indexer.backends.opensearch.mapping import Body
from indexer.errors import IndexError_, IndexLocked
from indexer.paper import Paper

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

_CHECKED: Final = 2000
"""Papers that are looked for at once when a generation is verified."""


class ClusterWriter:
    """Implements `indexer.search.Writer`; one thread uses it."""

    def __init__(
        self,
        client: OpenSearch,
        index: str,
        config: ClusterConfig,
        analyzer: Analyzer,
        *,
        known: bool,
    ) -> None:
        """Write to one index of the cluster that nobody reads yet.

        Args:
            client: of the cluster.
            index: to write to.
            config: batches and retries.
            analyzer: makes the terms.
            known: the index may hold papers already: the generation before, or what a build that
                was stopped had sent; papers that are there unchanged are not sent again.
        """
        self._client = client
        self._index = index
        self._maker = DocumentMaker(analyzer)
        self._size = config.batch
        self._known = known
        self._sender = BulkSender(client, index, config)
        self._pending: dict[str, Paper | None] = {}
        self._states: dict[str, bool] = {}
        self.changed = False

    def add(self, paper: Paper) -> None:
        """Add a paper; one with the same id, old or new, is replaced by it."""
        one = document_id(paper.id)
        self._pending[one] = paper
        self._states[one] = True
        self.changed = True
        if len(self._pending) >= self._size:
            self._flush()

    def delete(self, paper_id: str) -> bool:
        """Take a paper out; say whether it was there."""
        one = document_id(paper_id)
        there = self._states.get(one)
        if there is None:
            there = self._known and bool(self._client.exists(index=self._index, id=one))
        if there:
            self._pending[one] = None
            self._states[one] = False
            self.changed = True
        return there

    def finish(self, *, alone: bool) -> None:
        """Wait until everything is there, and verify it.

        Args:
            alone: the index must hold what was added and nothing else; what a stopped build left
                behind is taken out.

        Raises:
            IndexError_: when the cluster does not hold what it said it took.
        """
        self._flush()
        self._sender.drain()
        self._client.indices.refresh(index=self._index, params={"request_timeout": 300})
        for present in (True, False):
            self._verify([one for one, state in self._states.items() if state is present], present)
        if alone:
            expected = sum(self._states.values())
            if self._count({"match_all": {}}) != expected:
                self._take_strays_out()
            if (found := self._count({"match_all": {}})) != expected:
                raise IndexError_(
                    f"{self._index}: holds {found:,} papers instead of {expected:,}; nothing was "
                    "published; build it again"
                )

    def close(self) -> None:
        """Give up what is still on its way."""
        self._sender.close()

    def _flush(self) -> None:
        pending, self._pending = self._pending, {}
        if not pending:
            return
        same = self._unchanged(pending) if self._known else frozenset()
        changes: dict[str, Body | None] = {
            one: None if paper is None else self._maker.document(paper)
            for one, paper in pending.items()
            if one not in same
        }
        if changes:
            self._sender.send(Batch(changes))

    def _unchanged(self, pending: dict[str, Paper | None]) -> frozenset[str]:
        """Give those papers that the index holds just so; reads are real-time in a cluster."""
        self._sender.drain()
        ids = [one for one, paper in pending.items() if paper is not None]
        if not ids:
            return frozenset()
        answer = self._client.mget(index=self._index, body={"ids": ids}, _source=["paper"])
        return frozenset(
            found["_id"]
            for found in answer["docs"]
            if found.get("found")
            and (paper := pending[found["_id"]]) is not None
            and found["_source"]["paper"] == json.dumps(asdict(paper))
        )

    def _verify(self, ids: list[str], present: bool) -> None:  # noqa: FBT001 - both are looped over
        for start in range(0, len(ids), _CHECKED):
            some = ids[start : start + _CHECKED]
            found = self._count({"ids": {"values": some}})
            if found != (len(some) if present else 0):
                raise IndexError_(
                    f"{self._index}: {found:,} of {len(some):,} papers are there that should "
                    f"{'all' if present else 'not'} be; nothing was published; build it again"
                )

    def _count(self, query: Body) -> int:
        answer = self._client.count(
            index=self._index, body={"query": query}, params={"request_timeout": 60}
        )
        if answer["_shards"]["failed"]:
            raise IndexError_(f"{self._index}: a part of it cannot be read; is a node missing?")
        return int(answer["count"])

    def _take_strays_out(self) -> None:
        """Delete papers that this block did not add."""
        from opensearchpy.helpers import scan

        strays = [
            str(hit["_id"])
            for hit in scan(self._client, index=self._index, query={"_source": False})
            if not self._states.get(str(hit["_id"]))
        ]
        for start in range(0, len(strays), self._size):
            self._sender.send(Batch(dict.fromkeys(strays[start : start + self._size])))
        self._sender.drain()
        self._client.indices.refresh(index=self._index)


class Lease:
    """Renews a writer's lock while its block runs, and knows when it was lost."""

    def __init__(self, ledger: Ledger) -> None:
        """Take the lock.

        Raises:
            IndexLocked: when another writer is at work.
        """
        self._ledger = ledger
        self._lock: Lock = ledger.lock()
        self._lost = False
        self._stop = Event()
        self._thread = Thread(target=self._renew, name="lease", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Make sure that nobody else writes, right before publishing.

        Raises:
            IndexLocked: when the lock was lost.
        """
        self._halt()
        if not self._lost:
            self._once()
        if self._lost:
            raise IndexLocked(
                f"{self._ledger.name}: the writer's lock was lost, another writer has it; nothing "
                "was published"
            )

    def free(self) -> None:
        """Free the lock."""
        self._halt()
        if not self._lost:
            self._ledger.unlock(self._lock)

    def _halt(self) -> None:
        self._stop.set()
        self._thread.join()

    def _renew(self) -> None:
        while not self._stop.wait(LEASE / 4):
            self._once()

    def _once(self) -> None:
        from opensearchpy.exceptions import ConflictError, TransportError

        try:
            self._lock = self._ledger.renew(self._lock)
        except ConflictError:
            self._lost = True
        except TransportError:
            return  # the cluster is away for now; the lease lasts a while
