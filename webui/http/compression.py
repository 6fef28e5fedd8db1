"""Compressed answers (gzip, RFC 1952), for a client that accepts them.

What is at hand is compressed at once; what is made while it is sent, such as an export, is
compressed piece by piece, so that it still needs little memory and begins soon.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from flask import Flask, g, request
from werkzeug.wrappers import Response

_TEXTS: Final = frozenset(
    {
        "application/json",
        "application/jsonl",
        "application/xml",
        "application/x-bibtex",
        "application/x-research-info-systems",
        "application/x-endnote-refer",
    }
)
"""Media types of text that neither ``text/`` nor a suffix (RFC 6838) marks as such."""
_SUFFIXES: Final = ("+json", "+xml")
_SMALLEST: Final = 1_000
"""Bytes below which compression saves nothing."""
_LEVEL: Final = 4
"""zlib's, from 1 (fast) to 9 (small)."""
_GZIP: Final = 16 + zlib.MAX_WBITS
"""The window that makes zlib write the header and the trailer of gzip."""
_STATUSES: Final = (200, 400, 404)


def register(app: Flask) -> None:
    """Compresses the answers of an application.

    Must be registered after `response_cache`, which keeps pages as they are sent.
    """
    app.after_request(_compress)


def is_text(mimetype: str) -> bool:
    """Returns whether compression makes bodies of a media type smaller.

    >>> is_text("application/atom+xml"), is_text("image/svg+xml"), is_text("image/png")
    (True, True, False)
    """
    return mimetype.startswith("text/") or mimetype.endswith(_SUFFIXES) or mimetype in _TEXTS


def _compress(response: Response) -> Response:
    if "cached_response" in g or response.status_code not in _STATUSES:
        return response
    if "Content-Encoding" in response.headers or not is_text(response.mimetype or ""):
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings.quality("gzip") <= 0:
        return response
    if response.is_streamed and not response.direct_passthrough:
        response.response = compressed(response.iter_encoded())
        response.headers.pop("Content-Length", None)
        response.headers["Content-Encoding"] = "gzip"
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) >= _SMALLEST:
        response.set_data(gzip.compress(body, _LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def compressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Returns the pieces of a body as those of one gzip file; none is empty.

    The first comes as soon as the first of the body is there; later ones as zlib fills its own
    buffer, which costs less than a flush after each.
    """
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    is_first = True
    for piece in pieces:
        packed = packer.compress(piece)
        if is_first and piece:
            packed += packer.flush(zlib.Z_SYNC_FLUSH)
            is_first = False
        if packed:
            yield packed
    yield packer.flush()
