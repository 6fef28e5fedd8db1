"""What has changed for a search between two states of the index.

The earlier state is a generation that is still kept, named in the address, or a record of the
search (``/record.json``) that is handed in: a record lists what was found, so the comparison needs
nothing else, however long ago it was filed. This is what an update of a systematic review asks for
(PRISMA-S, item 14, doi.org/10.1186/s13643-020-01542-z).
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from threading import Lock
from typing import IO, Any, Final, cast

from flask import Blueprint, Flask, Response, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer import IndexMissing, Paper, Query, QueryError, Searcher, plain
from webui.http import request_context
from webui.http.error_pages import busy, refused
from webui.http.record_upload import read_upload
from webui.openapi.answers import SearchDifferenceJson, SearchStateJson
from webui.presentation.facets import chips
from webui.urls.query_params import SearchRequest
from webui.views.json_api import answer

blueprint = Blueprint("differences", __name__)
_MOST: Final = 20_000
"""Papers found both times that are looked at for changes, and papers gone that are looked for."""
_LISTED: Final = 1_000
LARGEST: Final = 32 << 20
"""Bytes of a record that is handed in: a million ids, see `record_upload`."""


@dataclass(frozen=True, slots=True)
class SearchState:
    """What a search found in one state of the index.

    Attributes:
        built: when the generation was published, ISO 8601.
        matched: "all" or "any" of the bare words; empty where the record does not say.
        ids: in the order of the search, each once.
    """

    generation: str
    built: str
    matched: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """The way from one state to a later one.

    Attributes:
        new: found now and not before, in the order of the search.
        gone: found before and not now.
        removed: those of `gone` that are not in the index any more; the others no longer match.
            None where too many are to be looked for.
        changed: found both times, with any field changed; None where too many are to be compared.
    """

    new: tuple[str, ...]
    gone: tuple[str, ...]
    removed: tuple[str, ...] | None
    changed: tuple[str, ...] | None


@blueprint.get("/record/diff")
def page() -> ResponseReturnValue:
    """Show what has changed for a search since a generation, or ask since which."""
    asked = request_context.read_request()
    if asked.faults:
        return refused(asked)
    names = _names()
    if isinstance(names, str):
        return _form(asked.query, names)
    try:
        earlier, later = (request_context.of_generation(name) for name in names)
    except IndexMissing as error:
        return _form(asked.query, str(error))
    return _compared(asked.query, _state(earlier, asked.query), earlier, later)


@blueprint.get("/record/diff.json")
def page_json() -> ResponseReturnValue:
    """Returns what has changed for a search from generation ``since`` to ``until``, or the newest.

    Raises:
        QueryError: when one of them is not named or not kept.
    """
    asked = request_context.read_request()
    if asked.faults:
        return refused(asked)
    names = _names()
    if isinstance(names, str):
        raise QueryError(
            "since", names or f"expected one of {', '.join(request_context.generations())}"
        )
    try:
        earlier, later = (request_context.of_generation(name) for name in names)
    except IndexMissing as error:
        raise QueryError("since", str(error)) from error
    before, after = _state(earlier, asked.query), _state(later, asked.query)
    found = difference(before, after, earlier, later)
    return answer(_difference_json(asked.query, before, after, found))


@blueprint.post("/record/diff")
def handed_in() -> ResponseReturnValue:
    """Show what has changed for a search since its record was made.

    Raises:
        QueryError: when what is handed in is no record of a search.
    """
    given = request.files.get("record")
    comparing = cast(Lock, current_app.extensions["quiver.comparing"])
    if not comparing.acquire(blocking=False):
        return busy("Another record is being compared", 5)
    try:
        asked, before = read_record(given.stream if given else io.BytesIO())
        if asked.faults:
            return refused(asked)
        return _compared(asked.query, before, None, request_context.searcher())
    finally:
        comparing.release()


def register(app: Flask) -> None:
    """Register the comparison of records, one at a time."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    app.extensions["quiver.comparing"] = Lock()
    app.register_blueprint(blueprint)


def difference(
    before: SearchState, after: SearchState, earlier: Searcher | None, later: Searcher
) -> Difference:
    """Compare what a search found in two states.

    Args:
        before: the earlier state.
        after: the later one.
        earlier: reads the earlier one; None where only its record is left, so that a paper counts
            as changed if it changed after that generation was published.
        later: reads the later one.
    """
    was, now = set(before.ids), set(after.ids)
    gone = tuple(paper_id for paper_id in before.ids if paper_id not in now)
    both = [paper_id for paper_id in after.ids if paper_id in was]
    return Difference(
        new=tuple(paper_id for paper_id in after.ids if paper_id not in was),
        gone=gone,
        removed=(
            tuple(paper_id for paper_id in gone if later.times(paper_id) is None)
            if len(gone) <= _MOST
            else None
        ),
        changed=tuple(_changed(both, before, earlier, later)) if len(both) <= _MOST else None,
    )


def _changed(
    ids: Iterable[str], before: SearchState, earlier: Searcher | None, later: Searcher
) -> Iterable[str]:
    for paper_id in ids:
        now = later.times(paper_id)
        was = earlier.times(paper_id) if earlier else None
        last = was.last_changed if was else before.built
        if now is not None and _instant(now.last_changed) > _instant(last):
            yield paper_id


def read_record(stream: IO[bytes]) -> tuple[SearchRequest, SearchState]:
    """Read a record of a search: what was asked and what was found.

    Args:
        stream: the JSON file.

    Raises:
        QueryError: when it is none.
    """
    fault = QueryError(
        "record", "expected the JSON record of a search, as downloaded from this site"
    )
    try:
        told = read_upload(stream)
        pairs = [
            (_text(name), _text(part))
            for name, value in told["parameters"].items()
            for part in (value if isinstance(value, list) else [value])
        ]
        index = told["index"]
        state = SearchState(
            _text(index["generation"])[:100],
            _text(index["built"])[:100],
            _text(told.get("matched", ""))[:10],
            told["ids"],
        )
        _instant(state.built)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise fault from error
    return request_context.params().read(pairs), state


def _text(value: object) -> str:
    """Write a value of a record; half a character, which JSON can hold, becomes a question mark."""
    return str(value).encode(errors="replace").decode()


def _instant(told: str) -> datetime:
    """Read a time of an index.

    Raises:
        ValueError: when it is none, or says no time zone.
    """
    read = datetime.fromisoformat(told)
    if read.tzinfo is None:
        raise ValueError(told)
    return read


def _names() -> tuple[str, str] | str:
    """Returns the generations to compare, or what is wrong with them; empty if none is named."""
    kept = request_context.generations()
    since = request.args.get("since", "")
    until = request.args.get("until", "") or (kept[-1] if kept else "")
    if not since:
        return ""
    for name in (since, until):
        if name not in kept:
            there = ", ".join(kept) or "none"
            return f"generation “{name[:40]}” is not available; these are: {there}"
    return since, until


def _state(searcher: Searcher, query: Query) -> SearchState:
    found = searcher.search(replace(query, page=1, per_page=0), facets=())
    ids = tuple(searcher.ids(query))
    request_context.require_complete()
    return SearchState(searcher.generation, searcher.info().built, found.receipt.matched, ids)


def _difference_json(
    query: Query, before: SearchState, after: SearchState, found: Difference
) -> SearchDifferenceJson:
    def state(side: SearchState) -> SearchStateJson:
        return {
            "generation": side.generation,
            "built": side.built,
            "matched": side.matched,
            "total": len(side.ids),
        }

    lists = asdict(found)
    return {
        "query": query.text,
        "address": request_context.params().write(query, url_for("pages.search", _external=True)),
        "since": state(before),
        "until": state(after),
        "counts": {name: None if ids is None else len(ids) for name, ids in lists.items()},
        "new": list(found.new),
        "gone": list(found.gone),
        "removed": None if found.removed is None else list(found.removed),
        "changed": None if found.changed is None else list(found.changed),
    }


def _compared(
    query: Query, before: SearchState, earlier: Searcher | None, later: Searcher
) -> ResponseReturnValue:
    after = _state(later, query)
    found = difference(before, after, earlier, later)
    kinds = {"New": found.new, "No longer found": found.gone, "Changed": found.changed or ()}
    return render_template(
        "differences/page.html",
        query=query,
        before=before,
        after=after,
        found=found,
        most=_MOST,
        lists={
            name: [_line(paper_id, later, earlier) for paper_id in ids[:_LISTED]]
            for name, ids in kinds.items()
        },
        sizes={name: len(ids) for name, ids in kinds.items()},
        chips=chips(query, request_context.search_href),
        back=request_context.search_href(query),
        json_href=_json_href(query, before, after) if earlier else "",
        generation=later.generation,
    )


def _line(paper_id: str, later: Searcher, earlier: Searcher | None) -> dict[str, Any]:
    """Returns a paper's line, read from the earlier generation if the later no longer has it."""
    here: Paper | None = later.get(paper_id)
    paper = here or (earlier.get(paper_id) if earlier else None)
    return {"id": paper_id, "title": plain(paper.title) if paper else "", "here": here is not None}


def _json_href(query: Query, before: SearchState, after: SearchState) -> str:
    written = request_context.params().write(query, url_for("differences.page_json"))
    joint = "&" if "?" in written else "?"
    return f"{written}{joint}since={before.generation}&until={after.generation}"


def _form(query: Query, wrong: str) -> ResponseReturnValue:
    """Returns the form that asks what to compare with; 404 if a named generation is gone."""
    kept = request_context.generations()
    if not kept:
        abort(404)
    page = render_template(
        "differences/form.html",
        query=query,
        wrong=wrong,
        earlier=kept[:-1],
        newest=kept[-1],
        kept=request_context.params().pairs(query),
        chips=chips(query, request_context.search_href),
        back=request_context.search_href(query),
    )
    return Response(page, status=404 if wrong else 200)
