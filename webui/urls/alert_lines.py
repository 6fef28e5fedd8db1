"""The entries of an alerts file that watch a page: the YAML line shown on the page itself.

`indexer.alerts.alert_file` reads them; `webui.alert_pages` says what the page shows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from indexer import Query, Sort
from webui.urls.query_params import Params

_NOT_SHOWN: Final = frozenset({"versions", "view", "page", "per_page"})
"""Parameters that change how papers are shown, not which."""
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z-]*(?: [A-Za-z][A-Za-z-]*)*")
_WORDS_OF_YAML: Final = frozenset("y n yes no true false on off null".split())
_UNSAFE: Final = re.compile(
    "[^ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
"""What YAML 1.1 cannot hold as it is, line breaks and the byte order mark."""
_LONGEST_NAME: Final = 40


def search_line(query: Query, params: Params) -> str:
    """Returns the entry that watches the results of a query.

    >>> from indexer import parse_query
    >>> search_line(parse_query("gossip learning"), Params())
    '- {name: gossip-learning, query: gossip learning}'
    """
    pairs = [pair for pair in params.pairs(query) if pair[0] not in _NOT_SHOWN]
    if query.sort is Sort.ADDED:  # an alert tells what was added anyway
        pairs = [pair for pair in pairs if pair[0] != "sort"]
    return _line(pairs or [("q", "")], "search")


def author_line(subject: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Returns the entry that watches an author's page.

    Args:
        subject: the last part of its address, with the number of a person ("yang-liu/3").
        pairs: parameters of the page.
    """
    chosen = [pair for pair in pairs if pair[0] not in _NOT_SHOWN]
    return _line([("author_page", subject), *chosen], "author")


def shelf_line(ids: Iterable[str]) -> str:
    """Returns the entry that watches the papers of a shelf."""
    return _line([("shelf", paper_id) for paper_id in ids], "shelf", name="shelf")


def _line(pairs: Iterable[tuple[str, str]], fallback: str, name: str = "") -> str:
    values: dict[str, list[str]] = {}
    for key, value in pairs:
        values.setdefault("query" if key == "q" else key, []).append(value)
    told = name or _name(" ".join(value for some in values.values() for value in some), fallback)
    parts = [f"name: {told}"]
    for key, some in values.items():
        written = ", ".join(map(_scalar, some))
        is_list = len(some) > 1 or key == "shelf"
        parts.append(f"{key}: [{written}]" if is_list else f"{key}: {written}")
    return f"- {{{', '.join(parts)}}}"


def _name(text: str, fallback: str) -> str:
    """Returns a name for an alert, made of what it watches."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", bare)
    name = "-".join(words)
    if len(name) > _LONGEST_NAME:
        name = name[: _LONGEST_NAME + 1].rpartition("-")[0] or name[:_LONGEST_NAME]
    return fallback if name in ("", "null") else name  # `null` is no text in YAML


def _scalar(text: str) -> str:
    r"""Writes a text so that YAML reads it back, in one line whatever it holds.

    >>> print(_scalar('title:"a, b"'))
    "title:\"a, b\""
    """
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS_OF_YAML:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_UNSAFE.sub(_escaped, escaped)}"'


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
