"""How two authors are connected: the shortest chain of papers written together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Final

from indexer.authors.clustering.people_table import (
    ATTACHED,
    NamedPeople,
    PeopleTable,
    paper_hash,
    read_table,
)
from indexer.authors.clusters import namesakes
from indexer.authors.labelled_people import CERTAIN
from indexer.paper import Paper, name_key, name_of_slug
from indexer.query import AuthorName, Filter, Query, Sort
from indexer.search import Searcher

MOST_PASSED_OVER: Final = 20
"""Names that a chain leads around; each takes another search."""


@dataclass(frozen=True, slots=True)
class Link:
    """One step of a chain.

    Attributes:
        papers: those that both names are on, newest first; never none.
    """

    one: str
    other: str
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class Connection:
    """A shortest chain between two exact names.

    Attributes:
        names: both ends and whoever is between; none where nothing connects them.
        links: between each name and the next.
        passed_over: names on shorter chains, or equally short ones, whose papers there are by
            different people.
    """

    names: tuple[str, ...]
    links: tuple[Link, ...]
    passed_over: tuple[str, ...] = ()


def connect(searcher: Searcher, one: str, other: str) -> Connection:
    """Finds the shortest chain of co-authors between two exact names; see `Searcher.chain`.

    Where the index is certain that a name between them stands for different people on the papers
    before and after it, the chain leads around that name. The ends are names.
    """
    data = searcher.attachment(ATTACHED)
    table = None if data is None else read_table(data)
    passed_over: tuple[str, ...] = ()
    while True:
        names = searcher.chain(one, other, passed_over)
        links = tuple(
            Link(here, there, _shared(searcher, here, there)) for here, there in pairwise(names)
        )
        broken = None if table is None else _different_people(table, links)
        if broken is None or len(passed_over) == MOST_PASSED_OVER:
            return Connection(names, links, passed_over)
        passed_over = (*passed_over, broken)


def _different_people(table: PeopleTable, links: Sequence[Link]) -> str | None:
    """Returns the first name between two links whose papers are certainly by different people."""
    for before, after in pairwise(links):
        people = table.people(name_key(after.one))
        if people is not None and not any(
            _perhaps_one(people, first.id, second.id)
            for first, second in product(before.papers, after.papers)
        ):
            return after.one
    return None


def _perhaps_one(people: NamedPeople, first: str, second: str) -> bool:
    one, other = (people.number_of(paper_hash(paper_id)) for paper_id in (first, second))
    if one == other or not (one and other):
        return True
    return max(people.confidence[one], people.confidence[other]) < CERTAIN


def known_name(searcher: Searcher, text: str) -> str | None:
    """Finds the exact name that a text means: as typed, as a slug, or its busiest namesake.

    Returns:
        the name as the index shows it; None where no name reads so.
    """
    for key in dict.fromkeys((name_key(text), name_of_slug(text))):
        chain = searcher.chain(key, key)
        if chain:
            return chain[0]
    others = namesakes(searcher, text) if name_key(text) else ()
    return others[0].value if others else None


def _shared(searcher: Searcher, one: str, other: str) -> tuple[Paper, ...]:
    query = Query(
        clause=AuthorName(other, exact=True), filters=(Filter("author", (one,)),), sort=Sort.NEWEST
    )
    papers = (searcher.get(paper_id) for paper_id in searcher.ids(query))
    return tuple(
        paper
        for paper in papers
        # A name without a letter asks for nothing, so what comes back is looked at once more.
        if paper is not None and name_key(other) in map(name_key, paper.authors)
    )
