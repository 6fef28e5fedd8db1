"""Atom feeds of any query, author name or venue (RFC 4287, RFC 5005, OpenSearch 1.1).

What came into the index last comes first, and every entry tells when it came and when it last
changed: a reader that asks again sees what is new, whatever year it is of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer import (
    Paper,
    PaperTimes,
    Query,
    Sort,
    name_slug,
    plain,
    unnumbered,
)
from webui.http import request_context
from webui.http.error_pages import refused
from webui.presentation.atom import ATOM, UNNAMED, arxiv_categories, legal, permanent_id
from webui.presentation.results_page import last_page
from webui.urls import query_edits

blueprint = Blueprint("feeds", __name__)
_ENTRIES: Final = 50


@dataclass(frozen=True, slots=True)
class Dated:
    """A paper and when it came in and last changed."""

    paper: Paper
    times: PaperTimes


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the hits of a query.

    Attributes:
        total: hits in all.
        start: place of the first paper, from 0.
        size: papers asked for; fewer come at the end.
    """

    papers: tuple[Dated, ...]
    total: int
    start: int
    size: int


@blueprint.get("/search.atom")
@blueprint.get("/feed.atom")
def search() -> ResponseReturnValue:
    """Returns the papers of a query as a feed, last added first unless it says otherwise."""
    asked = request_context.read_request()
    if asked.faults:
        return refused(asked)
    query = asked.query if "sort" in request.args else replace(asked.query, sort=Sort.ADDED)
    if "per_page" not in request.args:
        query = replace(query, per_page=_ENTRIES)
    shown = plain(query.text.strip())
    return feed(
        query,
        f"“{shown}”" if shown else "All papers",
        request_context.search_href(query_edits.turned(asked.query, 1)),
        lambda page: request_context.params().write(
            query_edits.turned(query, page), url_for("feeds.search", _external=True)
        ),
    )


def feed(query: Query, title: str, page: str, href: Callable[[int], str]) -> Response:
    """Answers a query as a feed.

    Args:
        query: what to list.
        title: of the feed.
        page: path of the page that shows the same.
        href: gives the absolute address of a page of the feed.
    """
    window = papers_from(query, (query.page - 1) * query.per_page, query.per_page)
    last = last_page(window.total, query.per_page)
    links = {"self": href(query.page), "first": href(1), "last": href(last)}
    if query.page > 1:
        links["previous"] = href(min(query.page - 1, last))
    if query.page < last:
        links["next"] = href(query.page + 1)
    site = request.url_root.rstrip("/")
    links["alternate"] = f"{site}{page}"
    name = href(1).removeprefix(request.url_root)  # one feed, whatever its host and page
    return atom(window, title, name, links)


def papers_from(query: Query, start: int, size: int) -> Window:
    """Returns a window of the hits of a query, beginning at any rank.

    Raises:
        QueryTimedOut: if the deadline has cut anything.
    """
    searcher = request_context.searcher()
    total, ids = searcher.count(query), searcher.ids(query)
    request_context.require_complete()
    papers = tuple(
        Dated(paper, times)
        for paper_id in islice(ids, start, start + size)
        if (paper := searcher.get(paper_id)) is not None
        and (times := searcher.times(paper_id)) is not None
    )
    return Window(papers, total, start, size)


def atom(
    window: Window, title: str, name: str, links: Mapping[str, str], *, arxiv: bool = False
) -> Response:
    """Writes papers as an Atom document.

    Args:
        window: the papers.
        title: of the feed.
        name: what is listed, without a host: the feed's id is made from it.
        links: absolute addresses by relation.
        arxiv: with the elements of arXiv's API, with the address of each paper as its id, and with
            hits counted from 0; OpenSearch counts from 1.
    """
    text = render_template(
        "feeds/feed.xml",
        id=permanent_id("feed", name),
        title=title,
        links=links,
        window=window,
        start=window.start + (0 if arxiv else 1),
        entries=[_entry(paper, arxiv=arxiv) for paper in window.papers],
        updated=max(
            (paper.times.last_changed for paper in window.papers),
            default=request_context.searcher().info().built,
        ),
        arxiv=arxiv,
        legal=legal,
    )
    return Response(text, content_type=f"{ATOM}; charset=utf-8")


def _entry(dated: Dated, *, arxiv: bool) -> dict[str, Any]:
    paper = dated.paper
    address = url_for("records.paper", address=paper.id, _external=True)
    authors = [
        {
            "name": unnumbered(name),
            "address": url_for("records.author", slug=name_slug(name), _external=True),
        }
        for name in paper.authors
    ]
    if arxiv:
        # Its clients open the id as the address of the paper, and fail without an author.
        authors = authors or [{"name": UNNAMED, "address": ""}]
        categories = arxiv_categories(paper.publication.subjects, paper.venue)
    else:
        categories = (paper.venue,) if paper.venue else ()
    return {
        "id": address if arxiv else permanent_id("paper", paper.id),
        "paper": paper,
        "times": dated.times,
        "address": address,
        "title": plain(paper.title),
        "summary": plain(paper.abstract),
        "categories": categories,
        "authors": authors,
    }
