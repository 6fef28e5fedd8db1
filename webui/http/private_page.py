"""What strangers to a private site are told: a page for people, a problem document for programs.

The page needs no other file, since strangers get none, and does not say whose site it is.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Final

from flask import Response
from markupsafe import escape

from webui.http.error_pages import problem

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PRIVATE: Final = "This site is private"
_STYLE: Final = (
    ":root{color-scheme:light dark}"
    "body{max-width:36rem;margin:0 auto;padding:12vh 1rem 2rem;font:1.0625rem/1.6 system-ui,"
    "sans-serif;background:#fbfaf6;color:#1e1c19}"
    "h1{font:600 2rem/1.2 Palatino,Georgia,serif}"
    "a{display:inline-block;min-height:1.5rem;color:#0f4c5c}"
    "@media(prefers-color-scheme:dark){body{background:#151716;color:#e4e0d7}a{color:#8fcbd8}}"
)
_ADVICE: Final = {
    401: (
        "Enter the password of this site when your browser asks for it. Any user name will do.",
        "If you do not have the password, ask the person who gave you this address.",
    ),
    403: (
        "Sign in through your organization first, then open this page again.",
        "If you are signed in, tell whoever runs this site that its proxy named no reader.",
    ),
}


def refusal(
    environ: WSGIEnvironment, status: int, detail: str, *, title: str = PRIVATE
) -> Response:
    """Returns the answer to a request that is refused.

    Args:
        environ: of the request; a browser is known by what it accepts.
        status: 401, 403 or 429.
        detail: what programs are told; people read it where there is no advice for the status.
        title: the heading.
    """
    if "text/html" not in str(environ.get("HTTP_ACCEPT", "")).lower():
        return problem(status, title, detail)
    lines = "".join(f"<p>{escape(line)}</p>" for line in _ADVICE.get(status, (detail,)))
    again = "Enter the password" if status == 401 else "Try again"
    page = (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head>\n"
        f'<body><main><h1>{escape(title)}</h1>{lines}<p><a href="">{again}</a></p></main></body>\n'
        "</html>\n"
    )
    answer = Response(page, status, content_type="text/html; charset=utf-8")
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"
    )
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer
