"""A question as data: the tree of clauses, the filters beside it, the order and the page.

Nothing here knows an engine. `indexer.language` makes the tree from what a person typed and
writes it back; a backend evaluates it. A clause without a `field` speaks of title, abstract and
authors.

    Clause
    ├── Word, Phrase, Wildcard, Fuzzy      words of the text (or of one field of it)
    ├── AuthorName, LikelyPerson           who wrote it
    ├── Value, Years, Has                  the record around the text
    └── Words, And, Or, Not                clauses made of clauses
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

TextField = Literal["title", "abstract", "author"]
RecordField = Literal["affiliation", "orcid", "subject", "language", "kind"]
ValueField = Literal["venue", "type", "id", "identifier", "year", "label"] | RecordField
FacetField = Literal["venue", "year", "type", "author"]
FACET_FIELDS: tuple[FacetField, ...] = ("venue", "year", "type", "author")


class Occur(StrEnum):
    """How a clause of a run of words takes part (Lucene's MUST, SHOULD and MUST_NOT, as typed)."""

    DEFAULT = ""
    """As `Match` says: needed under "all", scored under "any"."""
    REQUIRED = "+"
    EXCLUDED = "-"


class Match(StrEnum):
    """Which of the bare words a paper must hold."""

    AUTO = "auto"
    """All of them, if enough papers of the collection have all (`Ranking.enough`).

    If fewer have, or none under the filters, any of them: papers that have all come first in the
    order by relevance, and the receipt counts both.
    """
    ALL = "all"
    ANY = "any"


class Sort(StrEnum):
    """The order of the hits; every order is total, so pages never overlap.

    A missing year comes last under every order.
    """

    RELEVANCE = "relevance"
    """Score falling, then newer year, then id; without a query the same as NEWEST."""
    NEWEST = "-year"
    """Year falling, then case-folded title, then id (the order of the Arrow author page)."""
    OLDEST = "year"
    """Year rising, then case-folded title, then id."""
    TITLE = "title"
    """Case-folded title rising, then newer year, then id."""
    ADDED = "-added"
    """Time of coming into the index (`PaperTimes.first_indexed`) falling, then as NEWEST."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word, matched by its stem, in title, abstract or authors (there by its folded form).

    Attributes:
        text: as typed, without operators; the analyzer folds it. It may fall into several tokens
            ("non-invasive"): these then form one compound, matched joined or adjacent.
        field: the only field to look in, or None for all three.
        exact: matched by folded surface form instead of stem (a quoted single word, or ``=word``).
        boost: factor on the score.
    """

    text: str
    field: TextField | None = None
    exact: bool = False
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in their folded surface forms, stop words included, near each other in one field.

    Attributes:
        text: the words as typed between the quotes.
        slop: 0 = adjacent and in this order; N > 0 = in any order, with at most N other words
            between the first and the last of them.
        boost: factor on the score.
    """

    text: str
    field: TextField | None = None
    slop: int = 0
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Folded surface forms that fit a pattern of ``*`` (any characters) and ``?`` (just one)."""

    pattern: str
    field: TextField | None = None
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Folded surface forms within an edit distance (insert, delete, replace, swap neighbours).

    Attributes:
        distance: 1 or 2.
    """

    text: str
    distance: int = 1
    field: TextField | None = None
    boost: float = 1.0


class Position(StrEnum):
    """Where in the list of authors a name must stand."""

    ANY = ""
    FIRST = "^"
    LAST = "$"


@dataclass(frozen=True, slots=True)
class AuthorName:
    """All parts of a name, within one author: order free, accents folded, initials opened.

    Attributes:
        name: as typed: "Martin Jaggi", "Jaggi, M", "M. Jaggi", "Jaggi".
        exact: the whole name must be this one (by `name_key`), as on the author's page.
    """

    name: str
    position: Position = Position.ANY
    exact: bool = False


@dataclass(frozen=True, slots=True)
class LikelyPerson:
    """One of the likely people who share an exact name: the papers of a group on its page.

    Attributes:
        name: the exact name (by `name_key`).
        number: of the group, from 1. One that was given up stands for the group that it leads to.
    """

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Value:
    """The venue, type or id is this one, compared without case and accents.

    Under "identifier" the value is ``scheme:identifier`` ("doi:10.1145/…"), compared by its key
    (`indexer.record.identifier_forms`).
    Of the field "label" it is "included", "excluded" or "any", see `indexer.reviews.labels`.
    A record field (`RecordField`) matches where one of its values has all the words, see
    `indexer.record.record_fields`. Of the field "year" it is a text that is no year: no paper
    matches it.
    """

    field: ValueField
    value: str


@dataclass(frozen=True, slots=True)
class Years:
    """Published from `low` to `high`, both included; None is open. Missing years never match."""

    low: int | None
    high: int | None


HasField = Literal["abstract", "authors", "venue", "year", "type", "doi", "url", "keywords"]


@dataclass(frozen=True, slots=True)
class Has:
    """The record has something in this field."""

    field: HasField


@dataclass(frozen=True, slots=True)
class Part:
    """One member of a run of words and how it takes part."""

    clause: Clause
    occur: Occur = Occur.DEFAULT


@dataclass(frozen=True, slots=True)
class Words:
    """Clauses side by side with no operator between them; `Match` says how many are needed.

    EXCLUDED parts only take away; a run of nothing but excluded parts starts from every paper.
    A part that is nothing but stop words takes no part unless all are (the receipt names them).
    """

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class And:
    """Every clause matches; the score is the sum of theirs."""

    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one clause matches; the score is the sum of those that do."""

    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The clause does not match; scores nothing."""

    clause: Clause


Leaf = Word | Phrase | Wildcard | Fuzzy | AuthorName | LikelyPerson | Value | Years | Has
Clause = Leaf | Words | And | Or | Not


@dataclass(frozen=True, slots=True)
class Filter:
    """Values of one facet that a hit must have, or must not have; compared exactly.

    Attributes:
        field: the facet. Years are written in digits; authors are compared by `name_key`.
            The value "unknown" stands for a missing one.
        include: any of these (OR); empty = no condition.
        exclude: none of these.
    """

    field: FacetField
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


def inner_clauses(clause: Clause) -> tuple[Clause, ...] | None:
    """Returns what a clause is made of, in order; None for a leaf."""
    match clause:
        case Words(parts):
            return tuple(part.clause for part in parts)
        case And(clauses) | Or(clauses):
            return clauses
        case Not(inner):
            return (inner,)
    return None


def leaves_of(clause: Clause | None) -> Iterator[Leaf]:
    """Yields the leaves of a tree in order, negated ones too.

    >>> [leaf.text for leaf in leaves_of(And((Word("graph"), Not(Word("tree")))))]
    ['graph', 'tree']
    """
    waiting: list[Clause] = [] if clause is None else [clause]
    while waiting:
        clause_ = waiting.pop()
        inner = inner_clauses(clause_)
        if inner is None:
            yield clause_  # type: ignore[misc]  # what is not made of clauses is a leaf
        else:
            waiting.extend(reversed(inner))


@dataclass(frozen=True, slots=True)
class YearRange:
    """The year filter of the form: from `low` to `high`, both included; None is open.

    It counts as part of the year facet: the histogram shows the years outside it, too.
    """

    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Repair:
    """Something the parser mended in what was typed.

    Attributes:
        start: offset in the typed string, from 0, in characters.
        end: offset after the last character of it.
        reason: one sentence for the reader.
    """

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class TypedFilter:
    """A venue or years that were typed among the words and are read as the filter they mean.

    Attributes:
        value: name of the venue; a year, or a range such as 2019-2022, 2021- and -2015.
        start: offset in the typed string, from 0, in characters.
        end: offset after the last character of it.
    """

    field: Literal["venue", "year"]
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NamedAuthor:
    """An exact author name of the index that a typed name fits.

    Attributes:
        name: as the index shows it.
        papers: number of papers in the collection.
    """

    name: str
    papers: int


@dataclass(frozen=True, slots=True)
class TypedName:
    """An author's name that was typed as plain words.

    Attributes:
        name: as it was read, given name first: "M. I. Jordan" for "Jordan MI".
        authors: the names of the index that it fits, best first; at least one.
        is_first: whether the papers of these authors come first; else their pages are only offered.
    """

    name: str
    authors: tuple[NamedAuthor, ...]
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Everything one page asks for.

    Attributes:
        text: what was typed, untouched.
        clause: what was understood; None where nothing was asked (every paper matches).
        repairs: what the parser mended, in order of position.
        filters: at most one a field, in the order of `FACET_FIELDS`.
        page: from 1.
        per_page: hits a page, 0 to 1000; 0 = counts only.
        typed: filters that were typed as words; the clause has them already.
        author: an author's name that was typed as words; the clause has it already.
    """

    text: str = ""
    clause: Clause | None = None
    repairs: tuple[Repair, ...] = ()
    filters: tuple[Filter, ...] = ()
    years: YearRange = field(default_factory=YearRange)
    match: Match = Match.AUTO
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    per_page: int = 20
    typed: tuple[TypedFilter, ...] = ()
    author: TypedName | None = None

    def filter(self, name: FacetField) -> Filter:
        """Returns the filter of one facet, an empty one where there is none."""
        return next(
            (facet_filter for facet_filter in self.filters if facet_filter.field == name),
            Filter(name),
        )
