"""Collecting changes for the next generation, in batches that are on their way meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from indexer.analysis import Analyzer
from indexer.backends.opensearch.bulk import Batch, BulkSender
from indexer.backends.opensearch.connection import ClusterConfig
from indexer.backends.opensearch.document import DocumentMaker, document_id, paper_text
from indexer.backends.opensearch.mapping import Body
from indexer.backends.opensearch.transport import patiently_done
from indexer.errors import IndexError_
from indexer.generations.publishing import check_attachment
from indexer.paper import Paper

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

_CHECKED: Final = 2000
"""Papers that are looked for at once when a generation is verified."""


@dataclass(frozen=True, slots=True)
class GenerationDraft:
    """A generation that is being written.

    Attributes:
        index: the cluster's index of it.
        known: it may hold papers already: those of the generation before, or what a build that
            was stopped had sent; papers that are there unchanged are not sent again.
        before: the index of the published generation, whose papers keep their times; empty = none.
        now: when it was begun, in seconds since 1970, UTC.
    """

    index: str
    known: bool
    before: str
    now: int


class ClusterWriter:
    """Implements `indexer.search.Writer`; one thread uses it."""

    def __init__(
        self, client: OpenSearch, begun: GenerationDraft, config: ClusterConfig, analyzer: Analyzer
    ) -> None:
        """Writes to one index of the cluster that nobody reads yet.

        Args:
            client: of the cluster.
            begun: what is written to.
            config: batches and retries.
            analyzer: makes the terms.
        """
        index = begun.index
        self._client = client
        self._index = index
        self._begun = begun
        self._maker = DocumentMaker(analyzer)
        self._size = config.batch
        self._retries = config.retries
        self._sender = BulkSender(client, index, config)
        self._pending: dict[str, Paper | None] = {}
        self._states: dict[str, bool] = {}
        self.attached: dict[str, bytes] = {}
        self.changed = False

    def attach(self, name: str, data: bytes) -> None:
        """Keeps a small document beside the papers; see `indexer.search.Writer.attach`.

        Raises:
            ValueError: when name or data are not as described there.
        """
        check_attachment(name, data)
        self.attached[name] = data
        self.changed = True

    def add(self, paper: Paper) -> None:
        """Adds a paper; one with the same id, old or new, is replaced by it."""
        doc_id = document_id(paper.id)
        self._pending[doc_id] = paper
        self._states[doc_id] = True
        self.changed = True
        if len(self._pending) >= self._size:
            self._flush()

    def delete(self, paper_id: str) -> bool:
        """Takes a paper out; says whether it was there."""
        doc_id = document_id(paper_id)
        there = self._states.get(doc_id)
        if there is None:
            there = self._begun.known and bool(self._client.exists(index=self._index, id=doc_id))
        if there:
            self._pending[doc_id] = None
            self._states[doc_id] = False
            self.changed = True
        return there

    def finish(self, *, alone: bool) -> None:
        """Waits until everything is there, and verifies it.

        Args:
            alone: the index must hold what was added and nothing else; what a stopped build left
                behind is taken out.

        Raises:
            IndexError_: when the cluster does not hold what it said it took.
        """
        self._flush()
        self._sender.drain()
        self._refresh()
        for present in (True, False):
            self._verify(
                [doc_id for doc_id, state in self._states.items() if state is present], present
            )
        if alone:
            expected = sum(self._states.values())
            if self._count({"match_all": {}}) != expected:
                self._take_strays_out()
            if (count := self._count({"match_all": {}})) != expected:
                raise IndexError_(
                    f"{self._index}: holds {count:,} papers instead of {expected:,}; nothing was "
                    "published; build it again"
                )

    def close(self) -> None:
        """Cancel what is still on its way."""
        self._sender.close()

    def _flush(self) -> None:
        pending, self._pending = self._pending, {}
        if not pending:
            return
        here, before = self._stored_docs(
            [doc_id for doc_id, paper in pending.items() if paper is not None]
        )
        changes: dict[str, Body | None] = {}
        for doc_id, paper in pending.items():
            if paper is None:
                changes[doc_id] = None
            elif here.get(doc_id, {}).get("paper") != paper_text(paper):
                changes[doc_id] = self._timed(self._maker.document(paper), before.get(doc_id))
        if changes:
            self._sender.send(Batch(changes))

    def _timed(self, document: Body, before: Body | None) -> Body:
        """Says in a document when its paper came in and last changed."""
        now = self._begun.now
        old = before or {}
        document["first_indexed"] = old.get("first_indexed", now)
        same = before is not None and old.get("content") == document["content"]
        document["last_changed"] = old.get("last_changed", now) if same else now
        return document

    def _stored_docs(self, ids: list[str]) -> tuple[dict[str, Body], dict[str, Body]]:
        """Returns what this index and the published one hold of some papers, by id.

        One request; reads by id see what was not yet made searchable.
        """
        indices = [self._index] if self._begun.known else []
        indices += [self._begun.before] if self._begun.before else []
        if not ids or not indices:
            return {}, {}
        if self._begun.known:
            self._sender.settle(frozenset(ids))
        asked = [{"_index": index, "_id": doc_id} for index in indices for doc_id in ids]
        fields = ["content", "first_indexed", "last_changed"]
        fields += ["paper"] if self._begun.known else []
        answer = patiently_done(
            lambda: self._client.mget(
                body={"docs": asked}, _source=fields, params={"request_timeout": 60}
            ),
            self._retries,
        )
        held: tuple[dict[str, Body], dict[str, Body]] = ({}, {})
        for doc in answer["docs"]:
            if doc.get("found"):
                held[doc["_index"] != self._index][doc["_id"]] = doc["_source"]
        return held

    def _verify(self, ids: list[str], present: bool) -> None:  # noqa: FBT001 - both are looped over
        for start in range(0, len(ids), _CHECKED):
            some = ids[start : start + _CHECKED]
            count = self._count({"ids": {"values": some}})
            if count != (len(some) if present else 0):
                raise IndexError_(
                    f"{self._index}: {count:,} of {len(some):,} papers are there that should "
                    f"{'all' if present else 'not'} be; nothing was published; build it again"
                )

    def _count(self, query: Body) -> int:
        answer = patiently_done(
            lambda: self._client.count(
                index=self._index, body={"query": query}, params={"request_timeout": 60}
            ),
            self._retries,
        )
        if answer["_shards"]["failed"]:
            raise IndexError_(f"{self._index}: a part of it cannot be read; is a node missing?")
        return int(answer["count"])

    def _take_strays_out(self) -> None:
        """Deletes papers that this block did not add."""
        from opensearchpy.helpers import scan

        strays = [
            str(hit["_id"])
            for hit in scan(self._client, index=self._index, query={"_source": False})
            if not self._states.get(str(hit["_id"]))
        ]
        for start in range(0, len(strays), self._size):
            self._sender.send(Batch(dict.fromkeys(strays[start : start + self._size])))
        self._sender.drain()
        self._refresh()

    def _refresh(self) -> None:
        """Makes everything searchable that was sent."""
        patiently_done(
            lambda: self._client.indices.refresh(
                index=self._index, params={"request_timeout": 300}
            ),
            self._retries,
        )
