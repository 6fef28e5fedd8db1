"""Generations of an index in a cluster: begun, published in one step, dropped."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from indexer.analysis import VERSION as ANALYSIS
from indexer.analysis import Analyzer
from indexer.backends.opensearch.connection import ClusterConfig
from indexer.backends.opensearch.lease import Lease
from indexer.backends.opensearch.ledger import Generation, Ledger, take_census
from indexer.backends.opensearch.mapping import (
    ADDED_FIELDS,
    VERSION,
    Body,
    all_copies,
    index_mapping,
    index_settings,
)
from indexer.backends.opensearch.transport import patiently_done, search_patiently
from indexer.backends.opensearch.writer import GenerationDraft
from indexer.errors import IndexError_
from indexer.search import IndexInfo

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

_LOG: Final = logging.getLogger(__name__)


class Generations:
    """Makes and publishes the generations of one index; whoever does holds the writer's lock."""

    def __init__(
        self, client: OpenSearch, ledger: Ledger, config: ClusterConfig, analyzer: Analyzer
    ) -> None:
        """Keeps the generations that `ledger` lists; nothing is asked yet."""
        self._client = client
        self._ledger = ledger
        self._config = config
        self._analyzer = analyzer

    def published(self) -> list[str]:
        """Name the generations that were published and are there, rising."""
        return self._ledger.published()

    def begin(
        self, base: Generation | None, before: str, dumps: tuple[str, ...]
    ) -> tuple[str, GenerationDraft]:
        """Makes the index of the next generation, or goes on in that of a build that was stopped.

        Args:
            base: the generation it begins from; None = from nothing.
            before: name of the published generation; empty = none.
            dumps: of a build anew, which goes on where one of the same dumps stopped.
        """
        published = self._ledger.published()
        current = self._ledger.current()
        mark = self._mark(dumps)
        unfinished = [name for name in self._ledger.indices() if name not in published]
        last = max((int(name[1:]) for name in (*published, *unfinished)), default=0)
        name, now, resumed = f"g{last + 1:06}", int(time.time()), False
        for unfinished_name in unfinished:
            index = self._ledger.index_of(unfinished_name)
            meta = self._client.indices.get_mapping(index=index)[index]["mappings"]["_meta"]
            if dumps and base is None and meta["mark"] == mark and not resumed:
                name, now, resumed = unfinished_name, int(meta["begun"]), True
                _LOG.info(
                    "%s: going on with the interrupted build of %s",
                    self._config.name,
                    unfinished_name,
                )
            else:
                self._ledger.drop(unfinished_name)
        for published_name in published:
            if current and published_name > current:
                self._ledger.drop(
                    published_name
                )  # its facts were written and it was never pointed at
        index = self._ledger.index_of(name)
        if base is not None:
            self._clone(base.info.generation, name, self._config.build_replicas)
        elif not resumed:
            settings = index_settings(
                shards=self._config.shards, replicas=self._config.build_replicas
            )
            settings["index"]["refresh_interval"] = "-1"
            self._client.indices.create(
                index=index,
                body={
                    "settings": settings,
                    "mappings": index_mapping({"mark": mark, "begun": now}),
                },
                params=all_copies(self._client, self._config.build_replicas),
            )
        held = self._ledger.index_of(before) if before else ""
        return name, GenerationDraft(index, resumed or base is not None, held, now)

    def publish(
        self,
        name: str,
        lease: Lease,
        dumps: tuple[str, ...],
        attached: dict[str, bytes],
        check: Callable[[int], None],
    ) -> None:
        """Closes an index to writing, makes its copies, writes its facts, and points at it.

        Args:
            name: of the generation.
            lease: the lock, which must still be held.
            dumps: for its `IndexInfo`.
            attached: its attachments.
            check: raises where it must not be published with so many papers.
        """
        index = self._ledger.index_of(name)
        settings = {
            "index": {
                "number_of_replicas": self._config.replicas,
                "refresh_interval": None,
                "blocks.write": True,
            }
        }
        put = partial(self._client.indices.put_settings, index=index, body=settings)
        patiently_done(put, self._config.retries)
        self.await_copies(index)
        census = take_census(self.asking(index))
        check(census.collection.papers)
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
            census.variants,
            self._analyzer.stop_words,
            self._analyzer.stemming,
            frozenset(attached),
        )
        self._point(facts, lease, attached)

    def republish(self, old: Generation, lease: Lease) -> str:
        """Publishes what a generation holds anew, under a new name; its files are linked."""
        newest = max(int(name[1:]) for name in self._ledger.indices())
        name = f"g{newest + 1:06}"
        self._clone(old.info.generation, name, self._config.replicas)
        index = self._ledger.index_of(name)
        body = {"index": {"blocks.write": True}}
        patiently_done(
            partial(self._client.indices.put_settings, index=index, body=body),
            self._config.retries,
        )
        self.await_copies(index)
        built = datetime.now(UTC).isoformat(timespec="seconds")
        facts = replace(old, info=replace(old.info, generation=name, built=built))
        self._point(facts, lease, self.attached(old))
        return name

    def attached(self, facts: Generation) -> dict[str, bytes]:
        """Returns what is attached to a generation.

        Raises:
            IndexError_: when some of it is not there.
        """
        attachments: dict[str, bytes] = {}
        for name in sorted(facts.attached):
            data = self._ledger.attachment(facts.info.generation, name)
            if data is None:
                raise IndexError_(f"{self._config.name}: the attachment {name} is not there")
            attachments[name] = data
        return attachments

    def asking(self, index: str) -> Callable[[Body], Body]:
        """Asks an index while the cluster may be busy."""
        return partial(search_patiently, self._client, index, self._config.retries)

    def await_copies(self, index: str) -> None:
        """Waits until no copy of an index is on its way.

        Fewer nodes than copies leave some missing, which is no reason not to publish.
        """
        params = {
            "wait_for_no_initializing_shards": "true",
            "timeout": "300s",
            "request_timeout": 310,
        }
        ask = partial(self._client.cluster.health, index=index, params=params)
        patiently_done(ask, self._config.retries)

    def _point(self, facts: Generation, lease: Lease, attached: dict[str, bytes]) -> None:
        lease.check()
        name = facts.info.generation
        for attachment, data in attached.items():
            self._ledger.attach(name, attachment, data)
        self._ledger.write(facts)
        self._ledger.point(name)
        _LOG.info("%s: published generation %s", self._config.name, name)
        self._drop_old()

    def _mark(self, dumps: tuple[str, ...]) -> str:
        """Tells builds apart: the same dumps analysed the same way have the same mark."""
        analyzer = self._analyzer
        told = [VERSION, ANALYSIS, list(dumps), sorted(analyzer.stop_words), analyzer.stemming]
        return hashlib.blake2b(json.dumps(told).encode(), digest_size=12).hexdigest()

    def _clone(self, generation: str, name: str, replicas: int) -> None:
        """Begins from a generation: its files are linked, not copied."""
        settings = {
            "index.number_of_replicas": replicas,
            "index.blocks.write": None,
            "index.refresh_interval": "-1",
        }
        self._client.indices.clone(
            index=self._ledger.index_of(generation),
            target=self._ledger.index_of(name),
            body={"settings": settings},
            params=all_copies(self._client, replicas),
        )
        # A generation of an earlier release lacks the fields that were added since.
        self._client.indices.put_mapping(
            index=self._ledger.index_of(name), body={"properties": dict(ADDED_FIELDS)}
        )

    def _drop_old(self) -> None:
        """Deletes generations beyond `keep` whose readers had `grace` seconds to move on."""
        names = self._ledger.published()
        for old, newer in pairwise(names[: len(names) - self._config.keep + 1]):
            successor = self._ledger.read(newer)
            if successor is None:
                continue
            age = datetime.now(UTC) - datetime.fromisoformat(successor.info.built)
            if age.total_seconds() >= self._config.grace:
                self._ledger.drop(old)
                _LOG.info("%s: removed generation %s", self._config.name, old)
