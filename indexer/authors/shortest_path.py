"""How two authors are connected: the shortest chain of papers written together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from indexer.authors.clusters import namesakes
from indexer.paper import Paper, name_key, name_of_slug
from indexer.query import AuthorName, Filter, Query, Sort
from indexer.search import Searcher


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
    """

    names: tuple[str, ...]
    links: tuple[Link, ...]


def connect(searcher: Searcher, one: str, other: str) -> Connection:
    """Find the shortest chain of co-authors between two exact names; see `Searcher.chain`."""
    names = searcher.chain(one, other)
    links = tuple(
        Link(here, there, _shared(searcher, here, there)) for here, there in pairwise(names)
    )
    return Connection(names, links)


def known_name(searcher: Searcher, text: str) -> str | None:
    """Find the exact name that a text means: as typed, as a slug, or its busiest namesake.

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
