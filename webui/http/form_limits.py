"""Limits of what is posted: bytes and fields of a form, before anything reads it.

A form of 31 MB and eight million fields took 12 s of the processor and 1 GB. The parser limits the
parts of ``multipart/form-data`` by itself (``MAX_FORM_PARTS``, ``MAX_FORM_MEMORY_SIZE``); files in
it are read as streams by the pages that take them, up to ``MAX_CONTENT_LENGTH``.

https://werkzeug.palletsprojects.com/en/stable/request_data/#limiting-request-data
"""

from __future__ import annotations

from typing import Final

from flask import Flask, request
from werkzeug.exceptions import RequestEntityTooLarge

LARGEST: Final = 2_500_000
"""Bytes of a form: 200,000 characters of four bytes, each of them written as "%F0"."""
MOST_FIELDS: Final = 1_000
"""As many as the parser takes of ``multipart/form-data``."""
_FORM: Final = "application/x-www-form-urlencoded"


def register(app: Flask) -> None:
    """Refuse forms beyond the limits; to be registered before anything that reads a form."""
    app.before_request(_check)


def _check() -> None:
    """Go on only if the form of this request is within the limits.

    Raises:
        RequestEntityTooLarge: if it is not (413).
    """
    if request.mimetype != _FORM:
        return
    if (request.content_length or 0) > LARGEST:
        raise RequestEntityTooLarge(f"A form may have at most {LARGEST:,} bytes.")
    # Without a length a server may hand on all that comes.
    body = request.get_data()
    if len(body) > LARGEST or body.count(b"&") >= MOST_FIELDS:
        raise RequestEntityTooLarge(f"A form may have at most {MOST_FIELDS:,} fields.")
