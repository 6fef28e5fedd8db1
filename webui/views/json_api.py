"""The same addresses for machines: results, what is in the index, what can be asked.

``/search.json`` takes the parameters of ``/search`` and besides ``fields`` (keys of each hit),
``facets`` (which are counted), ``group_by`` (what ``/groups.json`` answers) and ``cursor`` (the
whole answer, page by page, of one generation).

Counting the papers of an answer by one facet, in the shape of OpenAlex's ``group_by``.

Places in an answer that a program can come back to: opaque, and true to one generation.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from indexer import (
    DEFAULT_FACETS,
    FACET_FIELDS,
    UNKNOWN,
    And,
    AuthorName,
    Clause,
    FacetField,
    FacetRequest,
    FacetValue,
    Has,
    Hit,
    HitJson,
    IndexMissing,
    Match,
    Not,
    Or,
    Query,
    QueryError,
    Results,
    Searcher,
    Works,
    hit_json,
    info_json,
    offer_some_words,
    put_together,
    results_json,
)
from webui.http import request_context
from webui.http.error_pages import problem, refused
from webui.openapi.answers import CollectionJson, GroupsJson, SearchResultsJson
from webui.openapi.schemas import keys_of
from webui.presentation.facets import facet_label
from webui.presentation.results_page import last_page
from webui.urls.query_params import SearchRequest

blueprint = Blueprint("api", __name__)


@blueprint.get("/info.json")
def info() -> Response:
    """Returns what the index contains."""
    told = cast(CollectionJson, info_json(request_context.info()))
    if request_context.searcher().integrity.fallback_reason:
        told["degraded"] = True
    return answer(told)


@blueprint.get("/search.json")
def search() -> ResponseReturnValue:
    """Returns one page of results, as ``quiver search --json`` prints it.

    Raises:
        QueryError: when ``fields``, ``facets``, ``group_by``, ``cursor`` or ``explain`` has no
            meaning.
    """
    asked = request_context.read_request(min_per_page=0)
    if asked.faults:
        return refused(asked)
    if "group_by" in request.args:
        return _groups(asked.query)
    facets = requested_facets(DEFAULT_FACETS)
    selected((), HitJson)
    if request.args.get("explain", "") not in ("", "0", "1"):
        raise QueryError("explain", "expected 0 or 1")
    explain = request.args.get("explain") == "1"
    query = asked.query
    if "cursor" in request.args:
        question = digest(repr(request_context.params().pairs(replace(query, page=1))))
        newest = request_context.searcher()
        given = request.args["cursor"]
        cursor = read_cursor(given, newest.identity, newest.generation, question)
        try:
            if cursor.identity != newest.identity:
                raise IndexMissing("the index was made anew")  # noqa: TRY301 - the same answer
            searcher = request_context.of_generation(cursor.generation)
        except IndexMissing:
            return problem(
                410,
                "The index has changed",
                f"This cursor belongs to generation {cursor.generation[:40]}, which is no longer "
                "available; begin again with *.",
            )
        query = replace(query, page=cursor.page, per_page=max(1, query.per_page))
        results = searcher.search(query, facets=facets, explain=explain)
        request_context.require_complete()
        found = _search_json(results, asked)
        found["next_cursor"] = _next(results, searcher.identity, question)
    else:
        searcher = request_context.searcher()
        results = searcher.search(query, facets=facets, explain=explain)
        results = offer_some_words(searcher, results)
        found = _search_json(results, asked)
        if request_context.params().together:
            works = put_together(searcher, results, explain=explain)
            found["works"] = works.total
            found["hits"] = [_work_json(works, hit) for hit in works.hits]
    close = {"close": selected(found["close"], HitJson)} if "close" in found else {}
    return answer({**found, "hits": selected(found["hits"], HitJson), **close})


@blueprint.get("/groups.json")
def groups() -> ResponseReturnValue:
    """Count the results of a query by one facet (``group_by``).

    Raises:
        QueryError: when there is no such facet.
    """
    asked = request_context.read_request()
    return refused(asked) if asked.faults else _groups(asked.query)


def _groups(query: Query) -> Response:
    wanted = request.args.get("group_by", "")
    field = next((known_field for known_field in FACET_FIELDS if known_field == wanted), None)
    if field is None:
        raise QueryError("group_by", f"expected one of {', '.join(FACET_FIELDS)}")
    counted = grouped(request_context.searcher(), query, field)
    request_context.require_complete()
    return answer(counted)


def _search_json(results: Results, asked: SearchRequest) -> SearchResultsJson:
    found = cast(SearchResultsJson, results_json(results))
    found["notices"] = list(asked.notices)
    return found


def _work_json(works: Works, hit: Hit) -> HitJson:
    """Writes the hit of a work, with the ids of its other versions."""
    others = works.others.get(hit.paper.id, ())
    return {**hit_json(hit), "versions": [paper.id for paper in others]}


def _next(results: Results, identity: str, question: str) -> str | None:
    """Returns the cursor of the next page, or None on the last."""
    query = results.query
    if query.page >= last_page(results.total, query.per_page):
        return None
    return str(Cursor(identity, results.generation, query.page + 1, question))


def selected(records: Iterable[Mapping[str, object]], kind: type) -> list[Mapping[str, object]]:
    """Returns the keys of objects that the parameter ``fields`` names; all where it is empty.

    Args:
        records: the objects.
        kind: their type; a key that an object may have and has not is left out.

    Raises:
        QueryError: when it names a key that no such object has.
    """
    wanted = _listed("fields", keys_of(kind))
    if not wanted:
        return list(records)
    return [{key: entry[key] for key in wanted if key in entry} for entry in records]


def requested_facets(usual: tuple[FacetRequest, ...]) -> tuple[FacetRequest, ...]:
    """Returns the facets that the parameter ``facets`` names; ``none`` counts none.

    Args:
        usual: the facets where the parameter is empty, each with its number of values.

    Raises:
        QueryError: when it names something else.
    """
    known = {request_.field: request_ for request_ in usual}
    wanted = _listed("facets", (*known, "none"))
    if not wanted:
        return usual
    if "none" in wanted and len(wanted) > 1:
        raise QueryError("facets", "expected none alone, or facets alone")
    return tuple(request_ for request_ in usual if request_.field in wanted)


def _listed(name: str, known: Sequence[str]) -> list[str]:
    """Returns the names in a parameter that lists some, separated by commas.

    Raises:
        QueryError: when one of them is not known.
    """
    given = [part.strip() for text in request.args.getlist(name) for part in text.split(",")]
    wanted = list(dict.fromkeys(name_ for name_ in given if name_))
    unknown = next((name_ for name_ in wanted if name_ not in known), None)
    if unknown is not None:
        shown = f"“{unknown[:40]}”"
        raise QueryError(name, f"expected some of {', '.join(known)}; got {shown}")
    return wanted


def answer(body: Mapping[str, object]) -> Response:
    """Writes an object as JSON."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text + "\n", content_type="application/json")


MOST: Final = 10_000
"""Groups in one answer, the largest first."""


def grouped(searcher: Searcher, query: Query, field: FacetField) -> GroupsJson:
    """Counts papers by the values of a facet, every filter holding, the facet's own, too.

    The counts beside a result leave a facet's own filter aside, for there they say what a click
    would bring; these say what the answer is made of.
    """
    query = settled(query, searcher.search(replace(query, page=1, per_page=0), facets=()))
    counted = _without_author_filter(query) if field == "author" else query
    wanted = FacetRequest(field, MOST)
    results = searcher.search(replace(counted, page=1, per_page=0), facets=(wanted,))
    values = parts(results, field)
    return {
        "meta": {"count": results.total, "generation": results.generation, "group_by": field},
        "group_by": [
            {"key": value.value, "key_display_name": facet_label(value.value), "count": value.count}
            for value in values
        ],
    }


def settled(query: Query, results: Results) -> Query:
    """Returns a query with its reading fixed as its results have it, for `parts`.

    Under `Match.AUTO` a facet may be read otherwise without its own filter than the answer is.
    """
    return replace(query, match=Match(results.receipt.matched))


def parts(results: Results, field: FacetField) -> list[FacetValue]:
    """Returns the facet values of the papers found, most frequent first.

    Args:
        results: with this facet; its query is `settled`, and has no filter of authors where the
            facet is author.
        field: the facet.
    """
    values = [value for value in results.facets[field].values if value.count]
    if field == "author":
        return values
    return [value for value in values if _is_chosen(results.query, field, value)]


def _is_chosen(query: Query, field: FacetField, value: FacetValue) -> bool:
    """Returns whether papers with this value of a single-valued facet are among the results."""
    if value.excluded or (query.filter(field).include and not value.selected):
        return False
    low, high = query.years.low, query.years.high
    if field != "year" or (low is None and high is None):
        return True
    return value.value.isdecimal() and (low or 0) <= int(value.value) <= (high or 9999)


def _without_author_filter(query: Query) -> Query:
    """Returns the query with its author filter as clauses, which restrict its own facet too."""
    was = query.filter("author")
    clauses: list[Clause] = [] if query.clause is None else [query.clause]
    if was.include:
        clauses.append(Or(tuple(_named(value) for value in was.include)))
    clauses += [Not(_named(value)) for value in was.exclude]
    if not was.include and not was.exclude:
        return query
    others = tuple(other for other in query.filters if other != was)
    return replace(query, clause=And(tuple(clauses)), filters=others)


def _named(name: str) -> Clause:
    return Not(Has("authors")) if name == UNKNOWN else AuthorName(name, exact=True)


START = "*"
"""The cursor of the beginning, as OpenAlex writes it."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the answer to one query on one generation.

    Attributes:
        identity: of the index, see `indexer.IndexInfo`.
        page: from 1.
        asked: digest of everything else that was asked.
    """

    identity: str
    generation: str
    page: int
    asked: str

    def __str__(self) -> str:
        """Writes it for an address."""
        told = [self.identity, self.generation, self.page, self.asked]
        text = json.dumps(told, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def digest(asked: str) -> str:
    """Reduce what was asked to a few characters."""
    return hashlib.blake2b(asked.encode("utf-8", "replace"), digest_size=6).hexdigest()


def read_cursor(given: str, identity: str, generation: str, asked: str) -> Cursor:
    """Reads a cursor that an earlier answer gave.

    Args:
        given: the cursor, or `START`.
        identity: of the index that is there now, which `START` begins in.
        generation: the newest generation, which `START` begins in.
        asked: `digest` of what is asked now.

    Raises:
        QueryError: when it is no cursor, or one of another question.
    """
    if given == START:
        return Cursor(identity, generation, 1, asked)
    try:
        padded = given + "=" * (-len(given) % 4)
        told = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        index, was, page, question = told
        cursor = Cursor(str(index), str(was), int(page), str(question))
    except (ValueError, TypeError, UnicodeError, binascii.Error, RecursionError) as error:
        raise QueryError("cursor", "expected * or a next_cursor of an earlier answer") from error
    if cursor.asked != asked:
        raise QueryError("cursor", "belongs to another question; begin again with *")
    if not 1 <= cursor.page <= 10**9:
        raise QueryError("cursor", "expected * or a next_cursor of an earlier answer")
    return cursor
