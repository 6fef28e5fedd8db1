"""Saving work and bytes: an answer is fixed by its address and the index generation.

So a browser that asks again with the tag of what it has gets a 304 before anything is searched,
and learns of a new generation on its next request all the same.
"""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import Final

from flask import Flask, Response, request
from werkzeug.wrappers import Response as AnyResponse

from webui import current

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


def register(app: Flask) -> None:
    """Let an application answer 304, and compress what it sends."""
    app.extensions["quiver.face"] = _face(app)
    app.before_request(_unchanged)
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


def _etag(generation: str, face: str) -> str:
    pairs = sorted(request.args.items(multi=True))
    told = "\n".join((generation, face, request.url_root, request.path, repr(pairs)))
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _unchanged() -> Response | None:
    """Answer 304 where the asker already has what this generation says."""
    if request.blueprint not in _TAGGED or not request.if_none_match:
        return None
    generation = current.published()
    if generation is None:
        return None
    etag = _etag(generation, current.face())
    if not request.if_none_match.contains_weak(etag):
        return None
    response = Response(status=304)
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Accept-Encoding")
    return response


def _tag(response: Response) -> Response:
    """Tag an answer with the generation it was made of; none was used by what needs none."""
    if request.blueprint in _TAGGED and response.status_code == 200:
        generation = current.used() or current.published()
        if generation is not None:
            response.set_etag(_etag(generation, current.face()), weak=True)
            response.headers.setdefault("Cache-Control", "no-cache")
    return response


def _compress(response: Response) -> AnyResponse:
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
        response.set_data(gzip.compress(body, 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
