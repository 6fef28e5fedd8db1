"""Saving work and bytes: an answer is fixed by its address, the index and its generation.

So a browser that asks again with the tag of what it has gets a 304 before anything is searched,
and learns of a new generation on its next request all the same. Whoever else asks again gets the
page that was made before; the time that it names is the time its answer took then.

Finished pages kept in memory: people go back and forth, and links are shared.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Final, cast

from flask import Flask, Response, current_app, g, request

from indexer import IndexError_
from webui.http import request_context

_TAGGED: Final = frozenset(
    {
        "pages",
        "advanced",
        "similar",
        "records",
        "connections",
        "api",
        "api_description",
        "feeds",
        "exports",
        "crawling",
        "arxiv_api",
        "trends",
        "suggest",
    }
)
"""Blueprints whose answers depend on nothing but the address and the generation."""


def register(app: Flask, room: int) -> None:
    """Registers conditional responses (304) and the cache of finished pages.

    Args:
        app: the application.
        room: bytes of memory for finished pages; 0 keeps none.
    """
    app.extensions["quiver.face"] = _face(app)
    app.before_request(_unchanged)
    if room:
        app.extensions["quiver.page_cache"] = PageCache(room)
        app.before_request(cached_response)
        app.after_request(_keep)
    app.after_request(_tag)


def _face(app: Flask) -> str:
    """Returns a digest of all templates and settings, so that a new release has new ETags."""
    digest = hashlib.blake2b(digest_size=8)
    for folder in (app.template_folder, app.static_folder):
        root = Path(app.root_path) / str(folder)
        for path in sorted(root.rglob("*.*")):
            digest.update(path.read_bytes())
    for path in sorted(Path(app.root_path).rglob("*.py")):
        digest.update(path.read_bytes())
    digest.update(repr(app.jinja_env.globals["owner"]).encode("utf-8", "surrogatepass"))
    digest.update(str(app.jinja_env.globals["site"]).encode())
    return digest.hexdigest()


def _etag(content: str, face: str) -> str:
    # Not by value: the order of what is repeated may show, as that of two queries compared.
    pairs = sorted(request.args.items(multi=True), key=itemgetter(0))
    told = "\n".join((content, face, *_site(), request.path, repr(pairs)))
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _site() -> tuple[str, str, str]:
    """Returns what addresses of this site begin with, faster than Flask composes it."""
    return request.scheme, request.host, request.root_path


def _unchanged() -> Response | None:
    """Answer 304 where the asker already has what this generation says."""
    if request.blueprint not in _TAGGED or request.method not in ("GET", "HEAD"):
        return None
    if not request.if_none_match:
        return None
    content = request_context.published_content()
    if content is None:
        return None
    etag = _etag(content, request_context.face())
    if not request.if_none_match.contains_weak(etag):
        return None
    response = Response(status=304)
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Accept-Encoding")
    return response


def _page_cache() -> PageCache:
    return cast(PageCache, current_app.extensions["quiver.page_cache"])


def _key(content: str) -> Hashable:
    """Returns all that a page depends on, as the client spelt it: parsing it takes longer.

    A digest, because an address may be much longer than its page.
    """
    gzipped = request.accept_encodings.quality("gzip") > 0
    told = (content, _site(), request.path, request.query_string, gzipped)
    return hashlib.blake2b(repr(told).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def cached_response() -> Response | None:
    """Returns the cached page for the same address and generation, or None."""
    if request.blueprint not in _TAGGED or request.method not in ("GET", "HEAD"):
        return None
    if "quiver.page_cache" not in current_app.extensions:
        return None
    content = request_context.published_content()
    page = None if content is None else _page_cache().find(_key(content))
    if page is None:
        return None
    g.cached_response = True
    return Response(page.body, headers=list(page.headers))


def _keep(response: Response) -> Response:
    """Keeps a page that is finished: only what is whole, at hand, and the same for everyone."""
    if request.blueprint not in _TAGGED or request.method != "GET" or "cached_response" in g:
        return response
    if response.status_code != 200 or response.is_streamed or request_context.timed_out():
        return response
    content = _generation_read()
    if content is None or response.cache_control.no_store or "Set-Cookie" in response.headers:
        return response
    page = FinishedPage(tuple(response.headers), response.get_data())
    _page_cache().keep(_key(content), page)
    return response


def _generation_read() -> str | None:
    """Returns the content that a response was made from, or, if it read none, the newest."""
    try:
        return request_context.used_content() or request_context.published_content()
    except IndexError_:  # gone meanwhile; what is there can be sent all the same
        return None


def _tag(response: Response) -> Response:
    """Tag an answer with the generation it was made of; none was used by what needs none."""
    if "cached_response" in g:
        return response
    if request.method not in ("GET", "HEAD"):  # what was sent is not in the address
        response.cache_control.no_store = True
        return response
    if request.blueprint in _TAGGED and response.status_code == 200:
        content = _generation_read()
        if request_context.timed_out():  # the same address may answer more a moment later
            response.cache_control.no_store = True
        elif content is not None:
            response.set_etag(_etag(content, request_context.face()), weak=True)
            response.headers.setdefault("Cache-Control", "no-cache")
    return response


_SHARE: Final = 16
"""A page that takes more than this part of the room would push out too many others."""
_OVERHEAD: Final = 1_500
"""Bytes that a page takes beside its body and the texts of its headers, about."""


@dataclass(frozen=True, slots=True)
class FinishedPage:
    """An answer as it was sent.

    Attributes:
        headers: names and values, in order.
        body: as it was encoded.
    """

    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def size(self) -> int:
        """Bytes of memory that it takes, about."""
        return _OVERHEAD + len(self.body) + sum(len(name) + len(two) for name, two in self.headers)


class PageCache:
    """Pages by what they depend on; safe to share between threads.

    Bounded by bytes: the page that was not asked for the longest goes first.
    """

    def __init__(self, room: int) -> None:
        """Keeps nothing yet, and at most `room` bytes."""
        self._room = room
        self._taken = 0
        self._pages: OrderedDict[Hashable, FinishedPage] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> FinishedPage | None:
        """Returns the page cached under a key, or None."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def keep(self, key: Hashable, page: FinishedPage) -> None:
        """Keeps a page, unless it is too large."""
        if page.size * _SHARE > self._room:
            return
        with self._lock:
            was = self._pages.pop(key, None)
            self._pages[key] = page
            self._taken += page.size - (was.size if was is not None else 0)
            while self._taken > self._room:
                self._taken -= self._pages.popitem(last=False)[1].size
