"""What the request at hand works with: the application's parameters and one searcher."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import PurePath
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, g, request, url_for

from indexer import (
    Formulas,
    IndexDamaged,
    IndexInfo,
    IndexMissing,
    Query,
    QueryTimedOut,
    Searcher,
    Venues,
    read_typed_text,
)
from webui.http.searcher_pool import Snapshots
from webui.presentation.markup import Display
from webui.urls.query_params import COMPACT, TOGETHER, Params, SearchRequest
from webui.urls.search_urls import SearchUrls
from webui.urls.url_builder import Addresses

_Derived = TypeVar("_Derived")


def register(app: Flask, snapshots: Snapshots, params: Params, venues: Venues) -> None:
    """Registers an application's searchers and parameters; requests return what they borrow."""
    app.extensions["quiver.venues"] = venues
    app.extensions["quiver.snapshots"] = snapshots
    app.extensions["quiver.params"] = params
    app.extensions["quiver.display"] = Display(Formulas())
    app.extensions["quiver.derived"] = {}
    app.extensions["quiver.addresses"] = Addresses(url_for, lambda: request.script_root)
    app.teardown_appcontext(_give_back)


def searcher() -> Searcher:
    """Returns the one searcher of this request, borrowed at the first call.

    Raises:
        IndexMissing: when nothing was published yet; the answer is then a 503.
    """
    if "searcher" not in g:
        lent = g.setdefault("lent", ExitStack())
        snapshots = cast(Snapshots, current_app.extensions["quiver.snapshots"])
        g.searcher = _for_page(lent.enter_context(snapshots.lent()))
    return cast(Searcher, g.searcher)


def of_generation(generation: str) -> Searcher:
    """Opens a kept generation until the end of this request; the newest is shared.

    Raises:
        IndexMissing: when it is not kept, or is older than this program and cannot be read by it.
    """
    if searcher().generation == generation:
        return searcher()
    lent = g.setdefault("lent", ExitStack())
    snapshots = cast(Snapshots, current_app.extensions["quiver.snapshots"])
    try:
        return _for_page(lent.enter_context(snapshots.earlier(generation)))
    except IndexDamaged as error:
        raise IndexMissing(f"generation {generation} cannot be read any more") from error


def _for_page(searcher: Searcher) -> Searcher:
    page = searcher.for_page()
    g.setdefault("pages", []).append(page)
    return page


def timed_out() -> bool:
    """Returns whether the deadline of this page has cut any of its answers."""
    return any(page.timed_out for page in g.get("pages", ()))


def require_complete() -> None:
    """Goes on only if no answer of this page was cut by the deadline.

    Raises:
        QueryTimedOut: if one was; the page is then a 503.
    """
    if timed_out():
        raise QueryTimedOut


def derived(name: str, derive: Callable[[Searcher], _Derived]) -> _Derived:
    """Returns what is derived from the content alone, once for each content.

    Args:
        name: of what is derived.
        derive: derives it; what the deadline has cut is not kept.
    """
    read = searcher()
    content = f"{read.generation}@{read.identity}"
    kept = cast("dict[str, tuple[str, _Derived]]", current_app.extensions["quiver.derived"])
    known = kept.get(name)
    if known is not None and known[0] == content:
        return known[1]
    value = derive(read)
    if not timed_out():
        kept[name] = content, value
    return value


def generations() -> tuple[str, ...]:
    """Returns the names of the generations that `of_generation` opens, oldest first."""
    return cast(Snapshots, current_app.extensions["quiver.snapshots"]).kept_generations()


def keep_searcher() -> Callable[[], None]:
    """Keeps the searcher beyond the end of this request, for an answer that is still being sent.

    Returns:
        what gives it back; the answer calls it when it is closed.
    """
    lent = cast(ExitStack, g.pop("lent", ExitStack()))
    return lent.close


def published() -> str | None:
    """Returns the newest published generation, or None.

    It is asked for once a request: a cluster is a network away.
    """
    if "published" not in g:
        g.published = cast(Snapshots, current_app.extensions["quiver.snapshots"]).published()
    return cast("str | None", g.published)


def published_content() -> str | None:
    """Returns what names the newest content: generation and identity; None where there is none."""
    generation = published()
    if generation is None:
        return None
    if "identity" not in g:
        snapshots = cast(Snapshots, current_app.extensions["quiver.snapshots"])
        g.identity = snapshots.identity() or ""
    return f"{generation}@{g.identity}"


def used_content() -> str | None:
    """Returns what names the content that this request read, if it read any."""
    if "searcher" not in g:
        return None
    read = cast(Searcher, g.searcher)
    return f"{read.generation}@{read.identity}"


def info() -> IndexInfo:
    """Returns what the index contains, its dumps by name only: their folders are private.

    Raises:
        IndexMissing: when nothing was published yet.
    """
    told = searcher().info()
    return replace(told, dumps=tuple(map(source_name, told.dumps)))


def source_name(dump: str) -> str:
    """Returns a dump's name without its folders; an address whole."""
    return dump if "://" in dump else PurePath(dump).name or dump


def used() -> str | None:
    """Returns the generation that this request read, or None."""
    return cast(Searcher, g.searcher).generation if "searcher" in g else None


def face() -> str:
    """Returns the digest of the application's own code and templates."""
    return cast(str, current_app.extensions["quiver.face"])


def params() -> Params:
    """Returns how this application reads and writes the addresses of results."""
    if "params" not in g:
        known = cast(Params, current_app.extensions["quiver.params"])
        name, value = TOGETHER
        compact = request.args.get(COMPACT[0]) == COMPACT[1]
        g.params = replace(known, together=request.args.get(name) == value, compact=compact)
    return cast(Params, g.params)


def addresses() -> Addresses:
    """Returns the writer of this application's addresses."""
    return cast(Addresses, current_app.extensions["quiver.addresses"])


def address(endpoint: str, **values: Any) -> str:
    """Writes the address of a page, as `flask.url_for` does."""
    return addresses().write(endpoint, **values)


def urls() -> SearchUrls:
    """Returns the writer of the addresses of searches, as this request has them written."""
    return SearchUrls(params(), address)


def search_href(query: Query) -> str:
    """Returns the address of the results of a query."""
    return urls().write(query)


def carried(query: Query) -> tuple[tuple[str, str], ...]:
    """Returns the parameters that a search form of this page carries along."""
    return urls().carried(query)


def display() -> Display:
    """Returns the renderer of papers' texts."""
    return cast(Display, current_app.extensions["quiver.display"])


def read_request(*, min_per_page: int = 1) -> SearchRequest:
    """Reads what the address of this request asks for."""
    read = replace(params(), min_per_page=min_per_page).read(request.args.items(multi=True))
    if read.faults:
        return read
    return replace(read, query=typed_read(read.query))


def typed_read(query: Query) -> Query:
    """Returns a query with what was typed read as venues, years, names and titles."""
    venues = cast(Venues, current_app.extensions["quiver.venues"])
    return read_typed_text(query, searcher(), venues)


def page(name: str = "page") -> int:
    """Reads the page of a list that has no other parameter; 404 where it has no such page."""
    given = request.args.get(name, "1")
    if not given.isascii() or not given.isdecimal() or not 1 <= int(given[:10]) <= 10**9:
        abort(404)
    return int(given[:10])


def _give_back(_: BaseException | None) -> None:
    lent = g.pop("lent", None)
    if lent is not None:
        lent.close()
