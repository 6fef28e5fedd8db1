"""Name clusters: the papers that bear exactly one name, and nothing claimed beyond that.

A cluster is all papers with an author whose `name_key` is the same: case and spacing aside, the
exact name. It is no identity: one person may stand in several clusters (François, Francois), and
several people in one. Names are put together only where the reader says so, or people who know
(`indexer.authors.curation`), and then the cluster says which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from indexer.authors.clustering.people_table import ATTACHED as PEOPLE
from indexer.authors.clustering.people_table import NamedPeople, read_table
from indexer.authors.coauthors import CoAuthor, Ties, coauthors_of, printed_names, strongest_ties
from indexer.authors.curation import CuratedPerson, Curation, curation_of
from indexer.authors.disambiguation import Around, Suggestion, papers_of
from indexer.authors.same_name_groups import Group, groups_of_people
from indexer.paper import Paper, name_key, name_slug, unnumbered
from indexer.query import AuthorName, Filter, Query
from indexer.search import FacetValue, Searcher
from indexer.text.folding import fold

MOST_LOOKED_AROUND: Final = 6
"""Names put together for which others are suggested: of more, only for the first."""


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
        name: the curated spelling; without one the most frequent, of equals the first by code
            points.
        key: the `name_key` that all spellings share.
        slug: path segment of the cluster's page; depends on the key alone.
        spellings: most frequent first.
        papers: year falling (unknown last), then case-folded title, then id.
        names: the exact names that the papers bear, each in its most frequent spelling, the
            cluster's own first.
        also: those of them that the reader put with it.
        curated: who this is, where that is curated.
        different: exact names that are curated to be somebody else's, as they are shown.
        same_folded: other clusters whose names differ only in accents, typography or the number
            DBLP gives to homonyms; most papers first.
        coauthors: most papers first, then by name.
        ties: who of the first of them wrote with whom.
        same_person: other clusters that may be this person's, strongest evidence first; those
            with weak evidence are left out, and those curated to be somebody else's.
        groups: what the papers fall into where several people seem to bear the name; mostly none.
        people: the numbers of the groups, as the index keeps them; None where it keeps none.
    """

    name: str
    key: str
    slug: str
    spellings: tuple[Spelling, ...]
    papers: tuple[Paper, ...]
    names: tuple[str, ...]
    also: tuple[str, ...] = ()
    curated: CuratedPerson | None = None
    different: tuple[str, ...] = ()
    same_folded: tuple[FacetValue, ...] = ()
    coauthors: tuple[CoAuthor, ...] = ()
    ties: Ties = field(default_factory=Ties)
    same_person: tuple[Suggestion, ...] = ()
    groups: tuple[Group, ...] = ()
    people: NamedPeople | None = None

    @property
    def rows(self) -> int:
        """Author rows: the number of distinct spellings."""
        return len(self.spellings)

    @property
    def first_paper(self) -> Paper | None:
        """The earliest paper, of one year the last listed; None where no paper has a year."""
        return next((paper for paper in reversed(self.papers) if paper.year is not None), None)

    @property
    def latest_paper(self) -> Paper | None:
        """The latest paper, of one year the first listed; None where no paper has a year."""
        return next((paper for paper in self.papers if paper.year is not None), None)

    @property
    def first_year(self) -> int | None:
        """Year of the earliest paper; None where no paper has a year."""
        return self.first_paper.year if self.first_paper else None

    @property
    def last_year(self) -> int | None:
        """Year of the latest paper; None where no paper has a year."""
        return self.latest_paper.year if self.latest_paper else None

    @property
    def canonical(self) -> str:
        """Slug of the one page that stands for all names curated to be one person's."""
        borne = set(map(name_key, self.names))
        same = self.curated.names if self.curated is not None else ()
        return next((name_slug(name) for name in same if name_key(name) in borne), self.slug)

    def group(self, paper_id: str) -> Group | None:
        """Returns the group of a paper; any paper of it will do, so that links last."""
        return next((group for group in self.groups if paper_id in group.papers), None)

    def numbered(self, number: int) -> Group | None:
        """Returns the group of a number."""
        return next((group for group in self.groups if group.number == number > 0), None)

    def of_papers(self, papers: Sequence[Paper]) -> AuthorCluster:
        """Returns the cluster restricted to some of its papers, in their order.

        Spellings, co-authors and ties are those of these papers; what is said of the names
        themselves stays.
        """
        keys = set(map(name_key, self.names))
        printed = printed_names(papers)
        coauthors = coauthors_of(printed, keys)
        return replace(
            self,
            papers=tuple(papers),
            spellings=_spellings(printed[key] for key in keys if key in printed),
            coauthors=coauthors,
            ties=strongest_ties(papers, coauthors),
        )


def author_cluster(
    searcher: Searcher, name: str, also: Iterable[str] = (), *, curated: bool = True
) -> AuthorCluster | None:
    """Gathers the cluster of an exact name.

    Args:
        searcher: the snapshot to read.
        name: any spelling of it, or its `name_key`.
        also: other exact names that the reader takes for the same person's; those that no paper
            bears are left out.
        curated: put with it the names that are curated to be the same person's.

    Returns:
        None where no paper has an author of that name; `namesakes` may then know others.
    """
    key = name_key(name)
    curation = curation_of(searcher)
    person = curation.person(key)
    own = tuple(papers_of(searcher, key)) if key else ()
    if not own and person is not None:
        # The preferred spelling may stand on no paper; another name of the person then does.
        borne = (name_key(name) for name in person.names if searcher.count(_by(name)))
        key = next(borne, key)
        own = tuple(papers_of(searcher, key))
    if not own:
        return None
    same = person.names if person is not None and curated else ()
    clusters = {key: own}
    for other in dict.fromkeys(map(name_key, (*same, *also))):
        papers = tuple(papers_of(searcher, other)) if other and other not in clusters else ()
        if papers:
            clusters[other] = papers
    papers = own if len(clusters) == 1 else tuple(papers_of(searcher, *clusters))
    printed = printed_names(papers)
    names = {each: _spellings((printed[each],))[0].name for each in clusters}
    looked = list(clusters)[:MOST_LOOKED_AROUND]
    around = [Around(searcher, names[each], clusters[each]) for each in looked]
    told = {name_key(name) for name in (person.names if person else ())}
    others = curation.others(clusters)
    left_out = others | clusters.keys()
    coauthors = coauthors_of(printed, clusters.keys())
    people, groups = _people(searcher, around[0], names[key], own)
    return AuthorCluster(
        name=person.name if person is not None else names[key],
        key=key,
        slug=name_slug(key),
        spellings=_spellings(printed[each] for each in clusters),
        papers=papers,
        names=tuple(names.values()),
        also=tuple(names[each] for each in clusters if each != key and each not in told),
        curated=person,
        different=_shown_names(curation, others),
        same_folded=tuple(
            other for other in namesakes(searcher, key) if name_key(other.value) not in left_out
        ),
        coauthors=coauthors,
        ties=strongest_ties(papers, coauthors),
        same_person=_suggested(around, left_out),
        groups=groups if len(clusters) == 1 else (),
        people=people,
    )


def _people(
    searcher: Searcher, around: Around, name: str, papers: Sequence[Paper]
) -> tuple[NamedPeople | None, tuple[Group, ...]]:
    """Returns what the index keeps of a name's people, and the groups of its papers.

    An index without a table of people has groups of common names only, made while the page waits.
    """
    data = searcher.attachment(PEOPLE)
    if data is None:
        return None, around.several_people()
    people = read_table(data).people(name_key(name))
    return people, () if people is None else groups_of_people(name, papers, people)


def namesakes(searcher: Searcher, name: str) -> tuple[FacetValue, ...]:
    """Lists the clusters whose names fold to the same as this one, DBLP numbers put aside.

    Most papers first; the name's own cluster is among them where there is one.
    """
    return searcher.names(fold(unnumbered(name_key(name))).text)


def similar_names(searcher: Searcher, name: str, *, limit: int = 5) -> tuple[str, ...]:
    """Returns exact names that may be meant by one that no paper bears, most papers first.

    Names with the same surname; where there is none, those of the surname that is spelt nearly so.

    Args:
        searcher: of the collection.
        name: as typed, "Jaggi, M." or "M. Jaggi".
        limit: most names to give.
    """
    surname = _surname(name)
    if not surname:
        return ()
    meant = surname
    if not searcher.count(Query(clause=AuthorName(surname), per_page=0)):
        asked = Query(clause=AuthorName(surname), per_page=0)
        clauses = (
            alternative.query.clause
            for alternative in searcher.search(asked, facets=()).receipt.alternatives
        )
        meant = next((clause.name for clause in clauses if isinstance(clause, AuthorName)), surname)
    suggestions = searcher.values("author", contains=meant, limit=limit)
    return tuple(value.value for value in suggestions)


def _surname(name: str) -> str:
    words = name.partition(",")[0].split()
    return words[-1] if words else ""


def _by(name: str) -> Query:
    return Query(filters=(Filter("author", (name,)),))


def _spellings(printed: Iterable[Counter[str]]) -> tuple[Spelling, ...]:
    every = [pair for names in printed for pair in names.items()]
    every.sort(key=lambda pair: (-pair[1], pair[0]))
    return tuple(Spelling(spelling, count) for spelling, count in every)


def _shown_names(curation: Curation, keys: Iterable[str]) -> tuple[str, ...]:
    """Returns the names of a curation as written there, for these `name_key`s."""
    written = {name_key(name): name for group in curation.different for name in group}
    return tuple(sorted(written[key] for key in keys))


def _suggested(around: Iterable[Around], left_out: Iterable[str]) -> tuple[Suggestion, ...]:
    """Returns the suggestions for several names, each with its strongest evidence."""
    best: dict[str, Suggestion] = {}
    passed_over = set(left_out)
    for person in around:
        for suggestion in person.same_person():
            key = name_key(suggestion.name)
            known = best.get(key)
            if key not in passed_over and (
                known is None or known.evidence.points < suggestion.evidence.points
            ):
                best[key] = suggestion
    return tuple(
        sorted(
            best.values(),
            key=lambda suggestion: (
                -suggestion.evidence.points,
                -suggestion.papers,
                suggestion.name,
            ),
        )
    )
