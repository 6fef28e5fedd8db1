"""The shapes of the JSON objects that `indexer.serialization.json_objects` writes, one class each.

The type checker holds the functions to them, and the description of the web's API is made from
them: what ``Attributes:`` says of a key is what clients are told. A key that is not always there is
`NotRequired`. Metadata of `Annotated` is the type to describe where JSON has a plain object:
``Annotated[list[Json], list[Author]]`` holds objects with the fields of `Author`, the empty ones
left out.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from indexer.author import Author
from indexer.publication import Publication
from indexer.query import FacetField

Json = dict[str, Any]


class FacetValueJson(TypedDict):
    """One value of a facet.

    Attributes:
        value: what the filter of this facet takes; "unknown" for papers without one.
        count: papers with this value under every filter but this facet's own.
        selected: the filter includes it.
        excluded: the filter excludes it.
    """

    value: str
    count: int
    selected: bool
    excluded: bool


class SnippetJson(TypedDict):
    """A piece of a paper's text with what matched in it.

    Attributes:
        field: "title", "abstract" or "author".
        text: a contiguous piece of the field; of "author" one whole name.
        offset: where the piece begins in the field, in characters; of "author" the place of the
            name in the list, from 0.
        spans: matched stretches within the text, each as start and end in characters.
        whole: the piece is the whole field.
    """

    field: str
    text: str
    offset: int
    spans: list[list[int]]
    whole: bool


class ContributionJson(TypedDict):
    """One summand of a score.

    Attributes:
        label: the term or signal.
        field: the field it comes from; empty for a signal over the whole paper.
        value: what it adds to the score.
    """

    label: str
    field: str
    value: float


class HitJson(TypedDict):
    """One paper found.

    Attributes:
        id: of the paper.
        score: comparable within one answer only.
        title: may hold TeX between dollar signs.
        authors: names as printed, in order.
        authors_complete: whether the source named all authors.
        venue: empty where it is not known.
        year: null where it is not known.
        type: "conference", "journal" or empty.
        doi: without an address; empty where there is none.
        url: where the source shows the paper.
        snippets: the title, then names that matched, then the best passage of the abstract.
        why: what the score is made of; with explain=1.
        versions: ids of other versions of the work; with versions=collapse.
    """

    id: str
    score: float
    title: str
    authors: list[str]
    authors_complete: bool
    venue: str
    year: int | None
    type: str
    doi: str
    url: str
    snippets: list[SnippetJson]
    why: NotRequired[list[ContributionJson]]
    versions: NotRequired[list[str]]


class QueryJson(TypedDict):
    """What was asked, as parameters of /search.

    Attributes:
        q: the query as typed.
        venue: values of the filter; likewise the other facets.
        venue_not: values that the filter excludes; likewise the other facets.
        year_from: first year.
        year_to: last year.
        match: how many of the query's words a paper must contain.
        sort: order of the results.
        page: from 1.
        per_page: results per page.
    """

    q: str
    venue: NotRequired[list[str]]
    venue_not: NotRequired[list[str]]
    year: NotRequired[list[str]]
    year_not: NotRequired[list[str]]
    type: NotRequired[list[str]]
    type_not: NotRequired[list[str]]
    author: NotRequired[list[str]]
    author_not: NotRequired[list[str]]
    year_from: NotRequired[int]
    year_to: NotRequired[int]
    match: str
    sort: str
    page: int
    per_page: int


class ClauseJson(TypedDict):
    """One clause of a query, as it was read.

    Attributes:
        text: in the query language.
        hits: papers that match it on its own.
        emptied: it is the clause that left nothing.
        note: what to know of it; mostly empty.
    """

    text: str
    hits: int
    emptied: bool
    note: str


class RepairJson(TypedDict):
    """What was mended in a query.

    Attributes:
        start: first character of the query that is concerned.
        end: the character after the last.
        reason: a sentence.
    """

    start: int
    end: int
    reason: str


class AlternativeJson(TypedDict):
    """A query that finds more.

    Attributes:
        label: what it changes, for readers.
        total: papers that it finds.
        parameters: of /search.
    """

    label: str
    total: int
    parameters: QueryJson


class ReceiptJson(TypedDict):
    """How a query was read.

    Attributes:
        read_as: the query in full syntax.
        matched: "all" or "any": how many of its words a paper had to contain in the end.
        clauses: its parts, in order.
        repairs: what was mended.
        alternatives: queries that find something where this found nothing, or few have all words.
        all_words: papers that have all words, where `matched` is "any" by match=auto.
        all_words_elsewhere: papers that have them but do not pass the filters.
        ordered_by: the model of meaning that ordered the best results, if one did.
    """

    read_as: str
    matched: str
    clauses: list[ClauseJson]
    repairs: list[RepairJson]
    alternatives: list[AlternativeJson]
    all_words: NotRequired[int]
    all_words_elsewhere: NotRequired[int]
    ordered_by: NotRequired[str]


class IdentifierJson(TypedDict):
    """What a search by identifier gave.

    Attributes:
        sentence: for readers.
        scheme: "doi", "arxiv" and the like; "id" for a paper's own id.
        value: the identifier.
        found: a paper of the collection has it.
        address: where the scheme shows a work that is not here; may be empty.
    """

    sentence: str
    scheme: str
    value: str
    found: bool
    address: str


class NameJson(TypedDict):
    """A name and the last part of the address of its page.

    Attributes:
        name: as printed.
        slug: for /author/.
    """

    name: str
    slug: str


class CountedNameJson(NameJson):
    """A name with its number of papers.

    Attributes:
        count: papers.
    """

    count: int


class TypedNameJson(TypedDict):
    """An author's name that was typed as plain words.

    Attributes:
        name: as typed.
        first: papers by these authors come first.
        authors: names of the collection that it fits, best first.
    """

    name: str
    first: bool
    authors: list[CountedNameJson]


class ResultsJson(TypedDict):
    """One page of results.

    Attributes:
        query: as typed.
        total: papers that match, exactly.
        took_ms: milliseconds that the search took.
        timed_out: a deadline has cut something; the receipt says what.
        generation: of the index that answered.
        page: from 1.
        per_page: results per page.
        parameters: what was asked.
        receipt: how the query was read.
        identifier: where one was asked for.
        author: where an author's name was typed as words.
        hits: the papers of this page, or the keys of them that fields= names.
        close: papers close in meaning that have not all words.
        facets: values by facet, those that facets= names; by default all.
        facet_distinct: number of values with hits by facet, listed or not.
    """

    query: str
    total: int
    took_ms: float
    timed_out: NotRequired[Literal[True]]
    generation: str
    page: int
    per_page: int
    parameters: QueryJson
    receipt: ReceiptJson
    identifier: NotRequired[IdentifierJson]
    author: NotRequired[TypedNameJson]
    hits: list[HitJson]
    close: NotRequired[list[HitJson]]
    facets: dict[FacetField, list[FacetValueJson]]
    facet_distinct: dict[FacetField, int]


class DetailsJson(TypedDict, total=False):
    """Details of a paper; a key is there only where something is known.

    Attributes:
        author_details: one for each author.
        identifiers: by scheme; a list where a scheme has several.
        publication: volume, pages, publisher and the like.
    """

    author_details: Annotated[list[Json], list[Author]]
    identifiers: dict[str, str | list[str]]
    publication: Annotated[Json, Publication]


class PaperJson(DetailsJson):
    """A whole paper.

    Attributes:
        id: permanent within the collection.
        title: may hold TeX between dollar signs.
        abstract: empty where it is not known.
        authors: names as printed, in order.
        authors_complete: whether the source named all authors.
        venue: empty where it is not known.
        year: null where it is not known.
        type: "conference", "journal" or empty.
        doi: without an address; empty where there is none.
        url: where the source shows the paper.
        keywords: the authors' own.
        source: where the record was read.
    """

    id: str
    title: str
    abstract: str
    authors: list[str]
    authors_complete: bool
    venue: str
    year: int | None
    type: str
    doi: str
    url: str
    keywords: list[str]
    source: str


class IndexInfoJson(TypedDict):
    """What is in an index.

    Attributes:
        generation: name of the published state.
        built: when it was published, ISO 8601.
        papers: number of papers.
        venues: distinct venues.
        authors: distinct names.
        first_year: null where no paper has a year.
        last_year: null where no paper has a year.
        bytes: size on disk.
        dumps: names of the sources.
        backend: name of the engine.
        identity: random text of the index; an index made anew has another.
    """

    generation: str
    built: str
    papers: int
    venues: int
    authors: int
    first_year: int | None
    last_year: int | None
    bytes: int
    dumps: list[str]
    backend: str
    identity: str
