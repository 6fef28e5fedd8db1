"""Saving work and bytes: an answer is fixed by its address, the index and its generation.

So a browser that asks again with the tag of what it has gets a 304 before anything is searched,
and learns of a new generation on its next request all the same. Whoever else asks again gets the
page that was made before; the time that it names is the time its answer took then.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Hashable
from operator import itemgetter
from pathlib import Path
from typing import Final, cast

from flask import Flask, Response, current_app, g, request
from werkzeug.wrappers import Response as AnyResponse

from indexer import IndexError_
from webui import current
from webui.page_cache import FinishedPage, PageCache

_TAGGED: Final = frozenset(
    {
        "pages",
        "advanced",
        "similar",
        "records",
        "connections",
        "api",
        "feeds",
        "exports",
        "crawling",
        "arxiv_api",
        "trends",
        "suggest",
    }
)
"""Blueprints whose answers depend on nothing but the address and the generation."""
_TEXT: Final = ("text/", "application/json", "application/xml", "image/svg")
_SMALLEST: Final = 1_000
"""Bytes below which compression saves nothing."""


def register(app: Flask, room: int) -> None:
    """Let an application answer 304, compress what it sends and keep finished pages.

    Args:
        app: the application.
        room: bytes of memory for finished pages; 0 keeps none.
    """
    app.extensions["quiver.face"] = _face(app)
    app.before_request(_unchanged)
    if room:
        app.extensions["quiver.page_cache"] = PageCache(room)
        app.before_request(made_before)
        app.after_request(_keep)
    app.after_request(_tag)
    app.after_request(_compress)


def _face(app: Flask) -> str:
    """Give a digest of all templates and settings: a new release has new tags."""
    digest = hashlib.blake2b(digest_size=8)
    for folder in (app.template_folder, app.static_folder):
        root = Path(app.root_path) / str(folder)
        for path in sorted(root.rglob("*.*")):
            digest.update(path.read_bytes())
    for path in sorted(Path(app.root_path).glob("*.py")):
        digest.update(path.read_bytes())
    digest.update(str(app.jinja_env.globals["site"]).encode())
    return digest.hexdigest()


def _etag(content: str, face: str) -> str:
    # Not by value: the order of what is repeated may show, as that of two queries compared.
    pairs = sorted(request.args.items(multi=True), key=itemgetter(0))
    told = "\n".join((content, face, *_site(), request.path, repr(pairs)))
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _site() -> tuple[str, str, str]:
    """Name what addresses of this site begin with; Flask takes longer to put it together."""
    return request.scheme, request.host, request.root_path


def _unchanged() -> Response | None:
    """Answer 304 where the asker already has what this generation says."""
    if request.blueprint not in _TAGGED or not request.if_none_match:
        return None
    content = current.published_content()
    if content is None:
        return None
    etag = _etag(content, current.face())
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
    """Name all that a page depends on, as the asker spelt it: reading an address takes longer.

    A digest, because an address may be much longer than its page.
    """
    gzipped = request.accept_encodings.quality("gzip") > 0
    told = (content, _site(), request.path, request.query_string, gzipped)
    return hashlib.blake2b(repr(told).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def made_before() -> Response | None:
    """Give the page that was made for the same address and generation, if it is kept."""
    if request.blueprint not in _TAGGED or request.method not in ("GET", "HEAD"):
        return None
    if "quiver.page_cache" not in current_app.extensions:
        return None
    content = current.published_content()
    page = None if content is None else _page_cache().find(_key(content))
    if page is None:
        return None
    g.made_before = True
    return Response(page.body, headers=list(page.headers))


def _keep(response: Response) -> Response:
    """Keep a page that is finished: only what is whole, at hand, and the same for everyone."""
    if request.blueprint not in _TAGGED or request.method != "GET" or "made_before" in g:
        return response
    if response.status_code != 200 or response.is_streamed:
        return response
    content = _made_of()
    if content is None or response.cache_control.no_store or "Set-Cookie" in response.headers:
        return response
    page = FinishedPage(tuple(response.headers), response.get_data())
    _page_cache().keep(_key(content), page)
    return response


def _made_of() -> str | None:
    """Name the content that an answer was made of, or, if it read none, the newest."""
    try:
        return current.used_content() or current.published_content()
    except IndexError_:  # gone meanwhile; what is there can be sent all the same
        return None


def _tag(response: Response) -> Response:
    """Tag an answer with the generation it was made of; none was used by what needs none."""
    if "made_before" in g:
        return response
    if request.blueprint in _TAGGED and response.status_code == 200:
        content = _made_of()
        if content is not None:
            response.set_etag(_etag(content, current.face()), weak=True)
            response.headers.setdefault("Cache-Control", "no-cache")
    return response


def _compress(response: Response) -> AnyResponse:
    if "made_before" in g:
        return response
    if response.status_code not in (200, 400, 404) or "Content-Encoding" in response.headers:
        return response
    if not response.content_type.startswith(_TEXT) and "+json" not in response.content_type:
        return response
    response.vary.add("Accept-Encoding")
    if response.is_streamed and not response.direct_passthrough:
        return response
    if request.accept_encodings.quality("gzip") <= 0:
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) >= _SMALLEST:
        response.set_data(gzip.compress(body, 4, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
