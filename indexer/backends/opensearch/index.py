"""An index in a cluster: opened, written as a new generation, rolled back.

What lies between two generations in a cluster.

The index in a cluster that the settings describe.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from indexer.analysis import VERSION as ANALYSIS
from indexer.analysis import Analyzer
from indexer.backends.opensearch.connection import (
    Breaker,
    ClusterConfig,
    connect,
)
from indexer.backends.opensearch.generations import Generations
from indexer.backends.opensearch.integrity import verify
from indexer.backends.opensearch.lease import Lease
from indexer.backends.opensearch.ledger import Generation, Ledger
from indexer.backends.opensearch.mapping import Body
from indexer.backends.opensearch.search_requests import WALL
from indexer.backends.opensearch.searcher import ClusterSearcher
from indexer.backends.opensearch.transport import ClusterTransport
from indexer.backends.opensearch.writer import ClusterWriter
from indexer.budget import DEFAULT, Limits
from indexer.configuration.config import Config
from indexer.errors import IndexDamaged, IndexError_, IndexMissing, IndexUnavailable
from indexer.generations.publishing import check_loss
from indexer.ranking import Ranking
from indexer.results import Changes

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

_IDENTITY_SECONDS: Final = 1.0
"""How long an index that was made anew may be taken for the old one."""


class OpenSearchIndex:
    """Implements `indexer.search.Index` in a cluster; safe to use from several threads.

    Any number of processes may read while one writes.
    """

    def __init__(
        self,
        config: ClusterConfig,
        *,
        analyzer: Analyzer | None = None,
        ranking: Ranking | None = None,
        limits: Limits = DEFAULT,
        client: OpenSearch | None = None,
    ) -> None:
        """Name the place; nothing is asked or made yet.

        Args:
            config: where the cluster is.
            analyzer: how texts become terms; an index is searched as it was written.
            ranking: weights of the ranking.
            limits: of each query.
            client: to use instead of a new one.
        """
        self.config = config
        self._client = client or connect(config)
        self._breaker = Breaker()
        self._ledger = Ledger(self._client, config.name)
        self._analyzer = analyzer or Analyzer()
        self.generations = Generations(self._client, self._ledger, config, self._analyzer)
        self._ranking = ranking or Ranking()
        self._limits = limits
        self._lock = Lock()
        self._newest: ClusterSearcher | None = None
        self._identified: tuple[float, str | None] | None = None

    @property
    def place(self) -> str:
        """The name and the addresses of the cluster, for the reader."""
        return f"{self.config.name} at {','.join(self.config.hosts)}"

    @property
    def in_process(self) -> bool:
        """Never: searches run in the cluster."""
        return False

    def generation(self) -> str | None:
        """Name of the newest published generation; one small request.

        Raises:
            IndexUnavailable: when the cluster does not answer.
        """
        return self._breaker.call(self._ledger.current)

    def identity(self) -> str | None:
        """Identity of the index that is there now; asked for once a second at most.

        Raises:
            IndexUnavailable: when the cluster does not answer.
        """
        now = time.monotonic()
        known = self._identified
        if known is None or now - known[0] > _IDENTITY_SECONDS:
            self._identified = known = (now, self._breaker.call(self._ledger.identity))
        return known[1]

    @contextmanager
    def searcher(self, generation: str | None = None) -> Iterator[ClusterSearcher]:
        """Opens a published generation.

        It stays readable until `grace` seconds after a newer one was published.

        Threads that search the newest generation share one searcher and what it learned.

        Args:
            generation: its name; None = the newest.

        Raises:
            IndexMissing: when nothing was published yet, or this one is not kept (any more).
            IndexUnavailable: when the cluster does not answer.
        """
        if generation is None:
            yield self._breaker.call(self._open)
        else:
            yield self._breaker.call(lambda: self._open_published(generation))

    def published(self) -> tuple[str, ...]:
        """Name the generations that were published and are kept, oldest first."""
        return tuple(self._breaker.call(self._ledger.published))

    def _open_published(self, name: str) -> ClusterSearcher:
        published = self._ledger.published()
        facts = self._ledger.read(name) if name in published else None
        if facts is None:
            there = ", ".join(published) or "none"
            raise IndexMissing(
                f"{self.config.name}: has no generation {name!r}; there are: {there}"
            )
        self._check(facts)
        return self._searcher(facts)

    def _open(self) -> ClusterSearcher:
        for _ in range(3):
            name = self._ledger.current()
            if name is None:
                break
            identity = self.identity()
            with self._lock:
                newest = self._newest
                if newest is not None and (newest.generation, newest.identity) == (name, identity):
                    return newest
            facts = self._ledger.read(name)
            if facts is not None:
                self._check(facts)
                searcher = self._searcher(facts)
                with self._lock:
                    self._newest = searcher
                return searcher
        raise IndexMissing(
            f"{self.config.name}: the cluster holds no published index of this name; "
            "`quiver build` makes one"
        )

    def _searcher(self, facts: Generation) -> ClusterSearcher:
        generation = facts.info.generation
        transport = ClusterTransport(
            self._client, self._ledger, generation, self._breaker, self.config.timeout
        )
        return ClusterSearcher(
            transport,
            facts,
            analyzer=self._analyzer,
            ranking=self._ranking,
            limits=self._limits,
        )

    def _check(self, facts: Generation) -> None:
        analyzer = self._analyzer
        if (facts.stop_words, facts.stemming) != (analyzer.stop_words, analyzer.stemming):
            raise IndexError_(
                f"{self.config.name}: was built with other stop words or stemming than configured "
                "now; `quiver build` builds it anew"
            )
        if facts.analysis != ANALYSIS:
            raise IndexError_(
                f"{self.config.name}: was built by a version of Quiver that analysed text "
                "otherwise; `quiver build` builds it anew"
            )

    @contextmanager
    def writer(
        self, *, rebuild: bool = False, dumps: tuple[str, ...] = ()
    ) -> Iterator[ClusterWriter]:
        """Begins changes; leaving the block publishes them, an exception drops them all.

        A block that changes nothing publishes nothing, unless there was nothing yet. A rebuild of
        the same dumps goes on where a stopped one ended.

        Args:
            rebuild: begin from an empty index instead of the newest generation.
            dumps: names of the sources, for `IndexInfo`.

        Raises:
            IndexLocked: when another writer is at work.
            IndexError_: when the index was analysed otherwise (only a rebuild mends that), when
                it would shrink too much, or when the cluster does not take it.
            IndexUnavailable: when the cluster does not answer.
        """
        from opensearchpy.exceptions import TransportError

        with self._one_writer() as lease:
            held = self._published_generation(rebuild=rebuild)
            base = None if rebuild else held
            if base is not None:
                self._check(base)
            before = held.info.generation if held else ""
            name, begun = self.generations.begin(base, before, dumps if rebuild else ())
            writer = ClusterWriter(self._client, begun, self.config, self._analyzer)
            try:
                yield writer
                if writer.changed or rebuild or held is None:
                    writer.finish(alone=base is None)
                    attached = self.generations.attached(base) if base else {}
                    attached |= writer.attached
                    self.generations.publish(
                        name,
                        lease,
                        dumps or (base.info.dumps if base else ()),
                        {attachment: data for attachment, data in attached.items() if data},
                        lambda papers: self._check_loss(held if rebuild else None, dumps, papers),
                    )
                else:
                    self._ledger.drop(name)
            except (IndexUnavailable, TransportError):
                writer.close()  # what was sent stays: the next build of these dumps goes on from it
                raise
            except BaseException:
                writer.close()
                self._client.indices.delete(index=begun.index, ignore=[404])
                raise
            writer.close()

    def rollback(self) -> str:
        """Publishes the content of the generation before the newest anew, under a new name.

        Returns:
            The new name.

        Raises:
            IndexMissing: when there is no generation before.
            IndexLocked: when another writer is at work.
        """
        with self._one_writer() as lease:
            current = self._ledger.current()
            before = [name for name in self._ledger.published() if current and name < current]
            old = self._ledger.read(before[-1]) if before else None
            if old is None:
                raise IndexMissing(
                    f"{self.config.name}: there is no generation to go back to; `quiver build` "
                    "makes one"
                )
            return self.generations.republish(old, lease)

    def verify(self) -> int:
        """Compares the published generation with its facts; gives its number of papers.

        Raises:
            IndexMissing: when nothing was published yet.
            IndexDamaged: says everything that is wrong.
        """
        with self.searcher() as searcher:
            info = searcher.info()
        index = self._ledger.index_of(info.generation)
        return verify(self._client, self.generations, index, info, retries=self.config.retries)

    def changes(self, before: str, after: str | None = None) -> Changes:
        """Returns which papers were added, changed and removed from one generation to another.

        Args:
            before: name of the earlier one.
            after: name of the later one; None = the newest.

        Raises:
            IndexMissing: when one of them is not in the cluster (any more).
        """
        published = self._ledger.published()
        later = after or self._ledger.current() or ""
        for name in (before, later):
            if name not in published:
                there = ", ".join(published) or "none"
                raise IndexMissing(
                    f"{self.config.name}: has no generation {name!r}; there are: {there}"
                )
        asking = [
            self.generations.asking(self._ledger.index_of(generation))
            for generation in (before, later)
        ]
        return changes_between(*asking)

    def _published_generation(self, *, rebuild: bool) -> Generation | None:
        """Reads the facts of the published generation; a rebuild goes without damaged ones."""
        try:
            current = self._ledger.current()
            return self._ledger.read(current) if current else None
        except IndexDamaged:
            if not rebuild:
                raise
            return None

    def _check_loss(self, before: Generation | None, dumps: tuple[str, ...], papers: int) -> None:
        """Refuses a build from the same dumps that lost too many papers."""
        if before is not None and not set(before.info.dumps).isdisjoint(dumps):
            check_loss(before.info.papers, papers, self.config.most_lost)

    @contextmanager
    def _one_writer(self) -> Iterator[Lease]:
        from opensearchpy.exceptions import TransportError

        self._breaker.call(self._ledger.prepare)
        try:
            lease = Lease(self._ledger, wait=self.config.wait)
            try:
                yield lease
            finally:
                lease.free()
        except TransportError as error:
            raise IndexUnavailable(
                f"{self.config.name}: the search cluster failed ({error.status_code}: "
                f"{error.error}); nothing was published; run it again once the cluster is well"
            ) from error


Ask = Callable[[Body], Body]


def changes_between(before: Ask, after: Ask) -> Changes:
    """Compares two generations by the hashes of their papers, both walked in the order of ids."""
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
    """Yields every id with the hash of its paper, rising as bytes."""
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


def open_configured(_: Path, config: Config) -> OpenSearchIndex:
    """Name the index of a cluster, which has no folder; nothing is asked yet.

    Raises:
        ConfigError: where the client, a file or the password is missing.
    """
    cluster = dataclasses.asdict(config.cluster)
    cluster["hosts"] = tuple(host.strip() for host in config.cluster.hosts.split(","))
    build = config.build
    kept = ClusterConfig(**cluster, keep=build.keep, wait=build.wait, most_lost=build.most_lost)
    limits = Limits(seconds=config.search.timeout)
    return OpenSearchIndex(kept, ranking=config.ranking, limits=limits)
