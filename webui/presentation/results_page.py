"""The results page as a value: what its templates show, and the addresses of its links.

Laid out from the answer, the addresses of its search and the renderer of texts alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Final, NamedTuple

from indexer import (
    CITATION_FORMATS,
    MOST_TOGETHER,
    OFFERED_AUTHORS,
    FacetField,
    Filter,
    IdentifierAnswer,
    Match,
    Paper,
    Query,
    Results,
    Sort,
    TypedName,
    Works,
    YearRange,
    identifier_answer,
    name_slug,
    other_authors,
    relaxation_sentence,
    versions_among,
)
from webui.presentation.charts import Histogram, year_histogram
from webui.presentation.facets import PLURALS, Chip, Panel, chips, facet_panel
from webui.presentation.hit import Entry, Shown, entry, shown
from webui.presentation.markup import Display
from webui.presentation.person_facet import PersonPanel
from webui.urls import query_edits
from webui.urls.alert_lines import search_line
from webui.urls.search_urls import SearchUrls

_SORTS: Final = (
    (Sort.RELEVANCE, "relevance"),
    (Sort.NEWEST, "newest"),
    (Sort.OLDEST, "oldest"),
    (Sort.TITLE, "title"),
    (Sort.ADDED, "recently added"),
)
_SIZES: Final = (10, 20, 50, 100)
_LISTED: Final[tuple[FacetField, ...]] = ("venue", "type", "author")
"""Facets shown as lists of values; the year has its histogram."""
_FORM: Final = frozenset(
    "venue venue_not type type_not author author_not year_from year_to page".split()
)
"""Parameters that the filter form shows, and the page that it resets; others travel hidden."""
_SHOWN_CUTS: Final = 3
"""Clauses that are left out or cut and stand on the page by themselves."""


class Choice(NamedTuple):
    """A link that shows the same answer otherwise: in another order, or more of it a page."""

    label: str
    href: str
    current: bool


class AlternativeLink(NamedTuple):
    """A query that finds more, and how many papers it finds."""

    label: str
    total: int
    href: str


class AuthorLink(NamedTuple):
    """The page of an author, and how many papers it has."""

    name: str
    papers: int
    href: str


class OfferedAuthors(NamedTuple):
    """The authors whom a name typed as words fits.

    Attributes:
        authors: the likeliest first.
        also: how many others there are, in words.
        more: whether more fit than are shown.
    """

    authors: tuple[AuthorLink, ...]
    also: str
    more: bool


class VersionLink(NamedTuple):
    """Another version of a paper; `name` is where it appeared."""

    name: str
    href: str


class FormatLink(NamedTuple):
    """The hits as a file of references.

    Attributes:
        name: of the format, as `CITATION_FORMATS` has it.
        label: the name for the reader.
        media: media type without its parameters.
    """

    name: str
    label: str
    media: str
    href: str


class CutClauses(NamedTuple):
    """Clauses that are left out or cut short.

    Attributes:
        first: text and note of the first few.
        others: number of the others.
    """

    first: tuple[tuple[str, str], ...]
    others: int


class RelaxationNotice(NamedTuple):
    """What is said where papers that lack some words are among the hits.

    Attributes:
        sentence: empty where nothing is to be said.
        all_words: papers that have all the words.
        href: leads to these alone.
    """

    sentence: str
    all_words: int
    href: str


class ScoreExplanation(NamedTuple):
    """Whether the scores are explained, and the address where they are."""

    on: bool
    href: str


@dataclass(frozen=True, slots=True)
class PageLink:
    """One link of the pager.

    Attributes:
        page: from 1; 0 stands for pages left out.
        href: empty for the current page and for a gap.
    """

    page: int
    href: str


@dataclass(frozen=True, slots=True)
class Pager:
    """The pager below a result; `previous` and `next` are empty where there is none."""

    page: int
    last: int
    turns: tuple[PageLink, ...]
    previous: str
    next: str


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """All that the page of an answer shows, under the names that its templates use.

    Attributes:
        entries: the hits, laid out.
        close: papers close in meaning, outside the results.
        works: the page with the versions of each work grouped, where that was asked for.
        others: by id of a hit, the other versions of it.
        most_together: results up to which works are counted.
        compact: whether hits take less room; `compact_href` leads to the other view.
        ranked: whether the hits are ordered by how well they match.
        together_href: the same search with versions grouped, or separate where they are grouped.
        first: rank of the first hit among all, from 1.
        kept: parameters that the form of filters carries along hidden.
        panels: the facets shown as lists; `years` is the one shown as a histogram.
        people: the likely people of the names asked for.
        plural: how many values of a facet are called.
        all_values: by field, the address of the page with all its values.
        years_asked: whether any filter of years stands.
        clear: the search without its filters.
        identified: what to say of a search for one identifier.
        named: the pages of the authors whom a typed name fits.
        last_href: the last page of the results.
        canonical: the address of this page.
        json_href: the same as JSON.
        follow_href: its feed.
        record_href: its record.
        alert_line: the entry of an alerts file that watches it.
        topics_href: its topics.
    """

    query: Query
    results: Results
    entries: tuple[Entry, ...]
    close: tuple[Shown, ...]
    works: Works | None
    others: Mapping[str, tuple[VersionLink, ...]]
    most_together: int
    compact: bool
    compact_href: str
    ranked: bool
    together_href: str
    first: int
    kept: tuple[tuple[str, str], ...]
    panels: tuple[Panel, ...]
    people: tuple[PersonPanel, ...]
    plural: Mapping[FacetField, str]
    all_values: Mapping[FacetField, str]
    years: Panel
    years_asked: bool
    histogram: Histogram | None
    chips: tuple[Chip, ...]
    clear: str
    alternatives: tuple[AlternativeLink, ...]
    identified: IdentifierAnswer | None
    named: OfferedAuthors | None
    cut: CutClauses
    relaxed: RelaxationNotice
    sorts: tuple[Choice, ...]
    sizes: tuple[Choice, ...]
    pager: Pager
    last_href: str
    canonical: str
    json_href: str
    follow_href: str
    record_href: str
    alert_line: str
    topics_href: str
    formats: tuple[FormatLink, ...]
    explained: ScoreExplanation

    def variables(self) -> dict[str, object]:
        """Returns the page as variables of a template, by name of the attribute."""
        return {name: getattr(self, name) for name in _VARIABLES}


_VARIABLES: Final = tuple(field.name for field in fields(ResultsPage))


def results_page(
    results: Results,
    urls: SearchUrls,
    display: Display,
    works: Works | None = None,
    people: tuple[PersonPanel, ...] = (),
) -> ResultsPage:
    """Lays out an answer.

    Args:
        results: the answer, with the default facets.
        urls: writes the addresses of searches.
        display: renders the texts of papers.
        works: its page with the versions of each work put together, where that was asked for.
        people: the likely people of the names asked for.
    """
    query, facets = results.query, results.facets
    params, address = urls.params, urls.address
    write = urls.writer()
    turned = urls.turning(query)
    first_page = params.turning(query, "")(page=1)
    unpaged = params.turning(query, "")(page=1, per_page=params.per_page)
    here = turned()
    total = results.total if works is None or works.total is None else works.total
    ranked = _is_ranked(results)
    order = Sort.NEWEST if query.sort is Sort.RELEVANCE and not ranked else query.sort
    return ResultsPage(
        query=query,
        results=results,
        entries=entries(results, display, works),
        close=tuple(shown(hit.paper, display) for hit in results.close),
        works=works,
        others=_others(results, works, urls),
        most_together=MOST_TOGETHER,
        compact=params.compact,
        compact_href=urls.spacing(query, compact=not params.compact),
        ranked=ranked,
        together_href=urls.grouping(query, together=works is None),
        first=first(results),
        kept=tuple(pair for pair in params.pairs(query) if pair[0] not in _FORM),
        panels=tuple(facet_panel(query, facets[field], urls.around) for field in _LISTED),
        people=people,
        plural=PLURALS,
        all_values={field: address("pages.facet", field=field) + first_page for field in _LISTED},
        years=facet_panel(query, facets["year"], urls.around),
        years_asked=query.years != YearRange() or query.filter("year") != Filter("year"),
        histogram=histogram(query, results, urls),
        chips=chips(query, write),
        clear=write(query_edits.cleared(query)),
        alternatives=tuple(
            AlternativeLink(other.label, other.total, write(other.query))
            for other in results.receipt.alternatives
        ),
        identified=identifier_answer(results),
        named=_named(query.author, urls),
        cut=_cut(results),
        relaxed=RelaxationNotice(
            relaxation_sentence(results),
            results.receipt.all_words or 0,
            write(replace(query, match=Match.ALL, page=1)),
        ),
        sorts=tuple(
            Choice(label, turned(sort=sort, page=1), sort is order)
            for sort, label in _SORTS
            if ranked or sort is not Sort.RELEVANCE
        ),
        sizes=tuple(
            Choice(str(size), turned(page=1, per_page=size), size == query.per_page)
            for size in _SIZES
        ),
        pager=pager(query.page, query.per_page, total, lambda page: turned(page=page)),
        last_href=turned(page=last_page(total, query.per_page)),
        canonical=here,
        json_href=params.write(query, address("api.search")),
        follow_href=address("feeds.search") + unpaged,
        record_href=address("keeping.record") + unpaged,
        alert_line=search_line(query, params),
        topics_href=address("topics.page") + unpaged,
        formats=tuple(
            FormatLink(
                format.name,
                format.label,
                format.media_type.partition(";")[0],
                address("exports.search", suffix=format.suffix) + unpaged,
            )
            for format in CITATION_FORMATS.values()
        ),
        explained=ScoreExplanation(
            bool(results.hits and results.hits[0].why),
            f"{here}{'&' if '?' in here else '?'}explain=1",
        ),
    )


def entries(results: Results, display: Display, works: Works | None = None) -> tuple[Entry, ...]:
    """Lays out the hits of a page, numbered by their rank in the whole answer."""
    hits = results.hits if works is None else works.hits
    return tuple(entry(hit, rank, display) for rank, hit in enumerate(hits, first(results)))


def _is_ranked(results: Results) -> bool:
    """Returns whether relevance tells the hits apart; without words, they come newest first."""
    query = results.query
    if not query.text.strip():
        return False
    return query.sort is not Sort.RELEVANCE or not results.hits or results.hits[0].score > 0


def _named(typed: TypedName | None, urls: SearchUrls) -> OfferedAuthors | None:
    """Returns the author pages that are offered for a name; None where none was typed."""
    if typed is None:
        return None
    shown = tuple(
        AuthorLink(
            author.name,
            author.papers,
            urls.address("records.author", slug=name_slug(author.name)),
        )
        for author in typed.authors[: OFFERED_AUTHORS + 1]
    )
    return OfferedAuthors(shown, other_authors(typed), len(typed.authors) > len(shown))


def _others(
    results: Results, works: Works | None, urls: SearchUrls
) -> Mapping[str, tuple[VersionLink, ...]]:
    """Returns the other versions of each hit: those among the results, or else on this page."""
    versions = (
        versions_among([hit.paper for hit in results.hits]) if works is None else works.others
    )
    hits = results.hits if works is None else works.hits
    return {
        hit.paper.id: tuple(
            VersionLink(_appeared(version), urls.address("records.paper", address=version.id))
            for version in versions[hit.paper.id]
        )
        for hit in hits
        if hit.paper.id in versions
    }


def _appeared(paper: Paper) -> str:
    """Words where and when a version appeared."""
    words = [word for word in (paper.venue, str(paper.year or "")) if word]
    return " ".join(words) or "another record"


def _cut(results: Results) -> CutClauses:
    """Returns the clauses that are left out or cut: the first few, and the number of the others."""
    cut = [(clause.text, clause.note) for clause in results.receipt.clauses if clause.cut]
    return CutClauses(tuple(cut[:_SHOWN_CUTS]), len(cut[_SHOWN_CUTS:]))


def first(results: Results) -> int:
    """Returns the rank of the first hit of a page among all hits, from 1."""
    return (results.query.page - 1) * results.query.per_page + 1


def histogram(
    query: Query, results: Results, urls: SearchUrls, *, width: int = 272, height: int = 72
) -> Histogram | None:
    """Returns the histogram of the years of a result; each bar links to its year alone."""
    low, high = query.years.low, query.years.high
    asked = query.years != YearRange()
    return year_histogram(
        results.facets["year"],
        urls.around_year(query),
        lambda year: asked and (low is None or low <= year) and (high is None or year <= high),
        width=width,
        height=height,
    )


def last_page(total: int, per_page: int) -> int:
    """Returns the number of the last page with hits, 1 if there are none."""
    return max(1, -(-total // max(1, per_page)))


def pager(page: int, per_page: int, total: int, href: Callable[[int], str]) -> Pager:
    """Lays out the pages around one: the first, the last and two on either side.

    Args:
        page: the current one, from 1; it may lie past the last.
        per_page: hits a page, at least 1.
        total: hits in all.
        href: gives the address of a page.
    """
    last = last_page(total, per_page)
    wanted = {1, last, *range(max(1, page - 2), min(last, page + 2) + 1)}
    turns: list[PageLink] = []
    before = 0
    for rank in sorted(wanted):
        if rank == before + 2:
            turns.append(PageLink(before + 1, href(before + 1)))
        elif rank > before + 2:
            turns.append(PageLink(0, ""))
        turns.append(PageLink(rank, "" if rank == page else href(rank)))
        before = rank
    return Pager(
        page=page,
        last=last,
        turns=tuple(turns),
        previous=href(min(page - 1, last)) if page > 1 else "",
        next=href(page + 1) if page < last else "",
    )
