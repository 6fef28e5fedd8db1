"""Citation keys: short, made of a pattern, and never twice in one file."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from indexer.citation.person import person_of
from indexer.errors import QueryError
from indexer.paper import Paper
from indexer.text.folding import fold

DEFAULT_KEY: Final = "{author}{year}{word}"
KEY_PARTS: Final = ("author", "year", "word", "venue", "id")
"""Family name of the first author, year, first telling word of the title, venue, id."""
LONGEST_PATTERN: Final = 200

_PART = re.compile(r"\{([^{}]*)\}")
_PLAIN = re.compile(r"[A-Za-z0-9_:./+-]*")
_SMALL = frozenset(
    "a an the on of in to for and or with from by at as is are be can do does how what why when "
    "where which who towards toward via into over under".split()
)


def check_pattern(pattern: str) -> None:
    """Accepts a pattern of `KEY_PARTS` in braces and plain characters between them.

    Raises:
        QueryError: when it holds anything else, or no part at all.
    """
    parts = _PART.findall(pattern[: LONGEST_PATTERN + 1])
    unknown = [part for part in parts if part not in KEY_PARTS]
    names = ", ".join(f"{{{part}}}" for part in KEY_PARTS)
    if unknown:
        raise QueryError("key", f"there is no part {{{unknown[0]}}}; the parts are {names}")
    between = _PART.sub("", pattern)
    if not parts or len(pattern) > LONGEST_PATTERN or not _PLAIN.fullmatch(between):
        raise QueryError(
            "key",
            f"expected some of {names} with letters, digits or _ : . / + - between; "
            f"got '{pattern[:80]}'",
        )


class KeyRing:
    """Assigns every paper of a file a distinct key, whatever the case of its letters.

    A key that is taken is told apart by digits made of the paper's id, so that a paper's second
    choice does not depend on how many others came before.
    """

    def __init__(self, pattern: str = DEFAULT_KEY) -> None:
        self._pattern = pattern
        self._taken: set[str] = set()

    def key(self, paper: Paper) -> str:
        """Makes the key of the next paper."""
        base = _PART.sub(lambda match: _part(paper, match[1]), self._pattern) or "paper"
        key = base
        digest = hashlib.blake2b(paper.id.encode(errors="replace")).hexdigest()
        length = 4
        while key.lower() in self._taken:
            key = f"{base}-{digest[:length]}" if length <= len(digest) else f"{base}-{length}"
            length += 1
        self._taken.add(key.lower())
        return key


def _part(paper: Paper, name: str) -> str:
    if name == "author":
        family = person_of(paper.authors[0]).family if paper.authors else ""
        return _folded(family) or "anon"
    if name == "year":
        return str(paper.year or "")
    if name == "word":
        words = [_folded(word) for word in fold(paper.title).text.split()]
        telling = [word for word in words if word and word not in _SMALL]
        return (telling or [word for word in words if word] or [""])[0]
    if name == "venue":
        return _folded(paper.venue)
    return re.sub(r"[^A-Za-z0-9_:./+-]", "", paper.id)


def _folded(text: str) -> str:
    """Leaves only the letters a to z and digits of a text, accents dropped."""
    return re.sub(r"[^a-z0-9]+", "", fold(text, name=True).text.replace("-", ""))[:40]
