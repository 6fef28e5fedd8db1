"""The topics of a result, each with its words, its count and its address."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from indexer import Query, Topic, topics_of
from webui.http import request_context
from webui.http.error_pages import refused
from webui.openapi.answers import TopicsJson
from webui.views.json_api import answer

blueprint = Blueprint("topics", __name__)


@blueprint.get("/topics")
def page() -> ResponseReturnValue:
    """Shows the topics of the result that the address asks for, as bars that are links."""
    asked = request_context.read_request()
    if asked.faults:
        return refused(asked)
    topics, total = _topics(asked.query)
    most = max((topic.total for topic in topics), default=1)
    return render_template(
        "topics/page.html",
        query=asked.query,
        total=total,
        topics=[
            {
                "phrase": topic.phrase,
                "words": topic.words,
                "total": topic.total,
                "width": round(240 * topic.total / most, 1),
                "href": request_context.search_href(topic.query),
            }
            for topic in topics
        ],
        back=request_context.search_href(asked.query),
        json_href=request_context.params().write(
            asked.query, request_context.address("topics.as_json")
        ),
        generation=request_context.searcher().generation,
    )


@blueprint.get("/topics.json")
def as_json() -> ResponseReturnValue:
    """Returns the topics of a result with their words, counts and queries."""
    asked = request_context.read_request()
    if asked.faults:
        return refused(asked)
    topics, total = _topics(asked.query)
    request_context.require_complete()
    told: TopicsJson = {
        "query": asked.query.text,
        "total": total,
        "topics": [
            {
                "phrase": topic.phrase,
                "words": list(topic.words),
                "total": topic.total,
                "query": topic.query.text,
            }
            for topic in topics
        ],
        "generation": request_context.searcher().generation,
    }
    return answer(told)


def _topics(query: Query) -> tuple[tuple[Topic, ...], int]:
    searcher = request_context.searcher()
    return topics_of(searcher, query), searcher.search(query, facets=()).total
