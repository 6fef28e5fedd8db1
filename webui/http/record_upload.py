"""Reading a record of a search that is handed in, within bounds of memory and work.

The file comes from anybody, so no parser builds whatever it holds: it is read as a stream of JSON
tokens (RFC 8259), the ids are taken one by one, three small members are parsed, and all else is
passed over.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import IO, Any, Final

MOST_IDS: Final = 1_000_000
"""Distinct ids that a record may list: as many papers as an index is meant for."""
MOST_REST: Final = 2 << 20
"""Bytes of everything in a record but the ids; a record has about 100 kB of it."""
MOST_MARKS: Final = 4_000_000
"""Strings and commas in the list of ids, the same id again included."""
MOST_READ: Final = 1 << 16
"""Bytes of the members that are parsed; the address of a search has at most 8,190."""
DEEPEST: Final = 32
"""Levels of arrays and objects; a record has five."""
LONGEST: Final = 1 << 16
"""Characters of one string or number as written; a query has at most 2,000 characters."""
_CHUNK: Final = 1 << 18
_TOKEN: Final = re.compile(
    rb'"(?:[^"\\]|\\.){0,%d}+"|[\[\]{},:]|[^\s\[\]{},:"]{1,%d}+' % (LONGEST, LONGEST),
    re.DOTALL,
)
_RUN: Final = re.compile(rb'(?:"[^"\\]{0,120}+"[ \t\r\n]{0,20}+,[ \t\r\n]{0,20}+){1,500}+')
"""Up to 500 plain strings with a comma after each: a record has hardly anything else."""
_PLAIN: Final = re.compile(rb'"([^"]*+)"')
_SPACE: Final = re.compile(rb"[ \t\n\r]*+")
_READ: Final = frozenset({"parameters", "index", "matched"})


def read_upload(stream: IO[bytes]) -> dict[str, Any]:
    """Reads the members of a record that a comparison needs.

    Args:
        stream: the file, UTF-8.

    Returns:
        "parameters", "index" and "matched" as JSON values, and "ids" as distinct texts in their
        order; those that the file has.

    Raises:
        ValueError: when it is no JSON object, or larger than the limits of this module.
        RecursionError: when a member is nested too deeply for the parser.
    """
    tokens = _Tokens(stream)
    members: dict[str, Any] = {}
    rest = MOST_REST
    _expect(tokens, b"{")
    token = next(tokens, b"")
    while token != b"}":
        name = json.loads(token)
        if not token.startswith(b'"'):
            raise ValueError("the name of a member is expected")
        _expect(tokens, b":")
        if name == "ids":
            members[name] = _ids(tokens)
        else:
            kept: list[bytes] = []
            room = min(rest, MOST_READ) if name in _READ else rest
            for piece in _value(next(tokens, b""), tokens):
                room -= len(piece)
                rest -= len(piece)
                if room < 0:
                    raise ValueError("more than ids")
                if name in _READ:
                    kept.append(piece)
            if name in _READ:
                members[name] = json.loads(b" ".join(kept))
        token = next(tokens, b"")
        if token == b",":
            token = next(tokens, b"")
        elif token != b"}":
            raise ValueError("a comma is expected")
    if next(tokens, None) is not None:
        raise ValueError("something follows the record")
    return members


def _ids(tokens: _Tokens) -> tuple[str, ...]:
    """Returns the strings of an array; anything else is not an id."""
    _expect(tokens, b"[")
    ids: dict[str, None] = {}
    marks, passed = MOST_MARKS, MOST_REST // 32
    tokens.in_runs = True
    for token in tokens:
        if token == b"]":
            tokens.in_runs = False
            return tuple(ids)
        if token == b",":
            marks -= 4
        elif token.startswith(b'"') and not token.endswith(b'"'):
            texts = [text.decode() for text in _PLAIN.findall(token)]
            ids.update(dict.fromkeys(texts))
            marks -= 2 * len(texts) + 4
        elif token.startswith(b'"'):
            ids[json.loads(token).encode(errors="replace").decode()] = None
            marks -= 10
        else:
            passed -= sum(map(len, _value(token, tokens)))
        if len(ids) > MOST_IDS or marks < 0 or passed < 0:
            raise ValueError("too much for a list of ids")
    raise ValueError("the end is missing")


def _value(first: bytes, tokens: _Tokens) -> Iterator[bytes]:
    """Yields the tokens of one value."""
    depth = 0
    token = first
    while True:
        depth += (token in (b"[", b"{")) - (token in (b"]", b"}"))
        if not token or depth < 0 or depth > DEEPEST:
            raise ValueError("a value is expected")
        yield token
        if not depth:
            return
        token = next(tokens, b"")


def _expect(tokens: _Tokens, mark: bytes) -> None:
    if next(tokens, b"") != mark:
        raise ValueError(f"{mark.decode()} is expected")


class _Tokens(Iterator[bytes]):
    """Cuts a stream into tokens, holding two chunks of it at most.

    Attributes:
        in_runs: plain strings with commas between them come many at a time.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self.in_runs = False
        self._stream = stream
        self._buffer = stream.read(_CHUNK).removeprefix(codecs.BOM_UTF8)
        self._at = 0
        self._ended = False

    def __next__(self) -> bytes:
        self._fill()
        match = self.in_runs and _RUN.match(self._buffer, self._at)
        match = match or _TOKEN.match(self._buffer, self._at)
        if not match:
            if self._at < len(self._buffer):
                raise ValueError("no JSON")
            raise StopIteration
        self._at = match.end()
        return match[0]

    def _fill(self) -> None:
        """Passes over white space, and reads on where the next token may not be there whole."""
        while True:
            space = _SPACE.match(self._buffer, self._at)
            self._at = space.end() if space else self._at
            if self._ended or len(self._buffer) - self._at > 2 * LONGEST + 2:
                return
            more = self._stream.read(_CHUNK)
            self._ended = not more
            self._buffer, self._at = self._buffer[self._at :] + more, 0
