"""Take out markup that is not the text's own: HTML entities, HTML and JATS tags, boilerplate.

``a < b``, ``<image, verb>`` and TeX are the text's own and stay.
"""

from __future__ import annotations

import html
import re

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_HALF_ENTITY = re.compile(r"([<>]);")
_BLOCKS = (
    "p br div li ul ol hr h1 h2 h3 h4 h5 h6 table tr td th sec title blockquote dl dt dd".split()
)
_INLINES = (
    "b i u em strong sub sup span a font tt code small big italic bold sc scp strike del ins img "
    "underline monospace roman inf abbr cite q inline-formula tex-math alternatives math mrow mi "
    "mo mn msub msup mfrac mtext ext-link xref styled-content named-content"
).split()
_ATTRIBUTES = r"""(?:\s+[\w:.-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>]+))*"""
_TAG = re.compile(
    rf"<(/?)(?:(jats|mml|m|ce|sb|xhtml):)?([A-Za-z][A-Za-z0-9-]*)({_ATTRIBUTES})\s*(/?)>|<!--.{{0,2000}}?-->",
    re.DOTALL,
)
_VOID = frozenset(("br", "p", "hr", "li", "img"))
_HEADING = re.compile(
    r"<(?:jats:)?title[^<>]*>\s*(?:Abstract|Summary|ABSTRACT|SUMMARY)[.:]?\s*</(?:jats:)?title>"
)
_JMLR = re.compile(
    r"\s*\[\s*abs\s*\]\s*(?:\[[^\[\]]{1,40}\]\s*)*(?:(?:&copy;?|©)\s*)?(?:JMLR\s*\d{4}\.?)?"
    r"\s*(?:\(\s*edit\s*,\s*beta\s*\))?\s*$"
)
_DATABASE_RECORD = re.compile(
    r"\s*\(\s*(?:APA\s+)?Psyc(?:INFO|ARTICLES|Info)\s+Database\s+Record.{0,300}$",
    re.IGNORECASE | re.DOTALL,
)
_LEAD = re.compile(
    r"^(?:Abstract|ABSTRACT|Summary|SUMMARY)\s*(?:[:.—–]|-(?=\s|[A-Z]))\s*(?=[A-Z\d$\"“'‘(])"
)
_RIGHTS = re.compile(
    r"\s*(?:Copyright\s*)?(?:©|\([Cc]\)|Copyright(?=\s+\d{4}))\s*(?:Copyright\s*)?\d{4}\b"
    r"[^.]{0,100}(?:\.[^.]{0,60}){0,2}\.?\s*$"
)


def without_entities(text: str) -> str:
    """Writes entities as their characters, also where a site escaped them twice or by halves."""
    if "&" in text:
        for _ in range(2):
            if _ENTITY.search(text) is None:
                break
            text = _ENTITY.sub(_character, text)
    if "<;" in text or ">;" in text:
        text = _HALF_ENTITY.sub(r"\1", text)
    return text


def _character(match: re.Match[str]) -> str:
    text = html.unescape(match[0])
    # Of an unknown name, `unescape` takes the beginning for an entity that lacks its semicolon.
    return match[0] if text.endswith(";") and match[0] not in {"&semi;", "&#59;"} else text


def without_tags(text: str) -> str:
    """Drops tags of HTML, JATS and MathML with their attributes; what they enclose stays.

    A single-letter tag that is never closed is taken for the text's own ("if a <b> c").
    """
    if "<" not in text or ">" not in text:
        return text
    text = _HEADING.sub(" ", text)
    closed = {match[3].lower() for match in _TAG.finditer(text) if match[1]}
    return _TAG.sub(lambda match: _replaced(match, closed), text)


def _replaced(match: re.Match[str], closed: set[str]) -> str:
    if match[3] is None:
        return " "
    prefixed, name = match[2], match[3].lower()
    if name in _BLOCKS and (prefixed or name in closed or name in _VOID):
        return " "
    if prefixed:
        return ""
    if name in _INLINES and (name in closed or name in _VOID or match[4] or match[5]):
        return ""
    return match[0]


def without_boilerplate(text: str) -> str:
    """Drops what a site puts around an abstract: links, copyright lines, the word "Abstract:"."""
    if text.startswith(("Abstract", "ABSTRACT", "Summary", "SUMMARY")):
        text = _LEAD.sub("", text)
    if "abs" in text[-400:] and "]" in text[-400:]:
        text = text[:-400] + _JMLR.sub("", text[-400:])
    if "Database Record" in text[-400:]:
        text = text[:-400] + _DATABASE_RECORD.sub("", text[-400:])
    tail = text[-300:]
    if "©" in tail or "opyright" in tail or "(C)" in tail or "(c)" in tail:
        kept = len(text) - len(tail)
        text = text[:kept] + _RIGHTS.sub("", tail)
    return text
