"""What a cluster holds of one index: its generations, the alias that publishes one, the lock.

    <name>              alias of the published generation
    <name>-g000001      one generation; closed to writing as soon as it is published
    <name>-ledger       a document a published generation (its facts), one for each of its
                        attachments, and the writer's lock

A generation without a ledger document was never published: a build that was stopped.

What a finished generation knows of itself, counted once before it is published.
"""

from __future__ import annotations

import json
import os
import re
import socket
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from indexer.analysis import VERSION as ANALYSIS
from indexer.backends.opensearch.mapping import APART, VERSION, Body, all_copies
from indexer.backends.opensearch.scoring import FIELDS, Collection
from indexer.errors import IndexDamaged, IndexLocked
from indexer.paper import UNKNOWN
from indexer.search import IndexInfo
from indexer.system.platform import is_running

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

LEASE: Final = 60.0
"""Seconds after which a lock that nobody renewed is free."""
_LOCK: Final = "writer"


@dataclass(frozen=True, slots=True)
class Generation:
    """The facts of a published generation.

    Attributes:
        info: for readers; its number of bytes is asked for anew each time.
        collection: for scoring.
        spellings: see `facets.Spellings`.
        variants: every spelling of the names in `spellings`.
        stop_words: folded words that were not counted. stemming: whether words were stemmed.
        attached: names of what is attached to it.
        analysis: `indexer.analysis.VERSION` of the program that wrote it.
    """

    info: IndexInfo
    collection: Collection
    spellings: dict[str, str]
    variants: tuple[str, ...]
    stop_words: frozenset[str]
    stemming: bool
    attached: frozenset[str] = frozenset()
    analysis: int = ANALYSIS


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock that is held: needed to renew and to free it."""

    sequence: int
    term: int


class Ledger:
    """The generations of one index in a cluster."""

    def __init__(self, client: OpenSearch, name: str) -> None:
        """Looks at the index of this name; nothing is made before it is written to."""
        self._client = client
        self.name = name
        self._index = f"{name}-ledger"

    def index_of(self, generation: str) -> str:
        """Name the cluster's index that holds a generation."""
        return f"{self.name}-{generation}"

    def current(self) -> str | None:
        """Name the generation that is published, None before the first."""
        answer = self._client.indices.get_alias(name=self.name, ignore=[404])
        names = [index_name for index_name in answer if index_name.startswith(f"{self.name}-g")]
        return names[0][len(self.name) + 1 :] if names else None

    def identity(self) -> str | None:
        """Returns the UUID that the cluster gave the ledger; None where there is no ledger."""
        answer = self._client.indices.get_settings(
            index=self._index, name="index.uuid", ignore=[404]
        )
        for settings in answer.values():
            if isinstance(settings, dict) and "settings" in settings:
                return str(settings["settings"]["index"]["uuid"])
        return None

    def published(self) -> list[str]:
        """Name the generations that were published and are there, rising."""
        answer = self._client.search(
            index=self._index,
            body={"size": 10_000, "query": {"term": {"kind": "generation"}}, "_source": False},
            ignore=[404],
        )
        return sorted(str(hit["_id"]) for hit in answer.get("hits", {}).get("hits", []))

    def indices(self) -> list[str]:
        """Name every generation that has an index, published or not, rising."""
        aliases = self._client.indices.get_alias(index=f"{self.name}-g*")
        pattern = re.compile(re.escape(self.name) + r"-(g\d{6,})")
        return sorted(match[1] for entry in aliases if (match := pattern.fullmatch(entry)))

    def read(self, generation: str) -> Generation | None:
        """Reads the facts of a generation; None where it is not there any more.

        Raises:
            IndexDamaged: when they cannot be read.
        """
        answer = self._client.get(index=self._index, id=generation, ignore=[404])
        if not answer.get("found"):
            return None
        try:
            facts = json.loads(answer["_source"]["facts"])
            if facts["version"] != VERSION:
                raise IndexDamaged(
                    f"{self.name}: {generation} was written by another version of Quiver; "
                    "`quiver build` builds it anew"
                )
            info = facts["info"]
            return Generation(
                IndexInfo(
                    **{**info, "dumps": tuple(info["dumps"]), "identity": self.identity() or ""}
                ),
                Collection(**facts["collection"]),
                facts["spellings"],
                tuple(facts["variants"]),
                frozenset(facts["stop_words"]),
                facts["stemming"],
                frozenset(facts["attached"]),
                facts.get("analysis", 1),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise IndexDamaged(
                f"{self._index}: {generation}: the facts of this generation cannot be read; "
                "roll back, or build the index anew"
            ) from error

    def write(self, generation: Generation) -> None:
        """Keeps the facts of a generation; it counts as published from here on."""
        facts = {
            "version": VERSION,
            "info": {
                name: value
                for name, value in asdict(generation.info).items()
                if name != "identity"  # that of the ledger itself
            },
            "collection": {
                "papers": generation.collection.papers,
                "averages": dict(generation.collection.averages),
            },
            "spellings": generation.spellings,
            "variants": generation.variants,
            "stop_words": sorted(generation.stop_words),
            "stemming": generation.stemming,
            "attached": sorted(generation.attached),
            "analysis": generation.analysis,
        }
        self._client.index(
            index=self._index,
            id=generation.info.generation,
            body={"kind": "generation", "facts": json.dumps(facts)},
            refresh=True,
        )

    def point(self, generation: str) -> None:
        """Publishes a generation: the alias leaves the old one and names this one, in one step."""
        actions: list[Body] = [{"add": {"index": self.index_of(generation), "alias": self.name}}]
        old = self.current()
        if old is not None and old != generation:
            actions.insert(0, {"remove": {"index": self.index_of(old), "alias": self.name}})
        self._client.indices.update_aliases(body={"actions": actions})

    def attach(self, generation: str, name: str, data: bytes) -> None:
        """Keeps a small document with a generation."""
        self._client.index(
            index=self._index,
            id=f"{generation}-{name}",
            body={"kind": "attachment", "of": generation, "data": b64encode(data).decode()},
        )

    def attachment(self, generation: str, name: str) -> bytes | None:
        """Returns what is kept with a generation under a name."""
        answer = self._client.get(index=self._index, id=f"{generation}-{name}", ignore=[404])
        return b64decode(answer["_source"]["data"]) if answer.get("found") else None

    def drop(self, generation: str) -> None:
        """Deletes a generation, its facts first."""
        self._client.delete(index=self._index, id=generation, refresh=True, ignore=[404])
        self._client.delete_by_query(
            index=self._index, body={"query": {"term": {"of": generation}}}, conflicts="proceed"
        )
        self._client.indices.delete(index=self.index_of(generation), ignore=[404])

    def prepare(self) -> None:
        """Makes the ledger where there is none."""
        from opensearchpy.exceptions import RequestError

        if self._client.indices.exists(index=self._index):
            return
        fields = {
            "kind": {"type": "keyword"},
            "of": {"type": "keyword"},
            "facts": {"type": "keyword", "index": False, "doc_values": False},
            "holder": {"type": "keyword", "index": False},
        }
        settings = {"index": {"number_of_shards": 1, "auto_expand_replicas": "0-1"}}
        try:
            self._client.indices.create(
                index=self._index,
                body={
                    "settings": settings,
                    "mappings": {"dynamic": False, "properties": fields},
                },
                params=all_copies(self._client, 1),
            )
        except RequestError as error:
            if error.error != "resource_already_exists_exception":
                raise

    def lock(self) -> Lock:
        """Takes the writer's lock; one whose holder is gone is taken over.

        Raises:
            IndexLocked: when another writer is at work.
        """
        from opensearchpy.exceptions import ConflictError

        try:
            answer = self._client.index(
                index=self._index, id=_LOCK, body=_holder(), op_type="create"
            )
            return Lock(answer["_seq_no"], answer["_primary_term"])
        except ConflictError:
            pass
        held = self._client.get(index=self._index, id=_LOCK, ignore=[404])
        if not held.get("found"):
            return self.lock()
        holder = held["_source"]
        if not _is_dead(holder):
            age = time.time() - float(holder.get("since", 0))
            raise IndexLocked(
                f"{self.name}: process {holder.get('pid')} on {holder.get('host')} has been "
                f"writing this index for {age:.0f} s; wait for it to end, or give --wait SECONDS "
                f"(the lock of one that died is free after {LEASE:.0f} s)"
            )
        try:
            return self.renew(Lock(held["_seq_no"], held["_primary_term"]))
        except ConflictError as error:
            raise IndexLocked(f"{self.name}: another writer was faster; try again") from error

    def renew(self, lock: Lock) -> Lock:
        """Says that the holder is alive.

        Raises:
            ConflictError: of the client, when the lock was lost.
        """
        answer = self._client.index(
            index=self._index,
            id=_LOCK,
            body=_holder(),
            if_seq_no=lock.sequence,
            if_primary_term=lock.term,
        )
        return Lock(answer["_seq_no"], answer["_primary_term"])

    def unlock(self, lock: Lock) -> None:
        """Free the lock; one that was lost is left to its new holder."""
        self._client.delete(
            index=self._index,
            id=_LOCK,
            if_seq_no=lock.sequence,
            if_primary_term=lock.term,
            ignore=[404, 409],
        )


def _holder() -> Body:
    now = time.time()
    return {
        "kind": "lock",
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": now,
        "renewed": now,
    }


def _is_dead(holder: Body) -> bool:
    """Returns whether the holder of a lock is dead: no sign of life, or no process any more."""
    if time.time() - float(holder.get("renewed", 0)) > LEASE:
        return True
    if holder.get("host") != socket.gethostname():
        return False
    try:
        return is_running(int(holder.get("pid", 0))) is False
    except ValueError:
        return False


Ask = Callable[[Body], Body]
PAGE: Final = 10_000
MOST_VARIANTS: Final = 50_000
"""Spellings that a request can name; the cluster takes at most 65,536 terms."""


@dataclass(frozen=True, slots=True)
class Census:
    """counts of one generation; see `indexer.search.IndexInfo` and `ledger.Generation`."""

    collection: Collection
    venues: int
    authors: int
    first_year: int | None
    last_year: int | None
    spellings: dict[str, str]
    variants: tuple[str, ...]


def take_census(ask: Ask) -> Census:
    """Counts a generation through `ask`, which sends it search bodies."""
    lengths = {field: {"sum": {"field": f"{field}_length"}} for field in FIELDS}
    years = {"first": {"min": {"field": "year"}}, "last": {"max": {"field": "year"}}}
    answer = ask({"size": 0, "track_total_hits": True, "aggs": {**lengths, **years}})
    papers = int(answer["hits"]["total"]["value"])
    aggregations = answer["aggregations"]
    averages = {field: float(aggregations[field]["value"]) / max(1, papers) for field in FIELDS}
    authors, spellings, variants = _spellings(ask)
    return Census(
        Collection(papers, averages),
        sum(value != UNKNOWN for value, _ in _values(ask, "venue")),
        authors,
        _year(aggregations["first"]["value"]),
        _year(aggregations["last"]["value"]),
        spellings,
        variants,
    )


def _year(value: float | None) -> int | None:
    return None if value is None else int(value)


def _spellings(ask: Ask) -> tuple[int, dict[str, str], tuple[str, ...]]:
    """Count distinct `name_key`s, and choose a spelling for those that have several.

    The last are all spellings of these, rising. Beyond `MOST_VARIANTS` of them, the names with
    fewest papers are taken as if each of their papers had the spelling that it has.
    """
    keys = 0
    last = ""
    names: dict[str, int] = {}
    several: list[tuple[int, str, dict[str, int]]] = []

    def close() -> None:
        # A bearer of the name "unknown" shares its facet value with papers without authors.
        if len(names) > 1 or (last == UNKNOWN and names):
            several.append((-sum(names.values()), last, dict(names)))

    for value, count in _values(ask, "author_spelling"):
        key, _, name = value.partition(APART)
        if key != last:
            close()
            keys, last = keys + 1, key
            names.clear()
        names[name] = count
    close()
    chosen: dict[str, str] = {}
    variants: list[str] = []
    for _, key, held in sorted(several, key=lambda row: row[:2]):
        if len(variants) + len(held) <= MOST_VARIANTS:
            chosen[key] = min(held, key=lambda name: (-held[name], name))
            variants += [*held, *([UNKNOWN] if key == UNKNOWN else [])]
    return keys, chosen, tuple(sorted(set(variants)))


def _values(ask: Ask, column: str) -> Iterator[tuple[str, int]]:
    """Yields every value of a column with its number of papers, rising."""
    source: Body = {"size": PAGE, "sources": [{"value": {"terms": {"field": column}}}]}
    while True:
        body = {"size": 0, "track_total_hits": False, "aggs": {"all": {"composite": source}}}
        answer = ask(body)["aggregations"]["all"]
        for bucket in answer["buckets"]:
            yield str(bucket["key"]["value"]), int(bucket["doc_count"])
        if "after_key" not in answer or len(answer["buckets"]) < PAGE:
            return
        source["after"] = answer["after_key"]
