"""One search, answered by looking at every paper."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from indexer.analysis import plain_words
from indexer.generations.integrity import Integrity
from indexer.language.unparse import format_clause
from indexer.paper import Paper, name_key, unnumbered
from indexer.query import FacetField, Match, Query, Sort, YearRange
from indexer.query_analysis.meaning_text import question_of
from indexer.ranking import Ranking
from indexer.references.known_item import read_known_item
from indexer.search import (
    DEFAULT_FACETS,
    ClauseReading,
    DatedIds,
    Facet,
    FacetRequest,
    FacetValue,
    Hit,
    IndexInfo,
    MeaningInfo,
    PaperTimes,
    Receipt,
    Results,
)
from indexer.text.folding import fold, forms
from tests.oracle.chain import chain
from tests.oracle.document import Collection
from tests.oracle.matching import Matching, Scores, bare_words, grows
from tests.oracle.meaning import LEAST, LISTED, Meaning, Vector
from tests.oracle.ordering import facet, listed, ordered, passes, rounded
from tests.oracle.reading import read, readings, speaking, without
from tests.oracle.signals import led_on, signal_terms, with_signals
from tests.oracle.snippets import marks_of, snippets
from tests.oracle.terms import Mark

LOOKED_AT = 64
"""Queries of more leaves are not searched for the one that emptied them."""


@dataclass(frozen=True)
class Reading:
    """What a query asks for in the end.

    Attributes:
        scores: the papers that match before filters.
        leading: those that come first.
        all_words: hits that have all words, where it was gone on to some of them.
        elsewhere: papers that have all words and do not pass the filters, there.
    """

    match: Match
    scores: Scores
    leading: frozenset[int] = frozenset()
    all_words: int | None = None
    elsewhere: int = 0


class MemorySearcher:
    """A snapshot: the papers of one generation and what a search asks of them."""

    def __init__(
        self,
        collection: Collection,
        ranking: Ranking,
        info: IndexInfo,
        times: Mapping[str, PaperTimes],
        attached: Mapping[str, bytes],
        *,
        meaning: Meaning | None = None,
    ) -> None:
        self._meaning = meaning
        self.collection = collection
        self.matching = Matching(collection, ranking)
        self._info = info
        self._times = times
        self._attached = attached
        self.integrity = Integrity()

    @property
    def generation(self) -> str:
        return self._info.generation

    @property
    def identity(self) -> str:
        return self._info.identity

    @property
    def timed_out(self) -> bool:
        return False

    def for_page(self) -> MemorySearcher:
        return self

    def search(
        self,
        query: Query,
        *,
        facets: tuple[FacetRequest, ...] = DEFAULT_FACETS,
        explain: bool = False,  # noqa: ARG002 - the oracle explains nothing
    ) -> Results:
        started = time.perf_counter()
        query = read_known_item(self, query)
        reading = self._resolved(query)
        found = self._ordered(query, reading)
        size = min(1000, max(0, query.per_page))
        first = (max(1, query.page) - 1) * size
        places = {document.paper.id: at for at, document in enumerate(self.collection.documents)}
        hits = tuple(
            Hit(paper, score, snippets(query.clause, places[paper.id], self.matching))
            for paper, score in found[first : first + size]
        )
        return Results(
            query,
            len(found),
            hits,
            {request.field: self._facet(request, query) for request in facets},
            self._receipt(query, reading),
            self.generation,
            (time.perf_counter() - started) * 1000,
            close=self._close(query, reading, found) if query.page <= 1 and size else (),
        )

    def count(self, query: Query) -> int:
        query = read_known_item(self, query)
        return len(self._ordered(query, self._resolved(query)))

    def ids(self, query: Query) -> Iterator[str]:
        query = read_known_item(self, query)
        for paper, _ in self._ordered(query, self._resolved(query)):
            yield paper.id

    def get(self, paper_id: str) -> Paper | None:
        papers = (document.paper for document in self.collection.documents)
        return next((paper for paper in papers if paper.id == paper_id), None)

    def times(self, paper_id: str) -> PaperTimes | None:
        return self._times.get(paper_id)

    def dated(
        self,
        query: Query,
        *,
        since: str = "",
        until: str = "",
        after: tuple[str, str] = ("", ""),
        limit: int = 100,
    ) -> DatedIds:
        def order(entry: tuple[str, str]) -> tuple[str, bytes]:
            return entry[0], entry[1].encode()

        entries = [(self._times[one].last_changed, one) for one in self.ids(query)]
        within = [one for one in entries if since <= one[0] and (not until or one[0] <= until)]
        rest = sorted((one for one in within if order(one) > order(after)), key=order)
        return DatedIds(len(within), tuple(rest[:limit]))

    def values(
        self, field: FacetField, *, prefix: str = "", contains: str = "", limit: int = 20
    ) -> tuple[FacetValue, ...]:
        papers = [document.paper for document in self.collection.documents]
        begin, part = fold(prefix).text.strip(), fold(contains).text.strip()
        every = [
            value
            for value in listed(field, papers, self.collection)
            if any(part in form and begins(form, begin) for form in forms(value.value))
        ]
        return tuple(every[: limit or None])

    def names(self, folded: str) -> tuple[FacetValue, ...]:
        def key(name: str) -> tuple[str, ...]:
            return plain_words(unnumbered(name)) or (name_key(name),)

        papers = [document.paper for document in self.collection.documents]
        every = listed("author", papers, self.collection)
        return tuple(value for value in every if key(value.value) == key(folded))

    def chain(self, one: str, other: str, around: Iterable[str] = ()) -> tuple[str, ...]:
        papers = [document.paper for document in self.collection.documents]
        return chain(one, other, papers, listed("author", papers, self.collection), around)

    def meaning(self) -> MeaningInfo | None:
        """Returns what vectors the index was given; None without any."""
        meaning = self._meaning
        if meaning is None:
            return None
        return MeaningInfo(meaning.encoder.model.name, len(self.collection.documents))

    def nearest(self, papers: Sequence[Paper], limit: int = 20) -> tuple[tuple[Paper, float], ...]:
        """Returns the papers nearest in meaning to some papers; none without vectors."""
        if self._meaning is None or not papers:
            return ()
        every = [document.paper for document in self.collection.documents]
        return tuple(self._near(every, self._meaning.of_papers(papers))[:limit])

    def _near(self, papers: Sequence[Paper], vector: Vector) -> list[tuple[Paper, float]]:
        """Returns papers with their cosines, nearest first."""
        meaning = self._meaning
        assert meaning is not None
        near = [(paper, meaning.cosine(paper, vector)) for paper in papers]
        return ordered([(paper, one) for paper, one in near if one is not None], Sort.RELEVANCE)

    def _vector(self, query: Query, match: Match) -> Vector | None:
        """Returns the vector of a query; None where words alone order its hits."""
        ranking = self.matching.ranking
        terms = signal_terms(query.clause, self.matching, match)
        if self._meaning is None or not terms or not ranking.meaning or ranking.depth < 1:
            return None
        question = question_of(query)
        return self._meaning.of_text(question) if question else None

    def _close(
        self, query: Query, reading: Reading, found: Sequence[tuple[Paper, float]]
    ) -> tuple[Hit, ...]:
        """Returns the papers close in meaning that the best hits do not hold."""
        vector = self._vector(query, reading.match)
        if vector is None:
            return ()
        most = len(found) if reading.match is Match.ALL else self.matching.ranking.depth
        held = {paper.id for paper, _ in found[:most]}
        every = (document.paper for document in self.collection.documents)
        rest = [paper for paper in every if passes(paper, query) and paper.id not in held]
        near = self._near(rest, vector)[:LISTED]
        return tuple(Hit(paper, one) for paper, one in near if one >= LEAST)

    def attachment(self, name: str) -> bytes | None:
        return self._attached.get(name)

    def info(self) -> IndexInfo:
        return self._info

    def marks(self, query: Query, paper_id: str) -> set[Mark]:
        """Returns all that a query marks in one paper, before a passage is chosen."""
        self.matching.ask(query.clause)
        at = [document.paper.id for document in self.collection.documents].index(paper_id)
        return marks_of(query.clause, at, self.matching)

    def scores(self, query: Query) -> dict[str, float]:
        """Returns the score of every paper that matches a query."""
        return {paper.id: score for paper, score in self._ordered(query, self._resolved(query))}

    def _passing(self, query: Query, scores: Scores) -> list[tuple[Paper, float]]:
        found = ((self.collection.documents[at].paper, score) for at, score in scores.items())
        return [(paper, score) for paper, score in found if passes(paper, query)]

    def _facet(self, request: FacetRequest, query: Query) -> Facet:
        """Count a facet as the clicks on its values would, each of which is read anew."""
        field = request.field
        filters = tuple(one for one in query.filters if one.field != field)
        years = YearRange() if field == "year" else query.years
        reading = self._resolved(replace(query, filters=filters, years=years))
        some = reading.scores
        if query.match is Match.AUTO and reading.match is Match.ALL:
            asked = speaking(query.clause, self.collection)
            match = Match.ANY if bare_words(asked) > 1 else Match.ALL
            some = self.matching.scores(query.clause, match)
        matching, others = (
            [self.collection.documents[at].paper for at in scores]
            for scores in (reading.scores, some)
        )
        return facet(request, matching, others, query, self.collection)

    def _ordered(self, query: Query, reading: Reading) -> list[tuple[Paper, float]]:
        match, scores = reading.match, reading.scores
        passing = self._passing(query, scores)
        found = ordered([(paper, rounded(score)) for paper, score in passing], query.sort)
        if query.sort is Sort.ADDED:
            found.sort(key=lambda one: self._times[one[0].id].first_indexed, reverse=True)
        depth = self.matching.ranking.depth
        terms = signal_terms(query.clause, self.matching, match)
        if query.sort is not Sort.RELEVANCE or not any(score for _, score in found):
            return found
        places = {document.paper.id: at for at, document in enumerate(self.collection.documents)}

        def behind(one: tuple[Paper, float]) -> bool:
            return places[one[0].id] not in reading.leading

        found.sort(key=behind)
        if not depth:
            return found
        looked = [
            (paper, rounded(with_signals(score, places[paper.id], terms, self.matching)))
            for paper, score in found[:depth]
        ]
        best = sorted(ordered(looked, query.sort), key=behind)
        if match is Match.ANY and len(terms) > 1 and self.matching.ranking.feedback:
            more = led_on(
                [(places[paper.id], score) for paper, score in best], len(terms), self.matching
            )
            papers = self.collection.documents
            best = ordered([(papers[at].paper, rounded(score)) for at, score in more], query.sort)
            best.sort(key=behind)
        vector = self._vector(query, match)
        if vector is not None and self._meaning is not None:
            sums = self._meaning.added(best, vector, self.matching.ranking)
            pairs = zip(best, sums, strict=True)
            best = ordered([(paper, rounded(one)) for (paper, _), one in pairs], query.sort)
            best.sort(key=behind)
        return [*best, *found[depth:]]

    def _resolved(self, query: Query) -> Reading:
        """Decide between "all" and "any" (see `indexer.query.Match`)."""
        self.matching.ask(query.clause)
        if query.match is not Match.AUTO:
            return Reading(query.match, self.matching.scores(query.clause, query.match))
        every = self.matching.scores(query.clause, Match.ALL)
        asked = speaking(query.clause, self.collection)
        few = len(every) < self.matching.ranking.enough and grows(asked)
        passing = bool(self._passing(query, every))
        if bare_words(asked) < 2 or (passing and not few):
            return Reading(Match.ALL, every)
        leading = frozenset(every) if few else frozenset[int]()
        return Reading(
            Match.ANY,
            self.matching.scores(query.clause, Match.ANY),
            leading,
            len(self._passing(query, every)),
            len(every) - len(self._passing(query, every)),
        )

    def _receipt(self, query: Query, reading: Reading) -> Receipt:
        every = list(readings(query.clause, self.collection))
        empty = query.match is not Match.ANY and not self._passing(
            query, self.matching.scores(query.clause, Match.ALL)
        )
        told = tuple(
            ClauseReading(
                leaf,
                format_clause(leaf),
                len(self.matching.leaf(asked)),
                emptied=empty and 1 < len(every) <= LOOKED_AT and self._emptied(query, at),
                note="" if read(leaf, self.collection) is not None else "nothing to look for",
            )
            for at, (leaf, asked) in enumerate(every)
        )
        return Receipt(
            format_clause(query.clause),
            told,
            str(reading.match),
            query.repairs,
            (),
            reading.all_words,
            reading.elsewhere,
            self._label(query, reading.match),
        )

    def _label(self, query: Query, match: Match) -> str:
        meaning = self._meaning if self._vector(query, match) else None
        return meaning.encoder.model.label if meaning else ""

    def _emptied(self, query: Query, at: int) -> bool:
        """Returns whether, under "all", the query without this leaf finds something."""
        rest = without(query.clause, at)
        self.matching.ask(rest)
        found = self._passing(query, self.matching.scores(rest, Match.ALL))
        self.matching.ask(query.clause)
        return bool(found)


def begins(value: str, prefix: str) -> bool:
    """Returns whether a word of a folded value and what follows it start with a folded prefix."""
    return any(
        value.startswith(prefix, at) and (at == 0 or not value[at - 1].isalnum())
        for at in range(len(value) + 1)
    )
