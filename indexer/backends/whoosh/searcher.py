"""The searcher of the embedded engine: a snapshot of one generation that answers whole pages."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from indexer.analysis import Analyzer
from indexer.backends.whoosh.facets.author_index import AuthorIndex, shortest_chain
from indexer.backends.whoosh.facets.drill_sideways import list_names, list_values, make_facet
from indexer.backends.whoosh.format.generation import Snapshot
from indexer.backends.whoosh.kernels.dispatch import KernelChoice
from indexer.backends.whoosh.query.boolean import Workspace
from indexer.backends.whoosh.query.change_order import Stretch, dated_ids
from indexer.backends.whoosh.query.execution import QueryMatches, find, relaxed_drill_sideways
from indexer.backends.whoosh.query.explain import explained
from indexer.backends.whoosh.query.receipt import Spelling, budgeted_receipt
from indexer.backends.whoosh.query.top_hits import all_hits, close_docs, top_hits
from indexer.backends.whoosh.scoring.collection import Collection
from indexer.backends.whoosh.scoring.meaning import nearest_docs, papers_vector
from indexer.backends.whoosh.scoring.query_context import Execution
from indexer.budget import DEFAULT, Budget, Deadline, Limits
from indexer.generations.integrity import guarded, guarded_items
from indexer.highlighting.snippets import Excerpts
from indexer.highlighting.spans import token_cache
from indexer.meaning.model import EncoderChoice
from indexer.paper import Paper, name_key
from indexer.query import FacetField, Query
from indexer.ranking import Ranking
from indexer.references.known_item import read_known_item
from indexer.search import (
    DEFAULT_FACETS,
    DatedIds,
    FacetRequest,
    FacetValue,
    Hit,
    IndexInfo,
    MeaningInfo,
    PaperTimes,
    Results,
)

MAX_PER_PAGE = 1000


class WhooshSearcher:
    """Implements `indexer.search.Searcher` over the arrays of a snapshot.

    Safe to use from several threads: each has its own room to work in, what is derived from the
    snapshot is shared. An answer that fails because a file is damaged raises `IndexDamaged`.

    Attributes:
        integrity: what is known of its files.
    """

    def __init__(  # noqa: PLR0913 - what a searcher is made of
        self,
        snapshot: Snapshot,
        *,
        analyzer: Analyzer,
        ranking: Ranking | None = None,
        kernels: KernelChoice | None = None,
        limits: Limits = DEFAULT,
        encoder: EncoderChoice | None = None,
    ) -> None:
        """Opens a snapshot; nothing is read before it is needed.

        Args:
            snapshot: the segments of one generation.
            analyzer: the one the texts were indexed with.
            ranking: how papers are scored; None for the default.
            kernels: which inner loops to use; None for numpy's.
            limits: of each query.
            encoder: loads what encodes queries; None = words alone count.
        """
        self._snapshot = snapshot
        self.integrity = snapshot.integrity()
        self._kernels = kernels or KernelChoice("numpy")
        self._collection = Collection(
            snapshot, analyzer, ranking or Ranking(), self._kernels, limits, encoder=encoder
        )
        self._kernels.opened()
        self._local = threading.local()
        self._chunks = token_cache()
        self._spelling = Spelling(self._collection)
        self._author_index = AuthorIndex(self._collection.readers)
        self._deadline: Deadline | None = None

    def for_page(self) -> WhooshSearcher:
        """Returns the same searcher for one page, all of whose searches have one deadline."""
        page = copy.copy(self)
        page._deadline = self._collection.deadline()  # noqa: SLF001 - of the same class
        return page

    def shrink(self) -> None:
        """Keeps little in memory from now on: a newer generation answers most readers."""
        self._collection.shrink()
        self._chunks.forget()

    @property
    def timed_out(self) -> bool:
        """Whether the deadline of this page has cut anything; see `for_page`."""
        return self._deadline is not None and self._deadline.late

    @property
    def generation(self) -> str:
        """Name of the generation this searcher reads."""
        return self._snapshot.info.generation

    @property
    def identity(self) -> str:
        """Identity of the index this searcher reads."""
        return self._snapshot.info.identity

    @property
    def _workspaces(self) -> tuple[Workspace, ...]:
        workspaces: tuple[Workspace, ...] | None = getattr(self._local, "desks", None)
        if workspaces is None:
            workspaces = tuple(
                Workspace(reader.size, self._kernels) for reader in self._collection.readers
            )
            self._local.workspaces = workspaces
        return workspaces

    @contextmanager
    def _execution(self) -> Iterator[Execution]:
        """Begins to answer a query; the lane of long ones is left at the end of the block."""
        self._kernels.count_query()
        deadline = self._deadline or self._collection.deadline()
        try:
            yield Execution(Budget(self._collection.limits, deadline))
        finally:
            deadline.end()

    def _find(self, query: Query, execution: Execution | None = None) -> QueryMatches:
        if execution is None:
            with self._execution() as begun:
                return self._find(query, begun)
        with np.errstate(all="ignore"):
            return find(self._collection, query, self._workspaces, execution)

    @guarded
    def search(
        self,
        query: Query,
        *,
        facets: tuple[FacetRequest, ...] = DEFAULT_FACETS,
        explain: bool = False,
    ) -> Results:
        """Answers one page. No query raises, whatever its strings and clauses hold."""
        query = read_known_item(self, query)
        with self._execution() as execution:
            return self._page(query, facets, execution, explain=explain)

    def _page(
        self, query: Query, facets: tuple[FacetRequest, ...], execution: Execution, *, explain: bool
    ) -> Results:
        started = time.perf_counter()
        matches = self._find(query, execution)
        hits = self._hits(query, matches, explain=explain)
        made = {
            request.field: make_facet(
                request,
                query,
                self._collection.readers,
                self._author_index,
                matches.drill_sideways(request.field),
                self._kernels.ready,
                relaxed_drill_sideways(self._collection, matches, request.field),
            )
            for request in facets
        }
        receipt = budgeted_receipt(self._collection, self._spelling, matches, self._workspaces)
        late = execution.budget.late
        close = (
            self._close(matches)
            if receipt.ordered_by and query.page <= 1 and query.per_page
            else ()
        )
        took = (time.perf_counter() - started) * 1000
        return Results(
            query, matches.total, hits, made, receipt, self.generation, took, late, close
        )

    def _close(self, matches: QueryMatches) -> tuple[Hit, ...]:
        """Returns the papers close in meaning that the best hits do not hold."""
        excerpts = Excerpts(matches.plan, self._collection.forms, self._chunks)
        return tuple(
            Hit(
                paper, ranked.score, excerpts.of(paper, marked=not matches.execution.budget.overdue)
            )
            for ranked in close_docs(self._collection, matches)
            for paper in (self._collection.readers[ranked.segment].store.paper(ranked.doc),)
        )

    def meaning(self) -> MeaningInfo | None:
        """Returns what vectors the index has; None where it has none."""
        columns = [
            (reader.meaning, reader.live)
            for reader in self._collection.readers
            if reader.meaning is not None
        ]
        if not columns:
            return None
        counts = (
            np.count_nonzero(column.present if live is None else column.present & live)
            for column, live in columns
        )
        return MeaningInfo(columns[-1][0].name, int(sum(counts)))

    @guarded
    def nearest(self, papers: Sequence[Paper], limit: int = 20) -> tuple[tuple[Paper, float], ...]:
        """Returns the papers nearest in meaning to some papers, with their cosines, best first."""
        vector = papers_vector(self._collection, papers)
        if vector is None:
            return ()
        readers = self._collection.readers
        ranked = nearest_docs(self._collection, vector, (None,) * len(readers), limit)
        return tuple(
            (readers[near.segment].store.paper(near.doc), near.score) for near in ranked.as_docs()
        )

    def _hits(self, query: Query, matches: QueryMatches, *, explain: bool) -> tuple[Hit, ...]:
        size = min(MAX_PER_PAGE, max(0, query.per_page))
        first = (max(1, query.page) - 1) * size
        ranked_docs = top_hits(self._collection, matches, first, first + size)
        if not ranked_docs:
            return ()
        excerpts = Excerpts(matches.plan, self._collection.forms, self._chunks)
        reasons = (
            explained(self._collection, matches, ranked_docs)
            if explain
            else ((),) * len(ranked_docs)
        )
        hits = []
        for ranked, why in zip(ranked_docs, reasons, strict=True):
            paper = self._collection.readers[ranked.segment].store.paper(ranked.doc)
            marked = not matches.execution.budget.overdue
            hits.append(Hit(paper, ranked.score, excerpts.of(paper, marked=marked), why))
        return tuple(hits)

    @guarded
    def count(self, query: Query) -> int:
        """Returns the exact number of papers that match."""
        query = read_known_item(self, query)
        with self._execution() as execution:
            return self._find(query, execution).total

    @guarded_items
    def ids(self, query: Query) -> Iterator[str]:
        """Returns the ids of all matches in the query's order, lazily, whatever its page."""
        query = read_known_item(self, query)
        with self._execution() as execution:
            matches = self._find(query, execution)
        readers = self._collection.readers
        return (
            readers[ranked.segment].paper_id(ranked.doc)
            for ranked in all_hits(self._collection, matches)
        )

    @guarded
    def get(self, paper_id: str) -> Paper | None:
        """Returns the paper with this id, equal to the one that was written."""
        for reader in self._collection.readers:
            if (number := reader.find(paper_id)) is not None:
                return reader.store.paper(number)
        return None

    @guarded
    def times(self, paper_id: str) -> PaperTimes | None:
        """Returns when the paper with this id came in and last changed, or None."""
        for reader in self._collection.readers:
            if (number := reader.find(paper_id)) is not None:
                return reader.times(number)
        return None

    @guarded
    def dated(
        self,
        query: Query,
        *,
        since: str = "",
        until: str = "",
        after: tuple[str, str] = ("", ""),
        limit: int = 100,
    ) -> DatedIds:
        """Returns matches by the time of their last change, the earliest first."""
        with self._execution() as execution:
            matches = self._find(query, execution)
        stretch = Stretch.of(since, until, after)
        return dated_ids(self._collection.readers, matches.hits, stretch, limit)

    @guarded
    def values(
        self, field: FacetField, *, prefix: str = "", contains: str = "", limit: int = 20
    ) -> tuple[FacetValue, ...]:
        """Lists values of a field over the whole index, most papers first."""
        with self._execution() as execution:
            return tuple(
                list_values(
                    self._collection,
                    self._author_index,
                    field,
                    prefix=prefix,
                    contains=contains,
                    limit=limit,
                    deadline=execution.budget.deadline,
                )
            )

    @guarded
    def names(self, folded: str) -> tuple[FacetValue, ...]:
        """Lists the exact author names that fold to the same, DBLP numbers put aside."""
        return list_names(self._collection, self._author_index, folded)

    @guarded
    def chain(self, one: str, other: str, around: Iterable[str] = ()) -> tuple[str, ...]:
        """Returns the shortest chain of exact names from one to another, both included."""
        ends = [self._author_index.find(name_key(name)) for name in (one, other)]
        if min(ends) < 0:
            return ()
        closed = {self._author_index.find(name_key(name)) for name in around} - {-1, *ends}
        numbers = shortest_chain(
            self._collection.readers, self._author_index, *ends, closed=sorted(closed)
        )
        return tuple(self._author_index.display_name(number) for number in numbers)

    def attachment(self, name: str) -> bytes | None:
        """Returns what was attached to this generation under a name; None if nothing was."""
        return self._snapshot.attached.get(name)

    def info(self) -> IndexInfo:
        """Returns what is in this generation."""
        return self._snapshot.info
