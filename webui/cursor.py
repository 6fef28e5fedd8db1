"""Places in an answer that a program can come back to: opaque, and true to one generation."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass

from indexer import QueryError

START = "*"
"""The cursor of the beginning, as OpenAlex writes it."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the answer to one query on one generation.

    Attributes:
        identity: of the index, see `indexer.IndexInfo`.
        page: from 1.
        asked: digest of everything else that was asked.
    """

    identity: str
    generation: str
    page: int
    asked: str

    def __str__(self) -> str:
        """Write it for an address."""
        told = [self.identity, self.generation, self.page, self.asked]
        text = json.dumps(told, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def digest(asked: str) -> str:
    """Reduce what was asked to a few characters."""
    return hashlib.blake2b(asked.encode("utf-8", "replace"), digest_size=6).hexdigest()


def read_cursor(given: str, identity: str, generation: str, asked: str) -> Cursor:
    """Read a cursor that an earlier answer gave.

    Args:
        given: the cursor, or `START`.
        identity: of the index that is there now, which `START` begins in.
        generation: the newest generation, which `START` begins in.
        asked: `digest` of what is asked now.

    Raises:
        QueryError: when it is no cursor, or one of another question.
    """
    if given == START:
        return Cursor(identity, generation, 1, asked)
    try:
        padded = given + "=" * (-len(given) % 4)
        told = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        index, was, page, question = told
        cursor = Cursor(str(index), str(was), int(page), str(question))
    except (ValueError, TypeError, UnicodeError, binascii.Error, RecursionError) as error:
        raise QueryError("cursor", "expected * or a next_cursor of an earlier answer") from error
    if cursor.asked != asked:
        raise QueryError("cursor", "belongs to another question; begin again with *")
    if not 1 <= cursor.page <= 10**9:
        raise QueryError("cursor", "expected * or a next_cursor of an earlier answer")
    return cursor
