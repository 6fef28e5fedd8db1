"""Completion while somebody types: author names, venues and fields, with their numbers of papers.

Answers in the form of OpenSearch suggestions 1.1, so that a browser's own box can use it, too.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

from flask import Blueprint, Response, request, url_for

from indexer import (
    UNKNOWN,
    FacetField,
    Filter,
    Query,
    Searcher,
    fold,
    labelled_people,
    name_slug,
)
from webui.http import request_context

blueprint = Blueprint("suggest", __name__)
_LONGEST: Final = 60
_SHORTEST: Final = 2
_EACH: Final = 5
_PEOPLE: Final = 3
"""Likely people of a name that are offered."""
_WORD: Final = re.compile(r"[^\s,;.\"-]*[^\W_][^\s,;.\"-]*")
"""Words of what is typed and of names: "Gogh, V." and "Ming-Hsuan" are two words each."""
_READ: Final = 1_000
"""Values with the longest word that are looked at for the other words."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """One completion.

    Attributes:
        kind: what it is ("author", "likely person", "venue").
        href: where choosing it leads.
    """

    text: str
    kind: str
    papers: int
    href: str


def suggestions(searcher: Searcher, typed: str) -> tuple[Suggested, ...]:
    """Completes what is typed to venues and names; most papers first within each kind."""
    words = _WORD.findall(fold(typed[:_LONGEST]).text)
    longest = max(words, key=len, default="")
    if len(longest) < _SHORTEST:
        return ()
    found: list[Suggested] = []
    kinds: tuple[FacetField, ...] = ("venue", "author")
    for kind in kinds:
        values = searcher.values(kind, prefix=longest, limit=_EACH if len(words) == 1 else _READ)
        fitting = [
            value for value in values if value.value != UNKNOWN and _fits(value.value, words)
        ]
        for value in fitting[:_EACH]:
            if kind == "author":
                href = url_for("records.author", slug=name_slug(value.value))
            else:
                chosen = Query(
                    filters=(Filter(kind, (value.value,)),),
                    per_page=request_context.params().per_page,
                )
                href = request_context.search_href(chosen)
            found.append(Suggested(value.value, kind, value.count, href))
            if kind == "author" and _WORD.findall(fold(value.value).text) == words:
                found += _people(searcher, value.value)
    return tuple(found)


def _people(searcher: Searcher, name: str) -> list[Suggested]:
    """Returns the likely people of a name that was typed in full."""
    return [
        Suggested(
            f"{name}: {person.label}",
            "likely person",
            person.papers,
            url_for("records.person", slug=name_slug(name), part=str(person.number)),
        )
        for person in labelled_people(searcher, name)[:_PEOPLE]
    ]


def _fits(name: str, words: list[str]) -> bool:
    """Returns whether each word is a prefix of a word of a name."""
    has = _WORD.findall(fold(name).text)
    return all(any(part.startswith(word) for part in has) for word in words)


@blueprint.get("/suggest")
def suggest() -> Response:
    """Completes ``q``: the texts, what each is, and the absolute address where each leads."""
    typed = request.args.get("q", "")[: request_context.params().max_text]
    found = suggestions(request_context.searcher(), typed)
    body = [
        typed,
        [offer.text for offer in found],
        [
            f"{offer.kind}, {offer.papers:,} {'paper' if offer.papers == 1 else 'papers'}"
            for offer in found
        ],
        [urljoin(request.url_root, offer.href) for offer in found],
    ]
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, content_type="application/x-suggestions+json")
