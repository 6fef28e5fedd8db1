"""Name clusters: the papers that bear exactly one name, and nothing claimed beyond that.

A cluster is all papers with an author whose `name_key` is the same: case and spacing aside, the
exact name. It is no identity: one person may stand in several clusters (François, Francois), and
several people in one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from indexer.identity.around import Around, Suggestion, papers_of
from indexer.identity.several import Group
from indexer.paper import Paper, name_key, name_slug, unnumbered
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
class CoAuthor:
    """Somebody on papers of the cluster.

    Attributes:
        name: the most frequent spelling there.
        count: papers of the cluster with this exact name.
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
        coauthors: most papers first, then by name.
        same_person: other clusters that may be this person's, strongest evidence first; those
            with weak evidence are left out.
        groups: what the papers fall into where several people seem to bear the name; mostly none.
    """

    name: str
    key: str
    slug: str
    spellings: tuple[Spelling, ...]
    papers: tuple[Paper, ...]
    same_folded: tuple[FacetValue, ...] = ()
    coauthors: tuple[CoAuthor, ...] = ()
    same_person: tuple[Suggestion, ...] = ()
    groups: tuple[Group, ...] = ()

    @property
    def rows(self) -> int:
        """Author rows: the number of distinct spellings."""
        return len(self.spellings)

    @property
    def first_year(self) -> int | None:
        """Year of the earliest paper; None where no paper has a year."""
        return min((paper.year for paper in self.papers if paper.year is not None), default=None)

    @property
    def last_year(self) -> int | None:
        """Year of the latest paper; None where no paper has a year."""
        return max((paper.year for paper in self.papers if paper.year is not None), default=None)


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
    papers = tuple(papers_of(searcher, key))
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for paper in papers:
        for author in set(paper.authors):
            counts[name_key(author)][author] += 1
    if key not in counts:
        return None
    ranked = sorted(counts.pop(key).items(), key=lambda pair: (-pair[1], pair[0]))
    spellings = tuple(Spelling(spelling, count) for spelling, count in ranked)
    around = Around(searcher, spellings[0].name, papers)
    return AuthorCluster(
        name=spellings[0].name,
        key=key,
        slug=name_slug(key),
        spellings=spellings,
        papers=papers,
        same_folded=tuple(
            other for other in namesakes(searcher, key) if name_key(other.value) != key
        ),
        coauthors=_coauthors(papers, key),
        same_person=around.same_person(),
        groups=around.several_people(),
    )


def namesakes(searcher: Searcher, name: str) -> tuple[FacetValue, ...]:
    """List the clusters whose names fold to the same as this one, DBLP numbers put aside.

    Most papers first; the name's own cluster is among them where there is one.
    """
    return searcher.names(fold(unnumbered(name_key(name))).text)


def _coauthors(papers: tuple[Paper, ...], key: str) -> tuple[CoAuthor, ...]:
    printed: dict[str, Counter[str]] = defaultdict(Counter)
    counts: Counter[str] = Counter()
    for paper in papers:
        names = {name_key(author): author for author in paper.authors}
        for other, author in names.items():
            if other != key:
                counts[other] += 1
                printed[other][author] += 1
    found = [CoAuthor(printed[one].most_common(1)[0][0], count) for one, count in counts.items()]
    return tuple(sorted(found, key=lambda one: (-one.count, one.name)))
