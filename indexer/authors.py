"""Name clusters: the papers that bear exactly one name, and nothing claimed beyond that.

A cluster is all papers with an author whose `name_key` is the same: case and spacing aside, the
exact name. It is no identity: one person may stand in several clusters (François, Francois), and
several people in one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from indexer.paper import Paper, name_key, name_slug, unnumbered
from indexer.query import Filter, Query, Sort
from indexer.search import FacetValue, Searcher
from indexer.text import fold


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way in which a cluster's name is printed.

    Attributes:
        count: papers that print it so.
    """

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class AuthorCluster:
    """The papers of one exact name.

    Attributes:
        name: the most frequent spelling; of equally frequent ones the first by code points.
        key: the `name_key` that all spellings share.
        slug: path segment of the cluster's page; depends on the key alone.
        spellings: most frequent first.
        papers: year falling (unknown last), then case-folded title, then id.
        same_folded: other clusters whose names differ only in accents, typography or the number
            DBLP gives to homonyms; most papers first.
    """

    name: str
    key: str
    slug: str
    spellings: tuple[Spelling, ...]
    papers: tuple[Paper, ...]
    same_folded: tuple[FacetValue, ...] = ()

    @property
    def rows(self) -> int:
        """Author rows: the number of distinct spellings."""
        return len(self.spellings)


def author_cluster(searcher: Searcher, name: str) -> AuthorCluster | None:
    """Gather the cluster of an exact name.

    Args:
        searcher: the snapshot to read.
        name: any spelling of it, or its `name_key`.

    Returns:
        None where no paper has an author of that name; `namesakes` may then know others.
    """
    key = name_key(name)
    if not key:
        return None
    query = Query(filters=(Filter("author", (key,)),), sort=Sort.NEWEST)
    found = (searcher.get(paper_id) for paper_id in searcher.ids(query))
    papers = tuple(paper for paper in found if paper is not None)
    counts: Counter[str] = Counter()
    for paper in papers:
        counts.update({author for author in paper.authors if name_key(author) == key})
    if not counts:
        return None
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    spellings = tuple(Spelling(spelling, count) for spelling, count in ranked)
    return AuthorCluster(
        name=spellings[0].name,
        key=key,
        slug=name_slug(key),
        spellings=spellings,
        papers=papers,
        same_folded=tuple(
            other for other in namesakes(searcher, key) if name_key(other.value) != key
        ),
    )


def namesakes(searcher: Searcher, name: str) -> tuple[FacetValue, ...]:
    """List the clusters whose names fold to the same as this one, DBLP numbers put aside.

    Most papers first; the name's own cluster is among them where there is one.
    """
    return searcher.names(fold(unnumbered(name_key(name))).text)
