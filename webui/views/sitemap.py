"""For machines that read sites: what they may crawl, every page there is, how to search here.

Crawlers are let into papers, author names, venues and the sitemap, and kept out of the space of
filters, which has no end (robots exclusion: RFC 9309; sitemaps.org; OpenSearch 1.1).
"""

from __future__ import annotations

from itertools import islice
from typing import Final

from flask import Blueprint, Response, abort, render_template, url_for

from indexer import UNKNOWN, Query, Sort, name_slug
from webui.http import request_context

blueprint = Blueprint("crawling", __name__)
_PER_FILE: Final = 10_000
"""Addresses in one file of the sitemap; the limit of sitemaps.org is 50,000."""
_ROBOTS: Final = """\
User-agent: *
Disallow: /search
Disallow: /facet
Disallow: /export
Disallow: /suggest
Disallow: /unapi
Disallow: /api
Disallow: /oai
Disallow: /feed.atom
Disallow: /advanced?
Disallow: /shelf
Disallow: /similar
Disallow: /screen
Disallow: /topics
Disallow: /duplicates
Disallow: /record
Disallow: /trends
Disallow: /path
Disallow: /author/*?also=
Disallow: /author/*?exact=
Disallow: /author/*?group=
Disallow: /author/*?venue=
Disallow: /author/*?view=
Disallow: /author/*?year=
Disallow: /author/*?q=
Disallow: /paper/*.bib$
Disallow: /paper/*.ris$
Disallow: /paper/*.enw$
Disallow: /paper/*.csv$
Disallow: /paper/*.json$
Disallow: /paper/*.jsonl$
Disallow: /author/*.json$
Disallow: /author/*.atom$
Disallow: /venue/*.json$
Disallow: /venue/*.atom$
Allow: /

Sitemap: {sitemap}
"""


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Returns what crawlers may visit."""
    sitemap = url_for("crawling.sitemap", _external=True)
    return Response(_ROBOTS.format(sitemap=sitemap), content_type="text/plain; charset=utf-8")


@blueprint.get("/opensearch.xml")
def opensearch() -> Response:
    """Describes the search to browsers and feeds readers."""
    return _xml("opensearch.xml", "application/opensearchdescription+xml")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """Lists the files of the sitemap."""
    info = request_context.searcher().info()
    files = -(-info.papers // _PER_FILE)
    authors = -(-info.authors // _PER_FILE)
    return _xml("sitemap_index.xml", "application/xml", info=info, papers=files, authors=authors)


@blueprint.get("/sitemap-papers-<int:part>.xml")
def papers(part: int) -> Response:
    """List addresses of papers, newest first.

    Raises:
        NotFound: past the last part.
    """
    searcher = request_context.searcher()
    start = (part - 1) * _PER_FILE
    if part < 1 or start >= searcher.info().papers:
        abort(404)
    ids = islice(searcher.ids(Query(sort=Sort.NEWEST)), start, start + _PER_FILE)
    pages = [
        (url_for("records.paper", address=paper_id, _external=True), times.last_changed)
        for paper_id in ids
        if (times := searcher.times(paper_id)) is not None
    ]
    return _xml("sitemap.xml", "application/xml", pages=pages)


@blueprint.get("/sitemap-authors-<int:part>.xml")
def authors(part: int) -> Response:
    """List addresses of author names, most papers first.

    Raises:
        NotFound: past the last part.
    """
    searcher = request_context.searcher()
    start = (part - 1) * _PER_FILE
    if part < 1 or start >= searcher.info().authors:
        abort(404)
    values = searcher.values("author", limit=start + _PER_FILE)
    listed = [value.value for value in values[start:] if value.value != UNKNOWN]
    return _sitemap_of("records.author", listed)


@blueprint.get("/sitemap-venues.xml")
def venues() -> Response:
    """List addresses of venues, most papers first."""
    values = request_context.searcher().values("venue", limit=_PER_FILE)
    return _sitemap_of("records.venue", [value.value for value in values if value.value != UNKNOWN])


def _sitemap_of(endpoint: str, names: list[str]) -> Response:
    built = request_context.searcher().info().built
    pages = [(url_for(endpoint, slug=name_slug(name), _external=True), built) for name in names]
    return _xml("sitemap.xml", "application/xml", pages=pages)


def _xml(template: str, media: str, **words: object) -> Response:
    return Response(
        render_template(f"crawling/{template}", **words), content_type=f"{media}; charset=utf-8"
    )
