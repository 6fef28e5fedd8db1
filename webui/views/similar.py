"""More like these: papers near one paper or near a set of them, and the words that make them so."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template, request, url_for

from indexer import related_papers, shared_terms
from webui.http import request_context
from webui.presentation.hit import shown

blueprint = Blueprint("similar", __name__)
MOST_LIKED: Final = 50
"""Papers of a set that are looked at."""
_LISTED: Final = 20


@blueprint.get("/similar")
def page() -> str:
    """Show papers like those that the address lists (``id``, repeated)."""
    searcher, display = request_context.searcher(), request_context.display()
    ids = list(dict.fromkeys(request.args.getlist("id")))[:MOST_LIKED]
    found = [searcher.get(one) for one in ids]
    papers = [paper for paper in found if paper is not None]
    near = related_papers(searcher, *papers, limit=_LISTED)

    def without(gone: str) -> str:
        return url_for("similar.page", id=[one.id for one in papers if one.id != gone])

    return render_template(
        "similar/page.html",
        papers=papers,
        without={paper.id: without(paper.id) for paper in papers} if len(papers) > 1 else {},
        gone=len(ids) - len(papers),
        terms=near.terms,
        written=near.query,
        listed=[
            (shown(one.paper, display), shared_terms(near.terms, one.paper)) for one in near.hits
        ],
        generation=searcher.generation,
    )
