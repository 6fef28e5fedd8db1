"""An author's page and its representations: the papers of a name, whatever the address chooses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, cast
from urllib.parse import quote, urlencode

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer import (
    CITATION_FORMATS,
    AuthorCluster,
    Group,
    LikelyPerson,
    Match,
    PaperJson,
    Searcher,
    Sort,
    cluster_json,
    format_clause,
    name_key,
    name_slug,
    shared_coauthor_names,
)
from webui.http import request_context
from webui.openapi.answers import AuthorPapersJson
from webui.presentation.author_filters import (
    Field,
    Narrowing,
    Selection,
    View,
    choose,
    names_beside,
    query_of,
    read_narrowing,
)
from webui.presentation.charts import draw, year_histogram
from webui.presentation.facets import facet_label
from webui.presentation.hit import by_year
from webui.presentation.results_page import pager
from webui.urls import query_edits
from webui.urls.alert_lines import author_line
from webui.urls.slugs import Moved, find_author, has_author, names_meant, parted
from webui.views.author_groups import SHOWN, group_rows, likely_people
from webui.views.exports import references
from webui.views.feeds import feed
from webui.views.json_api import answer, selected

_PAPERS: Final = 100
"""Papers on a page; of more, a page has `_PAPERS_OF_MANY`, so that it stays below 60 kB sent."""
_PAPERS_OF_MANY: Final = 50
_MOST_LISTED: Final = 2_000
"""Titles on the page that lists them all."""
_DIGITS: Final = 6
"""Digits of the number of a group that are read, at most, and one."""
_COAUTHORS: Final = 1000
_COAUTHORS_AT_FIRST: Final = 200
"""Co-author names of the first view; the others have more."""
_VENUES: Final = 12
"""Venues that stand without being asked for."""


def respond(address: str, person: str = "") -> ResponseReturnValue:
    """Answers for an author's page, or a representation of it.

    Args:
        address: the slug, with the suffix of a representation where there is no `person`.
        person: number of a group with the suffix of a representation ("3", "3.atom").

    Raises:
        NotFound: when no name folds to this one, or the group asked for is of none of its papers.
    """
    searcher = request_context.searcher()
    if person:
        slug, (number, suffix) = address, parted(person, lambda _: False)
    else:
        number = ""
        slug, suffix = parted(address, lambda tried: has_author(searcher, tried))
    narrowing = read_narrowing(request.args, request_context.params().max_text)
    names = names_meant(searcher, narrowing.also)
    found = find_author(searcher, slug, names, curated=not narrowing.exact)
    if found is None:
        abort(404)
    ending = f".{suffix}" if suffix else ""
    if isinstance(found, Moved):
        return redirect(_moved(narrowing, found.slug, number, ending))
    if number:
        current = _current(found, number)
        if current != number:
            return redirect(_moved(narrowing, found.slug, current, ending))
        group = found.numbered(int(number))
        if group is None:
            abort(404)
        narrowing = replace(narrowing, group=group.key)
    narrowing = replace(narrowing, also=tuple(map(name_slug, found.also)))
    if narrowing.group and all(paper.id != narrowing.group for paper in found.papers):
        abort(404)
    chosen = choose(searcher, found, narrowing)
    if suffix == "json":
        said = _as_json(chosen, narrowing)
        return answer({**said, "papers": selected(said["papers"], PaperJson)})
    if suffix == "atom":
        return _feed(found, narrowing)
    if suffix:
        return references(chosen.cluster.papers, suffix, found.slug)
    return _page(searcher, found, chosen, narrowing)


def _current(cluster: AuthorCluster, number: str) -> str:
    """Returns the number that a number leads to, empty for the whole name.

    Raises:
        NotFound: when no group of this name ever had it.
    """
    if not (number.isascii() and number.isdecimal() and len(number) < _DIGITS):
        abort(404)
    current = cluster.people.current(int(number)) if cluster.people is not None else None
    if current is None or (current and cluster.numbered(current) is None):
        # A name that is one person's now, or put together with others, has no groups.
        if cluster.groups or current is None:
            abort(404)
        current = 0
    return str(current) if current else ""


def _moved(narrowing: Narrowing, slug: str, number: str, ending: str) -> str:
    """Writes the address of a page, or of one of its groups by number."""
    if not number:
        return _href(narrowing, f"{slug}{ending}")
    path = url_for("records.person", slug=slug, part=f"{number}{ending}")
    pairs = narrowing.pairs()
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _canonical(cluster: AuthorCluster, narrowing: Narrowing) -> str:
    """Returns the one address that stands for this page."""
    group = cluster.group(narrowing.group) if narrowing.group else None
    if group is not None and group.number:
        return url_for("records.person", slug=cluster.slug, part=str(group.number))
    return url_for("records.author", slug=cluster.canonical)


def _href(narrowing: Narrowing, slug: str, *, page: int = 1, external: bool = False) -> str:
    """Writes the address of an author's page, or of a representation (slug with suffix)."""
    pairs = narrowing.pairs(page)
    path = url_for("records.author", slug=slug, _external=external)
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _as_json(chosen: Selection, narrowing: Narrowing) -> AuthorPapersJson:
    """Writes what ``quiver author --json`` prints, and what was chosen of it, if anything was."""
    said = cast(AuthorPapersJson, cluster_json(chosen.cluster))
    if narrowing.chooses:
        said["chosen"] = {
            "of": chosen.total,
            "group": narrowing.group or None,
            "venue": list(narrowing.venues),
            "year": list(narrowing.years),
            "q": narrowing.text or None,
        }
    return said


def _feed(cluster: AuthorCluster, narrowing: Narrowing) -> ResponseReturnValue:
    query = replace(
        query_of(cluster, narrowing), sort=Sort.ADDED, page=request_context.page(), per_page=50
    )

    def href(page: int) -> str:
        return _href(narrowing, f"{cluster.slug}.atom", page=page, external=True)

    return feed(query, cluster.name, _href(narrowing, cluster.slug), href)


def _page(
    searcher: Searcher, whole: AuthorCluster, chosen: Selection, narrowing: Narrowing
) -> ResponseReturnValue:
    cluster = chosen.cluster
    page = request_context.page()
    size = _per_page(cluster, narrowing)
    listed = cluster.papers[(page - 1) * size : page * size]
    if not listed and page > 1:
        abort(404)
    slug = cluster.slug
    # There may be hundreds of co-authors, and their addresses begin alike.
    path = url_for("records.author", slug="_")[:-1]

    def href(name: str) -> str:
        return path + quote(name_slug(name))

    coauthors = cluster.coauthors[: _COAUTHORS if narrowing.view else _COAUTHORS_AT_FIRST]
    people = shared_coauthor_names(
        searcher, cluster.papers, (coauthor.name for coauthor in coauthors)
    )
    return render_template(
        "records/author.html",
        cluster=cluster,
        whole=whole,
        total=chosen.total,
        narrowing=narrowing,
        own=frozenset(map(name_key, whole.names)),
        views=_views(cluster, narrowing),
        jumps=_jumps(cluster, narrowing, page, size),
        here=_href(narrowing, slug),
        bare=_href(Narrowing(also=narrowing.also, exact=narrowing.exact), slug),
        exact=_href(replace(narrowing, exact=not narrowing.exact, group=""), slug),
        gone=chosen.gone,
        beside=names_beside(whole, narrowing, lambda other: _href(other, slug)),
        canonical=_canonical(whole, narrowing),
        groups=group_rows(
            whole, narrowing.group, lambda group: _group_href(whole, narrowing, group)
        ),
        groups_shown=SHOWN,
        likely=likely_people(whole)[0],
        unsure=likely_people(whole)[1],
        alone=len(whole.papers) - sum(len(group.papers) for group in whole.groups),
        chips=_chips(whole, narrowing),
        years=_rows(chosen, "year", narrowing),
        venues=_rows(chosen, "venue", narrowing),
        venues_shown=_VENUES,
        histogram=year_histogram(
            chosen.years,
            lambda year: _href(narrowing.only("year", str(year)), slug),
            lambda year: str(year) in narrowing.years,
        ),
        picture=draw(cluster.ties, href),
        coauthors=[
            {
                "name": coauthor.name,
                "count": coauthor.count,
                "href": href(coauthor.name),
                "people": people.get(name_key(coauthor.name), 1),
            }
            for coauthor in coauthors
        ],
        kept=[pair for pair in narrowing.pairs() if pair[0] != "q"],
        listed=by_year(listed, request_context.display()),
        pager=pager(page, size, len(cluster.papers), lambda to: _href(narrowing, slug, page=to)),
        search_href=_search_href(whole, narrowing),
        formats=_formats(slug, narrowing),
        feed_href=_href(narrowing, f"{slug}.atom"),
        alert_line=_alert_line(whole, narrowing),
        generation=searcher.generation,
    )


def _alert_line(cluster: AuthorCluster, narrowing: Narrowing) -> str:
    """Returns the entry of an alerts file that watches these papers."""
    group = cluster.group(narrowing.group) if narrowing.group else None
    if group is not None and group.number:
        numbered = f"{cluster.slug}/{group.number}"
        return author_line(numbered, replace(narrowing, group="").pairs())
    return author_line(cluster.slug, narrowing.pairs())


def _per_page(cluster: AuthorCluster, narrowing: Narrowing) -> int:
    if narrowing.view == "list":
        return _MOST_LISTED
    few = len(cluster.papers) <= _PAPERS or narrowing.view == "full"
    return _PAPERS if few else _PAPERS_OF_MANY


def _views(cluster: AuthorCluster, narrowing: Narrowing) -> list[dict[str, Any]]:
    """Lists the ways to show these papers, each with its address."""
    labels: tuple[tuple[View, str], ...] = (
        ("", "titles"),
        ("full", "with abstracts"),
        ("list", "all titles on one page"),
    )
    return [
        {
            "label": label,
            "href": _href(replace(narrowing, view=view), cluster.slug),
            "current": view == narrowing.view,
        }
        for view, label in labels
    ]


def _jumps(
    cluster: AuthorCluster, narrowing: Narrowing, page: int, size: int
) -> list[dict[str, str]]:
    """Lists the years of the papers, each with the address of its place on this or another page."""
    places: dict[int | None, int] = {}
    for place, paper in enumerate(cluster.papers):
        places.setdefault(paper.year, place)
    jumps = []
    for year, place in places.items():
        there = place // size + 1
        href = "" if there == page else _href(narrowing, cluster.slug, page=there)
        jumps.append({"label": str(year or "No year"), "href": f"{href}#y{year or 'none'}"})
    return jumps if len(jumps) > 1 else []


def _search_href(cluster: AuthorCluster, narrowing: Narrowing) -> str:
    """Returns the address of the same papers as ranked results; empty if no filters select them."""
    group = cluster.group(narrowing.group) if narrowing.group else None
    if group is not None and group.number:
        asked = format_clause(LikelyPerson(cluster.names[0], group.number))
        of_name = replace(narrowing, group="", text=f"{narrowing.text} {asked}".strip())
        query = query_edits.without_field(query_of(cluster, of_name), "author")
    else:
        query = query_of(cluster, narrowing)
        if narrowing.group or not query.filter("author").include:
            return ""
    size = request_context.params().per_page
    return request_context.search_href(
        replace(query, match=Match.AUTO, sort=Sort.RELEVANCE, per_page=size)
    )


def _rows(chosen: Selection, field: Field, narrowing: Narrowing) -> list[dict[str, Any]]:
    slug = chosen.cluster.slug
    facet = chosen.venues if field == "venue" else chosen.years
    return [
        {
            "label": facet_label(value.value),
            "count": value.count,
            "selected": value.selected,
            "href": _href(
                narrowing.without(field, value.value)
                if value.selected
                else narrowing.only(field, value.value),
                slug,
            ),
        }
        for value in facet.values
    ]


def _group_href(cluster: AuthorCluster, narrowing: Narrowing, group: Group) -> str:
    """Writes the permanent address of a group; by one of its papers where it has no number."""
    if group.number:
        return url_for("records.person", slug=cluster.slug, part=str(group.number))
    return _href(Narrowing(exact=narrowing.exact, group=group.key), cluster.slug)


def _chips(cluster: AuthorCluster, narrowing: Narrowing) -> list[dict[str, str]]:
    """Lists what was put with the name and chosen of its papers, and the addresses without."""
    slug = cluster.slug
    found = [
        {"name": "Together with", "value": name, "href": _href(narrowing.without_name(at), slug)}
        for name in cluster.also
        for at in (name_slug(name),)
    ]
    group = cluster.group(narrowing.group) if narrowing.group else None
    if group is not None:
        people = ", ".join(name for name, _ in group.coauthors[:2])
        value = f"with {people}" if people else f"of {group.first or 'no year'}"
        found.append(
            {"name": "Group", "value": value, "href": _href(replace(narrowing, group=""), slug)}
        )
    fields: tuple[tuple[str, Field, tuple[str, ...]], ...] = (
        ("Venue", "venue", narrowing.venues),
        ("Year", "year", narrowing.years),
    )
    for label, field, values in fields:
        found += [
            {
                "name": label,
                "value": facet_label(value),
                "href": _href(narrowing.without(field, value), slug),
            }
            for value in values
        ]
    if narrowing.text:
        value = f"“{narrowing.text[:80]}”"
        found.append(
            {"name": "With", "value": value, "href": _href(replace(narrowing, text=""), slug)}
        )
    return found


def _formats(slug: str, narrowing: Narrowing) -> list[dict[str, str]]:
    kinds = [
        (format_.label, format_.suffix, format_.media_type) for format_ in CITATION_FORMATS.values()
    ]
    kinds.append(("JSON", "json", "application/json"))
    return [
        {
            "label": label,
            "media": media.partition(";")[0],
            "href": _href(narrowing, f"{slug}.{suffix}"),
        }
        for label, suffix, media in kinds
    ]
