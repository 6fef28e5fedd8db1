"""The requests of one query: its best papers in their final order, and any page after them.

One page as one request: what is found, in which order, with which counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from indexer.backends.opensearch.boolean_query import (
    MOST_CLAUSES,
    clauses,
    matching_query,
    scored_query,
    scores,
    with_matched_terms,
)
from indexer.backends.opensearch.document import document_id
from indexer.backends.opensearch.explain import explained
from indexer.backends.opensearch.facets import filter_query
from indexer.backends.opensearch.mapping import Body
from indexer.backends.opensearch.rescoring import NEEDED, Feedback, Gain, Nearness
from indexer.backends.opensearch.scoring import Scoring, rounded
from indexer.backends.opensearch.term_dictionary import Ask, WordFacts
from indexer.budget import Deadline
from indexer.query import Match, Query, Sort
from indexer.query_analysis.plan import Plan, signal_terms
from indexer.ranking import idf
from indexer.search import Contribution


@dataclass(frozen=True, slots=True)
class Reach:
    """How a generation is asked, and what is known of it."""

    ask: Ask
    words: WordFacts
    scoring: Scoring
    feedback: Feedback


@dataclass(frozen=True, slots=True)
class ClusterHit:
    """One hit.

    Attributes:
        source: fields of its document.
        after: where it stands in the order of the cluster; the id comes last.
        told: which terms it says it holds, with the score of each.
    """

    score: float
    source: Body
    after: tuple[object, ...]
    told: dict[str, float]
    why: tuple[Contribution, ...] = ()

    @property
    def id(self) -> str:
        """Id of the paper."""
        return str(self.after[-1])


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a page."""

    total: int
    places: tuple[ClusterHit, ...]
    aggregations: Body


@dataclass(frozen=True, slots=True)
class _Signals:
    """What is looked at in the best papers of a query.

    Attributes:
        depth: how many of them; 0 = no signal takes part.
        feedback: whether the best of them lead on to others.
    """

    nearness: Nearness
    depth: int
    feedback: bool

    @property
    def streams(self) -> tuple[str, ...]:
        """Fields of a document that are needed."""
        more = NEEDED if self.feedback else ()
        return tuple(dict.fromkeys((*self.nearness.streams, *more)))


class Pages:
    """Asks for the pages of one query that was read."""

    def __init__(
        self,
        reach: Reach,
        query: Query,
        plan: Plan,
        *,
        explain: bool = False,
        deadline: Deadline | None = None,
    ) -> None:
        """Prepares the requests; how many papers hold each term is asked here, if unknown.

        Args:
            reach: how the generation is asked.
            query: what is asked.
            plan: how it was read.
            explain: say of each hit what its score is made of.
            deadline: after which the cluster answers with what it has found; None = it goes on.
        """
        self._reach = reach
        self._deadline = deadline
        self._query = query
        self._plan = plan
        self._explain = explain
        self._scored = scores(plan)
        self._terms = [term for reading in plan.asking for term in reading.terms]
        parts = [term for reading in plan.asking for parts in reading.parts for term in parts]
        if self._scored:
            leaves = (term for reading in plan.leaves for term in reading.terms)
            reach.words.count((*leaves, *parts))
        self._names = {
            term: f"t{at}" for at, term in enumerate(dict.fromkeys((*self._terms, *parts)))
        }

    def answer(
        self,
        match: Match,
        first: int,
        size: int,
        aggs: Body | None = None,
        leading: frozenset[str] = frozenset(),
    ) -> Answer:
        """Asks for a page, and for all the best papers where it shows some of them.

        Args:
            match: ALL or ANY.
            first: hits to pass over.
            size: hits to give.
            aggs: what to count besides.
            leading: ids of hits that come before all others in the order by relevance.
        """
        signals = self._signals(match)
        ranked = signals.depth > first and size > 0
        found = self._ordered_query(match, scored=self._scored, named=ranked or self._explain)
        source = ("paper", *(signals.streams if ranked else ()))
        start, wanted = (0, max(first + size, signals.depth)) if ranked else (first, size)
        if leading and self._scored and self._query.sort is Sort.RELEVANCE:
            answer = self._tiers(found, (start, wanted), aggs, source, leading)
        else:
            answer, leading = self._page(found, start, wanted, aggs, source), frozenset()
        places = [_cluster_hit(hit) for hit in answer["hits"]["hits"]]
        scoreless = bool(places) and not any(place.score for place in places)
        if found.sort is Sort.RELEVANCE and scoreless and start == 0:
            # Nothing that was found scores: the order is that of a query without words.
            ranked = False
            found = self._ordered_query(match, scored=False, named=False)
            answer = self._page(found, first, size, aggs, ("paper",))
            places = [_cluster_hit(hit) for hit in answer["hits"]["hits"]]
        if ranked:
            places = self._ranked(places, match, signals, leading)[first : first + size]
        elif self._explain:
            places = [replace(place, why=self._why(place, match)) for place in places]
        total = int(answer["hits"]["total"]["value"])
        return Answer(total, tuple(places), answer.get("aggregations", {}))

    def rest(self, match: Match, seen: tuple[ClusterHit, ...]) -> Iterator[str]:
        """Yields the ids that come after the best papers, which were seen."""
        given = {place.id for place in seen}
        found = self._ordered_query(match, scored=self._scored, named=False)
        body = page_body(found, 0, WALL, source=())
        after: list[object] | None = None
        while True:
            hits = self._walk(body, WALL, after)
            for hit in hits:
                paper_id = str(hit["sort"][-1])
                if paper_id not in given:
                    yield paper_id
            if len(hits) < WALL:
                return
            after = hits[-1]["sort"]

    def leading(self, size: int) -> frozenset[str]:
        """Returns the ids of the first hits that have all words; none where these are many."""
        if not 0 < size <= WALL:
            return frozenset()
        found = self._ordered_query(Match.ALL, scored=False, named=False)
        answer = self._reach.ask(page_body(found, 0, size, source=()))
        return frozenset(str(hit["sort"][-1]) for hit in answer["hits"]["hits"])

    def _tiers(
        self,
        ordered: OrderedQuery,
        page: tuple[int, int],
        aggs: Body | None,
        source: tuple[str, ...],
        leading: frozenset[str],
    ) -> Body:
        """Asks for a page of an order in which some hits come before all others.

        Args:
            ordered: the query and its order.
            page: hits to pass over, and hits to give.
            aggs: what to count besides.
            source: fields of the documents to give.
            leading: ids of the hits that come first.
        """
        start, wanted = page
        ids: Body = {"ids": {"values": sorted(map(document_id, leading))}}
        filters = [] if ordered.filters is None else [ordered.filters]
        ahead = replace(ordered, filters={"bool": {"filter": [*filters, ids]}})
        behind = replace(ordered, filters={"bool": {"filter": filters, "must_not": [ids]}})
        few = min(wanted, max(0, len(leading) - start))
        first: list[Body] = []
        if few:
            first = self._page(ahead, start, few, None, source)["hits"]["hits"]
        answer = self._page(behind, max(0, start - len(leading)), wanted - few, aggs, source)
        hits = answer["hits"]
        hits["hits"] = first + hits["hits"]
        hits["total"]["value"] = int(hits["total"]["value"]) + len(leading)
        return answer

    def _ordered_query(self, match: Match, *, scored: bool, named: bool) -> OrderedQuery:
        filters = filter_query(self._query)
        sort = self._query.sort
        if not scored:
            if sort is Sort.RELEVANCE:
                sort = Sort.NEWEST
            return OrderedQuery(matching_query(self._plan, match), filters, sort, scored=False)
        reach = self._reach
        names = self._names if named else None
        query = scored_query(self._plan, match, reach.words.holding, reach.scoring, names)
        if named and match is Match.ANY:
            asked = set(self._terms)
            besides = {term: name for term, name in self._names.items() if term not in asked}
            query = with_matched_terms(query, besides)
        if clauses(query) > MOST_CLAUSES:
            # The parts of compounds are the first thing to go from a request that is too large.
            query = scored_query(
                self._plan, match, reach.words.holding, reach.scoring, names, parts=False
            )
        return OrderedQuery(query, filters, sort, scored=True)

    def _signals(self, match: Match) -> _Signals:
        reach, ranking = self._reach, self._reach.scoring.ranking
        terms = signal_terms(self._plan, match)
        papers = reach.scoring.collection.papers
        idfs = {term: idf(papers, min(papers, reach.words.holding(term))) for term in terms}
        nearness = Nearness(terms, self._names, ranking, idfs)
        feedback = match is Match.ANY and len(terms) > 1 and ranking.feedback > 0
        weights = (ranking.ordered, ranking.window, ranking.coverage, ranking.title_match)
        takes = self._scored and self._query.sort is Sort.RELEVANCE and bool(terms)
        takes = takes and (feedback or any(weights))
        return _Signals(nearness, ranking.depth if takes else 0, feedback)

    def _ranked(
        self, places: list[ClusterHit], match: Match, signals: _Signals, leading: frozenset[str]
    ) -> list[ClusterHit]:
        """Puts the best papers into their final order; the others stay behind them."""

        def order(place: ClusterHit) -> tuple[bool, tuple[float, float, str]]:
            return place.id not in leading, _order(place)

        best: list[ClusterHit] = []
        for place in places[: signals.depth]:
            why = self._why(place, match) if self._explain else ()
            gains = signals.nearness.gains(place.score, place.source, place.told)
            best.append(self._gained(replace(place, why=why), gains))
        best.sort(key=order)
        if signals.feedback:
            feedback = self._reach.feedback
            looked = ((hit.score, hit.source) for hit in best)
            shared = feedback.shared(looked, len(signals.nearness.terms))
            best = [self._gained(hit, feedback.gains(shared, hit.source)) for hit in best]
            best.sort(key=order)
        return best + places[signals.depth :]

    def _gained(self, place: ClusterHit, gains: list[Gain]) -> ClusterHit:
        """Adds to the score of a paper."""
        score = float(f"{place.score + sum(gain.value for gain in gains):.6g}")
        why = place.why
        if self._explain:
            why = (*why, *(Contribution(gain.label, "", gain.value) for gain in gains))
        return replace(place, score=score, why=_largest_first(why))

    def _why(self, place: ClusterHit, match: Match) -> tuple[Contribution, ...]:
        return explained(self._plan, match, self._names, place.told)

    def _page(
        self,
        ordered: OrderedQuery,
        first: int,
        size: int,
        aggs: Body | None,
        source: tuple[str, ...],
    ) -> Body:
        """Asks for a page however deep it lies."""
        named = {"include_named_queries_score": True} if self._explain else {}
        if first + size <= WALL:
            return self._ask(page_body(ordered, first, size, aggs=aggs, source=source) | named)
        answer = self._ask(page_body(ordered, 0, 0, aggs=aggs, source=()))
        body = page_body(ordered, 0, WALL, source=())
        after: list[object] | None = None
        passed = 0
        while passed < first:
            hits = self._walk(body, min(WALL, first - passed), after)
            if not hits:
                return answer
            passed, after = passed + len(hits), hits[-1]["sort"]
        body = page_body(ordered, 0, WALL, source=source) | named
        collected: list[Body] = []
        while len(collected) < size:
            hits = self._walk(body, min(WALL, size - len(collected)), after)
            if not hits:
                break
            collected += hits
            after = hits[-1]["sort"]
        answer["hits"]["hits"] = collected
        return answer

    def _ask(self, body: Body) -> Body:
        """Sends a request that the cluster answers in time, if need be with a part."""
        deadline = self._deadline
        if deadline is None:
            return self._reach.ask(body)
        left = max(_SHORTEST, deadline.patience)
        answer = self._reach.ask({**body, "timeout": f"{left * 1000:.0f}ms"})
        deadline.late = deadline.late or bool(answer.get("timed_out"))
        return answer

    def _walk(self, body: Body, size: int, after: list[object] | None) -> list[Body]:
        """Asks for the next hits of an order."""
        asked = {**body, "size": size, "track_total_hits": False}
        if after is not None:
            asked["search_after"] = after
        hits: list[Body] = self._reach.ask(asked)["hits"]["hits"]
        return hits


def _cluster_hit(hit: Body) -> ClusterHit:
    told = hit.get("matched_queries", ())
    scores = told if isinstance(told, dict) else dict.fromkeys(told, 0.0)
    return ClusterHit(
        float(hit.get("_score") or 0.0), hit.get("_source", {}), tuple(hit["sort"]), scores
    )


def _order(place: ClusterHit) -> tuple[float, float, str]:
    """Order by score, newer year, id; the cluster gives a missing year as its lowest number."""
    _, year, paper = place.after
    return (-place.score, -float(str(year)), str(paper))


def _largest_first(reasons: tuple[Contribution, ...]) -> tuple[Contribution, ...]:
    return tuple(sorted(reasons, key=lambda reason: -reason.value))


_SHORTEST: Final = 0.1
"""Seconds that each request may take, however late it is: it says what it found at once."""
WALL: Final = 10_000
"""So many hits a request can count through; what lies beyond is reached by `search_after`."""

_NEWER: Final[Body] = {"year": {"order": "desc", "missing": "_last"}}
_TITLE: Final[Body] = {"title_order": "asc"}
_ID: Final[Body] = {"id": "asc"}
ORDERS: Final[Mapping[Sort, list[Body]]] = {
    Sort.RELEVANCE: [{"_score": {"order": "desc"}}, _NEWER, _ID],
    Sort.NEWEST: [_NEWER, _TITLE, _ID],
    Sort.OLDEST: [{"year": {"order": "asc", "missing": "_last"}}, _TITLE, _ID],
    Sort.TITLE: [_TITLE, _NEWER, _ID],
    Sort.ADDED: [{"first_indexed": "desc"}, _NEWER, _TITLE, _ID],
}
"""Every order ends in the id, so it is total, and a place in it can be gone on from."""


@dataclass(frozen=True, slots=True)
class OrderedQuery:
    """What is to be found, and how it is ordered.

    Attributes:
        query: with scores, where `scored`.
        filters: of `facets.filter_query`.
    """

    query: Body
    filters: Body | None
    sort: Sort
    scored: bool


def page_body(
    ordered: OrderedQuery,
    first: int,
    size: int,
    *,
    aggs: Body | None = None,
    source: tuple[str, ...] = ("paper",),
) -> Body:
    """Writes the request of a page.

    The filters come after the counts where there are any, so that every facet can leave its own
    out; the total is of what passes them.

    Args:
        ordered: the query and its order.
        first: hits to pass over.
        size: hits to give.
        aggs: of `facets.facet_aggs`.
        source: fields of the documents to give; none = no documents.
    """
    body: Body = {
        "query": rounded(ordered.query) if ordered.scored else ordered.query,
        "sort": ORDERS[ordered.sort],
        "from": first,
        "size": size,
        "track_total_hits": True,
        "_source": list(source) or False,
    }
    if ordered.scored and ordered.sort is not Sort.RELEVANCE:
        body["track_scores"] = True
    if aggs:
        body["aggs"] = aggs
    if ordered.filters is not None:
        if aggs:
            body["post_filter"] = ordered.filters
        else:
            body["query"] = {"bool": {"must": [body["query"]], "filter": [ordered.filters]}}
    return body
