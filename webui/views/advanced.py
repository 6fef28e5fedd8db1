"""The advanced form: fields instead of a query language, and the same query string out of them.

The form is sent to its own address, which writes the query and leads on to the results: so the
address of the results is the one that anybody else would get who typed the query.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from indexer import compose_query, parse_query
from webui.http import request_context

blueprint = Blueprint("advanced", __name__)
LONGEST: Final = 300
"""Most characters of a field that are read."""
_YEAR: Final = re.compile(r"[0-9]{4}\Z")
_VENUES: Final = 100
"""Venues that the form offers, those of most papers first."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form.

    Attributes:
        name: in the address. hint: an example of what to type.
    """

    name: str
    label: str
    hint: str


WORDS: Final = (
    Field("all", "All of these words", "federated learning"),
    Field("phrase", "This exact phrase", "communication efficient"),
    Field("any", "Any of these words", "phone tablet laptop"),
    Field("none", "None of these words", "survey"),
)
RECORD: Final = (
    Field("title", "Words in the title", "gossip"),
    Field("author", "Author", "Jaggi, M"),
    Field("venue", "Venue", "ICML"),
)


@blueprint.get("/advanced")
def form() -> ResponseReturnValue:
    """Shows the form; where it was filled in, leads on to what it asks for."""
    typed = {
        name: request.args.get(name, "")[:LONGEST].strip()
        for name in (*(field.name for field in (*WORDS, *RECORD)), "from", "to")
    }
    faults = [name for name in ("from", "to") if typed[name] and not _YEAR.match(typed[name])]
    text = "" if faults else _composed(typed)
    if text:
        query = parse_query(text, per_page=request_context.params().per_page)
        return redirect(request_context.search_href(query), 303)
    venues = request_context.searcher().values("venue", limit=_VENUES)
    page = render_template(
        "advanced/form.html",
        typed=typed,
        faults=faults,
        empty=bool(request.args) and not faults,
        words=WORDS,
        record=RECORD,
        venues=[venue.value for venue in venues],
        longest=LONGEST,
    )
    return page, 400 if faults else 200


def _composed(typed: dict[str, str]) -> str:
    return compose_query(
        all_words=typed["all"],
        exact_phrase=typed["phrase"],
        any_words=typed["any"],
        none_words=typed["none"],
        title=typed["title"],
        author=typed["author"],
        venue=typed["venue"],
        year_from=int(typed["from"]) if typed["from"] else None,
        year_to=int(typed["to"]) if typed["to"] else None,
    )
