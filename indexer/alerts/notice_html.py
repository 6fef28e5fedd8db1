"""A notice as HTML for mail programs: inline styles, no pictures, nothing loaded from anywhere.

Mail programs know little of CSS, so one column without classes has to do; colours are left to the
reader's own light or dark ground. Whatever a record holds is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from indexer.alerts.notice import Notice, NoticePaper

_HEADINGS: Final = (
    ("new", "New"),
    ("changed", "Changed"),
    ("removed", "No longer in the collection"),
)
_BODY: Final = (
    "margin:0;padding:24px 16px;font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,"
    "sans-serif"
)
_SMALL: Final = "margin:2px 0 0;font-size:14px;opacity:.75"


def notice_html(notice: Notice, site: str, alerts_file: str) -> str:
    """Returns a notice as a document of HTML.

    Args:
        notice: what is told.
        site: name of the site.
        alerts_file: path of the file that defines the alert; empty = left out.
    """
    return "\n".join(_lines(notice, site, alerts_file)) + "\n"


def _lines(notice: Notice, site: str, alerts_file: str) -> Iterator[str]:
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield '<meta name="color-scheme" content="light dark">'
    yield f"<title>{escape(notice.subject)}</title></head>"
    yield f'<body style="{escape(_BODY)}"><div style="max-width:680px;margin:0 auto">'
    part = f" ({notice.part} of {notice.parts})" if notice.parts > 1 else ""
    yield (
        f'<h1 style="margin:0;font-size:22px;line-height:1.3" dir="auto">'
        f"{_link(notice.page, notice.title)}</h1>"
    )
    yield f'<p style="{_SMALL}">{escape(notice.summary)}{part}</p>'
    number = 0
    for kind, heading in _HEADINGS:
        papers: Sequence[NoticePaper] = getattr(notice, kind)
        if not papers:
            continue
        yield f'<h2 style="margin:28px 0 8px;font-size:16px">{heading}</h2>'
        yield f'<ol start="{number + 1}" style="margin:0;padding-left:28px">'
        for paper in papers:
            number += 1
            yield from _paper(paper)
        yield "</ol>"
    yield '<p style="margin:28px 0 0;font-size:13px;opacity:.75">'
    yield (
        f"{escape(site)}, generation {escape(notice.generation)}, published {escape(notice.built)}."
    )
    if alerts_file:
        yield f"Sent by the alert {escape(notice.alert)} of {escape(alerts_file)}."
    yield "</p></div></body></html>"


def _paper(paper: NoticePaper) -> Iterator[str]:
    yield '<li style="margin:0 0 16px"><div dir="auto">'
    yield f'<p style="margin:0;font-weight:600">{_link(paper.address, paper.title)}</p>'
    where = " ".join(word for word in (paper.venue, str(paper.year or "")) if word)
    line = " · ".join(word for word in (paper.authors, where) if word)
    if line:
        yield f'<p style="{_SMALL}">{escape(line)}</p>'
    if paper.abstract:
        yield f'<p style="margin:4px 0 0;font-size:14px">{escape(paper.abstract)}</p>'
    yield "</div></li>"


def _link(address: str, text: str) -> str:
    """Returns a text as a link; as it is where the address is none of the web."""
    if not address.startswith(("https://", "http://")):
        return escape(text)
    return f'<a href="{escape(address)}">{escape(text)}</a>'
