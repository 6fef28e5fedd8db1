"""One search: read, counted where needed, asked once, and put into the contract's words."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, Protocol

from indexer.analysis import Analyzer, open_word
from indexer.backends.opensearch.author_names import Coauthors, ValueLists
from indexer.backends.opensearch.change_order import dated_body, read_dated
from indexer.backends.opensearch.document import document_id, paper_of
from indexer.backends.opensearch.execution import Finder, Finding
from indexer.backends.opensearch.facets import (
    MOST_VALUES,
    FacetFacts,
    facet_aggs,
    filter_query,
    foremost,
    named_aggs,
    named_counts,
    read_facet,
    unmet,
    unsure,
    values_of,
)
from indexer.backends.opensearch.ledger import Generation
from indexer.backends.opensearch.mapping import Body
from indexer.backends.opensearch.receipt import Spelling
from indexer.backends.opensearch.term_dictionary import WordFacts
from indexer.backends.opensearch.transport import ReadAhead
from indexer.budget import DEFAULT, Deadline, Limits
from indexer.generations.integrity import Integrity
from indexer.highlighting.snippets import Excerpts
from indexer.highlighting.spans import token_cache
from indexer.paper import Paper
from indexer.query import FacetField, Query
from indexer.query_analysis.receipt import receipt_of
from indexer.ranking import Ranking
from indexer.references.known_item import read_known_item
from indexer.reviews.labels import labels_of
from indexer.search import (
    DEFAULT_FACETS,
    DatedIds,
    Facet,
    FacetRequest,
    FacetValue,
    Hit,
    IndexInfo,
    MeaningInfo,
    PaperTimes,
    Results,
)
from indexer.text.folding import fold

MAX_PER_PAGE: Final = 1000
_KEPT: Final = 1000
"""Numbers of authors that are kept."""


class Transport(Protocol):
    """What a searcher needs of the cluster: one generation behind a few calls."""

    def search(self, body: Body, *, only: str = "") -> Body:
        """Sends a search and returns its answer, or only what this path names."""

    def source(self, document: str) -> Body | None:
        """Returns the fields of a document, None where there is none."""

    def sources(self, documents: Sequence[str]) -> list[Body]:
        """Returns the fields of those of some documents that are there."""

    def attachment(self, name: str) -> bytes | None:
        """Returns what is attached to the generation under a name."""

    def bytes(self) -> int:
        """Returns the size of the generation, replicas included."""


class ClusterSearcher:
    """Implements `indexer.search.Searcher` over one generation in a cluster.

    A published generation is closed to writing, so naming it is a snapshot: no point in time has
    to be kept open in the cluster, and a total order can be walked by `search_after` alone. It is
    safe to use from several threads, which share what was learned of the generation.
    """

    def __init__(
        self,
        transport: Transport,
        facts: Generation,
        *,
        analyzer: Analyzer,
        ranking: Ranking,
        limits: Limits = DEFAULT,
    ) -> None:
        """Search one generation.

        Args:
            transport: sends bodies to it.
            facts: of its ledger.
            analyzer: the one its texts were indexed with.
            ranking: how papers are scored.
            limits: of each query.
        """
        self.integrity = Integrity()  # the cluster checks what it reads
        self._transport = transport
        self._facts = facts
        self._analyzer = analyzer
        self._chunks = token_cache()
        self._counted: dict[str, int] = {}
        self._ahead = ReadAhead(self._read)
        self._words = WordFacts(transport.search, analyzer, lambda: labels_of(self))
        self._lists = ValueLists(transport.search, facts.spellings, facts.variants)
        self._finder = Finder(transport.search, self._words, facts.collection, ranking, limits)
        self._spelling = Spelling(self._words, facts.info.papers)
        self._coauthors = Coauthors(transport.search, self._lists)
        self._deadline: Deadline | None = None

    def for_page(self) -> ClusterSearcher:
        """Returns the same searcher for one page, all of whose searches have one deadline."""
        page = copy.copy(self)
        page._deadline = self._finder.deadline()  # noqa: SLF001 - of the same class
        return page

    @property
    def timed_out(self) -> bool:
        """Whether the deadline of this page has cut anything; see `for_page`."""
        return self._deadline is not None and self._deadline.late

    @property
    def generation(self) -> str:
        """Name of the generation this searcher reads."""
        return self._facts.info.generation

    @property
    def identity(self) -> str:
        """Identity of the index this searcher reads."""
        return self._facts.info.identity

    def search(
        self,
        query: Query,
        *,
        facets: tuple[FacetRequest, ...] = DEFAULT_FACETS,
        explain: bool = False,
    ) -> Results:
        """Answers one page. No query raises, whatever its strings and clauses hold.

        Raises:
            IndexUnavailable: when the cluster does not answer in time.
        """
        started = time.perf_counter()
        query = read_known_item(self, query)
        aggs = facet_aggs(query, facets, self._lists.several, self._lists.variants)
        size = min(MAX_PER_PAGE, max(0, query.per_page))
        first = (max(1, query.page) - 1) * size
        budget = self._finder.budget(self._deadline)
        found = self._finder.find(query, first, size, aggs=aggs, explain=explain, budget=budget)
        papers = [paper_of(hit.source["paper"]) for hit in found.places]
        excerpts = Excerpts(found.plan, self._forms(papers), self._chunks)
        hits = [
            Hit(paper, hit.score, excerpts.of(paper), hit.why)
            for paper, hit in zip(papers, found.places, strict=True)
        ]
        full = self._with_all_words(query, facets, found)
        made = {
            request.field: self._facet(query, request, full.get(request.field, found))
            for request in facets
        }
        corrected = () if budget.overdue else self._spelling.corrected(query, found.plan)
        receipt = receipt_of(found, self._finder, corrected, budget)
        took = (time.perf_counter() - started) * 1000
        late = budget.late
        return Results(query, found.total, tuple(hits), made, receipt, self.generation, took, late)

    def _forms(self, papers: list[Paper]) -> Callable[[str], Iterable[str]]:
        """Returns the surface words of a stem among those of some papers."""
        found: dict[str, set[str]] = {}
        for raw in {
            raw
            for paper in papers
            for text in (paper.title, paper.abstract)
            for raw in self._analyzer.words(fold(text, umlauts=True).text)
        }:
            parts, joined = open_word(raw)
            for word in (*parts, joined):
                found.setdefault(self._analyzer.stem(word), set()).add(word)
        return lambda stem: found.get(stem, ())

    def _with_all_words(
        self, query: Query, requests: tuple[FacetRequest, ...], found: Finding
    ) -> dict[FacetField, Finding]:
        """Count facets over papers with all words where only their own filter left none of these.

        So each of their values is counted as the click on it would, which leaves that filter.
        """
        own = [
            request
            for request in requests
            if filter_query(query) != filter_query(query, but=request.field)
        ]
        if found.complete is None or not own:
            return {}
        aggs = facet_aggs(query, tuple(own), self._lists.several, self._lists.variants)
        counted = self._counts(found.complete, aggs)
        full = replace(found, aggregations=counted, matching=found.complete)
        return {
            request.field: full for request in own if counted[f"facet_{request.field}"]["doc_count"]
        }

    def _counts(self, matching: Body, aggs: Body) -> Body:
        """Returns what is counted over the papers that match."""
        query = {"constant_score": {"filter": matching}}
        body: Body = {"size": 0, "track_total_hits": False, "query": query, "aggs": aggs}
        counted: Body = self._transport.search(body)["aggregations"]
        return counted

    def _some(
        self, query: Query, request: FacetRequest, found: Finding, answer: Body
    ) -> dict[str, int]:
        """Counts papers with some of the words for chosen values of which no paper has all."""
        if found.some is None or found.some == found.matching:
            return {}
        keys = unmet(answer, query, request)
        if not keys:
            return {}
        return named_counts(self._counts(found.some, named_aggs(query, request, keys)))

    def _facet(self, query: Query, request: FacetRequest, found: Finding) -> Facet:
        field = request.field
        answer: Body = found.aggregations[f"facet_{field}"]
        doubtful = foremost(answer, request)
        if doubtful is None or doubtful:
            answer |= self._again(query, request, found, doubtful)
        chosen = query.filter(field)
        named = (*chosen.include, *chosen.exclude) if field == "author" else ()
        known = FacetFacts(
            self._lists.several,
            self._lists.shown(named),
            self._distinct(query, found) if unsure(answer, request) else None,
            self._some(query, request, found, answer),
        )
        return read_facet(answer, query, request, known)

    def _again(
        self, query: Query, request: FacetRequest, found: Finding, only: list[str] | None
    ) -> Body:
        """Counts the authors of a facet exactly: these, or every one of every shard."""
        lists = self._lists
        aggs = facet_aggs(query, (request,), lists.several, lists.variants, every=True)
        facet = aggs[f"facet_{request.field}"]
        facet["aggs"] = {"values": facet["aggs"]["values"]}
        if only is not None:
            facet["aggs"]["values"] = values_of("author_shown", len(only), include=only)
        return {"values": self._counts(found.matching, aggs)[f"facet_{request.field}"]["values"]}

    def _distinct(self, query: Query, found: Finding) -> int:
        """Counts the authors under all filters but theirs exactly; kept for the next page."""
        filters = filter_query(query, but="author")
        asked = [found.matching, *([filters] if filters else [])]
        key = json.dumps(asked)
        known = self._counted.get(key)
        if known is not None:
            return known
        body: Body = {
            "size": 0,
            "track_total_hits": False,
            "query": {"bool": {"filter": asked}},
            "aggs": {
                "values": values_of("author", MOST_VALUES),
                "number": {"stats_bucket": {"buckets_path": "values>_count"}},
            },
        }
        given = self._transport.search(body, only="aggregations.number.count")
        counted = int(given["aggregations"]["number"]["count"])
        if len(self._counted) >= _KEPT:
            self._counted.clear()
        self._counted[key] = counted
        return counted

    def count(self, query: Query) -> int:
        """Returns the exact number of papers that match."""
        return self._finder.find(read_known_item(self, query), 0, 0).total

    def ids(self, query: Query) -> Iterator[str]:
        """Returns the ids of all matches in the query's order, lazily, whatever its page."""
        return self._ahead.listed(self._finder.ids(read_known_item(self, query)))

    def get(self, paper_id: str) -> Paper | None:
        """Returns the paper with this id, equal to the one that was written."""
        listed = self._ahead.paper(paper_id)
        if listed is not None:
            return listed
        source = self._transport.source(document_id(paper_id))
        paper = None if source is None else paper_of(source["paper"])
        return paper if paper is not None and paper.id == paper_id else None

    def _read(self, ids: Sequence[str]) -> dict[str, Paper]:
        sources = self._transport.sources([document_id(paper_id) for paper_id in ids])
        papers = [paper_of(source["paper"]) for source in sources]
        return {paper.id: paper for paper in papers}

    def times(self, paper_id: str) -> PaperTimes | None:
        """Returns when the paper with this id came in and last changed, or None."""
        source = self._transport.source(document_id(paper_id))
        if source is None or paper_of(source["paper"]).id != paper_id:
            return None
        told = (
            datetime.fromtimestamp(source[name], UTC).isoformat(timespec="seconds")
            for name in ("first_indexed", "last_changed")
        )
        return PaperTimes(*told)

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
        found = self._finder.find(query, 0, 0)
        filters = filter_query(query)
        matching = [found.matching, *([filters] if filters else [])]
        body = dated_body(matching, since, until, after, limit)
        return read_dated(self._transport.search(body), until)

    def chain(self, one: str, other: str, around: Iterable[str] = ()) -> tuple[str, ...]:
        """Returns the shortest chain of exact names from one to another, both included."""
        return self._coauthors.chain(one, other, around)

    def meaning(self) -> MeaningInfo | None:
        """Returns None: this engine keeps no vectors and orders by words alone."""
        return None

    def nearest(self, papers: Sequence[Paper], limit: int = 20) -> tuple[tuple[Paper, float], ...]:  # noqa: ARG002
        """Returns nothing: this engine keeps no vectors."""
        return ()

    def attachment(self, name: str) -> bytes | None:
        """Returns what was attached to this generation under a name; None where nothing was."""
        if name not in self._facts.attached:
            return None
        return self._transport.attachment(name)

    def values(
        self, field: FacetField, *, prefix: str = "", contains: str = "", limit: int = 20
    ) -> tuple[FacetValue, ...]:
        """Lists values of a field over the whole index, most papers first."""
        return self._lists.listed(field, prefix, contains, limit)

    def names(self, folded: str) -> tuple[FacetValue, ...]:
        """Lists the exact author names that fold to the same, DBLP numbers put aside."""
        return self._lists.namesakes(folded)

    def info(self) -> IndexInfo:
        """Returns what is in this generation; its size is asked for anew."""
        return replace(self._facts.info, bytes=self._transport.bytes())
