"""An index in a cluster: opened, written as a new generation, rolled back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from threading import Lock
from typing import TYPE_CHECKING

from indexer.analysis import Analyzer
from indexer.backends.opensearch.census import take_census
from indexer.backends.opensearch.connection import (
    Breaker,
    ClusterConfig,
    ClusterUnavailable,
    connect,
)
from indexer.backends.opensearch.ledger import Generation, Ledger
from indexer.backends.opensearch.mapping import Body, index_mapping, index_settings
from indexer.backends.opensearch.searcher import ClusterSearcher
from indexer.backends.opensearch.transport import ClusterTransport, patiently_asked
from indexer.backends.opensearch.writer import ClusterWriter, Lease
from indexer.errors import IndexError_, IndexMissing
from indexer.ranking import Ranking
from indexer.search import IndexInfo

if TYPE_CHECKING:
    from opensearchpy import OpenSearch


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
        client: OpenSearch | None = None,
    ) -> None:
        """Name the place; nothing is asked or made yet.

        Args:
            config: where the cluster is.
            analyzer: how texts become terms; an index is searched as it was written.
            ranking: weights of the ranking.
            client: to use instead of a new one.
        """
        self.config = config
        self._client = client or connect(config)
        self._breaker = Breaker()
        self._ledger = Ledger(self._client, config.name)
        self._analyzer = analyzer or Analyzer()
        self._ranking = ranking or Ranking()
        self._lock = Lock()
        self._newest: ClusterSearcher | None = None

    def generation(self) -> str | None:
        """Name of the newest published generation; one small request.

        Raises:
            ClusterUnavailable: when the cluster does not answer.
        """
        return self._breaker.call(self._ledger.published)

    @contextmanager
    def searcher(self) -> Iterator[ClusterSearcher]:
        """Open the newest published generation.

        It stays readable until `grace` seconds after a newer one was published.

        Threads that search the same generation share one searcher and what it learned.

        Raises:
            IndexMissing: when nothing was published yet.
            ClusterUnavailable: when the cluster does not answer.
        """
        yield self._breaker.call(self._open)

    def _open(self) -> ClusterSearcher:
        for _ in range(3):
            name = self._ledger.published()
            if name is None:
                break
            with self._lock:
                if self._newest is not None and self._newest.generation == name:
                    return self._newest
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
        index = self._ledger.index_of(facts.info.generation)
        transport = ClusterTransport(self._client, index, self._breaker)
        return ClusterSearcher(transport, facts, analyzer=self._analyzer, ranking=self._ranking)

    def _check(self, facts: Generation) -> None:
        analyzer = self._analyzer
        if (facts.stop_words, facts.stemming) != (analyzer.stop_words, analyzer.stemming):
            raise IndexError_(
                f"{self.config.name}: was built with other stop words or stemming than configured "
                "now; `quiver build` builds it anew"
            )

    @contextmanager
    def writer(
        self, *, rebuild: bool = False, dumps: tuple[str, ...] = ()
    ) -> Iterator[ClusterWriter]:
        """Begin changes; leaving the block publishes them, an exception drops them all.

        A block that changes nothing publishes nothing, unless there was nothing yet. A rebuild of
        the same dumps goes on where a stopped one ended.

        Args:
            rebuild: begin from an empty index instead of the newest generation.
            dumps: names of the sources, for `IndexInfo`.

        Raises:
            IndexLocked: when another writer is at work.
            IndexError_: when the index was analysed otherwise (only a rebuild mends that), or when
                the cluster does not take it.
            ClusterUnavailable: when the cluster does not answer.
        """
        from opensearchpy.exceptions import TransportError

        with self._one_writer() as lease:
            base = self._ledger.published()
            facts = self._ledger.read(base) if base and not rebuild else None
            if facts is not None:
                self._check(facts)
            name, resumed = self._begin(facts, dumps if rebuild else ())
            index = self._ledger.index_of(name)
            known = resumed or facts is not None
            writer = ClusterWriter(self._client, index, self.config, self._analyzer, known=known)
            try:
                yield writer
                if writer.changed or rebuild or base is None:
                    writer.finish(alone=facts is None)
                    self._publish(name, lease, dumps or (facts.info.dumps if facts else ()))
                else:
                    self._ledger.drop(name)
            except (ClusterUnavailable, TransportError):
                writer.close()  # what was sent stays: the next build of these dumps goes on from it
                raise
            except BaseException:
                writer.close()
                self._client.indices.delete(index=index, ignore=[404])
                raise
            writer.close()

    def rollback(self) -> str:
        """Publish the generation before the published one again; newer ones go at the next write.

        Returns:
            Its name.

        Raises:
            IndexMissing: when there is no generation before.
            IndexLocked: when another writer is at work.
        """
        with self._one_writer():
            published = self._ledger.published()
            before = [one for one in self._ledger.generations() if published and one < published]
            if not before:
                raise IndexMissing(f"{self.config.name}: there is no generation before this one")
            self._ledger.point(before[-1])
            return before[-1]

    def verify(self) -> tuple[str, ...]:
        """Compare the published generation with its facts.

        Returns:
            Faults, each one sentence; none = all is well.

        Raises:
            IndexMissing: when nothing was published yet.
        """
        with self.searcher() as searcher:
            info = searcher.info()
        index = self._ledger.index_of(info.generation)
        patience = {"timeout": "5s", "request_timeout": 30}
        health = self._client.cluster.health(index=index, params=patience)
        faults = []
        if health["status"] == "red":
            faults.append("a part of the index has no copy left; bring its node back")
        elif health["status"] == "yellow":
            faults.append(f"{health['unassigned_shards']} copies of parts are missing")
        census = take_census(self._asking(index))
        if census.collection.papers != info.papers:
            faults.append(f"{census.collection.papers:,} papers instead of {info.papers:,}")
        if (census.authors, census.venues) != (info.authors, info.venues):
            faults.append("the numbers of authors and venues are not those that were published")
        settings = self._client.indices.get_settings(index=index, name="index.blocks.write")
        if not settings.get(index, {}).get("settings"):
            faults.append("the index is open to writing; only a new generation may change it")
        return tuple(faults)

    @contextmanager
    def _one_writer(self) -> Iterator[Lease]:
        self._breaker.call(self._ledger.prepare)
        lease = Lease(self._ledger)
        try:
            yield lease
        finally:
            lease.free()

    def _begin(self, base: Generation | None, dumps: tuple[str, ...]) -> tuple[str, bool]:
        """Make the index of the next generation; say whether a stopped build goes on in it."""
        published = self._ledger.generations()
        current = self._ledger.published()
        mark = self._mark(dumps)
        unfinished = [one for one in self._ledger.indices() if one not in published]
        resumed = ""
        for one in unfinished:
            index = self._ledger.index_of(one)
            mapping = self._client.indices.get_mapping(index=index)[index]["mappings"]
            if dumps and mapping.get("_meta", {}).get("mark") == mark and not resumed:
                resumed = one
            else:
                self._ledger.drop(one)
        for one in published:
            if current and one > current:
                self._ledger.drop(one)  # rolled back, or never pointed at
        if resumed:
            return resumed, True
        last = max((int(one[1:]) for one in (*published, *unfinished)), default=0)
        name = f"g{last + 1:06}"
        if base is not None:
            self._clone(base.info.generation, name)
        else:
            settings = index_settings(
                shards=self.config.shards, replicas=self.config.build_replicas
            )
            settings["index"]["refresh_interval"] = "-1"
            self._client.indices.create(
                index=self._ledger.index_of(name),
                body={"settings": settings, "mappings": index_mapping({"mark": mark})},
                params={"wait_for_active_shards": 1},
            )
        return name, False

    def _mark(self, dumps: tuple[str, ...]) -> str:
        """Tell builds apart: the same dumps analysed the same way have the same mark."""
        analyzer = self._analyzer
        told = [list(dumps), sorted(analyzer.stop_words), analyzer.stemming]
        return hashlib.blake2b(json.dumps(told).encode(), digest_size=12).hexdigest()

    def _clone(self, generation: str, name: str) -> None:
        """Begin from a generation: its files are linked, not copied."""
        settings = {
            "index.number_of_replicas": self.config.build_replicas,
            "index.blocks.write": None,
            "index.refresh_interval": "-1",
        }
        self._client.indices.clone(
            index=self._ledger.index_of(generation),
            target=self._ledger.index_of(name),
            body={"settings": settings},
            params={"wait_for_active_shards": 1, "timeout": "60s", "request_timeout": 120},
        )

    def _publish(self, name: str, lease: Lease, dumps: tuple[str, ...]) -> None:
        """Close an index to writing, make its copies, write its facts, and point at it."""
        index = self._ledger.index_of(name)
        settings = {"index": {"number_of_replicas": self.config.replicas, "blocks.write": True}}
        self._client.indices.put_settings(index=index, body=settings)
        # Fewer nodes than copies leave it yellow, which is no reason not to publish.
        self._client.cluster.health(
            index=index,
            params={
                "wait_for_no_initializing_shards": "true",
                "timeout": "300s",
                "request_timeout": 310,
            },
        )
        census = take_census(self._asking(index))
        info = IndexInfo(
            generation=name,
            built=datetime.now(UTC).isoformat(timespec="seconds"),
            papers=census.collection.papers,
            venues=census.venues,
            authors=census.authors,
            first_year=census.first_year,
            last_year=census.last_year,
            bytes=0,
            dumps=dumps,
            backend="opensearch",
        )
        facts = Generation(
            info,
            census.collection,
            census.spellings,
            self._analyzer.stop_words,
            self._analyzer.stemming,
        )
        lease.check()
        self._ledger.write(facts)
        self._ledger.point(name)
        self._drop_old()

    def _drop_old(self) -> None:
        """Delete generations beyond `keep` whose readers had `grace` seconds to move on."""
        names = self._ledger.generations()
        for old, newer in pairwise(names[: len(names) - self.config.keep + 1]):
            successor = self._ledger.read(newer)
            if successor is None:
                continue
            age = datetime.now(UTC) - datetime.fromisoformat(successor.info.built)
            if age.total_seconds() >= self.config.grace:
                self._ledger.drop(old)

    def _asking(self, index: str) -> Callable[[Body], Body]:
        return partial(patiently_asked, self._client, index, self.config.retries)
