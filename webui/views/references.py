"""The page that checks a pasted bibliography; what is pasted is answered and not kept."""

from __future__ import annotations

from threading import Lock
from typing import Final, cast

from flask import Blueprint, Flask, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from indexer import (
    STATUS_WORDS,
    DumpError,
    check_references,
    corrected_bibtex,
    read_bibliography,
    report_json,
)
from webui.http import request_context
from webui.http.error_pages import busy
from webui.views.json_api import answer

blueprint = Blueprint("references", __name__)
MOST: Final = 200
"""References that one request may hold."""
LONGEST: Final = 200_000
"""Characters of the text that are read."""
FORMS: Final = ("table", "json", "bib")


def register(app: Flask) -> None:
    """Registers the page; bibliographies are checked one at a time, as one takes up to a second."""
    app.extensions["quiver.checking"] = Lock()
    app.register_blueprint(blueprint)


@blueprint.get("/references")
def form() -> str:
    """Shows the box into which a bibliography is pasted."""
    return _page()


@blueprint.post("/references")
def check() -> ResponseReturnValue:
    """Returns what is known of each reference pasted: a page, JSON, or a corrected .bib."""
    text = request.form.get("text", "").encode(errors="replace").decode()
    wanted = request.form.get("as", "table")
    if not text.strip():
        return _page(fault="Paste at least one reference."), 400
    if len(text) > LONGEST:
        fault = (
            f"The text is longer than {LONGEST:,} characters; "
            "quiver references on the command line takes longer ones."
        )
        return _page(fault=fault), 413
    checking = cast(Lock, current_app.extensions["quiver.checking"])
    if not checking.acquire(blocking=False):
        return busy("Another bibliography is being checked", 2)
    try:
        return _checked(text, wanted)
    finally:
        checking.release()


def _checked(text: str, wanted: str) -> ResponseReturnValue:
    try:
        given = read_bibliography(text.encode(), "pasted text", limit=MOST + 1)
    except DumpError as error:
        return _page(text, fault=f"The text could not be read: {error}"), 400
    if not given:
        return _page(text, fault="There is no reference in this text."), 400
    if len(given) > MOST:
        fault = f"Only the first {MOST} references were looked for."
        given = given[:MOST]
    else:
        fault = ""
    reports = tuple(check_references(request_context.searcher(), given))
    if wanted == "json":
        return answer({"references": [report_json(report) for report in reports]})
    if wanted == "bib":
        written = Response(
            "".join(corrected_bibtex(reports)), content_type="application/x-bibtex; charset=utf-8"
        )
        written.headers["Content-Disposition"] = 'attachment; filename="references.bib"'
        return written
    return _page(text, reports, fault=fault)


def _page(text: str = "", reports: tuple[object, ...] = (), *, fault: str = "") -> str:
    return render_template(
        "references/page.html",
        text=text,
        reports=reports,
        fault=fault,
        words=STATUS_WORDS,
        most=MOST,
        longest=LONGEST,
        forms=FORMS,
    )
