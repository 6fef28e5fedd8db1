"""A search string of another database, pasted: Quiver's own query, and what was lost."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from indexer import (
    LONGEST_SEARCH_STRING,
    SEARCH_DATABASES,
    Match,
    Query,
    SearchStringError,
    SearchStringReading,
    read_search_string,
    translate_clause,
)
from webui.http import request_context
from webui.presentation.hit import shown

blueprint = Blueprint("translations", __name__)
_LISTED: Final = 20
"""Papers shown for a query that no address can hold."""


@blueprint.get("/translate")
def page() -> str:
    """Shows the form."""
    return _page("", "")


@blueprint.post("/translate")
def read() -> ResponseReturnValue:
    """Reads a pasted search string; it is not kept."""
    text = request.form.get("text", "").encode(errors="replace").decode().strip("\r\n")
    source = request.form.get("from", "")
    if source not in {database.name for database in SEARCH_DATABASES}:
        return _page(text, "", fault="Choose the database that the search string is for."), 400
    if not text.strip():
        return _page("", source, fault="Paste a search string."), 400
    if len(text) > LONGEST_SEARCH_STRING:
        fault = f"The search string is longer than {LONGEST_SEARCH_STRING:,} characters."
        return _page("", source, fault=fault), 413
    try:
        reading = read_search_string(text, source)
    except SearchStringError as error:
        where = f"Line {error.line}, column {error.column}"
        return _page(text, source, fault=f"{where}: {error.reason}."), 400
    return _page(text, source, reading=reading)


def _page(
    text: str, source: str, *, fault: str = "", reading: SearchStringReading | None = None
) -> str:
    """Returns the page; a query that is too long for an address is answered on the page itself."""
    searcher, display = request_context.searcher(), request_context.display()
    clause = reading.clause if reading is not None else None
    is_short = reading is not None and len(reading.query) <= request_context.params().max_text
    results = None
    if reading is not None and clause is not None:
        per_page = 0 if is_short else _LISTED
        query = Query(reading.query, clause, match=Match.ALL, per_page=per_page)
        results = searcher.search(query, facets=())
    return render_template(
        "translations/page.html",
        databases=SEARCH_DATABASES,
        text=text,
        source=source,
        fault=fault,
        longest=LONGEST_SEARCH_STRING,
        reading=reading,
        results=results,
        href=request_context.search_href(Query(reading.query)) if reading and is_short else "",
        listed=[shown(hit.paper, display) for hit in results.hits] if results else [],
        translations=[
            {"database": made.database.label, "text": made.text, "notes": made.notes}
            for database in SEARCH_DATABASES
            if clause is not None and database.name != source
            for made in (translate_clause(clause, database),)
        ],
        generation=searcher.generation,
    )
