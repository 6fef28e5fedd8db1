"""What comes back from a search: hits, snippets, facets and the receipt, as plain values.

Texts, offsets and numbers, never HTML; `indexer.search` says what holds of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from indexer.paper import Paper
from indexer.query import Clause, FacetField, Query, Repair, TextField


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text: characters from `start` up to, not including, `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of the paper's own text with what matched in it.

    Attributes:
        field: "title", "abstract" or "author".
        text: a contiguous piece of the field, for "author" one whole name.
        offset: where the piece begins in the field, in characters; for "author" the place of
            the name in the list, from 0.
        spans: matched stretches within `text`, in order, not touching each other.
        whole: whether the piece is the whole field.
    """

    field: TextField
    text: str
    offset: int = 0
    spans: tuple[Span, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Contribution:
    """One summand of a score: `value` adds up, over a hit, to its score.

    Attributes:
        label: the term or signal, in words for the reader ("federat" in title, "coverage").
        field: the field it comes from, or empty for a signal over the whole paper.
    """

    label: str
    field: str
    value: float


@dataclass(frozen=True, slots=True)
class Hit:
    """One paper found.

    Attributes:
        score: unitless, comparable only within one result; 0 where nothing was asked.
        snippets: the title first (whole), then every author name that matched, then the best
            passage of the abstract, if it has one.
        why: what the score is made of; empty unless `explain` was asked.
    """

    paper: Paper
    score: float
    snippets: tuple[Snippet, ...] = ()
    why: tuple[Contribution, ...] = ()


class FacetValue(NamedTuple):
    """One value of a facet; a tuple, as a page has some eighty of them.

    Attributes:
        value: what the filter takes; "unknown" for missing.
        count: number of hits if this value were the only one chosen in its facet, every other
            filter staying; so the number after a click.
        selected: it is among the included values.
        excluded: it is among the excluded values.
    """

    value: str
    count: int  # type: ignore[assignment] # the number, not the method of tuples
    selected: bool = False
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one field among the hits under every filter but this field's own.

    Attributes:
        values: count falling, then value (years: newest first); selected and excluded values are
            always among them, whatever their count.
        distinct: how many values have hits, shown or not.

    Under `Match.AUTO` the hits are those of the query without this field's filter: where these have
    all words, a selected or excluded value of which no paper has all still shows what a click on it
    would find, the papers with some of the words.
    """

    field: FacetField
    values: tuple[FacetValue, ...]
    distinct: int


@dataclass(frozen=True, slots=True)
class FacetRequest:
    """What to show of one facet.

    Attributes:
        limit: most values to give; 0 = all of them.
        offset: values to pass over first, for paging inside a facet.
        contains: only values that hold this text, without case and accents.
    """

    field: FacetField
    limit: int = 20
    offset: int = 0
    contains: str = ""


DEFAULT_FACETS = (
    FacetRequest("venue", 20),
    FacetRequest("year", 0),
    FacetRequest("type", 0),
    FacetRequest("author", 20),
)


_CUT: Final = ("left out: ", "stopped at ")
"""How the notes of clauses begin that the budget of the query has cut, see `indexer.budget`."""


@dataclass(frozen=True, slots=True)
class ClauseReading:
    """One clause of the query, as it was read.

    Attributes:
        text: the clause in query syntax.
        hits: papers that match it on its own, without the rest of the query and filters.
        emptied: it is the one that left nothing: with it no hits, without it some.
        note: what to know of it ("stop word: not asked for", "first 500 of 1,912 words").
    """

    clause: Clause
    text: str
    hits: int
    emptied: bool = False
    note: str = ""

    @property
    def cut(self) -> bool:
        """Whether the clause was left out or not looked at whole; `note` says why."""
        return self.note.startswith(_CUT)


@dataclass(frozen=True, slots=True)
class Alternative:
    """A query that would find more, with its count, verified by running it.

    Attributes:
        label: what it does, for the reader ('without "lidar"', "in any year").
        query: the changed query, page 1.
        total: its exact number of hits, more than the original's.
    """

    label: str
    query: Query
    total: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """How the query was read.

    Attributes:
        read_as: the query in full syntax, precedence shown by parentheses.
        clauses: its leaves in order.
        matched: "all" or "any": what bare words had to do in the end; "any" although the query
            said auto means that few papers had all of them, or none under the filters.
        all_words: hits that have all bare words; they come first in the order by relevance. None
            unless the query said auto and `matched` is "any".
        ordered_by: the model by whose likeness of meaning the best hits are ordered beside their
            words; empty where words alone order them.
        all_words_elsewhere: papers that have all bare words but do not pass the filters; counted
            where `all_words` is.
        repairs: what was mended, by position in the typed string.
        alternatives: what would find something, when this found nothing or no hit has all words;
            did-you-mean first.
    """

    read_as: str
    clauses: tuple[ClauseReading, ...] = ()
    matched: str = "all"
    repairs: tuple[Repair, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    all_words: int | None = None
    all_words_elsewhere: int = 0
    ordered_by: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """One page of answers.

    Attributes:
        total: exact number of papers that match.
        hits: those of the page asked for; empty past the end.
        facets: by field, those that were requested.
        generation: name of the index generation that answered.
        took_ms: wall time of the search, in milliseconds.
        close: papers close in meaning that have not all words, best first, outside `total` and
            the facets; their scores are cosines. Empty where the index has no vectors.
        timed_out: whether its deadline has cut anything: the receipt says what, and the same
            query may find more later.
    """

    query: Query
    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[FacetField, Facet]
    receipt: Receipt
    generation: str
    took_ms: float = field(compare=False)
    timed_out: bool = False
    close: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """The way from one generation to another, by ids rising.

    Attributes:
        added: in the later one only.
        changed: in both, with any field but `Paper.source` different.
        gone: in the earlier one only.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
