"""References for other programs: all hits of a query, a selection, one paper; streamed.

unAPI after unapi.info: Zotero finds it on lists and papers alike and needs no translator of ours.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Final, cast
from urllib.parse import quote, unquote

from flask import Blueprint, Flask, Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from indexer import (
    CITATION_FORMATS,
    DEFAULT_KEY,
    REFERENCE_STYLES,
    SCREENING_FORMAT,
    Paper,
    Query,
    QueryError,
    citation_format,
    labels_of,
    write_citations,
    write_references,
    write_screening_table,
)
from webui.http import render_queue, request_context
from webui.http.error_pages import refused, wait_a_while

blueprint = Blueprint("exports", __name__)
MAX_SELECTED: Final = 1_000
_CHUNK: Final = 32_768
_LARGE: Final = 1_000
"""Papers beyond which an export is a large one: it takes more than about 0.3 s to make."""
_AT_ONCE: Final = 4
"""Large exports that one worker makes at once; a page waits for one chunk of each at most."""


class _Budget:
    """What exports may take of one worker process.

    Attributes:
        papers: most papers of one export; 0 = no limit.
    """

    def __init__(self, papers: int) -> None:
        self.papers = papers
        self._slots = threading.BoundedSemaphore(_AT_ONCE)

    def begin(self, papers: int) -> Callable[[], None] | None:
        """Returns what ends an export of so many papers; None where it has to wait."""
        if papers <= _LARGE:
            return lambda: None
        return self._slots.release if self._slots.acquire(blocking=False) else None


def register(app: Flask, most: int) -> None:
    """Limit what exports of an application may take: `most` papers each, 0 = any number."""
    app.extensions["quiver.exports"] = _Budget(most)


@blueprint.get("/search.<any(bib, 'biblatex.bib', ris, 'csl.json', enw, csv, jsonl):suffix>")
def search(suffix: str) -> ResponseReturnValue:
    """Write every hit of a query, in its order; pages mean nothing here."""
    asked = request_context.read_request(min_per_page=0)
    if asked.faults:
        return refused(asked)
    return _export_all(asked.query, lambda papers: references(papers, suffix, "results"))


def _export_all(query: Query, written: Callable[[Iterator[Paper]], Response]) -> Response:
    """Answer with all papers of a query, within what exports may take.

    Raises:
        BadRequest: when these are more papers than one export may hold.
        QueryTimedOut: when the deadline has cut anything.
    """
    searcher = request_context.searcher()
    budget = cast(_Budget, current_app.extensions["quiver.exports"])
    count = searcher.count(query)
    ids = searcher.ids(query)
    request_context.require_complete()
    if budget.papers and count > budget.papers:
        raise BadRequest(
            f"One export may hold {budget.papers:,} papers here, and this one has {count:,}. "
            "Narrow the search, or take the papers page by page from /search.json; "
            "`quiver export` on the server writes any number."
        )
    end = budget.begin(count)
    if end is None:
        return wait_a_while("Other large exports are being made. Try again in 10 s.", 10)
    try:
        found = (searcher.get(paper_id) for paper_id in ids)
        response = written(paper for paper in found if paper is not None)
    except BaseException:
        end()
        raise
    response.call_on_close(end)
    return response


@blueprint.get("/export")
def export() -> ResponseReturnValue:
    """Write what was selected (``id``, repeated), or every hit of a query, in ``format``.

    The format ``asreview`` is a table for screening tools, with the labels of the papers.
    With ``style`` (apa, ieee, acm, mla, chicago, acl) they are formatted references, as text or,
    with ``format=html``, as HTML.

    Raises:
        QueryError: when there is no such format or style; nothing selected and nothing asked is a
            400.
    """
    style = request.args.get("style")
    if not style and request.args.get("format", "").strip().lower() == SCREENING_FORMAT:
        return _screening()
    suffix = "" if style else citation_format(request.args.get("format", "bibtex")).suffix
    ids = list(dict.fromkeys(request.args.getlist("id")))
    if not ids and "selection" in request.args:
        raise QueryError("id", "no paper is selected; tick some on the page of results")
    if not ids:
        return _styled_search(style) if style else search(suffix)
    found = [request_context.searcher().get(paper_id) for paper_id in ids[:MAX_SELECTED]]
    papers = [paper for paper in found if paper is not None]
    return _styled(papers, style) if style else references(papers, suffix, "selection")


def _screening() -> ResponseReturnValue:
    """Write every hit of a query as a table for screening tools."""
    asked = request_context.read_request(min_per_page=0)
    if asked.faults:
        return refused(asked)
    labels = labels_of(request_context.searcher())

    def respond_with(papers: Iterator[Paper]) -> Response:
        pieces = write_screening_table(
            papers, labels, abstract=_switch("abstract") is not False, bom=_switch("bom") is True
        )
        response = _streamed(pieces, "text/csv; charset=utf-8; header=present")
        response.headers["Content-Disposition"] = _attached("screening.csv")
        return response

    return _export_all(asked.query, respond_with)


def _styled_search(style: str) -> ResponseReturnValue:
    asked = request_context.read_request(min_per_page=0)
    if asked.faults:
        return refused(asked)
    return _export_all(asked.query, lambda papers: _styled(papers, style))


def _styled(papers: Iterable[Paper], style: str) -> Response:
    """Stream formatted references; only styles by name, for a path is the server's."""
    if style.strip().lower() not in REFERENCE_STYLES:
        names = ", ".join(REFERENCE_STYLES)
        raise QueryError("style", f"expected one of {names}; got “{style[:80]}”")
    as_html = request.args.get("format") == "html"
    pieces = write_references(papers, style, as_html=as_html)
    kind = "text/html" if as_html else "text/plain"
    return _streamed(pieces, f"{kind}; charset=utf-8")


@blueprint.get("/unapi")
def unapi() -> ResponseReturnValue:
    """List formats, list those of a record (``id``), or give the record in a ``format``.

    Pages name records by their ids as they stand in an address, for some readers put these into
    one unchanged; others encode them once more.

    Raises:
        NotFound: when no paper has the id.
        NotAcceptable: when there is no such format.
    """
    wanted = request.args.get("id")
    if wanted is None:
        return _unapi_formats("", 200)
    searcher = request_context.searcher()
    paper = searcher.get(wanted) or searcher.get(unquote(wanted))
    if paper is None:
        abort(404)
    name = request.args.get("format")
    if name is None:
        return _unapi_formats(wanted, 300)
    if name not in CITATION_FORMATS:
        abort(406)
    return references([paper], name, "")


def references(papers: Iterable[Paper], format: str, name: str) -> Response:
    """Stream papers as references.

    Options of the address: ``abstract=0`` or ``1``, ``key`` (pattern of the citation keys),
    ``ascii=0`` (BibTeX with letters as they are), ``bom=1`` (CSV for Excel).

    Args:
        papers: taken one by one while the answer is sent.
        format: name or suffix of a citation format.
        name: of the file that a browser saves; empty to show it in place.

    Raises:
        QueryError: when an option has no meaning.
    """
    chosen = citation_format(format)
    pieces = write_citations(
        papers,
        chosen.name,
        abstract=_switch("abstract"),
        key=request.args.get("key") or DEFAULT_KEY,
        ascii=_switch("ascii") is not False,
        bom=_switch("bom") is True,
    )
    response = _streamed(pieces, chosen.media_type)
    if name:
        response.headers["Content-Disposition"] = _attached(f"{name}.{chosen.suffix}")
    return response


def _streamed(pieces: Iterator[str], media_type: str) -> Response:
    response = Response(render_queue.by_turns(_chunks(pieces)), content_type=media_type)
    response.call_on_close(request_context.keep_searcher())
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _attached(name: str) -> str:
    """Returns the header that names the file to save; non-ASCII letters as in RFC 8187."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    encoded = "" if name.isascii() else f"; filename*=UTF-8''{quote(name)}"
    return f'attachment; filename="{plain}"{encoded}'


def _chunks(pieces: Iterator[str]) -> Iterator[bytes]:
    """Join small pieces, so that a hundred thousand papers are not as many writes."""
    waiting: list[bytes] = []
    size = 0
    for piece in chain(pieces, ("",)):
        waiting.append(piece.encode())
        size += len(waiting[-1])
        if size >= _CHUNK or not piece:
            yield b"".join(waiting)
            waiting, size = [], 0


def _switch(name: str) -> bool | None:
    given = request.args.get(name, "")
    if given not in ("", "0", "1"):
        raise QueryError(name, "expected 0 or 1")
    return None if given == "" else given == "1"


def _unapi_formats(paper_id: str, status: int) -> Response:
    body = render_template("exports/unapi.xml", paper_id=paper_id, formats=CITATION_FORMATS)
    return Response(body, status=status, content_type="application/xml; charset=utf-8")
