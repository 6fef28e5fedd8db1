"""arXiv's API over this index: its clients work when their address is changed to ours.

The parameters and the shape of the answer are those of arXiv's manual
(info.arxiv.org/help/api/user-manual.html); identifiers are ours.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from flask import Blueprint, Response, request

from indexer import (
    And,
    Clause,
    Or,
    QueryError,
    Sort,
    Value,
    is_arxiv_category,
    parse_query,
)
from webui.http import request_context
from webui.views.feeds import atom, papers_from

blueprint = Blueprint("arxiv_api", __name__)
MOST: Final = 2_000
"""Entries that arXiv gives at once."""
_MOST_IDS: Final = 500
_FIELDS: Final = {"ti": "title", "abs": "abstract", "au": "author", "jr": "venue"}
_FIELD: Final = re.compile(r"\b(ti|au|abs|jr|all):", re.IGNORECASE)
_CATEGORY: Final = re.compile(r'\bcat:"?([^\s"()]+)"?', re.IGNORECASE)
_UNDERLINED: Final = re.compile(r"\bau:([^\s\"()]*_[^\s\"()]*)", re.IGNORECASE)
_SUBMITTED: Final = re.compile(r"submittedDate:\[(\d{4})\d* TO (\d{4})\d*\]")
ORDERS: Final = ("ascending", "descending")
SORTS: Final = {
    "relevance": Sort.RELEVANCE,
    "lastUpdatedDate": Sort.NEWEST,
    "submittedDate": Sort.NEWEST,
}


@blueprint.get("/api/query")
def query() -> Response:
    """Answer ``search_query id_list start max_results sortBy sortOrder``.

    Errors are feeds, too, as in arXiv's manual: one entry whose title is "Error".

    Raises:
        QueryError: when a number or an order has no meaning.
    """
    start = _number("start", 0, 10**9)
    size = _number("max_results", 10, MOST)
    given = request.args.get("search_query", "")[: request_context.params().max_text]
    ids = [part.strip() for part in request.args.get("id_list", "").split(",") if part.strip()]
    ids = [typed_id[: request_context.params().max_value] for typed_id in ids[:_MOST_IDS]]
    order = request.args.get("sortBy") or "relevance"
    if order not in SORTS:
        raise QueryError("sortBy", f"expected one of {', '.join(SORTS)}")
    sort = SORTS[order]
    direction = request.args.get("sortOrder") or "descending"
    if direction not in ORDERS:
        raise QueryError("sortOrder", f"expected one of {', '.join(ORDERS)}")
    if sort is Sort.NEWEST and direction == "ascending":
        sort = Sort.OLDEST
    asked = parse_query(in_our_syntax(given), sort=sort)
    if ids:
        listed = Or(tuple(_listed(typed_id) for typed_id in ids))
        both = And((asked.clause, listed)) if asked.clause is not None else listed
        asked = replace(asked, clause=both)
    told = f"search_query={given}&id_list={','.join(ids)}&start={start}&max_results={size}"
    window = papers_from(asked, start, size)
    links = {"self": request.url}
    title = f"ArXiv Query: {told}"
    return atom(window, title, f"api/query?{told}", links, arxiv=True)


def in_our_syntax(text: str) -> str:
    """Writes a query of arXiv's language in ours.

    >>> in_our_syntax('ti:"gossip learning" ANDNOT au:jaggi_m AND all:sgd')
    'title:"gossip learning" AND NOT author:"jaggi m" AND sgd'
    """
    text = re.sub(r"\bANDNOT\b", "AND NOT", text)
    text = _CATEGORY.sub(_category, text)
    text = _SUBMITTED.sub(r"year:\1-\2", text)
    text = _UNDERLINED.sub(lambda at: f'au:"{at.group(1).replace("_", " ").strip()}"', text)

    def field(at: re.Match[str]) -> str:
        name = _FIELDS.get(at.group(1).lower(), "")
        return f"{name}:" if name else ""

    return _FIELD.sub(field, text)


def _category(match: re.Match[str]) -> str:
    """Writes a category; a name that is none of arXiv's is that of a venue."""
    name = match[1].rstrip("*").rstrip(".")
    if is_arxiv_category(name):
        return f"cat:{name}"
    return f"venue:{match[1]}" if match[1].isalnum() else f'venue:"{match[1]}"'


def _listed(typed_id: str) -> Clause:
    """Returns what finds the paper of an id, which may be an arXiv number with its version."""
    clause = parse_query(typed_id).clause
    own = Value("id", typed_id)
    identified = isinstance(clause, Value) and clause.field == "identifier"
    return Or((own, clause)) if identified and clause is not None else own


def _number(name: str, default: int, most: int) -> int:
    given = request.args.get(name, "").strip() or str(default)
    if not given.isascii() or not given.isdecimal() or int(given[:12]) > most:
        raise QueryError(name, f"expected a whole number from 0 to {most}")
    return int(given)
