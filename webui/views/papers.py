"""A paper, an author's name, a venue: each a page, and the same address in other formats.

The end of the address is the representation: none for the page, ``.json``, ``.bib``, ``.ris``,
``.csl.json``, ``.enw``, ``.csv``, ``.jsonl``.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from indexer import (
    CITATION_FORMATS,
    REFERENCE_STYLES,
    UNKNOWN,
    FacetRequest,
    Filter,
    HitJson,
    Paper,
    Query,
    RecordField,
    Sort,
    Value,
    YearRange,
    format_clause,
    name_slug,
    named_paper,
    paper_json,
    related_papers,
    results_json,
    shared_terms,
    versions_of_paper,
    write_citations,
)
from webui.http import request_context
from webui.openapi.answers import VenueResultsJson
from webui.presentation.charts import year_histogram
from webui.presentation.hit import shown
from webui.presentation.metadata import highwire, scholarly_article, typed_links
from webui.presentation.record_rows import record_rows
from webui.presentation.results_page import entries, first, pager
from webui.urls import query_edits
from webui.urls.slugs import Moved, find_venue, parted
from webui.urls.url_builder import dotted, undotted
from webui.views import authors
from webui.views.exports import references
from webui.views.feeds import feed
from webui.views.json_api import answer, requested_facets, selected

blueprint = Blueprint("records", __name__)


@blueprint.get("/paper/<address:address>")
def paper(address: str) -> ResponseReturnValue:
    """Shows one paper; a DOI or another identifier in place of its id leads to it.

    Raises:
        NotFound: when no paper has this id.
    """
    searcher = request_context.searcher()
    paper_id, suffix = parted(address, lambda tried: searcher.get(tried) is not None)
    # An address with a suffix, or of an earlier version, has its dots written otherwise.
    spellings = (paper_id, undotted(paper_id), dotted(paper_id))
    found = next(
        (candidate for candidate in map(searcher.get, dict.fromkeys(spellings)) if candidate), None
    )
    if found is None:
        whole, part = named_paper(searcher, address), named_paper(searcher, paper_id)
        if (named := part or whole) is not None:
            ending = f".{suffix}" if suffix and part else ""
            return redirect(url_for("records.paper", address=named.id + ending))
    if found is None or suffix == "atom":
        abort(404)
    if suffix == "json":
        return answer(paper_json(found))
    if suffix:
        return references([found], suffix, name_slug(found.id))
    return _paper_page(found)


def _paper_page(found: Paper) -> ResponseReturnValue:
    searcher, display = request_context.searcher(), request_context.display()
    near = related_papers(searcher, found)
    here = url_for("records.paper", address=found.id, _external=True)
    formats = representations("records.paper", address=found.id)
    page = make_response(
        render_template(
            "records/paper.html",
            paper=found,
            rows=record_rows(found, _alike),
            shown=shown(found, display),
            address=here,
            highwire=highwire(found, here),
            article=scholarly_article(found, here),
            formats=formats,
            bibtex="".join(write_citations([found], "bibtex")).strip(),
            references=[(label, write(found)) for label, write in REFERENCE_STYLES.values()],
            versions=[
                shown(version, display) for version in versions_of_paper(searcher, found, near)
            ],
            terms=near.terms,
            related=[
                (shown(hit.paper, display), shared_terms(near.terms, hit.paper))
                for hit in near.hits
            ],
            generation=searcher.generation,
        )
    )
    authors = dict.fromkeys(
        url_for("records.author", slug=name_slug(name), _external=True) for name in found.authors
    )
    described = [(format_["absolute"], format_["media"]) for format_ in formats]
    page.headers["Link"] = typed_links(found, described, list(authors))
    return page


def _alike(field: RecordField, value: str) -> str:
    """Returns the address of a search for the papers with a value in a field of the record."""
    return request_context.search_href(Query(text=format_clause(Value(field, value))))


@blueprint.get("/author/<slug>")
def author(slug: str) -> ResponseReturnValue:
    """Shows the papers of one exact author name, and of others put with it.

    Raises:
        NotFound: when no name folds to this one.
    """
    return authors.respond(slug)


@blueprint.get("/author/<slug>/<part>")
def person(slug: str, part: str) -> ResponseReturnValue:
    """Shows the papers of one of the people who seem to bear an exact author name.

    Raises:
        NotFound: when no name folds to this one, or it has no group of this number.
    """
    return authors.respond(slug, part)


@blueprint.get("/venue/<slug>", defaults={"part": ""})
@blueprint.get("/venue/<slug>/<part>")
def venue(slug: str, part: str) -> ResponseReturnValue:
    """Shows the papers of one venue, newest first, or of one year of it, by title.

    Raises:
        NotFound: when no venue folds to this name, or it has no paper in the year.
    """
    searcher = request_context.searcher()
    part, suffix = parted(part, lambda _: False)
    if part and not (part.isascii() and part.isdecimal() and len(part) < 5):
        abort(404)
    if not part:
        slug, suffix = parted(slug, lambda tried: isinstance(find_venue(searcher, tried), str))
    name = find_venue(searcher, slug)
    if name is None or (part and suffix == "atom"):
        abort(404)
    year = int(part) if part else None
    if isinstance(name, Moved):
        return redirect(_venue_href(name.slug, year, suffix=suffix))
    query = Query(
        filters=(Filter("venue", (name,)),),
        years=YearRange(year, year),
        sort=Sort.NEWEST if year is None else Sort.TITLE,
        page=request_context.page(),
        per_page=request_context.params().per_page,
    )
    if suffix == "atom":
        return _feed(Filter("venue", (name,)), name, "records.venue", slug)
    if suffix not in ("", "json"):
        ids = searcher.ids(query)
        request_context.require_complete()
        found = (searcher.get(paper_id) for paper_id in ids)
        papers = (paper_ for paper_ in found if paper_ is not None)
        return references(papers, suffix, f"{slug}-{year}" if year else slug)
    facets: tuple[FacetRequest, ...] = (FacetRequest("year", 0), FacetRequest("author", 12))
    if suffix == "json":
        facets = requested_facets(facets)
    results = searcher.search(query, facets=facets)
    if not results.total:
        abort(404)
    if suffix == "json":
        said: VenueResultsJson = {"venue": name, **results_json(results)}
        return answer({**said, "hits": selected(said["hits"], HitJson)})
    years = results.facets["year"]
    found_by = query_edits.sorted_by(query, Sort.RELEVANCE)
    named = {"slug": slug, "part": str(year)} if year else {"slug": slug}
    return render_template(
        "records/venue.html",
        name=name,
        year=year,
        years=[
            {
                "year": int(value.value),
                "count": value.count,
                "href": _venue_href(slug, int(value.value)),
            }
            for value in years.values
            if value.value.isdecimal() and value.count
        ],
        authors=[
            {
                "name": value.value,
                "count": value.count,
                "href": request_context.search_href(
                    query_edits.narrowed(found_by, "author", value.value)
                ),
            }
            for value in results.facets["author"].values
            if value.value != UNKNOWN and value.count
        ],
        results=results,
        entries=entries(results, request_context.display()),
        first=first(results),
        histogram=year_histogram(years, lambda at: _venue_href(slug, at), lambda at: at == year),
        pager=pager(
            query.page,
            query.per_page,
            results.total,
            lambda to: _venue_href(slug, year, page=to),
        ),
        here=_venue_href(slug, year),
        search_href=request_context.search_href(found_by),
        formats=representations("records.venue", **named),
    )


def representations(endpoint: str, **named: str) -> list[dict[str, str]]:
    """Lists the other formats of a page: label, media type and address of each.

    Args:
        endpoint: of the page.
        named: what its address is made of; the suffix goes to the last of them.
    """
    last = list(named)[-1]
    kinds = [
        (format_.label, format_.suffix, format_.media_type) for format_ in CITATION_FORMATS.values()
    ]
    kinds.append(("JSON", "json", "application/json"))
    found: list[dict[str, str]] = []
    for label, suffix, media in kinds:
        parts: dict[str, Any] = named | {last: f"{named[last]}.{suffix}"}
        found.append(
            {
                "label": label,
                "media": media.partition(";")[0],
                "href": url_for(endpoint, **parts),
                "absolute": url_for(endpoint, **parts, _external=True),
            }
        )
    return found


def _feed(chosen: Filter, title: str, endpoint: str, slug: str) -> Response:
    """Returns the papers of an author name or a venue as a feed, last added first."""
    query = Query(filters=(chosen,), sort=Sort.ADDED, page=request_context.page(), per_page=50)

    def href(page: int) -> str:
        there = f"{slug}.atom"
        return url_for(endpoint, slug=there, page=page if page > 1 else None, _external=True)

    return feed(query, title, url_for(endpoint, slug=slug), href)


def _venue_href(slug: str, year: int | None, *, suffix: str = "", page: int = 1) -> str:
    ending = f".{suffix}" if suffix else ""
    if year is None:
        return url_for("records.venue", slug=slug + ending, page=page if page > 1 else None)
    part = f"{year}{ending}"
    return url_for("records.venue", slug=slug, part=part, page=page if page > 1 else None)
