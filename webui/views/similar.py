"""More like these: papers near one paper or near a set of them, and the words that make them so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer import NO_RELATED, Paper, Related, related_papers, shared_terms
from webui.http import request_context
from webui.presentation.hit import shown

blueprint = Blueprint("similar", __name__)
MOST_LIKED: Final = 50
"""Papers of a set that are looked at."""
_LISTED: Final = 20
LONGEST: Final = 20_000
"""Characters of a pasted text."""


@blueprint.get("/similar")
def page() -> str:
    """Shows papers like those that the address lists (``id``, repeated)."""
    searcher = request_context.searcher()
    ids = list(dict.fromkeys(request.args.getlist("id")))[:MOST_LIKED]
    found = [searcher.get(paper_id) for paper_id in ids]
    papers = [paper for paper in found if paper is not None]
    near = related_papers(searcher, *papers, limit=_LISTED)
    return _page(near, papers, gone=len(ids) - len(papers))


@blueprint.post("/similar")
def text() -> ResponseReturnValue:
    """Shows papers like a pasted text: an abstract, or a sentence of which the source is sought.

    The text is compared and not kept.
    """
    given = request.form.get("text", "").encode(errors="replace").decode().strip()
    if not given:
        return _page(NO_RELATED, (), fault="Paste a text."), 400
    if len(given) > LONGEST:
        fault = f"The text is longer than {LONGEST:,} characters."
        return _page(NO_RELATED, (), fault=fault), 413
    pasted = Paper(id="", title="", abstract=given)
    near = related_papers(request_context.searcher(), pasted, limit=_LISTED)
    return _page(near, (), text=given)


def _page(
    near: Related, papers: Sequence[Paper], *, gone: int = 0, text: str = "", fault: str = ""
) -> str:
    display = request_context.display()

    def without(gone: str) -> str:
        return url_for("similar.page", id=[other.id for other in papers if other.id != gone])

    return render_template(
        "similar/page.html",
        papers=papers,
        without={paper.id: without(paper.id) for paper in papers} if len(papers) > 1 else {},
        gone=gone,
        text=text,
        fault=fault,
        longest=LONGEST,
        shares=near.shares,
        terms=near.terms,
        written=near.query,
        listed=[
            (shown(hit.paper, display), shared_terms(near.terms, hit.paper)) for hit in near.hits
        ],
        generation=request_context.searcher().generation,
    )
