"""Possible duplicates among the results of a search, each group with its reason."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Final

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from indexer import decisions_of, find_versions
from webui.http import request_context
from webui.http.error_pages import refused
from webui.openapi.answers import DuplicatesJson
from webui.presentation.hit import shown
from webui.views.json_api import answer

blueprint = Blueprint("duplicates", __name__)
MOST_COMPARED: Final = 2_000
"""Results that are compared with each other; of more, the first of them in the order asked for."""


@blueprint.get("/duplicates")
def page() -> ResponseReturnValue:
    """Shows which results of a search may be one work, and what was decided."""
    asked = request_context.read_request()
    if asked.faults:
        return refused(asked)
    searcher, display = request_context.searcher(), request_context.display()
    found = searcher.search(replace(asked.query, page=1, per_page=0), facets=())
    ids = list(islice(searcher.ids(asked.query), MOST_COMPARED))
    papers = {paper_id: paper for paper_id in ids if (paper := searcher.get(paper_id)) is not None}
    decisions = decisions_of(searcher)
    groups = decisions.undecided(find_versions(papers.values()))
    request_context.require_complete()
    return render_template(
        "duplicates/page.html",
        query=asked.query,
        total=found.total,
        compared=len(papers),
        groups=[
            (group, [shown(papers[paper_id], display) for paper_id in group.ids])
            for group in groups
        ],
        decided=decisions.same,
        back=request_context.search_href(asked.query),
        json_href=request_context.params().write(asked.query, url_for("duplicates.as_json")),
        generation=searcher.generation,
    )


@blueprint.get("/duplicates.json")
def as_json() -> ResponseReturnValue:
    """Returns which results of a search may be one work, and what was decided."""
    asked = request_context.read_request()
    if asked.faults:
        return refused(asked)
    searcher = request_context.searcher()
    ids = list(islice(searcher.ids(asked.query), MOST_COMPARED))
    papers = [paper for paper_id in ids if (paper := searcher.get(paper_id)) is not None]
    decisions = decisions_of(searcher)
    groups = decisions.undecided(find_versions(papers))
    request_context.require_complete()
    told: DuplicatesJson = {
        "compared": len(papers),
        "groups": [
            {"kind": group.kind, "ids": list(group.ids), "reason": group.reason} for group in groups
        ],
        "same": [
            {"ids": list(decided.ids), "preferred": decided.preferred, "note": decided.note}
            for decided in decisions.same
        ],
        "different": [list(ids) for ids in decisions.different],
    }
    return answer(told)
