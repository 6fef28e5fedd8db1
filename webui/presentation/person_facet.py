"""The likely people of the names that a query asks for, as a facet: one link a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from indexer import (
    AuthorName,
    Filter,
    LabelledPerson,
    LikelyPerson,
    Query,
    Searcher,
    Words,
    format_clause,
    inner_clauses,
    labelled_people,
    leaves_of,
    name_key,
    parse_query,
)

MOST_NAMES: Final = 2
"""Names whose people are counted; each takes some milliseconds."""
MOST_PEOPLE: Final = 6


class PersonRow(NamedTuple):
    """One likely person.

    Attributes:
        label: what the papers are about.
        number: of the group on the author's page.
        papers: hits after following `href`.
    """

    label: str
    number: int
    papers: int
    href: str


@dataclass(frozen=True, slots=True)
class PersonPanel:
    """The likely people of one name among the hits.

    Attributes:
        rows: those with hits, most papers of the collection first.
    """

    name: str
    rows: tuple[PersonRow, ...]


def person_panels(
    searcher: Searcher, query: Query, write: Callable[[Query], str]
) -> tuple[PersonPanel, ...]:
    """Returns the people of the exact names that a query asks for or filters by.

    Args:
        searcher: the snapshot that answers the query.
        query: as it was asked.
        write: returns the address of a query.
    """
    panels = []
    for name in tuple(_names(query))[:MOST_NAMES]:
        rows = []
        for person in labelled_people(searcher, name)[:MOST_PEOPLE]:
            chosen = _by_person(query, person)
            count = searcher.count(chosen)
            if count:
                rows.append(PersonRow(person.label, person.number, count, write(chosen)))
        if rows:
            panels.append(PersonPanel(name, tuple(rows)))
    return tuple(panels)


def _names(query: Query) -> Iterator[str]:
    """Yields the exact names in question, each once: chosen, typed in words, typed with a sign."""
    names = list(query.filter("author").include)
    if query.author is not None and query.author.is_first:
        names.append(query.author.authors[0].name)
    names += [
        leaf.name for leaf in leaves_of(query.clause) if isinstance(leaf, AuthorName) and leaf.exact
    ]
    seen: set[str] = set()
    for name in names:
        if name_key(name) not in seen:
            seen.add(name_key(name))
            yield name


def _by_person(query: Query, person: LabelledPerson) -> Query:
    """Returns the query for the papers of one person, in place of the name."""
    asked = format_clause(LikelyPerson(person.name, person.number))
    text = query.text.strip()
    if query.author is not None and query.author.is_first:
        text = ""  # the words are the name
    elif query.clause is not None:
        grouped = not isinstance(query.clause, Words) and inner_clauses(query.clause)
        text = f"({text})" if grouped else text
    authors = Filter("author", exclude=query.filter("author").exclude)
    others = tuple(kept for kept in query.filters if kept.field != "author")
    filters = (*others, authors) if authors.exclude else others
    parsed = parse_query(f"{text} {asked}".strip(), filters=filters, match=query.match)
    return replace(parsed, years=query.years, sort=query.sort, per_page=query.per_page)
