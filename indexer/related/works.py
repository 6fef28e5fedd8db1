"""Results of which several are one work: put together for reading, never merged.

Which papers are one work is decided by `indexer.related.versions` among the results themselves, so
a version that the query does not find takes no part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from indexer.paper import Paper
from indexer.related.versions import find_versions
from indexer.results import Hit, Results
from indexer.search import Searcher

MOST_TOGETHER: Final = 1_000
"""Results among which all versions are found; of more, only those on one page."""


@dataclass(frozen=True, slots=True)
class Works:
    """A page of results in which each work stands once.

    Attributes:
        hits: of each work the best placed version.
        others: by id of a hit, the other versions of the work among the results, in their order.
        total: works among all results; None where there are more than `MOST_TOGETHER` results, so
            that only the versions on this page were put together.
    """

    hits: tuple[Hit, ...]
    others: Mapping[str, tuple[Paper, ...]]
    total: int | None


def versions_among(papers: Sequence[Paper]) -> Mapping[str, tuple[Paper, ...]]:
    """Returns for each paper that has versions among these the others, in the order given."""
    place = {paper.id: index for index, paper in enumerate(papers)}
    versions: dict[str, tuple[Paper, ...]] = {}
    for group in find_versions(papers):
        ids = sorted(group.ids, key=place.__getitem__)
        for paper_id in ids:
            versions[paper_id] = tuple(papers[place[other]] for other in ids if other != paper_id)
    return versions


def put_together(searcher: Searcher, results: Results, *, explain: bool = False) -> Works:
    """Puts the versions of each work together at the place of the best.

    Args:
        searcher: the snapshot that answered.
        results: the page asked for, its numbers those of single papers; the page of works has as
            many works as it would have papers.
        explain: give the hits what their scores are made of.
    """
    query = results.query
    if results.total > MOST_TOGETHER:
        papers = [hit.paper for hit in results.hits]
        others = versions_among(papers)
        first = _first_versions([paper.id for paper in papers], others)
        return Works(tuple(hit for hit in results.hits if hit.paper.id in first), others, None)
    ids = list(searcher.ids(query))
    papers = [paper for paper_id in ids if (paper := searcher.get(paper_id)) is not None]
    others = versions_among(papers)
    works = _first_versions(ids, others)
    start = (max(1, query.page) - 1) * query.per_page
    shown = list(works)[start : start + query.per_page]
    if not shown:
        return Works((), others, len(works))
    # In this order those shown are the first, but for the versions left out between them.
    upto = replace(query, page=1, per_page=ids.index(shown[-1]) + 1)
    page = searcher.search(upto, facets=(), explain=explain)
    hits = tuple(hit for hit in page.hits if hit.paper.id in shown)
    return Works(hits, others, len(works))


def _first_versions(
    ids: Iterable[str], others: Mapping[str, tuple[Paper, ...]]
) -> Mapping[str, None]:
    """Returns of each work the first version, in order."""
    first: dict[str, None] = {}
    for paper_id in ids:
        if not any(other.id in first for other in others.get(paper_id, ())):
            first[paper_id] = None
    return first
