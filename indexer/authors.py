"""Name clusters: the papers that bear exactly one name, and nothing claimed beyond that.

A cluster is all papers with an author whose `name_key` is the same: case and spacing aside, the
exact name. It is no identity: one person may stand in several clusters (François, Francois), and
several people in one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from indexer.identity.around import Around, Suggestion, papers_of
from indexer.identity.several import Group
from indexer.paper import Paper, name_key, name_slug, unnumbered
from indexer.search import FacetValue, Searcher
from indexer.text.folding import fold


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
        also: other exact names that the reader put with this one.
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
    also: tuple[str, ...] = ()

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


def author_cluster(searcher: Searcher, name: str, also: Iterable[str] = ()) -> AuthorCluster | None:
    """Gather the cluster of an exact name.

    Args:
        searcher: the snapshot to read.
        name: any spelling of it, or its `name_key`.
        also: other exact names that the reader takes for the same person's; those that no paper
            bears are left out.

    Returns:
        None where no paper has an author of that name; `namesakes` may then know others.
    """
    key = name_key(name)
    own = tuple(papers_of(searcher, key)) if key else ()
    if not own:
        return None
    clusters = {key: own}
    for other in dict.fromkeys(map(name_key, also)):
        papers = tuple(papers_of(searcher, other)) if other and other not in clusters else ()
        if papers:
            clusters[other] = papers
    papers = own if len(clusters) == 1 else tuple(papers_of(searcher, *clusters))
    printed = _printed(papers)
    spellings = [one for each in clusters for one in _spellings(printed[each])]
    names = {each: _spellings(printed[each])[0].name for each in clusters}
    around = [Around(searcher, names[each], clusters[each]) for each in clusters]
    return AuthorCluster(
        name=names[key],
        key=key,
        slug=name_slug(key),
        spellings=tuple(sorted(spellings, key=lambda one: (-one.count, one.name))),
        papers=papers,
        same_folded=tuple(
            other for other in namesakes(searcher, key) if name_key(other.value) not in clusters
        ),
        coauthors=_coauthors(printed, set(clusters)),
        same_person=_suggested(around, set(clusters)),
        groups=around[0].several_people() if len(clusters) == 1 else (),
        also=tuple(names[each] for each in clusters if each != key),
    )


def namesakes(searcher: Searcher, name: str) -> tuple[FacetValue, ...]:
    """List the clusters whose names fold to the same as this one, DBLP numbers put aside.

    Most papers first; the name's own cluster is among them where there is one.
    """
    return searcher.names(fold(unnumbered(name_key(name))).text)


def _printed(papers: tuple[Paper, ...]) -> dict[str, Counter[str]]:
    """Count for each exact name on papers how often it is printed how."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for paper in papers:
        for author in set(paper.authors):
            found[name_key(author)][author] += 1
    return found


def _spellings(printed: Counter[str]) -> list[Spelling]:
    ranked = sorted(printed.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Spelling(spelling, count) for spelling, count in ranked]


def _coauthors(printed: dict[str, Counter[str]], own: set[str]) -> tuple[CoAuthor, ...]:
    found = [
        CoAuthor(_spellings(names)[0].name, sum(names.values()))
        for key, names in printed.items()
        if key not in own
    ]
    return tuple(sorted(found, key=lambda one: (-one.count, one.name)))


def _suggested(around: Iterable[Around], own: set[str]) -> tuple[Suggestion, ...]:
    """Put together what is suggested for several names, the strongest evidence for each."""
    best: dict[str, Suggestion] = {}
    for one in around:
        for suggestion in one.same_person():
            key = name_key(suggestion.name)
            known = best.get(key)
            if key not in own and (
                known is None or known.evidence.points < suggestion.evidence.points
            ):
                best[key] = suggestion
    return tuple(
        sorted(best.values(), key=lambda one: (-one.evidence.points, -one.papers, one.name))
    )
