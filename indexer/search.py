"""The contract: what every backend is, gets and gives.

A `Searcher` is a snapshot of one generation; one `search` fills one page: hits, snippets, facets
and the receipt come back together. Texts, offsets and numbers, never HTML. The conformance suite
(`tests/conformance`) runs over every backend, against a brute-force index as the oracle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

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


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet.

    Attributes:
        value: what the filter takes; "unknown" for missing.
        count: number of hits if this value were the only one chosen in its facet, every other
            filter staying; so the number after a click.
        selected: it is among the included values.
        excluded: it is among the excluded values.
    """

    value: str
    count: int
    selected: bool = False
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one field among the hits under every filter but this field's own.

    Attributes:
        values: count falling, then value (years: newest first); selected and excluded values are
            always among them, whatever their count.
        distinct: how many values have hits, shown or not.
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
            said auto means no paper had all of them.
        repairs: what was mended, by position in the typed string.
        alternatives: what would find something, when this found nothing or fell back to "any";
            did-you-mean first.
    """

    read_as: str
    clauses: tuple[ClauseReading, ...] = ()
    matched: str = "all"
    repairs: tuple[Repair, ...] = ()
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """One page of answers.

    Attributes:
        total: exact number of papers that match.
        hits: those of the page asked for; empty past the end.
        facets: by field, those that were requested.
        generation: name of the index generation that answered.
        took_ms: wall time of the search, in milliseconds.
    """

    query: Query
    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[FacetField, Facet]
    receipt: Receipt
    generation: str
    took_ms: float = field(compare=False)


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What is in an index.

    Attributes:
        generation: name of the published generation, rising with each publication.
        built: when it was published, ISO 8601 in UTC.
        papers: number of papers.
        venues: distinct venues. authors: distinct exact names (`name_key`).
        first_year, last_year: CE; None where no paper has a year.
        bytes: size on disk.
        dumps: the sources it was made from, as the user gave them.
        backend: name of the engine.
    """

    generation: str
    built: str
    papers: int
    venues: int
    authors: int
    first_year: int | None
    last_year: int | None
    bytes: int
    dumps: tuple[str, ...]
    backend: str


@dataclass(frozen=True, slots=True)
class PaperTimes:
    """When a paper came into an index, and when it last became another there.

    Both outlive rebuilds as long as the paper stays; one that was taken out and comes again is
    new. Papers written in one block came in together, so their times are equal.

    Attributes:
        first_indexed: ISO 8601 in UTC, whole seconds, like `IndexInfo.built`.
        last_changed: the same, of the last time any field but `Paper.source` changed; never
            before `first_indexed`.
    """

    first_indexed: str
    last_changed: str


class Searcher(Protocol):
    """A snapshot of one generation; safe to use from several threads."""

    @property
    def generation(self) -> str:
        """Name of the generation this searcher reads."""

    def search(
        self,
        query: Query,
        *,
        facets: tuple[FacetRequest, ...] = DEFAULT_FACETS,
        explain: bool = False,
    ) -> Results:
        """Answer one page. No query raises, whatever its strings and clauses hold."""

    def count(self, query: Query) -> int:
        """Give the exact number of papers that match."""

    def ids(self, query: Query) -> Iterator[str]:
        """Give the ids of all matches in the query's order, lazily; page and per_page are void."""

    def get(self, paper_id: str) -> Paper | None:
        """Give back the paper with this id, equal to the one that was written."""

    def times(self, paper_id: str) -> PaperTimes | None:
        """Say when the paper with this id came in and last changed; None where there is none."""

    def values(
        self, field: FacetField, *, prefix: str = "", contains: str = "", limit: int = 20
    ) -> tuple[FacetValue, ...]:
        """List values of a field over the whole index, most papers first.

        Args:
            field: the facet.
            prefix: only values with a word that begins so, folded.
            contains: only values that hold this, folded.
            limit: most values to give; 0 = all.
        """

    def names(self, folded: str) -> tuple[FacetValue, ...]:
        """List the exact author names that fold to the same, DBLP numbers put aside.

        "tao lin" gives "Tao Lin" and "Tao Lin 0004"; "francois fleuret" gives both spellings.
        The count is the number of papers; most papers first.
        """

    def info(self) -> IndexInfo:
        """Say what is in this generation."""


class Writer(Protocol):
    """Collects changes; they are published as a new generation when its block ends well."""

    def add(self, paper: Paper) -> None:
        """Add a paper; one with the same id, old or new, is replaced by it."""

    def delete(self, paper_id: str) -> bool:
        """Take a paper out; say whether it was there."""


class Index(Protocol):
    """A place that holds published generations."""

    def searcher(self) -> AbstractContextManager[Searcher]:
        """Open the newest published generation; it stays readable until closed.

        Raises:
            IndexMissing: when nothing was published yet.
        """

    def writer(
        self, *, rebuild: bool = False, dumps: tuple[str, ...] = ()
    ) -> AbstractContextManager[Writer]:
        """Begin changes; leaving the block publishes them, an exception drops them all.

        Args:
            rebuild: begin from an empty index instead of the newest generation.
            dumps: names of the sources, for `IndexInfo`.

        Raises:
            IndexLocked: when another writer is at work.
        """

    def generation(self) -> str | None:
        """Name of the newest published generation, cheap enough to ask on every request."""
