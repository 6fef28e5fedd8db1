"""The shapes of the JSON objects about authors, as `json_types` beside it says of all of them."""

from __future__ import annotations

from typing import TypedDict

from indexer.serialization.json_types import CountedNameJson, NameJson, PaperJson


class CuratedJson(TypedDict):
    """What the owner of the collection decided about a name.

    Attributes:
        name: of the person.
        same: names of the same person.
        different: names of others.
        homepage: an address.
        orcid: an ORCID iD.
    """

    name: str | None
    same: list[str]
    different: list[str]
    homepage: str | None
    orcid: str | None


class SpellingJson(TypedDict):
    """One spelling of a name.

    Attributes:
        name: as printed.
        count: papers.
    """

    name: str
    count: int


class TieJson(TypedDict):
    """Two co-authors who have papers together.

    Attributes:
        names: the two.
        count: papers.
    """

    names: list[str]
    count: int


class EvidenceJson(TypedDict):
    """Why two names may be one person's.

    Attributes:
        likeness: how the names are alike.
        coauthors: shared co-authors.
        venues: shared venues.
        years_of_both: first and last year in which both published.
        years_between: years between the two, where they do not overlap.
        title_likeness: of the titles, from 0 to 1.
        rivals: other names that fit as well.
    """

    likeness: str
    coauthors: list[str]
    venues: list[str]
    years_of_both: list[int] | None
    years_between: int
    title_likeness: float
    rivals: int


class SuggestionJson(CountedNameJson):
    """Another name that may be the same person's.

    Attributes:
        strength: how sure it is.
        evidence: what speaks for it.
    """

    strength: str
    evidence: EvidenceJson


class SameNameGroupJson(TypedDict):
    """Papers of one of several people who seem to bear a name.

    Attributes:
        key: id of a paper that stands for the group.
        papers: ids.
        coauthors: with their papers in the group.
        venues: most frequent first.
        first_year: null where no paper has a year.
        last_year: null where no paper has a year.
        number: the permanent number of the person, for /author/NAME/NUMBER.
        confidence: from 0 to 1, where there is a number.
    """

    key: str
    papers: list[str]
    coauthors: list[SpellingJson]
    venues: list[str]
    first_year: int | None
    last_year: int | None
    number: int | None
    confidence: float | None


class AuthorClusterJson(TypedDict):
    """The papers of one author name, and what surrounds it.

    Attributes:
        name: as printed.
        slug: last part of the address.
        names: names whose papers these are.
        also: names that the address adds.
        curated: what the owner decided.
        paper_count: number of papers.
        author_rows: entries of the name in lists of authors.
        spellings: of the name.
        same_folded: names that differ only in case and accents.
        first_year: null where no paper has a year.
        last_year: null where no paper has a year.
        first_paper: id.
        latest_paper: id.
        coauthors: most papers first.
        ties: papers of co-authors with each other.
        same_person: other names that may be the same person's.
        several_people: groups of papers, where the name seems to be that of several people.
        papers: newest first, or the keys of them that fields= names.
    """

    name: str
    slug: str
    names: list[NameJson]
    also: list[NameJson]
    curated: CuratedJson
    paper_count: int
    author_rows: int
    spellings: list[SpellingJson]
    same_folded: list[CountedNameJson]
    first_year: int | None
    last_year: int | None
    first_paper: str | None
    latest_paper: str | None
    coauthors: list[CountedNameJson]
    ties: list[TieJson]
    same_person: list[SuggestionJson]
    several_people: list[SameNameGroupJson]
    papers: list[PaperJson]


class LinkPaperJson(TypedDict):
    """A paper that connects two authors.

    Attributes:
        id: of the paper.
        title: its title.
        venue: empty where it is not known.
        year: null where it is not known.
    """

    id: str
    title: str
    venue: str
    year: int | None


class LinkJson(TypedDict):
    """One step of a connection.

    Attributes:
        names: the two authors.
        count: papers that they have together.
        papers: the newest five of them.
    """

    names: list[str]
    count: int
    papers: list[LinkPaperJson]


_Ends = TypedDict("_Ends", {"from": str, "to": str})  # "from" cannot be written as an attribute


class ConnectionJson(_Ends):
    """How two authors are connected through co-authors.

    Attributes:
        from: the first name.
        to: the second.
        steps: papers between them; null where nothing connects them.
        names: both ends and whoever is between.
        links: between each name and the next.
        passed_over: names whose papers on a chain as short are by different people.
    """

    steps: int | None
    names: list[NameJson]
    links: list[LinkJson]
    passed_over: list[NameJson]
