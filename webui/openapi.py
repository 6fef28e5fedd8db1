"""The interface described for programs (OpenAPI 3.1), made from the routes and what they say."""

from __future__ import annotations

import inspect
import re
from typing import Any, Final

from flask import Flask

from indexer import CITATION_FORMATS, FACET_FIELDS, REFERENCE_STYLES, Match, Sort
from webui.params import Params

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
    "400": "A parameter has no meaning; `errors` names each.",
    "404": "There is no such thing.",
    "410": "The cursor belongs to a generation of the index that is gone.",
    "429": "Too many requests; `Retry-After` says when to ask again.",
    "503": "There is no index yet.",
}


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
            "description": "Search of abstracts of research papers. No key is needed.",
        },
        "paths": paths,
    }


def _parameter(name: str, params: Params) -> dict[str, Any]:
    schema, told = _schema(name, params)
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": told}


def _schema(name: str, params: Params) -> tuple[dict[str, Any], str]:
    """Give the schema of a parameter of the address and what it is for."""
    facet = name.removesuffix("_not")
    if facet in FACET_FIELDS:
        told = "none of these" if name.endswith("_not") else "any of these; “unknown” for none"
        return _LIST, f"Values of {facet}: {told}."
    year = {"type": "integer", "minimum": 1, "maximum": 9999}
    switch = {"type": "string", "enum": ["0", "1"]}
    known: dict[str, tuple[dict[str, Any], str]] = {
        "q": (_TEXT, f"The query; the first {params.max_text} characters are read."),
        "year_from": (year, "First year."),
        "year_to": (year, "Last year."),
        "match": (_choice(Match), "How many of the bare words a paper must hold."),
        "sort": (_choice(Sort), "Order of the hits."),
        "page": ({"type": "integer", "minimum": 1, "maximum": 10**9}, "Page, from 1."),
        "per_page": (
            {"type": "integer", "minimum": 1, "maximum": params.max_per_page},
            "Hits a page.",
        ),
        "fields": (_TEXT, "Keys of each hit to give, parted by commas."),
        "group_by": (
            {"type": "string", "enum": list(FACET_FIELDS)},
            "Give counts by this facet instead of hits.",
        ),
        "cursor": (_TEXT, "`*`, then each `next_cursor`: the whole answer of one generation."),
        "versions": (
            {"type": "string", "enum": ["collapse"]},
            "Each work once: `works` counts them, `versions` of a hit are the ids of the others.",
        ),
        "explain": (switch, "Say what each score is made of."),
        "abstract": (switch, "Whether references hold abstracts."),
        "key": (_TEXT, "Pattern of citation keys, such as {author}{year}{word}."),
        "ascii": (switch, "Whether BibTeX spells letters beyond ASCII in TeX."),
        "bom": (switch, "Whether CSV begins with a byte order mark."),
        "style": (
            {"type": "string", "enum": list(REFERENCE_STYLES)},
            "Style of formatted references, in place of a format; text, or HTML with format=html.",
        ),
        "also": (_LIST, "Slugs of other exact names to put with this one."),
        "exact": (switch, "Leave out names curated to be the same person's."),
        "group": (_TEXT, "Only the group of papers that this paper is in, by its id."),
        "from": (_TEXT, "Name of an author."),
        "to": (_TEXT, "Name of another."),
        "id": (_LIST, "Ids of papers."),
        "since": (_TEXT, "Name of the earlier generation; it must be kept."),
        "until": (_TEXT, "Name of the later generation; the newest where it is left out."),
        "format": (_FORMAT, "Format of references."),
        "search_query": (_TEXT, "A query in arXiv's language."),
        "id_list": (_TEXT, "Ids of papers, parted by commas."),
        "start": ({"type": "integer", "minimum": 0, "maximum": 10**9}, "Hits to pass over."),
        "max_results": ({"type": "integer", "minimum": 0, "maximum": 2000}, "Hits to give."),
        "sortBy": (
            {"type": "string", "enum": ["relevance", "lastUpdatedDate", "submittedDate"]},
            "Order of the hits.",
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
