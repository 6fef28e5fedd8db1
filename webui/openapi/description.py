"""The description of the API as one document (OpenAPI 3.1.0, spec.openapis.org/oas/v3.1.0)."""

from __future__ import annotations

import re
from typing import Any, Final

from indexer import (
    CITATION_FORMATS,
    SYNTAX,
    AuthorClusterJson,
    IndexInfoJson,
    ResultsJson,
    __version__,
)
from webui.openapi.answers import ProblemJson
from webui.openapi.operations import ANY, ATOM, OPERATIONS, TAGS, Operation
from webui.openapi.parameters import path_parameter, query_parameter
from webui.openapi.schemas import Schemas
from webui.urls.query_params import Params

_ERRORS: Final = {
    "400": "A parameter is not valid; `errors` lists each.",
    "404": "Not found.",
    "410": "The cursor belongs to a generation of the index that is gone.",
    "429": "Too many requests; `Retry-After` says when to ask again.",
    "503": "There is no index yet, or a search took too long.",
}
_BINARY: Final = {"type": "string", "format": "binary"}
_TEXT: Final = {"type": "string"}
_PRIVATE: Final = {
    "password": {"type": "http", "scheme": "basic", "description": "Any user name will do."},
    "token": {"type": "http", "scheme": "bearer", "description": "The same password."},
}


def describe(title: str, server: str, params: Params, *, private: bool = False) -> dict[str, Any]:
    """Returns the document.

    Args:
        title: of the site.
        server: the public address of the site, without a final slash.
        params: the limits of parameters.
        private: a password is needed.
    """
    schemas = Schemas((ResultsJson, AuthorClusterJson, IndexInfoJson))
    problem = schemas.of(ProblemJson)
    paths = {
        operation.path: {"get": _operation(operation, schemas, problem, params)}
        for operation in OPERATIONS
    }
    components: dict[str, Any] = {"schemas": _selectable(schemas.components)}
    if private:
        components["securitySchemes"] = _PRIVATE
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": __version__, "description": _introduction(private)},
        "servers": [{"url": server}],
        "tags": [{"name": name, "description": told} for name, told in TAGS.items()],
        **({"security": [{name: []} for name in _PRIVATE]} if private else {}),
        "paths": paths,
        "components": components,
    }


def _operation(
    operation: Operation, schemas: Schemas, problem: dict[str, Any], params: Params
) -> dict[str, Any]:
    inside = [path_parameter(name) for name in re.findall(r"{(\w+)}", operation.path)]
    if operation.media == ANY:
        told = f"The media type is that of the format: {', '.join(_media_types())}."
    else:
        told = operation.summary
    return {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary.rstrip("."),
        "description": told,
        "parameters": inside + [query_parameter(name, params) for name in operation.parameters],
        "responses": _responses(operation, schemas, problem),
    }


def _responses(operation: Operation, schemas: Schemas, problem: dict[str, Any]) -> dict[str, Any]:
    if operation.answer is not None:
        good = schemas.of(operation.answer)
    else:
        good = _TEXT if operation.media.startswith("text/") else _BINARY
    written: dict[str, Any] = {
        "200": {"description": "The answer.", "content": {operation.media: {"schema": good}}}
    }
    if operation.moves:
        moved = {"Location": {"schema": _TEXT, "description": "The address to ask instead."}}
        written["302"] = {
            "description": "It stands under another spelling.",
            "headers": moved,
            "content": {"text/html": {"schema": _TEXT}},
        }
    bad = _error_content(operation, problem)
    for status, told in _ERRORS.items():
        if status != "410" or "cursor" in operation.parameters:
            written[status] = {"description": told, "content": bad}
    return written


def _error_content(operation: Operation, problem: dict[str, Any]) -> dict[str, Any]:
    """Returns the content of an error: what the address gives to programs, or else a page."""
    if operation.answer is not None:
        return {"application/problem+json": {"schema": problem}}
    if operation.path == "/api/query":
        return {ATOM: {"schema": _BINARY}}
    return {"text/html": {"schema": _TEXT}}


def _selectable(components: dict[str, Any]) -> dict[str, Any]:
    """Returns the components, with keys that ``fields`` can leave out no longer required."""
    written = dict(components)
    hit = dict(written["Hit"])
    hit["description"] += " Each key is there unless `fields` leaves it out."
    del hit["required"]
    written["Hit"] = hit
    selected = dict(written["Paper"]) | {"title": "SelectedPaper"}
    selected["description"] = "A paper, or the keys of it that `fields` names."
    del selected["required"]
    written["SelectedPaper"] = selected
    author = dict(written["AuthorPapers"])
    papers = author["properties"]["papers"]
    papers = papers | {"items": {"$ref": "#/components/schemas/SelectedPaper"}}
    author["properties"] = author["properties"] | {"papers": papers}
    written["AuthorPapers"] = author
    return dict(sorted(written.items()))


def _media_types() -> list[str]:
    return list(dict.fromkeys(f.media_type.partition(";")[0] for f in CITATION_FORMATS.values()))


def _introduction(private: bool) -> str:  # noqa: FBT001 - one word of a text
    """Returns what holds of all operations, and the query language, in Markdown."""
    access = "A password is needed." if private else "No key is needed, and any page may ask."
    rows = [f"| `{_cell(row.example)}` | {_cell(row.meaning)} |" for row in SYNTAX]
    return "\n".join(
        [
            f"Search abstracts of research papers. {access}",
            "",
            "`fields=id,title` and `facets=none` keep answers small. A repeated parameter means",
            "any of its values. With `group_by`, /search.json answers as /groups.json does. Every",
            "answer has an `ETag`; a request with `If-None-Match` is answered 304 until something",
            "changes. Keys may be added to answers, none is renamed or taken away.",
            "",
            "## Queries",
            "",
            "| query | finds |",
            "|---|---|",
            *rows,
        ]
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
