"""The pages for readers: home, results, a paper, an author's name, a venue, how to search."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer import (
    SYNTAX,
    UNKNOWN,
    FacetField,
    FacetRequest,
    Filter,
    Query,
    Sort,
    YearRange,
)
from webui import changes, current, layout
from webui.facets import PLURALS, facet_panel
from webui.faults import refused
from webui.histogram import year_histogram
from webui.listing import by_year, shown
from webui.lookup import Moved, find_author, find_paper, find_venue
from webui.pager import pager

blueprint = Blueprint("pages", __name__)
_AUTHOR_PAGE = 100
_VALUES = 200
"""Values on a page of all values of a facet."""


@blueprint.get("/")
def home() -> str:
    """Show the search form and what is in the index."""
    searcher = current.searcher()
    everything = Query(per_page=0)
    wanted = (FacetRequest("venue", 60), FacetRequest("year", 0))
    results = searcher.search(everything, facets=wanted)
    venues = [one for one in results.facets["venue"].values if one.value != UNKNOWN]
    return render_template(
        "pages/home.html",
        info=searcher.info(),
        histogram=layout.histogram(
            replace(everything, per_page=current.params().per_page), results
        ),
        venues=venues,
    )


@blueprint.get("/search")
def search() -> ResponseReturnValue:
    """Show one page of an answer with its filters."""
    asked = current.asked()
    if asked.faults:
        return refused(asked)
    query = asked.query
    explain = request.args.get("explain") == "1"
    results = current.searcher().search(query, explain=explain)
    return render_template("pages/search.html", notices=asked.notices, **layout.answer(results))


@blueprint.get("/facet/<any(venue, type, author):field>")
def facet(field: FacetField) -> ResponseReturnValue:
    """List all values of one facet of an answer, with a search among them."""
    asked = current.asked()
    if asked.faults:
        return refused(asked)
    query = replace(asked.query, page=1)
    contains = request.args.get("contains", "").strip()[:100]
    page = _page("values_page")
    # One value more than a page holds tells whether another page follows.
    offset = (page - 1) * _VALUES
    wanted = FacetRequest(field, limit=_VALUES + 1, offset=offset, contains=contains)
    results = current.searcher().search(replace(query, per_page=0), facets=(wanted,))
    found = results.facets[field]
    chosen = set(query.filter(field).include) | set(query.filter(field).exclude)
    listed = [one for one in found.values if one.value not in chosen]
    more = len(listed) > _VALUES
    rest = set(listed[:_VALUES])
    kept_values = tuple(one for one in found.values if one in rest or one.value in chosen)

    def turn(to: int) -> str:
        pairs = [*current.params().pairs(query), ("contains", contains), ("values_page", str(to))]
        written = urlencode([pair for pair in pairs if pair[1] and pair != ("values_page", "1")])
        return f"{url_for('pages.facet', field=field)}?{written}"

    return render_template(
        "pages/facet.html",
        query=query,
        notices=asked.notices,
        panel=facet_panel(query, replace(found, values=kept_values), layout.search_href),
        total=results.total,
        contains=contains,
        kept=current.params().pairs(query),
        narrowed_by=changes.filtered(changes.without_field(query, field)),
        plural=PLURALS,
        back=layout.search_href(query),
        previous=turn(page - 1) if page > 1 else "",
        next=turn(page + 1) if more else "",
        generation=results.generation,
    )


@blueprint.get("/paper/<address:address>")
def paper(address: str) -> ResponseReturnValue:
    """Show one paper.

    Raises:
        NotFound: when no paper has this id.
    """
    found, suffix = find_paper(current.searcher(), address)
    if found is None or suffix:
        abort(404)
    return render_template(
        "pages/paper.html",
        shown=shown(found, current.display()),
        paper=found,
        generation=current.searcher().generation,
        json_href=url_for("api.paper", address=found.id),
    )


@blueprint.get("/author/<slug>")
def author(slug: str) -> ResponseReturnValue:
    """Show the papers of one exact author name.

    Raises:
        NotFound: when no name folds to this one.
    """
    cluster = find_author(current.searcher(), slug)
    if cluster is None:
        abort(404)
    if isinstance(cluster, Moved):
        return redirect(url_for("pages.author", slug=cluster.slug))
    page = _page()
    listed = cluster.papers[(page - 1) * _AUTHOR_PAGE : page * _AUTHOR_PAGE]
    if not listed:
        abort(404)
    query = Query(filters=(Filter("author", (cluster.name,)),), per_page=current.params().per_page)
    return render_template(
        "pages/author.html",
        cluster=cluster,
        spellings=cluster.spellings if cluster.rows > 1 else (),
        same=cluster.same_folded,
        groups=by_year(listed, current.display()),
        pager=pager(
            page,
            _AUTHOR_PAGE,
            len(cluster.papers),
            lambda to: url_for("pages.author", slug=slug, page=to if to > 1 else None),
        ),
        search_href=layout.search_href(query),
        generation=current.searcher().generation,
        json_href=url_for("api.author", slug=slug),
    )


@blueprint.get("/venue/<slug>", defaults={"year": None})
@blueprint.get("/venue/<slug>/<int(max=9999):year>")
def venue(slug: str, year: int | None) -> ResponseReturnValue:
    """Show the papers of one venue, newest first, and its years.

    Raises:
        NotFound: when no venue folds to this name, or it has no paper in the year.
    """
    searcher = current.searcher()
    name = find_venue(searcher, slug)
    if name is None:
        abort(404)
    if isinstance(name, Moved):
        return redirect(url_for("pages.venue", slug=name.slug, year=year))
    page = _page()
    query = Query(
        filters=(Filter("venue", (name,)),),
        years=YearRange(year, year),
        sort=Sort.NEWEST if year is None else Sort.TITLE,
        page=page,
        per_page=current.params().per_page,
    )
    results = searcher.search(query, facets=(FacetRequest("year", 0), FacetRequest("author", 12)))
    if not results.total:
        abort(404)
    years = [
        {"year": int(one.value), "count": one.count, "href": _venue_href(slug, int(one.value))}
        for one in results.facets["year"].values
        if one.value.isdecimal() and one.count
    ]
    return render_template(
        "pages/venue.html",
        name=name,
        year=year,
        years=years,
        authors=[
            one for one in results.facets["author"].values if one.value != UNKNOWN and one.count
        ],
        results=results,
        entries=layout.entries(results),
        first=layout.first(results),
        histogram=year_histogram(
            results.facets["year"], lambda at: _venue_href(slug, at), lambda at: at == year
        ),
        pager=pager(page, query.per_page, results.total, lambda to: _venue_href(slug, year, to)),
        here=_venue_href(slug, year),
        search_href=layout.search_href(replace(query, page=1, sort=Sort.RELEVANCE)),
        json_href=url_for("api.venue", slug=slug, year=year),
    )


def _venue_href(slug: str, year: int | None, page: int = 1) -> str:
    return url_for("pages.venue", slug=slug, year=year, page=page if page > 1 else None)


@blueprint.get("/help")
def help_page() -> str:
    """Explain the query language."""
    return render_template("pages/help_page.html", syntax=SYNTAX)


def _page(name: str = "page") -> int:
    """Read the page of a list that has no other parameter; 404 where it has no such page."""
    given = request.args.get(name, "1")
    if not given.isascii() or not given.isdecimal() or not 1 <= int(given[:10]) <= 10**9:
        abort(404)
    return int(given[:10])
