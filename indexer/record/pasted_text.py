"""What surrounds an identifier where it was copied from: links, proxies, blanks, redirects."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

_MARKDOWN = re.compile(r"!?\[[^\[\]]{0,300}\]\(<?(\S+?)>?\)")
_ANCHOR = re.compile(r"<a\s[^<>]*?href=[\"']([^\"'<>\s]+)[\"'][^<>]*>.*", re.IGNORECASE | re.DOTALL)
_INFO = re.compile(r"info:(doi|pmid|arxiv)/", re.IGNORECASE)
_TORN_DOI = re.compile(
    r"((?:doi\s*[:=]?\s*|https?://(?:dx\.)?doi\.org/\s*)?10\.\d{4,9})\s*/\s*(\S+)", re.IGNORECASE
)
_INNER = re.compile(r"(?<=.)https?(?::|%3A)(?:/|%2F){2}[^\s&]+", re.IGNORECASE)
_PROXIED = re.compile(
    r"(https?://)?([a-z0-9]+(?:-[a-z0-9]+)+)\.((?:[a-z0-9-]+\.)+[a-z]+)(?=/)", re.IGNORECASE
)
_PROXY = re.compile(r"proxy|ezp|idm\.oclc|libaccess|remotexs", re.IGNORECASE)
_FROM = re.compile(r"(?<=doi\.org/)(10\.[^\s?#]+)[?#]\S*", re.IGNORECASE)
_IJCAI_DOI = re.compile(r"10\.24963/ijcai\.(\d{4})/(\d+)")
_IEEE_DOI = re.compile(r"10\.1109/[a-z0-9]+\.(?:19|20)\d\d\.(\d{6,8})")
_SHOWN_AT: Final = (
    (_IJCAI_DOI, r"ijcai.org/proceedings/\1/\2"),
    (_IEEE_DOI, r"ieeexplore.ieee.org/document/\1"),
)
"""DOIs that hold the number of their page, with its address: IJCAI since 2017, IEEE since 2004."""


def unwrapped(text: str) -> str:
    """Returns a text without what surrounds an identifier in it.

    >>> unwrapped("[a paper](https://doi.org/10.1145/1.2)")
    'https://doi.org/10.1145/1.2'
    >>> unwrapped("https://ieeexplore-ieee-org.proxy.example.edu/document/1")
    'https://ieeexplore.ieee.org/document/1'
    >>> unwrapped("https://web.archive.org/web/2020/https://arxiv.org/abs/1706.03762")
    'https://arxiv.org/abs/1706.03762'
    """
    link = _MARKDOWN.fullmatch(text) or _ANCHOR.fullmatch(text)
    text = link[1] if link is not None else text
    text = _INFO.sub(r"\1:", text, count=1) if text[:5].lower() == "info:" else text
    torn = _TORN_DOI.fullmatch(text)
    text = f"{torn[1]}/{torn[2]}" if torn is not None else text
    if "." not in text or re.search(r"\s", text):
        return text
    inner = _INNER.search(text) if text[:4].lower() in ("http", "www.") else None
    if inner is not None:
        text = unquote(inner[0]) if "%" in inner[0][:12] else inner[0]
    proxied = _PROXIED.match(text)
    if proxied is not None and _PROXY.search(proxied[3]):
        text = f"{proxied[1] or ''}{proxied[2].replace('-', '.')}{text[proxied.end() :]}"
    return _FROM.sub(r"\1", text)


def shown_at(doi: str) -> str:
    """Returns the address of the page whose number a DOI holds; empty where it holds none.

    >>> shown_at("10.1109/icra.2011.5980321")
    'ieeexplore.ieee.org/document/5980321'
    """
    for pattern, address in _SHOWN_AT:
        match = pattern.fullmatch(doi)
        if match is not None:
            return match.expand(address)
    return ""
