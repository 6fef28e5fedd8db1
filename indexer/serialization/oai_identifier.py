"""Identifiers of papers in OAI-PMH: ``oai:papers.example.org:quiver/nips2018-11127``.

The form is that of www.openarchives.org/OAI/2.0/guidelines-oai-identifier.htm: the name of the
host, then an identifier of its own, here the id of the paper after a mark by which another Quiver
knows that it is one.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

_MARK: Final = "quiver/"
_SAFE: Final = "-_.!~*'();/:@=+$,"
_IDENTIFIER: Final = re.compile(rf"oai:[^:]+:{_MARK}(?P<id>.+)")
_HOST: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*(?:\.[a-zA-Z][a-zA-Z0-9-]*)+")


def write_identifier(host: str, paper_id: str) -> str:
    """Returns the identifier of a paper.

    >>> write_identifier("papers.example.org", "10.5555/a b")
    'oai:papers.example.org:quiver/10.5555/a%20b'
    """
    return f"oai:{host}:{_MARK}{quote(paper_id, safe=_SAFE, errors='replace')}"


def read_identifier(identifier: str) -> str:
    """Returns the id of the paper that `write_identifier` named; empty for other identifiers."""
    match = _IDENTIFIER.fullmatch(identifier)
    return unquote(match["id"]) if match else ""


def is_host_name(host: str) -> bool:
    """Whether a host may begin identifiers of the guidelines: a domain name, not an address."""
    return _HOST.fullmatch(host) is not None
