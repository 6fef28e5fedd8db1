"""Quiver's embedded engine: plain BM25F with titles, the default ranking, and a whole page.

With "-top" it is BM25F again, but matches are not counted: so it is asked no more than bm25s is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from indexer.backends.whoosh.facets.drill_sideways import facet_values
from indexer.backends.whoosh.index import WhooshIndex
from indexer.backends.whoosh.kernels.dispatch import KernelName
from indexer.backends.whoosh.query.top_hits import top_hits
from indexer.language.parse import parse_query
from indexer.paper import Paper
from indexer.query import Filter, Match, Query, YearRange
from indexer.ranking import BM25F, Ranking
from indexer.search import DEFAULT_FACETS, FacetRequest
from tests.bench.engines import Hits
from tests.bench.questions import Question

FACETS = (FacetRequest("venue", 0), FacetRequest("year", 0), FacetRequest("author", 20))


def make(name: str) -> Quiver:
    _, *more = name.split("-")
    ranking = Ranking() if {"default", "page"} & set(more) else BM25F
    kernels: KernelName = "numba" if "fast" in more else "numpy"
    return Quiver(ranking, page="page" in more, counted="top" not in more, kernels=kernels)


def query_of(question: Question) -> Query:
    """Type the question as a person would; filters stand beside it."""
    text = " ".join(question.words)
    if question.author:
        text = f'author:"{text}"'
    elif question.phrase:
        text = f'"{text}"'
    return parse_query(
        text,
        filters=(Filter("venue", (question.venue,)),) if question.venue else (),
        years=YearRange(*question.years) if question.years else YearRange(),
        match=Match.ALL if question.every else Match.ANY,
        per_page=10,
    )


class Quiver:
    """Query string to titles and their number (or, with `page`, to snippets and all facets)."""

    def __init__(self, ranking: Ranking, *, page: bool, counted: bool, kernels: KernelName) -> None:
        self.ranking = ranking
        self.kernels = kernels
        self.page = page
        self.counted = counted

    def build(self, papers: Iterable[Paper], folder: Path) -> None:
        with WhooshIndex(folder).writer(rebuild=True) as writer:
            for paper in papers:
                writer.add(paper)

    def update(self, papers: list[Paper], folder: Path) -> None:
        with WhooshIndex(folder).writer() as writer:
            for paper in papers:
                writer.add(paper)

    def open(self, folder: Path) -> Callable[[Question], Hits | None]:
        searcher = (
            WhooshIndex(folder, ranking=self.ranking, kernels=self.kernels).searcher().__enter__()
        )

        def page(question: Question) -> Hits:
            found = searcher.search(query_of(question), facets=DEFAULT_FACETS)
            venues = {one.value: one.count for one in found.facets["venue"].values}
            return found.total, [hit.paper.title for hit in found.hits], venues

        def answer(question: Question) -> Hits:
            # What `search` does, without snippets and receipt: peers give neither.
            query = query_of(question)
            found = searcher._find(query)
            shown = top_hits(searcher._collection, found, 0, 10)
            readers = searcher._collection.readers
            titles = [readers[at.segment].store.paper(at.doc).title for at in shown]
            counts: dict[str, int] = {}
            for request in FACETS if question.facets else ():
                papers = found.drill_sideways(request.field)
                ready = searcher._kernels.ready
                values, differ = facet_values(
                    request, query, readers, searcher._author_index, papers, ready
                )
                if request.field == "venue":
                    counts = {one.value: one.count for one in values}
                elif request.field == "author" and question.distinct:
                    differ()
            return found.total if self.counted else -1, titles, counts

        return page if self.page else answer
