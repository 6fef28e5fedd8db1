"""What an Atom document needs beside the papers: ids that last, and text that XML can hold.

RFC 4287 wants ids that never change. An address changes with the host, the port and the scheme by
which a site is reached, so ids here are UUIDs made from names (RFC 9562, version 5): the same paper
has the same id on every host, and a reader that moves to a new address shows nothing twice.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import Final

from indexer import is_arxiv_category

ATOM: Final = "application/atom+xml"
UNNAMED: Final = "Unknown"
"""What arXiv's clients are told where a paper has no author: they require at least one."""
UNSORTED: Final = "unknown"
"""The category of a paper without one, which they require, too."""
_IDS: Final = uuid.UUID("a1e91e0b-b072-48d1-b1dc-3811b0e59a84")
"""The space of these names; readers would see every entry as new if it changed."""
_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def permanent_id(kind: str, name: str) -> str:
    """Returns the id of a feed, an entry or an error, the same on every host.

    Args:
        kind: "feed", "paper" or "error", which keeps equal names apart.
        name: what it is, without a host.

    >>> permanent_id("paper", "icml2019-1")
    'urn:uuid:3cff7f5e-ed65-57dc-94ae-5724eb817b97'
    """
    text = f"{kind}/{name}".encode("utf-8", "replace").decode()
    return f"urn:uuid:{uuid.uuid5(_IDS, text)}"


def legal(text: str) -> str:
    """Returns a text without the characters that XML 1.0 cannot hold."""
    return _ILLEGAL.sub("", text)


def arxiv_categories(subjects: Sequence[str], venue: str) -> tuple[str, ...]:
    """Returns the categories of a paper for arXiv's clients, the primary one first; never none.

    >>> arxiv_categories(("Machine learning", "cs.LG", "stat.ML"), "ICML")
    ('cs.LG', 'stat.ML', 'ICML')
    >>> arxiv_categories((), "")
    ('unknown',)
    """
    named = [subject for subject in subjects if is_arxiv_category(subject)]
    return tuple(dict.fromkeys([*named, *([venue] if venue else [])])) or (UNSORTED,)
