"""The same addresses for machines: results, what is in the index, what can be asked.

``/search.json`` takes the parameters of ``/search`` and besides ``fields`` (keys of each hit),
``group_by`` (counts of one facet, in OpenAlex's shape) and ``cursor`` (the whole answer, page by
page, of one generation).

Counting the papers of an answer by one facet, in the shape of OpenAlex's ``group_by``.

Places in an answer that a program can come back to: opaque, and true to one generation.

The interface described for programs (OpenAPI 3.1), made from the routes and what they say.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import inspect
import json
import re
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import Blueprint, Flask, Response, current_app, request
from flask.typing import ResponseReturnValue

from indexer import (
    CITATION_FORMATS,
    FACET_FIELDS,
    REFERENCE_STYLES,
    SYNTAX,
    UNKNOWN,
    And,
    AuthorName,
    Clause,
    FacetField,
    FacetRequest,
    FacetValue,
    Has,
    IndexMissing,
    Match,
    Not,
    Or,
    Query,
    QueryError,
    Results,
    Searcher,
    Sort,
    hit_json,
    info_json,
    offer_some_words,
    put_together,
    results_json,
)
from webui.http import request_context
from webui.http.error_pages import problem, refused
from webui.presentation.facets import facet_label
from webui.presentation.results_page import last_page
from webui.urls.query_params import Params

blueprint = Blueprint("api", __name__)


@blueprint.get("/api")
def api() -> Response:
    """Returns the description of this interface (OpenAPI 3.1)."""
    return answer(describe(current_app, request_context.params()))


@blueprint.get("/info.json")
def info() -> Response:
    """Returns what the index contains."""
    degraded = bool(request_context.searcher().integrity.fallback_reason)
    return answer(info_json(request_context.info()) | ({"degraded": True} if degraded else {}))


@blueprint.get("/search.json")
def search() -> ResponseReturnValue:
    """Returns one page of results, as ``quiver search --json`` prints it.

    Raises:
        QueryError: when ``fields``, ``group_by``, ``cursor`` or ``explain`` has no meaning.
    """
    asked = request_context.asked(min_per_page=0)
    if asked.faults:
        return refused(asked)
    if "group_by" in request.args:
        field = next((one for one in FACET_FIELDS if one == request.args["group_by"]), None)
        if field is None:
            raise QueryError("group_by", f"expected one of {', '.join(FACET_FIELDS)}")
        groups = grouped(request_context.searcher(), asked.query, field)
        request_context.whole()
        return answer(groups)
    if request.args.get("explain", "") not in ("", "0", "1"):
        raise QueryError("explain", "expected 0 or 1")
    explain = request.args.get("explain") == "1"
    query = asked.query
    more: dict[str, Any] = {"notices": list(asked.notices)}
    if "cursor" in request.args:
        question = digest(repr(request_context.params().pairs(replace(query, page=1))))
        newest = request_context.searcher()
        given = request.args["cursor"]
        cursor = read_cursor(given, newest.identity, newest.generation, question)
        try:
            if cursor.identity != newest.identity:
                raise IndexMissing("the index was made anew")  # noqa: TRY301 - the same answer
            searcher = request_context.of_generation(cursor.generation)
        except IndexMissing:
            return problem(
                410,
                "The index has changed",
                f"This cursor belongs to generation {cursor.generation[:40]}, which is no longer "
                "available; begin again with *.",
            )
        query = replace(query, page=cursor.page, per_page=max(1, query.per_page))
        results = searcher.search(query, explain=explain)
        request_context.whole()
        more["next_cursor"] = _next(results, searcher.identity, question)
    else:
        searcher = request_context.searcher()
        results = offer_some_words(searcher, searcher.search(query, explain=explain))
    found = results_json(results) | more
    if "cursor" not in request.args and request_context.params().together:
        found |= _together(results, explain=explain)
    if request.args.get("fields"):
        found["hits"] = _selected(found["hits"], request.args["fields"])
    return answer(found)


def _together(results: Results, *, explain: bool) -> dict[str, Any]:
    """Write the hits of a page of works, each with the ids of its other versions."""
    works = put_together(request_context.searcher(), results, explain=explain)
    hits = []
    for hit in works.hits:
        others = works.others.get(hit.paper.id, ())
        hits.append(hit_json(hit) | {"versions": [paper.id for paper in others]})
    return {"works": works.total, "hits": hits}


def _next(results: Results, identity: str, question: str) -> str | None:
    """Returns the cursor of the next page, or None on the last."""
    query = results.query
    if query.page >= last_page(results.total, query.per_page):
        return None
    return str(Cursor(identity, results.generation, query.page + 1, question))


def _selected(hits: list[dict[str, Any]], fields: str) -> list[dict[str, Any]]:
    wanted = [one.strip() for one in fields.split(",") if one.strip()]
    known = {key for hit in hits for key in hit}
    unknown = [one for one in wanted if one not in known]
    if hits and unknown:
        raise QueryError("fields", f"expected some of {', '.join(sorted(known))}")
    return [{key: hit[key] for key in wanted} for hit in hits]


def answer(body: dict[str, Any]) -> Response:
    """Write an object as JSON."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text + "\n", content_type="application/json")


MOST: Final = 10_000
"""Groups in one answer, the largest first."""


def grouped(searcher: Searcher, query: Query, field: FacetField) -> dict[str, Any]:
    """Count papers by the values of a facet, every filter holding, the facet's own, too.

    The counts beside a result leave a facet's own filter aside, for there they say what a click
    would bring; these say what the answer is made of.
    """
    query = settled(query, searcher.search(replace(query, page=1, per_page=0), facets=()))
    counted = _without_author_filter(query) if field == "author" else query
    wanted = FacetRequest(field, MOST)
    results = searcher.search(replace(counted, page=1, per_page=0), facets=(wanted,))
    values = parts(results, field)
    return {
        "meta": {"count": results.total, "generation": results.generation, "group_by": field},
        "group_by": [
            {"key": one.value, "key_display_name": facet_label(one.value), "count": one.count}
            for one in values
        ],
    }


def settled(query: Query, results: Results) -> Query:
    """Returns a query with its reading fixed as its results have it, for `parts`.

    Under `Match.AUTO` a facet may be read otherwise without its own filter than the answer is.
    """
    return replace(query, match=Match(results.receipt.matched))


def parts(results: Results, field: FacetField) -> list[FacetValue]:
    """Returns the facet values of the papers found, most frequent first.

    Args:
        results: with this facet; its query is `settled`, and has no filter of authors where the
            facet is author.
        field: the facet.
    """
    values = [one for one in results.facets[field].values if one.count]
    if field == "author":
        return values
    return [one for one in values if _is_chosen(results.query, field, one)]


def _is_chosen(query: Query, field: FacetField, value: FacetValue) -> bool:
    """Returns whether papers with this value of a single-valued facet are among the results."""
    if value.excluded or (query.filter(field).include and not value.selected):
        return False
    low, high = query.years.low, query.years.high
    if field != "year" or (low is None and high is None):
        return True
    return value.value.isdecimal() and (low or 0) <= int(value.value) <= (high or 9999)


def _without_author_filter(query: Query) -> Query:
    """Returns the query with its author filter as clauses, which restrict its own facet too."""
    was = query.filter("author")
    clauses: list[Clause] = [] if query.clause is None else [query.clause]
    if was.include:
        clauses.append(Or(tuple(_named(one) for one in was.include)))
    clauses += [Not(_named(one)) for one in was.exclude]
    if not was.include and not was.exclude:
        return query
    others = tuple(one for one in query.filters if one != was)
    return replace(query, clause=And(tuple(clauses)), filters=others)


def _named(name: str) -> Clause:
    return Not(Has("authors")) if name == UNKNOWN else AuthorName(name, exact=True)


START = "*"
"""The cursor of the beginning, as OpenAlex writes it."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the answer to one query on one generation.

    Attributes:
        identity: of the index, see `indexer.IndexInfo`.
        page: from 1.
        asked: digest of everything else that was asked.
    """

    identity: str
    generation: str
    page: int
    asked: str

    def __str__(self) -> str:
        """Write it for an address."""
        told = [self.identity, self.generation, self.page, self.asked]
        text = json.dumps(told, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def digest(asked: str) -> str:
    """Reduce what was asked to a few characters."""
    return hashlib.blake2b(asked.encode("utf-8", "replace"), digest_size=6).hexdigest()


def read_cursor(given: str, identity: str, generation: str, asked: str) -> Cursor:
    """Read a cursor that an earlier answer gave.

    Args:
        given: the cursor, or `START`.
        identity: of the index that is there now, which `START` begins in.
        generation: the newest generation, which `START` begins in.
        asked: `digest` of what is asked now.

    Raises:
        QueryError: when it is no cursor, or one of another question.
    """
    if given == START:
        return Cursor(identity, generation, 1, asked)
    try:
        padded = given + "=" * (-len(given) % 4)
        told = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        index, was, page, question = told
        cursor = Cursor(str(index), str(was), int(page), str(question))
    except (ValueError, TypeError, UnicodeError, binascii.Error, RecursionError) as error:
        raise QueryError("cursor", "expected * or a next_cursor of an earlier answer") from error
    if cursor.asked != asked:
        raise QueryError("cursor", "belongs to another question; begin again with *")
    if not 1 <= cursor.page <= 10**9:
        raise QueryError("cursor", "expected * or a next_cursor of an earlier answer")
    return cursor


_TEXT: Final = {"type": "string"}
_LIST: Final = {"type": "array", "items": {"type": "string"}}
_JSON: Final = "application/json"
_ATOM: Final = "application/atom+xml"
_QUERY: Final = (
    *("q", "venue", "venue_not", "year", "year_not", "type", "type_not", "author", "author_not"),
    *("year_from", "year_to", "match", "sort"),
)
_FORMAT: Final = {"type": "string", "enum": [*CITATION_FORMATS, "html"]}
_PAGE: Final = ("page", "per_page")
_SEARCH: Final = ("fields", "group_by", "cursor", "explain", "versions")
_NARROWING: Final = ("q", "venue", "year", "also", "exact", "group")
_WRITING: Final = ("abstract", "key", "ascii", "bom")
_MEDIA: Final = tuple(one.media_type.partition(";")[0] for one in CITATION_FORMATS.values())
_ENDPOINTS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "api.search": ((*_QUERY, *_PAGE, *_SEARCH), (_JSON,)),
    "api.info": ((), (_JSON,)),
    "api.api": ((), (_JSON,)),
    "records.paper": (_WRITING, ("text/html", _JSON, *_MEDIA)),
    "records.author": (("page", *_NARROWING, *_WRITING), ("text/html", _JSON, _ATOM, *_MEDIA)),
    "records.venue": (("page", *_WRITING), ("text/html", _JSON, _ATOM, *_MEDIA)),
    "connections.as_json": (("from", "to"), (_JSON,)),
    "exports.search": ((*_QUERY, *_WRITING), _MEDIA),
    "exports.export": (
        (*_QUERY, "id", "format", "style", *_WRITING),
        (*_MEDIA, "text/plain", "text/html"),
    ),
    "feeds.search": ((*_QUERY, *_PAGE), (_ATOM,)),
    "keeping.record_json": (_QUERY, (_JSON,)),
    "duplicates.as_json": (_QUERY, (_JSON,)),
    "differences.page_json": ((*_QUERY, "since", "until"), (_JSON,)),
    "trends.table": (_QUERY, ("text/csv",)),
    "suggest.suggest": (("q",), ("application/x-suggestions+json",)),
    "arxiv_api.query": (
        ("search_query", "id_list", "start", "max_results", "sortBy", "sortOrder"),
        (_ATOM,),
    ),
    "operation.healthz": ((), (_JSON,)),
}
"""Parameters and media types of every address that programs are meant to ask."""
_ERRORS: Final = {
    "400": "A parameter is not valid; `errors` lists each.",
    "404": "Not found.",
    "410": "The cursor belongs to a generation of the index that is gone.",
    "429": "Too many requests; `Retry-After` says when to ask again.",
    "503": "There is no index yet.",
}


def _fields() -> list[str]:
    """Returns the fields of the query language, each once, as the help has them."""
    found = (re.match(r"[a-z]+:", row.example) for row in SYNTAX)
    return list(dict.fromkeys(match[0] for match in found if match))


def describe(app: Flask, params: Params) -> dict[str, Any]:
    """Describe every address that programs are meant to ask."""
    paths: dict[str, Any] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in _ENDPOINTS:
            continue
        path = re.sub(r"<(?:[^:<>]*:)?([^<>]*)>", r"{\1}", rule.rule)
        names, media = _ENDPOINTS[rule.endpoint]
        view = app.view_functions[rule.endpoint]
        summary = (inspect.getdoc(view) or "").partition("\n")[0]
        inside = [_path_parameter(name, rule.rule) for name in re.findall(r"{(\w+)}", path)]
        paths[path] = {
            "get": {
                "operationId": re.sub(r"\W+", "_", path).strip("_"),
                "summary": summary,
                "parameters": inside + [_parameter(name, params) for name in names],
                "responses": _responses(media),
            }
        }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": str(app.jinja_env.globals["site"]),
            "version": "1",
            "description": "Search abstracts of research papers. No key is needed.",
        },
        "paths": paths,
    }


def _parameter(name: str, params: Params) -> dict[str, Any]:
    schema, told = _schema(name, params)
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": told}


def _schema(name: str, params: Params) -> tuple[dict[str, Any], str]:
    """Returns the schema of a parameter of an address, and its description."""
    facet = name.removesuffix("_not")
    if facet in FACET_FIELDS:
        told = "none of these" if name.endswith("_not") else "any of these; “unknown” for none"
        return _LIST, f"Values of {facet}: {told}."
    year = {"type": "integer", "minimum": 1, "maximum": 9999}
    switch = {"type": "string", "enum": ["0", "1"]}
    known: dict[str, tuple[dict[str, Any], str]] = {
        "q": (
            _TEXT,
            (
                f"The query; the first {params.max_text} characters are read. Its fields are "
                f"{', '.join(_fields())}."
            ),
        ),
        "year_from": (year, "First year."),
        "year_to": (year, "Last year."),
        "match": (_choice(Match), "How many of the query's words a paper must contain."),
        "sort": (_choice(Sort), "Order of the results."),
        "page": ({"type": "integer", "minimum": 1, "maximum": 10**9}, "Page, from 1."),
        "per_page": (
            {"type": "integer", "minimum": 1, "maximum": params.max_per_page},
            "Results per page.",
        ),
        "fields": (_TEXT, "Keys to return for each result, separated by commas."),
        "group_by": (
            {"type": "string", "enum": list(FACET_FIELDS)},
            "Return counts by this facet instead of results.",
        ),
        "cursor": (_TEXT, "`*`, then each `next_cursor`: the whole answer of one generation."),
        "versions": (
            {"type": "string", "enum": ["collapse"]},
            "Each work once: `works` counts them; `versions` of a result has the other ids.",
        ),
        "explain": (switch, "Show how each score is made up."),
        "abstract": (switch, "Whether references include abstracts."),
        "key": (_TEXT, "Pattern of citation keys, such as {author}{year}{word}."),
        "ascii": (switch, "Whether BibTeX writes non-ASCII letters as TeX."),
        "bom": (switch, "Whether CSV starts with a byte order mark."),
        "style": (
            {"type": "string", "enum": list(REFERENCE_STYLES)},
            "Style of formatted references, instead of a format: text, or HTML with format=html.",
        ),
        "also": (_LIST, "Slugs of other exact names to include."),
        "exact": (switch, "Leave out names curated as the same person's."),
        "group": (_TEXT, "Only the group of papers that this paper is in, by its id."),
        "from": (_TEXT, "Name of an author."),
        "to": (_TEXT, "Name of another author."),
        "id": (_LIST, "Ids of papers."),
        "since": (_TEXT, "Name of the earlier generation."),
        "until": (_TEXT, "Name of the later generation; the newest by default."),
        "format": (_FORMAT, "Format of references."),
        "search_query": (_TEXT, "A query in arXiv's language."),
        "id_list": (_TEXT, "Ids of papers, separated by commas."),
        "start": ({"type": "integer", "minimum": 0, "maximum": 10**9}, "Results to skip."),
        "max_results": ({"type": "integer", "minimum": 0, "maximum": 2000}, "Results to return."),
        "sortBy": (
            {"type": "string", "enum": ["relevance", "lastUpdatedDate", "submittedDate"]},
            "Order of the results.",
        ),
        "sortOrder": ({"type": "string", "enum": ["ascending", "descending"]}, "Its direction."),
    }
    return known[name]


def _path_parameter(name: str, rule: str) -> dict[str, Any]:
    suffixes = re.search(rf"<any\((.*)\):{name}>", rule)
    schema: dict[str, Any] = {"type": "string", "minLength": 1}
    if suffixes:
        schema = {"type": "string", "enum": [one.strip(" '\"") for one in suffixes[1].split(",")]}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _responses(media: tuple[str, ...]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "The answer.", "content": {one: {} for one in media}}
    bad = {
        status: {
            "description": told,
            "content": {"application/problem+json": {}, "text/html": {}},
        }
        for status, told in _ERRORS.items()
    }
    moved = {"description": "It stands under another spelling of its name."}
    return {"200": good, "302": moved, "304": {"description": "Nothing has changed."}} | bad


def _choice(kind: type[Match | Sort]) -> dict[str, Any]:
    return {"type": "string", "enum": [one.value for one in kind]}
