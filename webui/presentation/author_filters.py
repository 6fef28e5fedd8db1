"""What the address of an author's page asks for beside the name: names put with it, papers chosen.

Parameters: ``view`` (``full``: with the abstracts open, ``list``: all titles on one page),
``also`` (slugs of other exact names, put together with this one), ``exact=1`` (leave
out names that are curated to be the same person's), ``group`` (a paper: only the group of papers
that it is in), ``venue``, ``year`` (repeated: any of these), ``q`` (words), ``page``. All of them
hold for every representation of the page.

Names beside an author's name: those that read the same, those that may be the same person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from werkzeug.datastructures import MultiDict

from indexer import (
    FACET_FIELDS,
    UNKNOWN,
    And,
    AuthorCluster,
    AuthorName,
    Clause,
    Facet,
    FacetValue,
    Filter,
    LikelyPerson,
    Match,
    Or,
    Paper,
    Query,
    Searcher,
    Sort,
    Suggestion,
    Value,
    name_key,
    name_slug,
    parse_query,
)

MOST_NAMES: Final = 10
_MOST_VALUES: Final = 100
_LONGEST: Final = 500
Field = Literal["venue", "year"]
View = Literal["", "full", "list"]
"""How papers are listed: titles with abstracts to unfold, records in full, all titles at once."""
_VIEWS: Final[Mapping[str, View]] = {"full": "full", "list": "list"}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What an address asks for; `also` as slugs, years as digits or "unknown"."""

    also: tuple[str, ...] = ()
    exact: bool = False
    group: str = ""
    venues: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    text: str = ""
    view: View = ""

    @property
    def chooses(self) -> bool:
        """Whether it may leave out papers."""
        return bool(self.group or self.venues or self.years or self.text)

    def including(self, slug: str) -> Narrowing:
        """Returns the choice with another name included; any choice among the papers is dropped."""
        return Narrowing(also=(*self.also, slug), exact=self.exact)

    def without_name(self, slug: str) -> Narrowing:
        """Returns the choice without this name."""
        return Narrowing(tuple(also for also in self.also if also != slug), exact=self.exact)

    def only(self, field: Field, value: str) -> Narrowing:
        """Chooses one venue or year alone; chosen already, chooses none."""
        was = self.venues if field == "venue" else self.years
        now = () if was == (value,) else (value,)
        return replace(self, venues=now) if field == "venue" else replace(self, years=now)

    def without(self, field: Field, value: str) -> Narrowing:
        """Chooses a venue or year no longer."""
        if field == "venue":
            return replace(self, venues=tuple(venue for venue in self.venues if venue != value))
        return replace(self, years=tuple(year for year in self.years if year != value))

    def pairs(self, page: int = 1) -> list[tuple[str, str]]:
        """Writes it as parameters, in canonical order."""
        found = [("also", slug) for slug in sorted(set(self.also))]
        if self.exact:
            found.append(("exact", "1"))
        if self.group:
            found.append(("group", self.group))
        found += [("venue", value) for value in sorted(set(self.venues))]
        found += [("year", value) for value in sorted(set(self.years))]
        if self.text:
            found.append(("q", self.text))
        if self.view:
            found.append(("view", self.view))
        if page > 1:
            found.append(("page", str(page)))
        return found


def read_narrowing(given: MultiDict[str, str], max_text: int) -> Narrowing:
    """Reads the parameters of an author's page; what has no meaning is passed over.

    Args:
        given: the decoded parameters.
        max_text: most characters of ``q`` that are read.
    """

    def several(name: str, most: int = _MOST_VALUES) -> tuple[str, ...]:
        values = (value[:_LONGEST].strip() for value in given.getlist(name))
        return tuple(sorted({value for value in values if value}))[:most]

    return Narrowing(
        also=several("also", MOST_NAMES),
        exact=given.get("exact") == "1",
        group=given.get("group", "")[:_LONGEST].strip(),
        venues=several("venue"),
        years=several("year"),
        text=" ".join(given.getlist("q"))[:max_text].strip(),
        view=_VIEWS.get(given.get("view", ""), ""),
    )


@dataclass(frozen=True, slots=True)
class Selection:
    """The papers of a name that an address asks for.

    Attributes:
        cluster: cut down to them.
        total: papers of all the names.
        venues, years: how many papers each value would leave, chosen alone.
        gone: a group was asked for that the papers no longer fall into.
    """

    cluster: AuthorCluster
    total: int
    venues: Facet
    years: Facet
    gone: bool = False


def choose(searcher: Searcher, cluster: AuthorCluster, narrowing: Narrowing) -> Selection:
    """Finds the papers that an address asks for, and counts them by venue and year."""
    papers: Sequence[Paper] = cluster.papers
    group = cluster.group(narrowing.group) if narrowing.group else None
    if group is not None:
        papers = [paper for paper in papers if paper.id in group.papers]
    if narrowing.text:
        words = Narrowing(text=narrowing.text)
        found = set(searcher.ids(query_of(cluster, words)))
        papers = [paper for paper in papers if paper.id in found]
    at = [paper for paper in papers if _fits(_venue(paper), narrowing.venues)]
    then = [paper for paper in papers if _fits(_year(paper), narrowing.years)]
    both = [paper for paper in at if _fits(_year(paper), narrowing.years)]
    return Selection(
        cluster=cluster.of_papers(both) if narrowing.chooses else cluster,
        total=len(cluster.papers),
        venues=_facet("venue", map(_venue, then), narrowing.venues, lambda value: (-value.count,)),
        years=_facet("year", map(_year, at), narrowing.years, _newest),
        gone=bool(narrowing.group) and group is None,
    )


def query_of(cluster: AuthorCluster, narrowing: Narrowing) -> Query:
    """Returns the same papers as a query, newest first; every word must match."""
    # To the filter of authors, "unknown" is no name but stands for papers without any.
    odd = UNKNOWN in map(name_key, cluster.names)
    filters: Mapping[str, Filter] = {
        "venue": Filter("venue", narrowing.venues),
        "year": Filter("year", narrowing.years),
        "author": Filter("author", () if odd else cluster.names),
    }
    query = parse_query(
        narrowing.text,
        filters=tuple(
            filters[field] for field in FACET_FIELDS if field in filters and filters[field].include
        ),
        match=Match.ALL,
        sort=Sort.NEWEST,
    )
    clauses: list[Clause] = []
    if odd:
        clauses.append(Or(tuple(AuthorName(name, exact=True) for name in cluster.names)))
    group = cluster.group(narrowing.group) if narrowing.group else None
    if group is not None and group.number:
        clauses.append(LikelyPerson(cluster.names[0], group.number))
    elif group is not None:
        clauses.append(Or(tuple(Value("id", paper_id) for paper_id in group.papers)))
    if not clauses:
        return query
    asked = () if query.clause is None else (query.clause,)
    return replace(query, clause=And((*asked, *clauses)))


def _fits(value: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or value in wanted


def _venue(paper: Paper) -> str:
    return paper.venue or UNKNOWN


def _year(paper: Paper) -> str:
    return UNKNOWN if paper.year is None else str(paper.year)


def _newest(value: FacetValue) -> tuple[int, ...]:
    return (-int(value.value),) if value.value != UNKNOWN else (1,)


def _facet(
    field: Field,
    values: Iterable[str],
    chosen: tuple[str, ...],
    order: Callable[[FacetValue], tuple[int, ...]],
) -> Facet:
    counts = Counter(values)
    distinct = len(counts)
    known = field == "venue" or all(value == UNKNOWN or value.isdecimal() for value in chosen)
    listed = {*counts, *chosen} if known else set(counts)
    rows = [FacetValue(value, counts[value], value in chosen) for value in listed]
    rows.sort(key=lambda row: (order(row), row.value))
    return Facet(field, tuple(rows), distinct)


@dataclass(frozen=True, slots=True)
class Beside:
    """Another exact name.

    Attributes:
        count: papers under it.
        reasons: what speaks for one person, a phrase each; empty where the names only read the
            same.
        strength: the evidence in a word; empty without reasons.
        include: address of the page that puts its papers with those shown.
    """

    name: str
    count: int
    reasons: tuple[str, ...] = ()
    strength: str = ""
    include: str = ""


def names_beside(
    cluster: AuthorCluster, narrowing: Narrowing, href: Callable[[Narrowing], str]
) -> tuple[Beside, ...]:
    """Lists the names to point at from a cluster: the strongest evidence first, then without any.

    Args:
        cluster: the names shown.
        narrowing: what the page was asked for.
        href: writes the address of the author's page under a choice.
    """
    told = {name_key(suggestion.name) for suggestion in cluster.same_person}
    found = [
        Beside(suggestion.name, suggestion.papers, _reasons(suggestion), suggestion.strength.value)
        for suggestion in cluster.same_person
    ]
    found += [
        Beside(other.value, other.count)
        for other in cluster.same_folded
        if name_key(other.value) not in told
    ]
    return tuple(
        replace(coauthor, include=href(narrowing.including(name_slug(coauthor.name))))
        for coauthor in found
    )


def _reasons(suggestion: Suggestion) -> tuple[str, ...]:
    evidence = suggestion.evidence
    found = [f"the names differ in {evidence.likeness.difference}"]
    shared = evidence.coauthors
    if shared:
        more = f" and {len(shared) - 3} more" if len(shared) > 3 else ""
        found.append(f"both wrote with {', '.join(shared[:3])}{more}")
    if evidence.venues:
        found.append(f"both at {', '.join(evidence.venues[:4])}")
    if evidence.topics >= 0.1:
        found.append("on similar topics")
    if evidence.both:
        first, last = evidence.both
        found.append(f"both in {first}" if first == last else f"both from {first} to {last}")
    if evidence.gap >= 4:
        found.append(f"but {evidence.gap} years apart")
    if evidence.rivals:
        found.append(
            "but another name fits as well"
            if evidence.rivals == 1
            else f"but {evidence.rivals} other names fit as well"
        )
    return tuple(found)
