"""``/oai``: the collection for harvesters (OAI-PMH 2.0, openarchives.org).

Six verbs by GET and POST. Lists come in parts of `RECORDS` records or `HEADERS` headers; the token
that leads to the next part belongs to one generation, so a list never mixes two of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from lxml import etree

from indexer import (
    PAPER_NAMESPACE,
    PUBLICATION_FIELDS,
    UNKNOWN,
    GenerationHistory,
    IndexMissing,
    Searcher,
    read_identifier,
    write_identifier,
)
from webui.http import request_context
from webui.http.searcher_pool import Snapshots
from webui.oai import response
from webui.oai.arguments import (
    HarvestSelection,
    OaiError,
    read_arguments,
    read_prefix,
    read_selection,
    write_set,
)
from webui.oai.record_list import Position, RecordHeader, earliest, record_header, record_page
from webui.oai.response import Site
from webui.oai.resumption_token import ResumptionToken, bad_token

blueprint = Blueprint("oai", __name__)
RECORDS: Final = 100
HEADERS: Final = 500
SETS: Final = 1_000
LARGEST: Final = 16_000
"""Bytes of a POST."""


@dataclass(frozen=True, slots=True)
class Repository:
    """What the settings say of the provider.

    Attributes:
        name: of the site.
        contact: e-mail address of its owner; empty = the webmaster of its host (RFC 2142).
    """

    name: str
    contact: str


def register(app: Flask, name: str, contact: str) -> None:
    """Adds the provider to an application; see `Repository`."""
    app.extensions["quiver.oai"] = Repository(name, contact)
    app.register_blueprint(blueprint)


@blueprint.route("/oai", methods=["GET", "POST"])
def provider() -> ResponseReturnValue:
    """Returns what one of the six verbs of OAI-PMH asks for, as XML."""
    request.max_content_length = LARGEST
    searcher = request_context.searcher()
    etag = _etag()
    if request.method != "POST" and request.if_none_match.contains_weak(etag):
        unchanged = Response(status=304)
        unchanged.set_etag(etag, weak=True)
        return unchanged
    site = _site()
    try:
        arguments = read_arguments(
            [*request.args.items(multi=True), *request.form.items(multi=True)]
        )
    except OaiError as error:
        root = response.response(site, {})
        response.add_error(root, error)
        return _sent(root, "")
    root = response.response(site, arguments)
    try:
        _VERBS[arguments["verb"]](root, site, arguments, searcher)
    except OaiError as error:
        if error.code == "badArgument":
            root = response.response(site, {})
        response.add_error(root, error)
        return _sent(root, "")
    request_context.require_complete()
    return _sent(root, etag)


@blueprint.get("/oai/paper.xsd")
def schema() -> Response:
    """Returns the XML schema of the metadata format ``quiver``."""
    text = render_template(
        "oai/paper.xsd", namespace=PAPER_NAMESPACE, publication_fields=PUBLICATION_FIELDS
    )
    return Response(text, content_type="application/xml; charset=utf-8")


def _sent(root: etree._Element, etag: str) -> Response:
    sent = Response(response.as_bytes(root), content_type="text/xml; charset=utf-8")
    sent.headers["X-Robots-Tag"] = "noindex"
    if etag and request.method != "POST":
        sent.set_etag(etag, weak=True)
        sent.headers["Cache-Control"] = "no-cache"
    else:
        sent.headers["Cache-Control"] = "no-store"
    return sent


def _etag() -> str:
    """Returns what names the answer: it depends on its address, this program and the content."""
    told = (request_context.used_content(), request_context.face(), request.url)
    return hashlib.blake2b(repr(told).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _site() -> Site:
    base = url_for("oai.provider", _external=True)
    return Site(base, urlsplit(base).hostname or "localhost", url_for("oai.schema", _external=True))


def _history(searcher: Searcher) -> GenerationHistory:
    snapshots = cast(Snapshots, current_app.extensions["quiver.snapshots"])
    return snapshots.history(searcher)


def _identify(root: etree._Element, site: Site, _: Mapping[str, str], searcher: Searcher) -> None:
    repository = cast(Repository, current_app.extensions["quiver.oai"])
    host = site.host if "." in site.host else f"{site.host}.localdomain"
    contact = repository.contact or f"webmaster@{host}"
    first = earliest(searcher, _history(searcher))
    response.add_identify(root, site, repository.name, contact, first)


def _list_formats(
    root: etree._Element, site: Site, arguments: Mapping[str, str], searcher: Searcher
) -> None:
    if "identifier" in arguments:
        _header(site, arguments["identifier"], searcher)
    response.add_formats(root, site)


def _list_sets(
    root: etree._Element, site: Site, arguments: Mapping[str, str], searcher: Searcher
) -> None:
    del site
    cursor = 0
    if "resumptionToken" in arguments:
        token, searcher = _resumed(arguments, searcher)
        cursor = token.cursor
    values = [venue for venue in searcher.values("venue", limit=0) if venue.value != UNKNOWN]
    if not values:
        raise OaiError("noSetHierarchy", "no paper has a venue, so there are no sets")
    sets = response.add(root, "ListSets")
    for value in values[cursor : cursor + SETS]:
        element = response.add(sets, "set")
        response.add(element, "setSpec", write_set(value.value))
        response.add(element, "setName", value.value)
    following = cursor + SETS
    if cursor or following < len(values):
        text = ""
        if following < len(values):
            text = str(
                ResumptionToken(
                    searcher.identity,
                    searcher.generation,
                    "ListSets",
                    HarvestSelection("oai_dc"),
                    Position(),
                    following,
                    len(values),
                )
            )
        response.add_token(sets, text, cursor, len(values))


def _get_record(
    root: etree._Element, site: Site, arguments: Mapping[str, str], searcher: Searcher
) -> None:
    header = _header(site, arguments["identifier"], searcher)
    prefix = read_prefix(arguments)
    _add(response.add(root, "GetRecord"), site, header, prefix, searcher)


def _list_records(
    root: etree._Element, site: Site, arguments: Mapping[str, str], searcher: Searcher
) -> None:
    """Adds a part of a list, for both verbs that list."""
    verb = arguments["verb"]
    position, cursor, total = Position(), 0, None
    if "resumptionToken" in arguments:
        token, searcher = _resumed(arguments, searcher)
        selection, position, cursor = token.selection, token.position, token.cursor
        total = token.total
    else:
        selection = read_selection(arguments)
    most = RECORDS if verb == "ListRecords" else HEADERS
    page = record_page(searcher, _history(searcher), selection, position, most, total)
    if not page.headers:
        raise OaiError("noRecordsMatch", "no record matches")
    parent = response.add(root, verb)
    for header in page.headers:
        if verb == "ListRecords":
            _add(parent, site, header, selection.prefix, searcher)
        else:
            response.add_header(parent, site, header, _venue(header, searcher))
    text = ""
    if page.position is not None:
        sent = cursor + len(page.headers)
        text = str(
            ResumptionToken(
                searcher.identity,
                searcher.generation,
                verb,
                selection,
                page.position,
                sent,
                page.total,
            )
        )
    if text or cursor:
        response.add_token(parent, text, cursor, page.total)


_Verb = Callable[[Any, Site, Mapping[str, str], Searcher], None]
_VERBS: Final[Mapping[str, _Verb]] = {
    "Identify": _identify,
    "ListMetadataFormats": _list_formats,
    "ListSets": _list_sets,
    "GetRecord": _get_record,
    "ListIdentifiers": _list_records,
    "ListRecords": _list_records,
}


def _resumed(arguments: Mapping[str, str], newest: Searcher) -> tuple[ResumptionToken, Searcher]:
    """Reads a token and opens its generation.

    Raises:
        OaiError: badResumptionToken where it is none, or its generation is gone.
    """
    token = ResumptionToken.read(arguments["resumptionToken"])
    if token.verb != arguments["verb"]:
        raise bad_token(f"belongs to {token.verb}")
    if token.identity != newest.identity:
        raise bad_token("belongs to an earlier index")
    try:
        return token, request_context.of_generation(token.generation)
    except IndexMissing as error:
        raise bad_token("has expired") from error


def _header(site: Site, identifier: str, searcher: Searcher) -> RecordHeader:
    """Returns the header of a record; raises `OaiError` where there is no such record."""
    paper_id = read_identifier(identifier)
    known = paper_id and write_identifier(site.host, paper_id) == identifier
    header = record_header(searcher, _history(searcher), paper_id) if known else None
    if header is None:
        raise OaiError("idDoesNotExist", "there is no such record")
    return header


def _add(
    parent: etree._Element, site: Site, header: RecordHeader, prefix: str, searcher: Searcher
) -> None:
    paper = None if header.is_deleted else searcher.get(header.paper_id)
    address = url_for("records.paper", address=header.paper_id, _external=True)
    response.add_record(parent, site, header, paper, prefix, address)


def _venue(header: RecordHeader, searcher: Searcher) -> str:
    if header.is_deleted:
        return header.venue
    paper = searcher.get(header.paper_id)
    return paper.venue if paper else ""
