"""What to screen next in a systematic review: papers like the included, unlike the excluded."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue

from indexer import ScreeningOrder, labels_of, screening_order, screening_sentences
from indexer import write_screening_table as table_lines
from webui.http import request_context
from webui.http.error_pages import refused
from webui.presentation.hit import shown

blueprint = Blueprint("screening", __name__)
_LISTED: Final = 20
_IN_TABLE: Final = 100
"""Papers of the table, to be screened at once."""


@blueprint.get("/screen")
def page() -> ResponseReturnValue:
    """Shows the papers of a search that are to be screened next."""
    asked = request_context.read_request()
    if asked.faults:
        return refused(asked)
    order = screening_order(request_context.searcher(), asked.query, _LISTED)
    progress, stopping = screening_sentences(order)
    params, display = request_context.params(), request_context.display()
    return render_template(
        "screening/page.html",
        query=asked.query,
        progress=progress,
        stopping=stopping,
        order=order,
        listed=[
            (shown(candidate.paper, display), candidate.words) for candidate in order.candidates
        ],
        in_table=min(_IN_TABLE, order.left),
        table_href=params.write(asked.query, url_for("screening.table")),
        record_href=params.write(asked.query, url_for("keeping.record")),
        back=request_context.search_href(asked.query),
        generation=request_context.searcher().generation,
    )


@blueprint.get("/screen.csv")
def table() -> ResponseReturnValue:
    """Returns the papers to be screened next as the table that `quiver label` reads."""
    asked = request_context.read_request()
    if asked.faults:
        return refused(asked)
    order: ScreeningOrder = screening_order(request_context.searcher(), asked.query, _IN_TABLE)
    papers = (candidate.paper for candidate in order.candidates)
    lines = table_lines(papers, labels_of(request_context.searcher()))
    response = Response("".join(lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="next.csv"'
    return response
