"""The contract: what every backend is, gets and gives.

A `Searcher` is a snapshot of one generation; one `search` fills one page: hits, snippets, facets
and the receipt come back together. Texts, offsets and numbers, never HTML. The conformance suite
(`tests/conformance`) runs over every backend, against a brute-force index as the oracle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from indexer.generations.integrity import Integrity
from indexer.paper import Paper
from indexer.query import FacetField, Query
from indexer.results import (
    DEFAULT_FACETS,
    Alternative,
    Changes,
    ClauseReading,
    Contribution,
    Facet,
    FacetRequest,
    FacetValue,
    Hit,
    Receipt,
    Results,
    Snippet,
    Span,
)

__all__ = [
    "DEFAULT_FACETS",
    "Alternative",
    "Changes",
    "ClauseReading",
    "Contribution",
    "DatedIds",
    "Facet",
    "FacetRequest",
    "FacetValue",
    "Hit",
    "Index",
    "IndexInfo",
    "MeaningIndex",
    "MeaningInfo",
    "PaperTimes",
    "Receipt",
    "Results",
    "Searcher",
    "Snippet",
    "Span",
    "Writer",
]


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What is in an index.

    Attributes:
        generation: name of the published generation, rising with each publication.
        built: when it was published, ISO 8601 in UTC.
        papers: number of papers.
        venues: distinct venues. authors: distinct exact names (`name_key`).
        first_year, last_year: CE; None where no paper has a year.
        bytes: size on disk.
        dumps: the sources it was made from, as the user gave them.
        backend: name of the engine.
        identity: random text of the index, made with it: an index of the same place and the same
            generation that was made anew has another.
    """

    generation: str
    built: str
    papers: int
    venues: int
    authors: int
    first_year: int | None
    last_year: int | None
    bytes: int
    dumps: tuple[str, ...]
    backend: str
    identity: str = ""


@dataclass(frozen=True, slots=True)
class PaperTimes:
    """When a paper came into an index, and when it last became another there.

    Both outlive rebuilds as long as the paper stays; one that was taken out and comes again is
    new. Papers written in one block came in together, so their times are equal.

    Attributes:
        first_indexed: ISO 8601 in UTC, whole seconds, like `IndexInfo.built`.
        last_changed: the same, of the last time any field but `Paper.source` changed; never
            before `first_indexed`.
    """

    first_indexed: str
    last_changed: str


@dataclass(frozen=True, slots=True)
class DatedIds:
    """Part of the papers of a stretch of time, in the order in which they last changed.

    Attributes:
        total: papers of the whole stretch.
        entries: pairs of `PaperTimes.last_changed` and id, by time, then by the bytes of the id.
    """

    total: int
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MeaningInfo:
    """The vectors of an index.

    Attributes:
        model: name of the encoder that made them.
        papers: papers that have one.
    """

    model: str
    papers: int


class Searcher(Protocol):
    """A snapshot of one generation; safe to use from several threads.

    Where a file of the generation is not what was written, answers raise `IndexDamaged`.
    """

    @property
    def generation(self) -> str:
        """Name of the generation this searcher reads."""

    @property
    def identity(self) -> str:
        """Identity of the index this searcher reads, see `IndexInfo`."""

    @property
    def integrity(self) -> Integrity:
        """What is known of the files that it reads."""

    @property
    def timed_out(self) -> bool:
        """Whether the deadline of a page has cut any of its answers; see `for_page`."""

    def for_page(self) -> Searcher:
        """Returns the same searcher for one page, all of whose searches have one deadline.

        It is for one thread. Without it each search has a deadline of its own.
        """

    def search(
        self,
        query: Query,
        *,
        facets: tuple[FacetRequest, ...] = DEFAULT_FACETS,
        explain: bool = False,
    ) -> Results:
        """Answers one page. No query raises, whatever its strings and clauses hold."""

    def count(self, query: Query) -> int:
        """Returns the exact number of papers that match."""

    def ids(self, query: Query) -> Iterator[str]:
        """Returns the ids of all matches in the query's order, lazily, whatever its page."""

    def get(self, paper_id: str) -> Paper | None:
        """Returns the paper with this id, equal to the one that was written."""

    def times(self, paper_id: str) -> PaperTimes | None:
        """Returns when the paper with this id came in and last changed, or None."""

    def dated(
        self,
        query: Query,
        *,
        since: str = "",
        until: str = "",
        after: tuple[str, str] = ("", ""),
        limit: int = 100,
    ) -> DatedIds:
        """Returns matches by the time of their last change, the earliest first.

        Args:
            query: which papers; its order and page mean nothing here.
            since: first second, ISO 8601 with an offset; empty = no bound.
            until: last second, in the same form.
            after: the entry of an earlier answer that is followed; ("", "") = from the start.
            limit: most entries, 0 to 10,000.
        """

    def values(
        self, field: FacetField, *, prefix: str = "", contains: str = "", limit: int = 20
    ) -> tuple[FacetValue, ...]:
        """Lists values of a field over the whole index, most papers first.

        Args:
            field: the facet.
            prefix: only values with a word that begins so, folded.
            contains: only values that hold this, folded.
            limit: most values to give; 0 = all.
        """

    def names(self, folded: str) -> tuple[FacetValue, ...]:
        """Lists the exact author names that fold to the same, DBLP numbers put aside.

        "tao lin" gives "Tao Lin" and "Tao Lin 0004"; "francois fleuret" gives both spellings.
        The count is the number of papers; most papers first.
        """

    def chain(self, one: str, other: str, around: Iterable[str] = ()) -> tuple[str, ...]:
        """Returns the shortest chain of exact names from one to another, both included.

        Neighbours in it wrote a paper together. Of equally short chains, at each step from `one`
        the name with most papers is taken, of equals the lowest `name_key`. Empty where nothing
        connects them, or no paper bears one of the names; a name alone leads to itself.

        Args:
            one: any spelling of the name, or its `name_key`.
            other: the same.
            around: names through which it must not lead, spelt likewise; they may be its ends.
        """

    def meaning(self) -> MeaningInfo | None:
        """Returns what vectors the index has; None where the engine or this index has none."""

    def nearest(self, papers: Sequence[Paper], limit: int = 20) -> tuple[tuple[Paper, float], ...]:
        """Returns the papers nearest in meaning to some papers, with their cosines, best first.

        The papers themselves are among them. Empty where there are no vectors or no encoder.

        Args:
            papers: of the index or not; a text alone is a paper with nothing but an abstract.
            limit: most papers to give.
        """

    def attachment(self, name: str) -> bytes | None:
        """Returns what was attached to this generation under a name; None where nothing was."""

    def info(self) -> IndexInfo:
        """Returns what is in this generation."""


class Writer(Protocol):
    """Collects changes; they are published as a new generation when its block ends well."""

    def add(self, paper: Paper) -> None:
        """Adds a paper; one with the same id, old or new, is replaced by it."""

    def delete(self, paper_id: str) -> bool:
        """Takes a paper out; says whether it was there."""

    def attach(self, name: str, data: bytes) -> None:
        """Keeps a small document beside the papers; it takes the place of an older one.

        It stays with every later generation until it is replaced or the index is built anew.

        Args:
            name: small letters, digits and hyphens, at most 40.
            data: at most `indexer.generations.publishing.MOST_ATTACHED` bytes; none takes the
                document away.

        Raises:
            ValueError: when name or data are not as described.
        """


@runtime_checkable
class MeaningIndex(Protocol):
    """An index that can keep vectors of its papers; only the embedded engine's does."""

    def has_vectors(self) -> bool:
        """Returns whether the newest generation has vectors of any paper."""

    def encode_meaning(
        self, encoder: Any, advance: Callable[[int, int], None] | None = None
    ) -> str | None:
        """Publishes the newest generation anew, with a vector for each paper that has none.

        Args:
            encoder: an `indexer.meaning.model.SentenceEncoder`.
            advance: told how many papers have a vector, and how many there are.

        Returns:
            The new name; None where no vector was missing.
        """


class Index(Protocol):
    """A place that holds published generations."""

    @property
    def place(self) -> str:
        """Where it is, for the reader: a folder, or the name and addresses of a cluster."""

    @property
    def in_process(self) -> bool:
        """Whether searches take the time of this process, which opens the index's files itself.

        Otherwise they mostly wait for a service, which has the files.
        """

    def searcher(self, generation: str | None = None) -> AbstractContextManager[Searcher]:
        """Opens a published generation; it stays readable until closed.

        Args:
            generation: one of `published`; None = the newest. Where that is damaged an older one
                that is whole is opened, see `Integrity.fallback_reason`.

        Raises:
            IndexMissing: when nothing was published yet, or this one is not kept (any more).
            IndexDamaged: when it is not what was written, and no older one is.
        """

    def writer(
        self, *, rebuild: bool = False, dumps: tuple[str, ...] = ()
    ) -> AbstractContextManager[Writer]:
        """Begins changes; leaving the block publishes them, an exception drops them all.

        Args:
            rebuild: begin from an empty index instead of the newest generation.
            dumps: names of the sources, for `IndexInfo`.

        Raises:
            IndexLocked: when another writer is at work.
        """

    def generation(self) -> str | None:
        """Name of the newest published generation, cheap enough to ask on every request."""

    def identity(self) -> str | None:
        """Identity of the index that is there now, see `IndexInfo`; None where there is none.

        Cheap enough to ask on every request; where it cannot be read it is empty.
        """

    def published(self) -> tuple[str, ...]:
        """Name the generations that were published and are kept, oldest first.

        How many are kept is the engine's setting; one at least, the newest, once there is any.
        """

    def verify(self) -> int:
        """Checks that the newest generation is what was published; returns its number of papers.

        Raises:
            IndexMissing: when nothing was published yet.
            IndexDamaged: when it is not; says what is wrong.
        """

    def rollback(self) -> str:
        """Publishes the content of the generation before the newest anew; returns the new name.

        Raises:
            IndexMissing: when there is no generation before.
            IndexLocked: when another writer is at work.
        """

    def changes(self, before: str, after: str | None = None) -> Changes:
        """Returns which papers were added, changed and removed from one generation to another.

        Args:
            before: name of the earlier one.
            after: name of the later one; None = the newest.

        Raises:
            IndexMissing: when one of them is not kept (any more).
        """
